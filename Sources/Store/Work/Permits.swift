internal import Contacts
internal import Foundation
internal import Postgres
package import Reconciler

extension Store {
    /// Whether a permit is still this process's own, its time is not over and its endpoint is not
    /// paused: asked after every wait, since a process may be stopped for longer than it meant.
    package func isUsable(_ permit: Permit, of endpoint: String) async throws -> Bool {
        try await transaction { db in
            let now = try db.now()
            let isOurs: Bool? = try db.row(
                """
                SELECT true AS is_ours FROM usher.permit
                WHERE workspace = \(workspace) AND endpoint = \(endpoint)
                  AND permit = \(permit.number) AND taken = \(permit.taken)
                """
            ) { try $0.get("is_ours") }
            return try isOurs == true && permit.isInTime(at: now)
                && !db.sendingState(at: now).pauses.contains { $0.endpoint == endpoint }
        }
    }

    /// Releases a permit that was not used: it is free as it was before it was taken.
    package func release(_ permit: Permit, of endpoint: String) async throws {
        try await transaction { db in
            _ = try db.execute(
                db.release(
                    of: [(permit, freeAt: max(permit.sendAt, try db.now()))], endpoint: endpoint))
        }
    }

    /// Begins a request: reads what keeps the endpoint from being used, and takes a permit where
    /// nothing does, in one transaction.
    package func beginRequest(
        to endpoint: String, limit: RequestLimit?, isProbe: Bool
    ) async throws -> (step: RequestStep, mark: ReadMark) {
        try await guardingClock(of: [.permits(endpoint: endpoint, limit: limit)]) { db, now in
            let state = try db.sendingState(at: now)
            let mark = ReadMark(seq: try db.lastSeq(), at: now)
            if let obstacle = state.obstacle(to: endpoint, isProbe: isProbe) {
                return (obstacle, mark)
            }
            if state.allowance(of: endpoint) == .oneTry,
                try !db.takeTry(of: endpoint, at: now)
            {
                return (.wait(until: now), mark)
            }
            let isAfterFailure = state.breakers.of(endpoint) != nil
            guard let limit else {
                return (.send(nil, held: 0, isAfterFailure: isAfterFailure), mark)
            }
            let plan = try db.planPermits(endpoint, limit: limit, wanted: 1, now: now)
            guard let permit = plan.permits.first else {
                return (.wait(until: plan.nextAt ?? now + WorkTiming.permitHorizon), mark)
            }
            try db.pipeline(
                db.taking([permit], endpoint: endpoint, limit: limit, nextSendAt: plan.nextSendAt))
            return (
                .send(permit, held: plan.held + 1, isAfterFailure: isAfterFailure), mark
            )
        }
    }

    /// Releases a used permit.
    ///
    /// - Returns: The alert where another party uses the limit too, once an hour.
    package func release(used: UsedPermit, of endpoint: String) async throws -> [Alert] {
        try await transaction { db in try db.raise(try db.release(used, of: endpoint)) }
    }

    /// Permits of an endpoint that are not free.
    package func heldPermits(of endpoint: String) async throws -> Int {
        try await transaction { db in try db.heldPermits(of: endpoint, at: try db.now()) }
    }
}

extension WorkspaceTransaction {
    /// Releases a used permit, which is free one window from now; shrinks the budget where the API
    /// has less left than our own permits explain.
    ///
    /// - Returns: An alert, to be raised.
    func release(_ used: UsedPermit, of endpoint: String) throws -> [Alert] {
        let now = try now()
        let alerts = try shrinkBudget(
            endpoint, limit: used.limit, remaining: used.remaining, held: used.held, now: now)
        try execute(
            release(of: [(used.permit, freeAt: now + used.limit.window)], endpoint: endpoint))
        return alerts
    }

    func heldPermits(of endpoint: String, at now: Date) throws -> Int {
        try row(
            """
            SELECT count(*) AS held FROM usher.permit
            WHERE workspace = \(workspace) AND endpoint = \(endpoint) AND free_at > \(now)
            """
        ) { try $0.get("held") } ?? 0
    }

    /// Shrinks a budget that another party uses too: as many free permits as it used count as held
    /// for one window.
    ///
    /// - Parameters:
    ///   - remaining: What the API said is left, if it did.
    ///   - held: Permits that were held at the sending; those held now are counted here.
    /// - Returns: An alert, to be raised.
    func shrinkBudget(
        _ endpoint: String, limit: RequestLimit, remaining: Int?, held: Int, now: Date
    ) throws -> [Alert] {
        guard let remaining, limit.foreignRequests(remaining: remaining, held: held) > 0
        else { return [] }
        let foreign = limit.foreignRequests(
            remaining: remaining, held: max(held, try heldPermits(of: endpoint, at: now)))
        guard foreign > 0 else { return [] }
        let plan = try planPermits(
            endpoint, limit: limit, wanted: foreign, now: now, horizon: .zero)
        try execute(
            """
            INSERT INTO usher.permit AS p (workspace, endpoint, permit, free_at, taken)
            SELECT \(workspace), \(endpoint), t.permit, \(now + limit.window), t.taken
            FROM unnest(\(plan.permits.map(\.number))::integer[],
                        \(plan.permits.map(\.taken))::bigint[]) AS t (permit, taken)
            ON CONFLICT (workspace, endpoint, permit) DO UPDATE
            SET free_at = EXCLUDED.free_at, holder = NULL, taken = EXCLUDED.taken
            """)
        return limit.isShared(by: foreign) ? [.sharedBudget(of: endpoint, limit)] : []
    }

    /// Locks the endpoint's budget and plans with its permits; nothing is taken yet.
    func planPermits(
        _ endpoint: String, limit: RequestLimit, wanted: Int, now: Date,
        horizon: Duration = WorkTiming.permitHorizon
    ) throws -> PermitPlan {
        let nextSendAt = try lockBudget(of: endpoint, at: now)
        let permits = try rows(
            """
            SELECT permit, free_at, taken FROM usher.permit
            WHERE workspace = \(workspace) AND endpoint = \(endpoint)
            """
        ) {
            PermitPlan.PermitState(
                number: try $0.get("permit"), freeAt: try $0.get("free_at"),
                taken: try $0.get("taken"))
        }
        return PermitPlan(
            rows: permits, limit: limit, nextSendAt: nextSendAt, now: now, wanted: wanted,
            horizon: horizon)
    }

    /// - Returns: The time of the next send.
    private func lockBudget(of endpoint: String, at now: Date) throws -> Date {
        func lock() throws -> Date? {
            try row(
                """
                SELECT next_send_at FROM usher.budget
                WHERE workspace = \(workspace) AND endpoint = \(endpoint)
                FOR UPDATE
                """
            ) { try $0.get("next_send_at") }
        }
        if let nextSendAt = try lock() { return nextSendAt }
        try execute(
            """
            INSERT INTO usher.budget (workspace, endpoint, next_send_at)
            VALUES (\(workspace), \(endpoint), \(now))
            ON CONFLICT (workspace, endpoint) DO NOTHING
            """)
        return try lock() ?? now
    }

    /// The statements that take permits: until the answer is seen they count as held to the end of
    /// their holder's lease and one window more.
    func taking(
        _ permits: [Permit], endpoint: String, limit: RequestLimit, nextSendAt: Date
    ) -> [Statement] {
        guard !permits.isEmpty else { return [] }
        return [
            """
            INSERT INTO usher.permit AS p (workspace, endpoint, permit, free_at, holder, taken)
            SELECT \(workspace), \(endpoint), t.permit, t.free_at, \(holder), t.taken
            FROM unnest(
                \(permits.map(\.number))::integer[],
                \(permits.map { $0.sendAt + WorkTiming.lease + limit.window })::timestamptz[],
                \(permits.map(\.taken))::bigint[]) AS t (permit, free_at, taken)
            ON CONFLICT (workspace, endpoint, permit) DO UPDATE
            SET free_at = EXCLUDED.free_at, holder = EXCLUDED.holder, taken = EXCLUDED.taken
            """,
            """
            UPDATE usher.budget SET next_send_at = \(nextSendAt)
            WHERE workspace = \(workspace) AND endpoint = \(endpoint)
            """,
        ]
    }

    /// The statement that releases permits; one that another process took meanwhile stays taken.
    func release(of permits: [(permit: Permit, freeAt: Date)], endpoint: String) -> Statement {
        """
        UPDATE usher.permit AS p SET free_at = t.free_at, holder = NULL
        FROM unnest(
            \(permits.map(\.permit.number))::integer[], \(permits.map(\.permit.taken))::bigint[],
            \(permits.map(\.freeAt))::timestamptz[]) AS t (permit, taken, free_at)
        WHERE p.workspace = \(workspace) AND p.endpoint = \(endpoint)
          AND p.permit = t.permit AND p.taken = t.taken
        """
    }
}
