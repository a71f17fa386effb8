internal import Contacts
package import Foundation
internal import Postgres
internal import Reconciler

/// How many requests an endpoint takes in how long.
package struct RequestLimit: Sendable, Equatable {
    package let permits: Int
    package let window: Duration

    package init(permits: Int, window: Duration) {
        self.permits = permits
        self.window = window
    }
}

/// The right to send one request, not before `sendAt`.
package struct Permit: Sendable, Equatable {
    package let number: Int
    /// Tells this taking from earlier ones of the same permit.
    package let taken: Int
    package let sendAt: Date
}

/// Which permits to take, decided from how they stand. Pure: the database's rows in, the choice out.
struct PermitPlan: Equatable {
    struct Row: Equatable {
        let number: Int
        let freeAt: Date
        let taken: Int
    }

    private(set) var permits: [Permit] = []
    /// Permits not free when looked at.
    let held: Int
    private(set) var nextSendAt: Date
    /// When the first one that was not taken could be used.
    private(set) var nextAt: Date?

    /// Sends of a backlog are this fraction of `window / permits` apart, a little denser than the
    /// permits come back. Source: docs/measurements.md, “Request limits”.
    static let gapFraction = 0.95

    /// - Parameters:
    ///   - rows: Every permit of the endpoint, also those above a limit that was lowered.
    ///   - wanted: As many as there is work for; a backlog when that is more than are free.
    ///   - horizon: Permits are taken for sends within this time.
    init(
        rows: [Row], limit: RequestLimit, nextSendAt: Date, now: Date, wanted: Int,
        horizon: Duration
    ) {
        held = rows.count { $0.freeAt > now }
        self.nextSendAt = nextSendAt
        let known = Set(rows.map(\.number))
        let unused = (1...limit.permits).filter { !known.contains($0) }
            .map { Row(number: $0, freeAt: .distantPast, taken: 0) }
        let above = rows.filter { $0.number > limit.permits && $0.freeAt > now }
        let usable = (rows.filter { $0.number <= limit.permits } + unused)
            .sorted { ($0.freeAt, $0.number) < ($1.freeAt, $1.number) }
        // A permit that is held above the limit uses up one below it, as long as it is held.
        let freeAt = (usable + above).map(\.freeAt).sorted().dropFirst(above.count)
        let isBacklog = wanted > freeAt.count { $0 <= now }
        let gap = limit.window.seconds / Double(limit.permits) * Self.gapFraction
        var earliest = isBacklog ? max(now, nextSendAt) : now
        for (row, freeAt) in zip(usable, freeAt) {
            let sendAt = max(earliest, freeAt)
            guard permits.count < wanted, sendAt <= now + horizon else {
                nextAt = sendAt
                break
            }
            permits.append(Permit(number: row.number, taken: row.taken &+ 1, sendAt: sendAt))
            // One gap that was lost to waiting for a permit is made up for, or jitter would add up.
            self.nextSendAt = max(self.nextSendAt.addingTimeInterval(gap), sendAt)
            if isBacklog { earliest = self.nextSendAt }
        }
    }
}

/// Permits taken for one endpoint, as of a moment of the database's clock.
package struct PermitBatch: Sendable {
    package let permits: [Permit]
    package let now: Date
    /// Permits that were not free, these among them.
    package let held: Int
    /// When the next one could be used, for waiting.
    package let nextAt: Date?
}

extension Store {
    /// How far ahead sends are planned.
    /// Source: docs/decisions/0005-permits-ahead.md
    package static let permitHorizon: Duration = .seconds(1)

    /// How long after its time a permit may still be used: a request that takes its whole time-out of
    /// 10 s and begins no later has ended a second before its permit's lease.
    package static let latestSend: Duration = .seconds(4)

    /// Whether a permit is still this process's own, its time is not over and its endpoint is not paused:
    /// asked after every wait, since a process may be stopped for longer than it meant to wait.
    package func isUsable(_ permit: Permit, of endpoint: String) async throws -> Bool {
        try await database.transaction { [workspace] db in
            let now = try db.now()
            let isOurs: Bool? = try db.row(
                """
                SELECT true AS is_ours FROM usher.permit
                WHERE workspace = \(workspace) AND endpoint = \(endpoint)
                  AND permit = \(permit.number) AND taken = \(permit.taken)
                """
            ) { try $0.get("is_ours") }
            guard isOurs == true, now <= permit.sendAt + Self.latestSend else { return false }
            return try !db.pauses(of: workspace, at: now).contains { $0.endpoint == endpoint }
        }
    }

    /// Gives back a permit that was not used: it is free as it was before it was taken.
    package func release(_ permit: Permit, of endpoint: String) async throws {
        try await database.transaction { [workspace] db in
            _ = try db.execute(
                givingBackStatement(
                    [(permit, freeAt: max(permit.sendAt, try db.now()))], endpoint: endpoint,
                    in: workspace))
        }
    }

    /// Takes up to `wanted` permits of an endpoint.
    package func takePermits(
        _ endpoint: String, limit: RequestLimit, wanted: Int
    ) async throws -> PermitBatch {
        try await guardingClock(of: [.permits(endpoint: endpoint, limit: limit)]) {
            [workspace, holder] db, now in
            let plan = try db.planPermits(
                endpoint, limit: limit, wanted: wanted, now: now, in: workspace)
            for statement in takingStatements(
                plan.permits, endpoint: endpoint, limit: limit, nextSendAt: plan.nextSendAt,
                holder: holder, in: workspace)
            {
                try db.execute(statement)
            }
            return PermitBatch(
                permits: plan.permits, now: now, held: plan.held + plan.permits.count,
                nextAt: plan.nextAt)
        }
    }

    /// Gives a permit back, which is free one window from now; shrinks the budget where the API
    /// has less left than our own permits explain.
    ///
    /// - Parameters:
    ///   - remaining: `X-Rate-Limit-Remaining` of the answer.
    ///   - held: Permits that were held when this one was taken.
    /// - Returns: An alert when somebody else spends the budget, once an hour.
    package func giveBack(
        _ permit: Permit, of endpoint: String, limit: RequestLimit, remaining: Int? = nil,
        held: Int = 0
    ) async throws -> [Alert] {
        try await database.transaction { [workspace] db in
            let now = try db.now()
            let alerts = try db.yieldPermits(
                endpoint, limit: limit, remaining: remaining, held: held, now: now, in: workspace)
            try db.execute(
                givingBackStatement(
                    [(permit, freeAt: now + limit.window)], endpoint: endpoint, in: workspace))
            return try db.raise(alerts, at: now, in: workspace)
        }
    }
}

extension Transaction {
    /// Shrinks a budget that somebody else spends too: as many free permits as they used count as
    /// held for one window.
    ///
    /// - Parameters:
    ///   - remaining: What the API said is left, if it did.
    ///   - held: Permits that were held at the sending; those held now are counted here.
    /// - Returns: An alert, to be raised.
    func yieldPermits(
        _ endpoint: String, limit: RequestLimit, remaining: Int?, held: Int, now: Date,
        in workspace: WorkspaceName
    ) throws -> [Alert] {
        guard let remaining, remaining < limit.permits - held else { return [] }
        let heldNow: Int =
            try row(
                """
                SELECT count(*) AS held FROM usher.permit
                WHERE workspace = \(workspace) AND endpoint = \(endpoint) AND free_at > \(now)
                """
            ) { try $0.get("held") } ?? 0
        let others = limit.permits - max(held, heldNow) - remaining
        guard others > 0 else { return [] }
        let plan = try planPermits(
            endpoint, limit: limit, wanted: others, now: now, horizon: .zero, in: workspace)
        try execute(
            """
            INSERT INTO usher.permit AS p (workspace, endpoint, permit, free_at, taken)
            SELECT \(workspace), \(endpoint), t.permit, \(now + limit.window), t.taken
            FROM unnest(\(plan.permits.map(\.number))::integer[],
                        \(plan.permits.map(\.taken))::bigint[]) AS t (permit, taken)
            ON CONFLICT (workspace, endpoint, permit) DO UPDATE
            SET free_at = EXCLUDED.free_at, holder = NULL, taken = EXCLUDED.taken
            """)
        // Usher makes room for occasional calls of others without an alert.
        guard others * Self.shareOfConcern >= limit.permits else { return [] }
        return [
            Alert(
                code: .sharedBudget, subject: endpoint,
                message:
                    "somebody else spends the request limit of \(endpoint) too, or it is lower than "
                    + "\(limit.permits): Usher sends less; set USHER_LIMITS to its share")
        ]
    }

    /// Others may use one permit in this many before the alert is raised.
    private static let shareOfConcern = 4

    /// Locks the endpoint's budget and looks at its permits; nothing is taken yet.
    func planPermits(
        _ endpoint: String, limit: RequestLimit, wanted: Int, now: Date,
        horizon: Duration = Store.permitHorizon, in workspace: WorkspaceName
    ) throws -> PermitPlan {
        func nextSendAt() throws -> Date? {
            try row(
                """
                SELECT next_send_at FROM usher.budget
                WHERE workspace = \(workspace) AND endpoint = \(endpoint)
                FOR UPDATE
                """
            ) { try $0.get("next_send_at") }
        }
        var nextSend = try nextSendAt()
        if nextSend == nil {
            try execute(
                """
                INSERT INTO usher.budget (workspace, endpoint, next_send_at)
                VALUES (\(workspace), \(endpoint), \(now))
                ON CONFLICT (workspace, endpoint) DO NOTHING
                """)
            nextSend = try nextSendAt()
        }
        let permits = try rows(
            """
            SELECT permit, free_at, taken FROM usher.permit
            WHERE workspace = \(workspace) AND endpoint = \(endpoint)
            """
        ) {
            PermitPlan.Row(
                number: try $0.get("permit"), freeAt: try $0.get("free_at"),
                taken: try $0.get("taken"))
        }
        return PermitPlan(
            rows: permits, limit: limit, nextSendAt: nextSend ?? now, now: now, wanted: wanted,
            horizon: horizon)
    }
}

/// The statements that take permits: until the answer is seen they count as held to the end of their
/// holder's lease and one window more.
func takingStatements(
    _ permits: [Permit], endpoint: String, limit: RequestLimit, nextSendAt: Date, holder: String,
    in workspace: WorkspaceName
) -> [Statement] {
    guard !permits.isEmpty else { return [] }
    return [
        """
        INSERT INTO usher.permit AS p (workspace, endpoint, permit, free_at, holder, taken)
        SELECT \(workspace), \(endpoint), t.permit, t.free_at, \(holder), t.taken
        FROM unnest(
            \(permits.map(\.number))::integer[],
            \(permits.map { $0.sendAt + Store.leaseDuration + limit.window })::timestamptz[],
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

/// The statement that gives permits back; one that somebody else took meanwhile stays theirs.
func givingBackStatement(
    _ permits: [(permit: Permit, freeAt: Date)], endpoint: String, in workspace: WorkspaceName
) -> Statement {
    """
    UPDATE usher.permit AS p SET free_at = t.free_at, holder = NULL
    FROM unnest(
        \(permits.map(\.permit.number))::integer[], \(permits.map(\.permit.taken))::bigint[],
        \(permits.map(\.freeAt))::timestamptz[]) AS t (permit, taken, free_at)
    WHERE p.workspace = \(workspace) AND p.endpoint = \(endpoint)
      AND p.permit = t.permit AND p.taken = t.taken
    """
}
