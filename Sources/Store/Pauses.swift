internal import Contacts
package import Foundation
internal import Postgres
package import Reconciler

/// What keeps requests from being sent, as of a moment of the database's clock.
package struct Standing: Sendable {
    /// The whole workspace's first.
    package let pauses: [Pause]
    /// Endpoints that have not given a good answer since they began to fail.
    package let breakers: [Breaker]
    package let now: Date

    /// The pause of the workspace, or of this endpoint.
    package func pause(of endpoint: String) -> Pause? {
        pauses.first { $0.endpoint == nil || $0.endpoint == endpoint }
    }

    package func allowance(of endpoint: String) -> Allowance {
        breakers.of(endpoint).allowance(at: now)
    }
}

/// Something of a workspace that does not run for now.
package struct Pause: Sendable, Equatable {
    package enum Reason: String, Sendable {
        /// The API refused the token.
        case unauthorized
        /// The token belongs to another organisation than before; a person must release it.
        case organisation
        /// Its organisation is asked for before anything else is.
        case tokenChanged = "token_changed"
        /// The API asked to wait.
        case rateLimited = "rate_limited"
        /// A reason only a newer version knows: nothing is sent until an operator resumes the workspace.
        case unknown
    }

    /// nil is the whole workspace.
    package let endpoint: String?
    package let reason: Reason
    /// The end of an endpoint's pause; the next look at the workspace's.
    package let until: Date
}

extension Store {
    /// Pauses an endpoint, or the whole workspace, once.
    ///
    /// A pause that is there already is only prolonged.
    ///
    /// - Returns: Whether it was not paused before.
    package func pause(
        endpoint: String? = nil, for duration: Duration, reason: Pause.Reason
    ) async throws -> Bool {
        try await database.transaction { [workspace, holder] db in
            try db.pause(
                endpoint: endpoint, for: duration, reason: reason, holder: holder, in: workspace)
        }
    }

    /// Pauses the whole workspace and raises an alert.
    ///
    /// - Returns: The alert, where people are to be told.
    package func pause(
        for duration: Duration, reason: Pause.Reason, raising alert: Alert
    ) async throws -> [Alert] {
        try await database.transaction { [workspace, holder] db in
            _ = try db.pause(
                endpoint: nil, for: duration, reason: reason, holder: holder, in: workspace)
            return try db.raise([alert], at: try db.now(), in: workspace)
        }
    }

    /// What is paused now, the whole workspace first.
    package func pauses() async throws -> (pauses: [Pause], now: Date) {
        try await database.transaction { [workspace] db in
            let now = try db.now()
            return (try db.pauses(of: workspace, at: now), now)
        }
    }

    /// What is paused now, and which endpoints fail.
    package func standing() async throws -> Standing {
        try await database.transaction { [workspace] db in
            try db.standing(of: workspace, at: try db.now())
        }
    }

    /// Ends the pause of the whole workspace, if it is for this reason.
    package func resume(after reason: Pause.Reason) async throws -> Bool {
        try await database.transaction { [workspace] db in
            try db.execute(
                """
                DELETE FROM usher.lease
                WHERE workspace = \(workspace) AND name = 'pause' AND reason = \(reason.rawValue)
                """) == 1
        }
    }
}

extension Transaction {
    fileprivate func pause(
        endpoint: String?, for duration: Duration, reason: Pause.Reason, holder: String,
        in workspace: WorkspaceName
    ) throws -> Bool {
        let now = try now()
        let name = endpoint.map { "pause:\($0)" } ?? "pause"
        let isNew =
            try execute(
                """
                INSERT INTO usher.lease (workspace, name, holder, fence, until, set_at, reason)
                VALUES (\(workspace), \(name), \(holder), 1, \(now + duration), \(now),
                        \(reason.rawValue))
                ON CONFLICT (workspace, name) DO NOTHING
                """) == 1
        if isNew { return true }
        let isOver = try row(
            """
            SELECT CASE WHEN \(endpoint == nil) THEN reason = 'token_changed'
                        OR reason <> 'organisation' AND \(reason.rawValue) = 'organisation'
                   ELSE until <= \(now) END AS is_over
            FROM usher.lease WHERE workspace = \(workspace) AND name = \(name)
            FOR UPDATE
            """
        ) { try $0.get("is_over", as: Bool.self) }
        try execute(
            """
            UPDATE usher.lease
            SET until = greatest(until, \(now + duration)), fence = fence + 1,
                set_at = CASE WHEN until < \(now + duration) THEN \(now) ELSE set_at END,
                holder = \(holder),
                -- Another organisation is the graver reason: a good token does not end it.
                reason = CASE WHEN reason = 'organisation' THEN reason
                         ELSE \(reason.rawValue) END
            WHERE workspace = \(workspace) AND name = \(name)
            """)
        // The workspace's pause lasts until it is ended, an endpoint's until its time; a look at
        // a new token is no pause that anybody was told of.
        return isOver ?? false
    }

    func pauses(of workspace: WorkspaceName, at now: Date) throws -> [Pause] {
        try standing(of: workspace, at: now).pauses
    }

    /// Pauses and breakers in one round trip.
    func standing(of workspace: WorkspaceName, at now: Date) throws -> Standing {
        let found = try pipeline([
            """
            SELECT name, until, reason FROM usher.lease
            WHERE workspace = \(workspace) AND (name = 'pause' OR name LIKE 'pause:%' AND until > \(now))
            ORDER BY name
            """,
            breakersStatement(of: workspace),
        ])
        return Standing(
            pauses: try found[0].rows(decode: Pause.init(row:)),
            breakers: try found[1].rows(decode: Breaker.init(row:)), now: now)
    }
}

extension Pause {
    init(row: Row) throws {
        let name: String = try row.get("name")
        self.init(
            endpoint: name == "pause" ? nil : String(name.dropFirst("pause:".count)),
            reason: Reason(rawValue: try row.get("reason")) ?? .unknown, until: try row.get("until")
        )
    }
}
