internal import Contacts
internal import Foundation
internal import Postgres
package import Reconciler

extension Store {
    /// Records results, frees permits, brings the snapshot up to date and moves the actions on, in
    /// one transaction.
    ///
    /// A result whose claim has lapsed is appended as `patch.late` and changes nothing else.
    ///
    /// - Parameter random: In 0 ..< 1, for the jitter.
    /// - Returns: The alerts that people have not been told of yet.
    package func record(
        _ attempts: [Attempt], limit: RequestLimit?, timing: SettlementTiming, random: Double
    ) async throws -> [Alert] {
        try await transaction { db in
            // Ages are taken before the database's time is read: a permit is never freed early.
            let ages = attempts.map { ContinuousClock.now - $0.seenAt }
            let now = try db.now()
            let (breakers, signs) = try db.recordSigns(
                of: attempts, timing: timing, random: random, at: now)
            let shared = try limit.map {
                try db.releasePermits(of: attempts, ages: ages, limit: $0, at: now)
            }
            let actions = try db.lockActions(attempts.map(\.action.actionID))
            let known = try db.lockContacts(attempts.map(\.action.contactID))
            var batch = OutcomeBatch(
                now: now, rulesetHash: try db.activeRulesetHash(), timing: timing,
                random: random, breakers: breakers)
            batch.alerts = signs + (shared ?? [])
            for attempt in attempts {
                let claim = attempt.action
                if let action = actions[claim.actionID], action.isClaimed(by: claim),
                    let known = known[claim.contactID]
                {
                    try batch.add(attempt, of: action, on: known)
                } else if try !db.isRecorded(attempt) {
                    // The commit of an earlier try may have gone through after all.
                    try batch.addLate(attempt)
                }
            }
            try db.write(batch)
            return try db.raise(batch.alerts, at: now)
        }
    }
}

extension WorkspaceTransaction {
    /// Records what results say of their endpoint; asks nothing while all is well.
    fileprivate func recordSigns(
        of attempts: [Attempt], timing: SettlementTiming, random: Double, at now: Date
    ) throws -> (breakers: [Breaker], alerts: [Alert]) {
        let reports = attempts.map { EndpointReport($0.sign, contactID: $0.action.contactID) }
        guard reports.contains(where: \.isBad) || attempts.contains(where: \.action.isAfterFailure)
        else { return ([], []) }
        let alerts = try record(
            reports, of: "update", at: now, pacing: timing.breaker, random: random)
        return (try breakers(), alerts)
    }

    /// - Returns: The alert where another party uses the limit too.
    fileprivate func releasePermits(
        of attempts: [Attempt], ages: [Duration], limit: RequestLimit, at now: Date
    ) throws -> [Alert] {
        let last = attempts.last { $0.remaining != nil }
        let alerts = try shrinkBudget(
            "update", limit: limit, remaining: last?.remaining, held: last?.action.held ?? 0,
            now: now)
        let permits = zip(attempts, ages).compactMap { attempt, age in
            attempt.action.permit.map { ($0, freeAt: now - age + limit.window) }
        }
        try execute(release(of: permits, endpoint: "update"))
        return alerts
    }

    /// Whether this very result is on record.
    fileprivate func isRecorded(_ attempt: Attempt) throws -> Bool {
        try row(
            """
            SELECT EXISTS (
                SELECT 1 FROM usher.event
                WHERE workspace = \(workspace) AND action_id = \(attempt.action.actionID)
                  AND kind = ANY (\(attempt.result.kinds.map(\.rawValue))::text[])
                  AND (body ->> 'attempt')::integer = \(attempt.action.attempt)
                  AND body ->> 'request_id' IS NOT DISTINCT FROM \(attempt.requestID)
                  AND (body ->> 'milliseconds')::integer
                      IS NOT DISTINCT FROM \(attempt.milliseconds)
                  AND NOT body ? 'read') AS found
            """
        ) { try $0.get("found") } ?? false
    }

    /// Writes outcomes; failures that repeat only count in their actions.
    ///
    /// - Returns: The numbers of the events; nil where there are none.
    @discardableResult
    func write(_ batch: OutcomeBatch) throws -> SequenceRange? {
        let snapshot = batch.snapshot
        guard !snapshot.events.isEmpty || !snapshot.isEmpty else {
            _ = try pipeline(statements(for: batch.actions))
            return nil
        }
        let range = try reserveSequence(snapshot.events.count, refs: snapshot.newContacts)
        // What this very transaction brought about is no reason to try a blocked action again.
        let actions = batch.actions.blocked(at: range.first + snapshot.events.count - 1)
        var statements = statements(for: snapshot.events, at: range)
        statements += try self.statements(for: actions)
        statements += try contactStatements(for: snapshot, at: range)
        if !batch.deletions.isEmpty {
            statements += self.statements(for: batch.deletions, at: range)
        }
        _ = try pipeline(statements)
        return range
    }
}
