internal import Contacts
internal import Foundation
internal import Postgres
package import Reconciler

extension Store {
    /// Pauses an endpoint, or the whole workspace, once.
    ///
    /// A pause that is there already is only prolonged.
    ///
    /// - Returns: Whether it was not paused before.
    package func pause(
        endpoint: String? = nil, for duration: Duration, reason: Pause.Reason
    ) async throws -> Bool {
        try await transaction { db in
            try db.pause(endpoint: endpoint, for: duration, reason: reason)
        }
    }

    /// Pauses the whole workspace and raises an alert.
    ///
    /// - Returns: The alert, where people have not been told of it yet.
    package func pause(
        for duration: Duration, reason: Pause.Reason, raising alert: Alert
    ) async throws -> [Alert] {
        try await transaction { db in
            _ = try db.pause(endpoint: nil, for: duration, reason: reason)
            return try db.raise([alert])
        }
    }

    /// The pauses in force and the endpoints that fail.
    package func sendingState() async throws -> SendingState {
        try await transaction { db in try db.sendingState(at: try db.now()) }
    }

    /// Ends the pause of the whole workspace, if it is for this reason.
    package func resume(after reason: Pause.Reason) async throws -> Bool {
        try await transaction { db in
            try db.execute(
                """
                DELETE FROM usher.pause
                WHERE workspace = \(workspace) AND endpoint = '' AND reason = \(reason.rawValue)
                """) == 1
        }
    }
}

extension WorkspaceTransaction {
    /// - Returns: Whether people are to be told.
    fileprivate func pause(
        endpoint: String?, for duration: Duration, reason: Pause.Reason
    ) throws -> Bool {
        let now = try now()
        let pause = Pause(endpoint: endpoint, reason: reason, until: now + duration, setAt: now)
        let isNew =
            try execute(
                """
                INSERT INTO usher.pause (workspace, endpoint, reason, until, set_at)
                VALUES (\(workspace), \(endpoint ?? ""), \(reason.rawValue), \(pause.until), \(now))
                ON CONFLICT (workspace, endpoint) DO NOTHING
                """) == 1
        guard !isNew, let earlier = try lockPause(of: endpoint) else { return true }
        let merged = pause.merged(into: earlier)
        try execute(
            """
            UPDATE usher.pause
            SET until = \(merged.until), set_at = \(merged.setAt),
                reason = \(merged.reason.rawValue)
            WHERE workspace = \(workspace) AND endpoint = \(endpoint ?? "")
            """)
        return pause.isNews(after: earlier)
    }

    private func lockPause(of endpoint: String?) throws -> Pause? {
        try row(
            """
            SELECT endpoint, reason, until, set_at FROM usher.pause
            WHERE workspace = \(workspace) AND endpoint = \(endpoint ?? "")
            FOR UPDATE
            """, decode: Pause.init(row:))
    }

    /// Pauses and breakers in one round trip.
    func sendingState(at now: Date) throws -> SendingState {
        let found = try pipeline([
            """
            SELECT endpoint, reason, until, set_at FROM usher.pause
            WHERE workspace = \(workspace)
            ORDER BY endpoint
            """,
            breakersStatement,
        ])
        return SendingState(
            pauses: try found[0].rows(decode: Pause.init(row:)),
            breakers: try found[1].rows(decode: Breaker.init(row:)), now: now)
    }
}

extension Pause {
    init(row: Row) throws {
        let endpoint: String = try row.get("endpoint")
        self.init(
            endpoint: endpoint.isEmpty ? nil : endpoint,
            reason: Reason(rawValue: try row.get("reason")) ?? .unknown,
            until: try row.get("until"), setAt: try row.get("set_at"))
    }
}
