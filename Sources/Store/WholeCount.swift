package import Contacts
internal import Foundation
internal import Postgres
internal import Reconciler
package import Rules

/// What came of counting all changes at once.
package enum WholeCount: Sendable {
    /// Everything may be decided now; what a person has to look at.
    case counted([Alert])
    /// Before the first complete sweep nobody knows how many there are.
    case waitsForSweep
    /// Another ruleset came into force meanwhile, or another process has counted.
    case outdated
}

extension Store {
    /// Contacts counted in one transaction.
    static let countBatch = 1_000

    /// Counts all changes that a new ruleset wants before any is made: a rule that would exceed a limit
    /// is held as a whole.
    ///
    /// Nothing is written before the end, so a count that is cut short begins anew.
    ///
    /// - Parameter cap: What the operator allows at most; nil is anything.
    package func countChanges(
        under lease: Lease, of ruleset: Ruleset, cap: ChangeLimits?
    ) async throws -> WholeCount {
        guard let start = try await beginCount(ruleset.hash) else { return .outdated }
        guard start.isSwept else { return .waitsForSweep }
        var gate = ChangeGate(
            ruleset, before: start.before, cap: cap, ledger: start.ledger, holds: start.holds,
            isCounting: false)
        var impact = ImpactAssessment(gate)
        var last: String? = ""
        while let after = last {
            let page = try await database.transaction { [workspace] db in
                try db.countedContacts(after: after, limit: Store.countBatch, in: workspace)
            }
            for (_, row, action, holds) in page {
                guard let row, !row.isDeleted else { continue }
                impact.add(
                    gate.reconcile(row.subject(action: action, holds: holds), at: start.now))
            }
            last = page.count == Self.countBatch ? page.last?.id : nil
            try await renew(lease)
        }
        return try await finishCount(impact.holds(), under: lease, rulesetHash: ruleset.hash)
    }

    private struct Start: Sendable {
        let now: Date
        let isSwept: Bool
        let before: GrantedLimits?
        let ledger: ChangeLedger
        let holds: RuleHolds
    }

    private func beginCount(_ rulesetHash: String) async throws -> Start? {
        try await database.transaction { [workspace] db in
            let now = try db.now()
            let head = try db.row(
                """
                SELECT w.limits_before, EXISTS (
                           SELECT 1 FROM usher.sweep s
                           WHERE s.workspace = w.workspace AND s.state = 'completed') AS is_swept
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
            return Start(
                now: now, isSwept: head.isSwept, before: head.before,
                ledger: try db.changeLedger(at: now, in: workspace),
                holds: try db.ruleHolds(in: workspace))
        }
    }

    private func finishCount(
        _ holds: [(hold: RuleHold, changes: Int)], under lease: Lease, rulesetHash: String
    ) async throws -> WholeCount {
        try await database.transaction { [workspace, holder] db in
            try db.hold(lease, of: holder, in: workspace)
            // What was placed since the count began stays as it is.
            let placed = try db.ruleHolds(in: workspace).placed
            let new = holds.filter { placed[$0.hold.key] == nil }
            let places = try db.append(
                try new.map { try $0.hold.event(changes: $0.changes) }, in: workspace)
            for (index, (hold, _)) in new.enumerated() {
                guard let places else { continue }
                try db.execute(
                    hold.insertion(
                        seq: places.first + index, at: places.recordedAt, in: workspace))
            }
            let counted = try db.execute(
                """
                UPDATE usher.workspace SET is_counted = true
                WHERE workspace = \(workspace) AND ruleset_hash = \(rulesetHash) AND NOT is_counted
                """)
            guard counted == 1 else { throw StoreError.evaluationMoved }
            let alerts = new.isEmpty ? [] : [Alert.held(new.map(\.hold))]
            return .counted(try db.raise(alerts, at: try db.now(), in: workspace))
        }
    }
}

extension Transaction {
    /// The next contacts with what is under way on them; without a row where what is stored cannot be
    /// read, which is told when the contact is evaluated.
    fileprivate func countedContacts(
        after id: String, limit: Int, in workspace: WorkspaceName
    ) throws -> [(id: String, row: SnapshotRow?, action: Action?, holds: [String: ContactHold])] {
        let found = try rows(
            """
            SELECT contact_id, ref, document, known_since, deleted_at, merged_into, changed_seq,
                   touched_seq, grants, late, drifts, decision_digest, held, approved, declined,
                   alerts, clock_timestamp() AS read_at, false AS is_aside
            FROM usher.contact
            WHERE workspace = \(workspace) AND contact_id > \(id)
              -- Nothing is decided on what cannot be read.
              AND NOT EXISTS (
                  SELECT 1 FROM usher.unreadable u
                  WHERE u.workspace = \(workspace) AND u.contact_id = contact.contact_id
                    AND u.ruleset_hash IS NULL)
            ORDER BY contact_id
            LIMIT \(limit)
            """
        ) { (id: try $0.get("contact_id", as: String.self), row: try? SnapshotRow(row: $0)) }
        let ids = found.map(\.id)
        let actions = try lockActions(ofContacts: ids, in: workspace)
        let holds = try holds(ofContacts: ids, in: workspace)
        return found.map { ($0.id, $0.row, actions[$0.id], holds[$0.id] ?? [:]) }
    }
}
