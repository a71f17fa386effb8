internal import Contacts
package import Foundation
internal import Postgres
package import Reconciler
package import Rules

/// The state that all changes of a new ruleset are counted from.
package struct CountStart: Sendable {
    package let now: Date
    /// Before the first complete sweep nobody knows how many contacts there are.
    package let isSwept: Bool
    package let limitsBefore: GrantedLimits?
    package let ledger: ChangeLedger
    package let holds: RuleHolds
}

extension Store {
    /// Contacts counted in one transaction.
    package static let countBatch = 1_000

    /// Begins to count all changes that a new ruleset wants before any is made.
    ///
    /// Nothing is written before the end, so a count that is cut short begins anew.
    ///
    /// - Returns: nil where another ruleset is in force, or another process has counted.
    package func beginCount(of rulesetHash: String) async throws -> CountStart? {
        try await transaction { db in
            let now = try db.now()
            let head = try db.row(
                """
                SELECT w.limits_before, EXISTS (
                           SELECT 1 FROM usher.sweep s
                           WHERE s.workspace = \(workspace) AND s.state = 'completed') AS is_swept
                FROM usher.workspace w
                WHERE w.workspace = \(workspace) AND w.ruleset_hash = \(rulesetHash)
                  AND NOT w.is_counted
                """
            ) { row in
                (
                    before: try row.get("limits_before", as: JSON?.self)?
                        .decode(as: GrantedLimits.self),
                    isSwept: try row.get("is_swept", as: Bool.self)
                )
            }
            guard let head else { return nil }
            return CountStart(
                now: now, isSwept: head.isSwept, limitsBefore: head.before,
                ledger: try db.changeLedger(at: now), holds: try db.ruleHolds())
        }
    }

    /// Places the holds that a count found to be needed, each with the changes that it holds.
    ///
    /// - Returns: The alerts that people have not been told of yet.
    package func finishCount(
        _ holds: [(hold: RuleHold, changes: Int)], under lease: Lease, of rulesetHash: String
    ) async throws -> [Alert] {
        try await transaction { db in
            try db.hold(lease)
            // What was placed since the count began stays as it is.
            let placed = try db.ruleHolds().placed
            let new = holds.filter { placed[$0.hold.key] == nil }
            if let range = try db.append(
                try new.map { try $0.hold.placed(changes: $0.changes) })
            {
                try db.pipeline(
                    new.enumerated().map { index, new in
                        db.insertion(
                            of: new.hold, seq: range.first + index, at: range.recordedAt)
                    })
            }
            let counted = try db.execute(
                """
                UPDATE usher.workspace SET is_counted = true
                WHERE workspace = \(workspace) AND ruleset_hash = \(rulesetHash) AND NOT is_counted
                """)
            guard counted == 1 else { throw StoreError.evaluationMoved }
            return try db.raise(new.isEmpty ? [] : [.held(new.map(\.hold))])
        }
    }

    /// Begins to count what a ruleset would change if it came into force now.
    package func plannedCount(of ruleset: Ruleset) async throws -> CountStart {
        try await transaction { db in
            let now = try db.now()
            let limits = try db.row(
                """
                SELECT ruleset_hash, limits, limits_before FROM usher.workspace
                WHERE workspace = \(workspace)
                """, decode: StoredLimits.init(row:))
            let known = try db.ruleHolds()
            return CountStart(
                now: now, isSwept: true, limitsBefore: limits?.before(ruleset.hash),
                ledger: try db.changeLedger(at: now), holds: known.kept(by: ruleset))
        }
    }
}
