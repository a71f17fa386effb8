package import Contacts
package import Foundation
internal import Postgres
package import Reconciler
package import Rules

extension Store {
    /// Begins to count what a ruleset would change if it came into force now.
    ///
    /// - Parameter cap: What the operator allows at most; nil is anything.
    package func plannedImpact(
        of ruleset: Ruleset, cap: ChangeLimits?
    ) async throws -> (impact: ImpactAssessment, now: Date) {
        try await database.transaction { [workspace] db in
            let now = try db.now()
            // What another ruleset grants itself does not count before it is in force.
            let before: GrantedLimits? =
                try db.row(
                    """
                    SELECT ruleset_hash, limits, limits_before FROM usher.workspace
                    WHERE workspace = \(workspace)
                    """
                ) { row -> GrantedLimits? in
                    try row.get("ruleset_hash", as: String?.self) == ruleset.hash
                        ? try row.get("limits_before", as: JSON?.self)?.decode()
                        : try GrantedLimits(inForce: row)
                } ?? nil
            // Holds on what means something else now, or is gone, would be withdrawn first.
            let known = try db.ruleHolds(in: workspace)
            let placed = known.placed.values.filter {
                ruleset.meaning(named: $0.ruleID) == $0.ruleHash
            }
            let gate = ChangeGate(
                ruleset, before: before, cap: cap,
                ledger: try db.changeLedger(at: now, in: workspace),
                holds: RuleHolds(Array(placed), approvals: known.approvals), isCounting: false)
            return (ImpactAssessment(gate), now)
        }
    }
}
