internal import Contacts
package import Foundation
internal import Postgres
package import Reconciler

/// The unsettled actions that a process may read back.
package struct SettlementClaim: Sendable {
    package var actions: [SettlingAction] = []
    /// The database's time of the claim.
    package let now: Date
    /// When a permit is free or an action is due next, where that is known.
    package var nextAt: Date?
    /// Permits that were not free, these among them.
    package var held = 0
    /// Whether the endpoint fails and may be tried now: by a claim for `oneTry`.
    package var isTryDue = false
    /// Whether the endpoint had failed before: then a good answer is news.
    package var isAfterFailure = false
}

extension Store {
    /// Claims actions to settle, and takes the permits to read their contacts: those whose time has
    /// come, and those whose worker died.
    ///
    /// What is claimed is read within a second, so that no claim lapses while it waits.
    ///
    /// - Parameter limit: nil where the endpoint has no limit.
    package func claimSettlements(
        limit: RequestLimit? = nil, atMost: Int, for purpose: ClaimPurpose = .work
    ) async throws -> SettlementClaim {
        try await guardingClock(of: [.permits(endpoint: "get", limit: limit), .claims]) { db, now in
            let state = try db.sendingState(at: now)
            if let until = state.wait(for: "get") {
                return SettlementClaim(now: now, nextAt: until)
            }
            let work = try db.unsettledWork(at: now)
            switch state.step(for: "get", work, atMost: atMost, for: purpose) {
            case .wait(let until): return SettlementClaim(now: now, nextAt: until)
            case .forgetBreaker:
                try db.removeBreaker(of: "get")
                return SettlementClaim(now: now)
            case .checkToken: return SettlementClaim(now: now, isTryDue: true)
            case .claim(let most, let wanted, let isTry):
                guard try !isTry || db.takeTry(of: "get", at: now) else {
                    return SettlementClaim(now: now)
                }
                return try db.claimSettlements(
                    limit: limit, atMost: most, wanted: wanted, at: now,
                    isAfterFailure: state.breakers.of("get") != nil)
            }
        }
    }

    /// Settles what was read back.
    ///
    /// - Parameter random: In 0 ..< 1, for the jitter.
    /// - Returns: The alerts that people have not been told of yet.
    package func settle(
        _ reads: [ReadBack], timing: SettlementTiming, random: Double
    ) async throws -> [Alert] {
        try await transaction { db in
            let now = try db.now()
            let actions = try db.lockActions(reads.map(\.action.actionID))
            let known = try db.lockContacts(reads.map(\.action.contactID))
            var batch = OutcomeBatch(
                now: now, rulesetHash: try db.activeRulesetHash(), timing: timing,
                random: random, breakers: try db.breakers())
            for read in reads {
                guard let action = actions[read.action.actionID], action.isClaimed(by: read.action),
                    let known = known[read.action.contactID]
                else { continue }
                try batch.settle(read, of: action, on: known)
            }
            try db.write(batch)
            return try db.raise(batch.alerts, at: now)
        }
    }
}

extension WorkspaceTransaction {
    fileprivate func claimSettlements(
        limit: RequestLimit?, atMost: Int, wanted: Int, at now: Date, isAfterFailure: Bool
    ) throws -> SettlementClaim {
        let plan = try limit.map { try planPermits("get", limit: $0, wanted: wanted, now: now) }
        let count = min(atMost, plan?.permits.count ?? atMost)
        guard count > 0 else { return SettlementClaim(now: now, nextAt: plan?.nextAt) }
        let actions = try lockUnsettled(at: now, limit: count)
        let permits = plan.map { Array($0.permits.prefix(actions.count)) }
        let batch = try SettlementBatch(of: actions, permits: permits, at: now)
        var statements = try statements(for: batch.changes)
        if let limit, let plan, let permits {
            statements += taking(
                permits, endpoint: "get", limit: limit, nextSendAt: plan.nextSendAt)
        }
        if !batch.events.isEmpty {
            let range = try reserveSequence(batch.events.count)
            statements += self.statements(for: batch.events, at: range)
        }
        _ = try pipeline(statements)
        return SettlementClaim(
            actions: batch.claimed, now: now, held: (plan?.held ?? 0) + actions.count,
            isAfterFailure: isAfterFailure)
    }

    fileprivate func unsettledWork(at now: Date) throws -> DueWork {
        try row(
            """
            SELECT count(*) FILTER (WHERE n.next_at <= \(now)) AS due, count(*) > 0 AS is_any_open,
                   min(n.next_at) FILTER (WHERE n.next_at > \(now)) AS next_at
            FROM (SELECT CASE state WHEN 'unknown' THEN due_at ELSE lease_until END AS next_at
                  FROM usher.action
                  WHERE workspace = \(workspace) AND state IN ('unknown', 'sending')) n
            """
        ) {
            DueWork(
                due: try $0.get("due"), nextDueAt: try $0.get("next_at"),
                isAnyOpen: try $0.get("is_any_open"))
        } ?? DueWork(due: 0, nextDueAt: nil, isAnyOpen: false)
    }

    private func lockUnsettled(at now: Date, limit: Int) throws -> [Action] {
        let ids: [Int] = try rows(
            """
            SELECT action_id FROM usher.action
            WHERE workspace = \(workspace)
              AND (state = 'unknown' AND due_at <= \(now)
                   OR state = 'sending' AND lease_until <= \(now))
            ORDER BY due_at, action_id
            LIMIT \(limit)
            FOR UPDATE SKIP LOCKED
            """
        ) { try $0.get("action_id") }
        let actions = try lockActions(ids)
        return ids.compactMap { actions[$0] }
    }
}
