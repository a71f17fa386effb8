internal import Contacts
package import Foundation
package import Postgres
internal import Reconciler

/// What a process leaves on record of itself, for all of its workspaces at once.
package struct SignOfLife: Sendable {
    let holder: String
    let version: String
    /// The workspaces, each with its pause between sweeps.
    let intervals: [WorkspaceName: Duration]

    package init(holder: String, version: String, intervals: [WorkspaceName: Duration]) {
        self.holder = holder
        self.version = version
        self.intervals = intervals
    }
}

extension Store {
    /// Says that a process is there: one statement, however many workspaces it has.
    ///
    /// - Returns: The database's time.
    @discardableResult
    package static func note(_ sign: SignOfLife, in database: Database) async throws -> Date {
        let intervals = sign.intervals.sorted { $0.key.description < $1.key.description }
        return try await database.transaction { db in
            try db.row(
                """
                WITH now AS (SELECT clock_timestamp() AS now), sign AS (
                    SELECT w.workspace, n.interval
                    FROM unnest(\(intervals.map(\.key.description))::text[],
                                \(intervals.map(\.value.seconds))::double precision[])
                         AS n (workspace, interval)
                    JOIN usher.workspace w ON w.workspace = n.workspace
                ), known AS (
                    -- A locked row must not delay the signs of the other workspaces.
                    SELECT r.workspace FROM usher.worker r
                    WHERE r.workspace IN (SELECT workspace FROM sign) AND r.holder = \(sign.holder)
                    FOR UPDATE SKIP LOCKED
                ), noted AS (
                    UPDATE usher.worker r SET seen_at = now.now, sweep_interval = sign.interval
                    FROM known JOIN sign USING (workspace) CROSS JOIN now
                    WHERE r.workspace = known.workspace AND r.holder = \(sign.holder)
                ), added AS (
                    INSERT INTO usher.worker
                        (workspace, holder, version, started_at, seen_at, sweep_interval)
                    SELECT sign.workspace, \(sign.holder), \(sign.version), now.now, now.now,
                           sign.interval
                    FROM sign CROSS JOIN now
                    ON CONFLICT (workspace, holder) DO NOTHING)
                SELECT now FROM now
                """
            ) { try $0.get("now") }!
        }
    }

    /// Says that a process has been asked to stop.
    package static func noteEnd(of sign: SignOfLife, in database: Database) async throws {
        let workspaces = sign.intervals.keys.map(\.description).sorted()
        try await database.transaction { db in
            _ = try db.execute(
                """
                UPDATE usher.worker SET stopped_at = \(try db.now())
                WHERE workspace = ANY (\(workspaces)::text[]) AND holder = \(sign.holder)
                """)
        }
    }

    /// How long processes that are gone are remembered.
    static let rememberedWorkers: Duration = .seconds(86_400)
}

extension WorkspaceTransaction {
    /// Processes of the last day, the newest sign first, at most as many as a person reads.
    func signsOfLife() throws -> [WorkspaceHealth.Worker] {
        try rows(
            """
            SELECT holder, version, started_at, seen_at, stopped_at, sweep_interval
            FROM usher.worker
            WHERE workspace = \(workspace)
            ORDER BY seen_at DESC, holder
            LIMIT 20
            """
        ) { row in
            WorkspaceHealth.Worker(
                holder: try row.get("holder"), version: try row.get("version"),
                startedAt: try row.get("started_at"), seenAt: try row.get("seen_at"),
                stoppedAt: try row.get("stopped_at"),
                sweepInterval: try row.get("sweep_interval"))
        }
    }

    /// Forgets processes that have long been gone.
    func forgetOldWorkers(at now: Date) throws {
        try execute(
            """
            DELETE FROM usher.worker
            WHERE workspace = \(workspace) AND seen_at < \(now - Store.rememberedWorkers)
            """)
    }
}
