import AsyncHTTPClient
import Contacts
import Foundation
import Postgres
import Pylon
import Store
import Testing
import Worker

extension World {
    /// The same world as another process would see it: with database connections and an HTTP client
    /// of its own.
    func inAnotherProcess<Result: Sendable>(
        _ body: (World) async throws -> Result
    ) async throws -> Result {
        try await World.with(
            sandbox, connectionString: connectionString, rulesFolder: rulesFolder, body)
    }

    /// Runs statements as the owner of the database, who may do what the application may not.
    @discardableResult
    func asOwner<Result: Sendable>(
        _ body: @escaping @Sendable (Transaction) throws -> Result
    ) async throws -> Result {
        let owner = Database(connectionString)
        do {
            let result = try await owner.transaction(body)
            await owner.close()
            return result
        } catch {
            await owner.close()
            throw error
        }
    }

    /// Holds what must be true of the log and the work at rest, whatever happened before.
    func expectRest(sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let log = try await rows(
            """
            SELECT w.last_seq, count(e.seq) AS events, count(DISTINCT e.seq) AS places,
                   coalesce(min(e.seq), 1) AS first,
                   (SELECT count(*) FROM usher.action) AS open
            FROM usher.workspace w LEFT JOIN usher.event e ON e.workspace = w.workspace
            GROUP BY w.workspace
            """
        ) { row -> [Int] in
            [
                try row.get("last_seq"), try row.get("events"), try row.get("places"),
                try row.get("first"), try row.get("open"),
            ]
        }
        for row in log {
            #expect(
                row[1] == row[0] && row[2] == row[0], "the log has a gap",
                sourceLocation: sourceLocation)
            #expect(row[3] == 1, "the log does not begin at 1", sourceLocation: sourceLocation)
            #expect(row[4] == 0, "actions are open", sourceLocation: sourceLocation)
        }
    }
}

/// Waits until a condition holds.
///
/// - Returns: Whether it did within `limit`.
func eventually(
    within limit: Duration = .seconds(20), _ condition: () async throws -> Bool
) async rethrows -> Bool {
    let deadline = ContinuousClock.now + limit
    while ContinuousClock.now < deadline {
        if try await condition() { return true }
        try? await Task.sleep(for: .milliseconds(10))
    }
    return try await condition()
}

/// Runs work beside a test and ends it with the test.
func beside<Result: Sendable>(
    _ work: @escaping @Sendable () async throws -> Void, _ body: () async throws -> Result
) async throws -> Result {
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await work() }
        let result = try await body()
        group.cancelAll()
        while let end = await group.nextResult() {
            if case .failure(let error) = end, !(error is CancellationError) { throw error }
        }
        return result
    }
}
