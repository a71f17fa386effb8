package import Contacts
package import Foundation
internal import Postgres

/// Counts what a ruleset would change, as putting it in force would, and tells what would be held.
package struct PlanTally: Sendable {
    /// The database's time: what the plan is for.
    package let now: Date
    private var tally: ChangeTally
    /// By the rules that want anything, whether nobody has agreed to them who has to.
    private var unapproved: [String: Bool] = [:]

    fileprivate init(_ admission: Admission, now: Date) {
        tally = ChangeTally(admission)
        self.now = now
    }

    /// Counts the changes of one contact.
    ///
    /// - Parameters:
    ///   - rules: By slot, who wants it.
    ///   - isExempted: An exception leaves the contact more access than the rules would.
    package mutating func add(
        _ changes: ContactPatch, rules: [String: [String]], isExempted: Bool,
        of subject: StoredContact
    ) {
        for id in rules.values.joined() where unapproved[id] == nil {
            unapproved[id] = tally.admission.lacksApproval(id)
        }
        tally.add(changes, rules: rules, isExempted: isExempted, of: subject, now: now)
    }

    /// What would be held once all contacts are counted.
    package mutating func holds() -> PlannedHolds {
        let placed = tally.admission.holds.placed.values.filter { $0.reason == .limit }
        let new = tally.holds().map(\.hold)
        return PlannedHolds(
            Dictionary((placed + new).map { ($0.key, $0) }) { first, _ in first },
            unapproved: Set(unapproved.filter(\.value).keys))
    }
}

/// The holds on rules under a plan.
package struct PlannedHolds: Sendable {
    package struct Hold: Sendable, Encodable, Equatable {
        package let rule: String
        package let reason: String
        /// Which limit, or what asks for the approval.
        package let detail: String

        fileprivate init(_ hold: RuleHold) {
            (rule, reason, detail) = (hold.ruleID, hold.reason.rawValue, hold.detail)
        }

        /// What keeps back a rule to which nobody has agreed.
        fileprivate init(unapproved base: String) {
            (rule, reason) = (base, RuleHold.Reason.approval.rawValue)
            detail = RuleHold.approvalDetail
        }
    }

    /// By their key.
    private let holds: [String: RuleHold]
    /// Rules, or rows of a table, to which nobody has agreed.
    private let unapproved: Set<String>

    fileprivate init(_ holds: [String: RuleHold], unapproved: Set<String>) {
        self.holds = holds
        self.unapproved = unapproved
    }

    /// In the order of their rules.
    package var all: [Hold] {
        holds.values.sorted { ($0.ruleID, $0.key) < ($1.ruleID, $1.key) }.map(Hold.init)
    }

    /// What holds a rule, or the rule as written of which it is a row.
    package func hold(on id: String, base: String) -> Hold? {
        // It is placed only where a change has no other rule, and keeps this one back everywhere.
        if unapproved.contains(id) { return Hold(unapproved: base) }
        return (holds["limit:\(id)"] ?? holds["limit:\(base)"]).map(Hold.init)
    }
}

extension Store {
    /// Begins to count what a ruleset would change if it came into force now.
    package func planTally(rulesetHash: String, terms: RulesetTerms) async throws -> PlanTally {
        try await database.transaction { [workspace] db in
            let now = try db.now()
            // What another ruleset grants itself does not count before it is in force.
            let before = try db.row(
                """
                SELECT ruleset_hash, limits, limits_before FROM usher.workspace
                WHERE workspace = \(workspace)
                """
            ) {
                try $0.get("ruleset_hash", as: String?.self) == rulesetHash
                    ? try $0.get("limits_before", as: JSON?.self)?.decode()
                    : try RulesetTerms.Granted(inForce: $0)
            }
            // Holds on what means something else now, or is gone, would be withdrawn first.
            let known = try db.ruleHolds(in: workspace)
            let placed = known.placed.values.filter { terms.hash($0.ruleID) == $0.ruleHash }
            let admission = Admission(
                terms, before: before ?? nil, counts: try db.changeCounts(at: now, in: workspace),
                holds: RuleHolds(Array(placed), approvals: known.approvals))
            return PlanTally(admission, now: now)
        }
    }
}
