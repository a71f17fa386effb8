internal import Contacts
package import Foundation
internal import Postgres

/// A rule whose changes wait for a person, those that come later too.
package struct RuleHold: Sendable, Equatable {
    package enum Reason: String, Sendable {
        /// The rule would change too many contacts.
        case limit
        /// Nobody has agreed to the rule.
        case approval
    }

    /// The rule as written, or one row of its table.
    package let ruleID: String
    package let reason: Reason
    /// What the rule meant when it was held.
    let ruleHash: String
    /// Which limit, or what asks for the approval.
    package let detail: String
    /// The event that placed it: the hold's name; 0 before that event has its place.
    package var placedSeq = 0
    package var placedAt = Date.distantPast
    package var refusedAt: Date?

    /// How the contacts that it holds name it.
    var key: String { "\(reason.rawValue):\(ruleID)" }

    /// What a hold on a rule says to which nobody has agreed.
    static let approvalDetail = "approval: required"

    /// How long a hold waits for a person. Source: the rule language.
    package static let patience: Duration = .seconds(7 * 86_400)
}

/// A wish that holds on rules keep back.
struct HeldChange: Codable, Sendable, Equatable {
    var field: FieldPath
    var value: String
    /// What the contact held.
    var from: FieldValue?
    /// The rules that want it, each with what it meant.
    var rules: [String: String]
    /// The keys of the holds.
    var by: [String]
}

/// A change that a person agreed to: this one and no other.
struct ApprovedChange: Codable, Sendable, Equatable {
    var field: FieldPath
    var value: String
    var from: FieldValue?
    var rules: [String: String]
    /// From then on nobody has agreed to it.
    var until: Date
}

/// The holds on rules of a workspace, and the rules that people agreed to.
struct RuleHolds {
    private(set) var placed: [String: RuleHold]
    private(set) var approvals: Set<String>
    /// Those of this transaction, in order.
    private(set) var new: [RuleHold] = []

    init(_ holds: [RuleHold], approvals: Set<String>) {
        placed = Dictionary(uniqueKeysWithValues: holds.map { ($0.key, $0) })
        self.approvals = approvals
    }

    /// The hold that keeps back what a rule wants, whatever the limits are now.
    func hold(on ruleID: String, base: String) -> RuleHold? {
        placed["limit:\(ruleID)"] ?? placed["limit:\(base)"]
    }

    /// Places a hold unless there is one.
    mutating func place(_ hold: RuleHold) {
        guard placed[hold.key] == nil else { return }
        placed[hold.key] = hold
        new.append(hold)
    }
}

extension Transaction {
    func ruleHolds(in workspace: WorkspaceName) throws -> RuleHolds {
        let holds = try rows(
            """
            SELECT rule_id, reason, rule_hash, detail, placed_seq, placed_at, refused_at
            FROM usher.rule_hold
            WHERE workspace = \(workspace)
            """, decode: RuleHold.init(row:))
        let approvals: [String] = try rows(
            "SELECT rule_hash FROM usher.approval WHERE workspace = \(workspace)"
        ) { try $0.get("rule_hash") }
        return RuleHolds(holds, approvals: Set(approvals))
    }

    /// Ends the holds on rules that mean something else now, or are gone.
    ///
    /// - Returns: What is to be put on record.
    func withdrawStaleHolds(_ terms: RulesetTerms, in workspace: WorkspaceName) throws -> [NewEvent]
    {
        let stale = try ruleHolds(in: workspace).placed.values
            .filter { terms.hash($0.ruleID) != $0.ruleHash }
            .sorted { $0.placedSeq < $1.placedSeq }
        try execute(
            """
            DELETE FROM usher.rule_hold
            WHERE workspace = \(workspace) AND placed_seq = ANY (\(stale.map(\.placedSeq))::bigint[])
            """)
        return try stale.map { hold in
            NewEvent(
                kind: .holdWithdrawn, causeSeq: hold.placedSeq,
                body: try JSON(
                    encoding: ["rule": hold.ruleID, "reason": "the rule has changed or is gone"]))
        }
    }
}

extension RuleHold {
    init(row: Row) throws {
        ruleID = try row.get("rule_id")
        reason = try row.named("reason")
        ruleHash = try row.get("rule_hash")
        detail = try row.get("detail")
        placedSeq = try row.get("placed_seq")
        placedAt = try row.get("placed_at")
        refusedAt = try row.get("refused_at", as: Date?.self)
    }

    /// The event that places it.
    ///
    /// - Parameter changes: How many changes it holds at once, where they were counted.
    func event(changes: Int?) throws -> NewEvent {
        struct Body: Encodable {
            let rule: String
            let reason: String
            let held: Held
        }
        struct Held: Encodable {
            let detail: String
            let changes: Int?
        }
        return NewEvent(
            kind: .holdPlaced,
            body: try JSON(
                encoding: Body(
                    rule: ruleID, reason: reason.rawValue,
                    held: Held(detail: detail, changes: changes))))
    }

    func insertion(seq: Int, at now: Date, in workspace: WorkspaceName) -> Statement {
        """
        INSERT INTO usher.rule_hold
            (workspace, rule_id, reason, rule_hash, detail, placed_seq, placed_at)
        VALUES (\(workspace), \(ruleID), \(reason.rawValue), \(ruleHash), \(detail), \(seq), \(now))
        """
    }
}
