internal import Contacts
package import Foundation
internal import Postgres
package import Reconciler

/// The actions that a process may send.
package struct Claim: Sendable {
    package let actions: [ClaimedAction]
    /// The database's time of the claim.
    package let now: Date
    /// When a permit is free or an action is due next, where that is known.
    package let nextAt: Date?
    /// The alerts about contacts that could not be claimed and were set aside.
    package fileprivate(set) var alerts: [Alert] = []
    /// Whether the endpoint fails and may be tried now: by a claim for `oneTry`.
    package let isTryDue: Bool

    fileprivate init(
        _ actions: [ClaimedAction] = [], now: Date, nextAt: Date? = nil, isTryDue: Bool = false
    ) {
        self.actions = actions
        self.now = now
        self.nextAt = nextAt
        self.isTryDue = isTryDue
    }
}

extension Store {
    /// Claims the most urgent due actions: takes permits, freezes what is sent and puts the intents
    /// with their before-images on record, in one transaction.
    ///
    /// Actions of a ruleset that is not in force, and those whose contact changed, or whose time
    /// came, since it was evaluated, are skipped: the evaluator comes first. What a contact holds
    /// already is never sent. A claim lapses with its lease.
    ///
    /// - Parameters:
    ///   - limit: nil where the endpoint has no limit.
    ///   - atMost: A batch.
    package func claim(
        limit: RequestLimit?, atMost: Int, for purpose: ClaimPurpose = .work
    ) async throws -> Claim {
        do { return try await claimDue(limit: limit, atMost: atMost, for: purpose) } catch let error
            where error.isAboutValues
        {
            // One row that cannot be read must not keep the others from being sent.
            guard let alerts = try await setUnreadableRowsAside(among: dueContacts()) else {
                throw error
            }
            var claim = try await claimDue(limit: limit, atMost: atMost, for: purpose)
            claim.alerts = alerts
            return claim
        }
    }

    private func claimDue(
        limit: RequestLimit?, atMost: Int, for purpose: ClaimPurpose
    ) async throws -> Claim {
        try await guardingClock(of: [.permits(endpoint: "update", limit: limit)]) { db, now in
            let state = try db.sendingState(at: now)
            if let until = state.wait(for: "update") { return Claim(now: now, nextAt: until) }
            let (work, evaluatedSeq) = try db.dueWork(at: now, enough: limit?.permits ?? 0)
            switch state.step(for: "update", work, atMost: atMost, for: purpose) {
            case .wait(let until): return Claim(now: now, nextAt: until)
            case .forgetBreaker:
                try db.removeBreaker(of: "update")
                return Claim(now: now)
            case .checkToken: return Claim(now: now, isTryDue: true)
            case .claim(let most, let wanted, let isTry):
                guard try !isTry || db.takeTry(of: "update", at: now) else {
                    return Claim(now: now)
                }
                return try db.claim(
                    limit: limit, atMost: most, wanted: wanted, at: now,
                    evaluatedSeq: evaluatedSeq, breaker: state.breakers.of("update"))
            }
        }
    }

    /// The contacts whose actions may be claimed next.
    private func dueContacts() async throws -> [String] {
        try await transaction { db in
            try db.rows(
                """
                SELECT contact_id FROM usher.action
                WHERE workspace = \(workspace) AND state = 'ready' AND due_at <= \(try db.now())
                ORDER BY send_order, due_at, action_id
                LIMIT \(Store.evaluationBatch)
                """
            ) { try $0.get("contact_id") }
        }
    }

    /// The reason not to send a claimed action after all, in words; nil where it is sent.
    package func obstacle(toSending action: ClaimedAction) async throws -> String? {
        try await transaction { db in
            let state = try db.sendingState(at: try db.now())
            return action.obstacle(state, isWanted: try db.isWanted(action))
        }
    }
}

extension WorkspaceTransaction {
    fileprivate func claim(
        limit: RequestLimit?, atMost: Int, wanted: Int, at now: Date, evaluatedSeq: Int,
        breaker: Breaker?
    ) throws -> Claim {
        let plan = try limit.map { try planPermits("update", limit: $0, wanted: wanted, now: now) }
        let count = min(atMost, plan?.permits.count ?? atMost)
        guard count > 0 else { return Claim(now: now, nextAt: plan?.nextAt) }
        var batch = ClaimBatch(
            at: now, permits: plan?.permits, held: (plan?.held ?? 0) + count, breaker: breaker)
        let due = try lockDueActions(at: now, limit: ClaimBatch.candidates(for: count, breaker))
        let actions = batch.chosen(among: due)
        let known = try lockContacts(actions.map(\.contactID))
        for action in actions {
            guard let known = known[action.contactID] else { continue }
            try batch.add(action, of: known, evaluatedSeq: evaluatedSeq)
        }
        if !batch.events.isEmpty {
            let range = try reserveSequence(batch.events.count)
            var statements =
                try statements(for: batch.events, at: range)
                + statements(for: batch.changes(from: range.first))
            if let limit, let plan {
                statements += taking(
                    batch.claimed.compactMap(\.permit), endpoint: "update", limit: limit,
                    nextSendAt: plan.nextSendAt)
            }
            _ = try pipeline(statements)
        }
        return Claim(batch.claimed, now: now, nextAt: batch.nextAt)
    }

    fileprivate func isWanted(_ action: ClaimedAction) throws -> Bool {
        try row(
            """
            SELECT state = 'sending' AND fence = \(action.fence) AND ruleset_hash <> ''
                   AND NOT EXISTS (
                       SELECT 1 FROM usher.unreadable u
                       WHERE u.workspace = \(workspace)
                         AND u.contact_id = \(action.contactID)) AS is_wanted
            FROM usher.action
            WHERE workspace = \(workspace) AND action_id = \(action.actionID)
            """
        ) { try $0.get("is_wanted") } ?? false
    }

    /// Whether an action `a` of the workspace `w` is ready as the rules in force decided it.
    ///
    /// Nothing is sent on what cannot be read.
    private static let isDecided: StaticString = """
        a.state = 'ready' AND a.ruleset_hash = w.ruleset_hash AND w.is_counted
        AND (w.recheck_after IS NULL OR a.contact_id <= w.recheck_after
             OR a.action_id > w.recheck_seq)
        AND NOT EXISTS (
            SELECT 1 FROM usher.unreadable u
            WHERE u.workspace = a.workspace AND u.contact_id = a.contact_id)
        """

    fileprivate func dueWork(
        at now: Date, enough: Int
    ) throws -> (work: DueWork, evaluatedSeq: Int) {
        try row(
            """
            SELECT w.evaluated_seq,
                   EXISTS (SELECT 1 FROM usher.action a
                           WHERE a.workspace = \(workspace) AND a.state <> 'blocked')
                       AS is_any_open,
                   (SELECT min(a.due_at) FROM usher.action a
                    WHERE a.workspace = \(workspace) AND a.state = 'ready'
                      AND a.due_at > \(now)) AS next_due_at,
                   (SELECT count(*) FROM (
                        SELECT 1 FROM usher.action a
                        WHERE a.workspace = \(workspace) AND a.due_at <= \(now)
                          AND (w.recheck_at IS NULL OR w.recheck_at > \(now))
                          AND \(sql: Self.isDecided)
                        -- More than there are permits is a backlog; how much more does not matter.
                        LIMIT \(enough + 1)) ready) AS due
            FROM usher.workspace w
            WHERE w.workspace = \(workspace)
            """
        ) { row in
            let work = DueWork(
                due: try row.get("due"), nextDueAt: try row.get("next_due_at"),
                isAnyOpen: try row.get("is_any_open"))
            return (work, try row.get("evaluated_seq"))
        } ?? (DueWork(due: 0, nextDueAt: nil, isAnyOpen: false), 0)
    }

    private func lockDueActions(at now: Date, limit: Int) throws -> [Action] {
        let ids: [Int] = try rows(
            """
            SELECT a.action_id
            FROM usher.action a
            JOIN usher.workspace w ON w.workspace = \(workspace)
            WHERE a.workspace = \(workspace) AND a.due_at <= \(now)
              AND (w.recheck_at IS NULL OR w.recheck_at > \(now))
              AND \(sql: Self.isDecided)
            ORDER BY a.send_order, a.due_at, a.action_id
            LIMIT \(limit)
            FOR UPDATE OF a SKIP LOCKED
            """
        ) { try $0.get("action_id") }
        let actions = try lockActions(ids)
        return ids.compactMap { actions[$0] }
    }
}
