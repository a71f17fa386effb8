internal import Contacts
internal import Foundation
internal import Postgres

/// Where a sweep that was asked for stands.
package enum SweepState: Sendable, Equatable {
    case underWay
    case completed
    case aborted(reason: String)
}

extension Store {
    /// Finished sweeps that are kept.
    static let keptSweeps = 10_000

    /// How long to wait for the next sweep: not at all while one is under way or asked for.
    package func untilNextSweep(interval: Duration) async throws -> Duration {
        try await transaction { db in
            let now = try db.now()
            let dueAt: Date?? = try db.row(
                """
                SELECT CASE WHEN s.state = 'running'
                              OR w.sweep_demanded_after BETWEEN s.sweep_id AND w.last_sweep_id
                       THEN NULL ELSE s.finished_at END AS finished_at
                FROM usher.workspace w
                JOIN usher.sweep s ON s.workspace = w.workspace AND s.sweep_id = w.last_sweep_id
                WHERE w.workspace = \(workspace)
                """
            ) { try $0.get("finished_at", as: Date?.self) }
            guard case .some(.some(let finishedAt)) = dueAt else { return .zero }
            return .seconds(max(0, (finishedAt + interval).timeIntervalSince(now)))
        }
    }

    /// Asks whoever sweeps for a sweep at once.
    ///
    /// - Returns: The number of the newest sweep, which is not the one asked for.
    package func demandSweep() async throws -> Int {
        try await transaction { db in
            let newest: Int? = try db.row(
                """
                UPDATE usher.workspace SET sweep_demanded_after = last_sweep_id
                WHERE workspace = \(workspace)
                RETURNING last_sweep_id
                """
            ) { try $0.get("last_sweep_id") }
            guard let newest else { throw StoreError.unknownWorkspace(workspace) }
            return newest
        }
    }

    /// How the first sweep begun after another one stands.
    package func sweepState(after sweepID: Int) async throws -> SweepState {
        try await transaction { db in
            try db.row(
                """
                SELECT state, reason FROM usher.sweep
                WHERE workspace = \(workspace) AND sweep_id > \(sweepID)
                ORDER BY sweep_id
                LIMIT 1
                """
            ) { row in
                switch try row.get("state", as: String.self) {
                case "completed": .completed
                case "aborted": .aborted(reason: try row.get("reason", as: String?.self) ?? "")
                default: .underWay
                }
            } ?? .underWay
        }
    }

    /// Forgets old sweeps and old counts.
    package func housekeep() async throws {
        try await transaction { db in
            _ = try db.execute(
                """
                DELETE FROM usher.sweep
                WHERE workspace = \(workspace) AND sweep_id <= (
                    SELECT last_sweep_id - \(Store.keptSweeps) FROM usher.workspace
                    WHERE workspace = \(workspace))
                """)
            try db.forgetOldCounts()
            try db.forgetOldWorkers(at: try db.now())
        }
    }
}
