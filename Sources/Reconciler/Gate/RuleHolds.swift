package import Foundation
package import Rules

/// A rule whose changes wait for a person, those that come later too.
package struct RuleHold: Sendable, Equatable {
    package enum Reason: String, Sendable, CaseIterable {
        /// The rule would change too many contacts without taking access away.
        case limit
        /// The rule would take access away from too many contacts.
        case lowering
        /// Nobody has agreed to the rule.
        case approval
        /// A person rejected the rule.
        case rejected

        package var words: String {
            switch self {
            case .limit: "would change too many contacts"
            case .lowering: "would take access from too many contacts"
            case .approval: "needs an approval"
            case .rejected: "was rejected"
            }
        }
    }

    /// The rule as written, or one row of its table.
    package let ruleID: String
    package let reason: Reason
    /// What the rule meant when it was held.
    package let ruleHash: String
    /// Which limit, or what asks for the approval.
    package let detail: String
    /// The event that placed it: the hold's name; 0 before that event has its place.
    package var placedSeq: Int
    package var placedAt: Date
    /// When a person rejected it; the rule changes nothing from then on.
    package var rejectedAt: Date?

    package init(
        ruleID: String, reason: Reason, ruleHash: String, detail: String, placedSeq: Int = 0,
        placedAt: Date = .distantPast, rejectedAt: Date? = nil
    ) {
        self.ruleID = ruleID
        self.reason = reason
        self.ruleHash = ruleHash
        self.detail = detail
        self.placedSeq = placedSeq
        self.placedAt = placedAt
        self.rejectedAt = rejectedAt
    }

    /// How the contacts that it holds name it.
    package var key: String { "\(reason.rawValue):\(ruleID)" }

    /// What a hold on a rule says to which nobody has agreed.
    package static let approvalDetail = "approval: required"

    /// How long a hold waits for a person: a week, so that a weekend and a holiday fit in.
    package static let timeToLive: Duration = .seconds(7 * 86_400)
}

/// A person's agreement to a rule.
package struct RuleApproval: Sendable, Equatable {
    package let who: String
    /// The event of the approval; nil in a record of an earlier version.
    package let seq: Int?

    package init(who: String, seq: Int?) {
        self.who = who
        self.seq = seq
    }
}

/// The holds on rules of a workspace, and the rules that people agreed to.
package struct RuleHolds: Sendable {
    package private(set) var placed: [String: RuleHold]
    /// By what the rule means.
    package let approvals: [String: RuleApproval]
    /// Those placed since, in order.
    package private(set) var new: [RuleHold] = []
    /// Rules, or rows, on which there is any.
    private var heldRules: Set<String>

    package init(_ holds: [RuleHold], approvals: [String: RuleApproval]) {
        placed = Dictionary(uniqueKeysWithValues: holds.map { ($0.key, $0) })
        self.approvals = approvals
        heldRules = Set(holds.map(\.ruleID))
    }

    /// Whether there is any hold on a rule, or on the rule as written of which it is a row.
    func isHeld(_ id: String, base: String) -> Bool {
        !heldRules.isEmpty && (heldRules.contains(id) || heldRules.contains(base))
    }

    func hold(on id: String, base: String, _ reason: RuleHold.Reason) -> RuleHold? {
        placed["\(reason.rawValue):\(id)"] ?? placed["\(reason.rawValue):\(base)"]
    }

    /// The hold by which a person rejected a rule; whatever it was placed for, it stops the rule.
    func rejection(of id: String, base: String) -> RuleHold? {
        RuleHold.Reason.allCases.lazy.compactMap { reason in
            [id, base].lazy.compactMap { placed["\(reason.rawValue):\($0)"] }
                .first { $0.rejectedAt != nil }
        }.first
    }

    /// Places a hold unless there is one.
    package mutating func place(_ hold: RuleHold) {
        guard placed[hold.key] == nil else { return }
        placed[hold.key] = hold
        heldRules.insert(hold.ruleID)
        new.append(hold)
    }
}

extension RuleHolds {
    /// The holds without those on rules that mean something else in a ruleset, or are not in it:
    /// they are withdrawn when it comes into force.
    package func kept(by ruleset: Ruleset) -> RuleHolds {
        RuleHolds(placed.values.filter { !$0.isStale(in: ruleset) }, approvals: approvals)
    }

    /// The holds that a ruleset withdraws.
    package func stale(in ruleset: Ruleset) -> [RuleHold] {
        placed.values.filter { $0.isStale(in: ruleset) }
    }

    /// The holds that a decision is about, in the order of their placing.
    package func meant(by id: ApprovalID) -> [RuleHold] {
        placed.values.filter(id.means).sorted { $0.placedSeq < $1.placedSeq }
    }

    /// The hold that an event placed.
    package func hold(placedAt seq: Int) -> RuleHold? {
        placed.values.first { $0.placedSeq == seq }
    }
}

extension RuleHold {
    fileprivate func isStale(in ruleset: Ruleset) -> Bool {
        ruleset.meaning(named: ruleID) != ruleHash
    }
}

extension Ruleset {
    /// What a rule means, or a rule as written with all rows of its table; nil where there is none.
    package func meaning(named id: String) -> String? {
        rule(id).map { hash(of: $0) } ?? hash(ofBase: id)
    }
}

extension RuleHolds {
    /// The holds on rules that expire: nobody decided on them since a moment.
    package func expired(before deadline: Date) -> [RuleHold] {
        placed.values.filter { $0.rejectedAt == nil && $0.placedAt <= deadline }
    }

    /// The holds that a rejection ends as such, and the one that it places: holds on single rows of
    /// a table do not stop the others.
    ///
    /// - Parameter meaning: The hash of the rule; nil where the ruleset has none.
    package func rejected(
        _ id: ApprovalID, meaning: String?
    ) -> (open: [RuleHold], new: [RuleHold]) {
        let known = meant(by: id)
        let open = known.filter { $0.rejectedAt == nil }
        guard case .rule(let id) = id, let meaning, !known.contains(where: { $0.ruleID == id })
        else { return (open, []) }
        return (open, [.rejection(of: id, meaning: meaning)])
    }
}
