import Postgres
import TestSupport
import Testing

struct ConnectionPoolTests {
    private func withDatabase(
        connections: Int, waitLimit: Duration = .seconds(30),
        _ body: (Database) async throws -> Void
    ) async throws {
        try await TestSupport.withDatabase { connectionString in
            var options = Database.Options()
            options.applicationName = "pool"
            options.maxConnections = connections
            options.waitLimit = waitLimit
            let database = Database(connectionString, options: options)
            try await body(database)
            await database.close()
        }
    }

    @Test func aHundredTransactionsShareFourConnections() async throws {
        try await withDatabase(connections: 4) { database in
            let connections = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<100 {
                    group.addTask {
                        try await database.transaction { db in
                            try db.row(
                                """
                                SELECT count(*) AS n FROM pg_stat_activity
                                WHERE datname = current_database() AND application_name = 'pool'
                                """
                            ) { try $0.get("n", as: Int.self) }!
                        }
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(connections.count == 100)
            #expect(connections.allSatisfy { $0 <= 4 })
        }
    }

    /// Occupies the only connection while `body` runs.
    private func whileOccupied(_ database: Database, _ body: () async throws -> Void) async throws {
        let occupied = AsyncStream.makeStream(of: Void.self)
        let done = Signal()
        async let holding: Void = database.transaction { _ in
            occupied.continuation.yield()
            try done.wait()
        }
        var iterator = occupied.stream.makeAsyncIterator()
        await iterator.next()
        try await body()
        done.give()
        try await holding
    }

    @Test func thoseWhoWaitAreServedInTheOrderInWhichTheyCame() async throws {
        try await withDatabase(connections: 1) { database in
            let order = AsyncStream.makeStream(of: Int.self)
            var waiting: [Task<Void, any Error>] = []
            try await whileOccupied(database) {
                for number in 0..<20 {
                    // It runs here until it waits.
                    let task = Task.immediate { [continuation = order.continuation] in
                        _ = try await database.transaction { _ in continuation.yield(number) }
                    }
                    waiting.append(task)
                }
            }
            for task in waiting { try await task.value }
            order.continuation.finish()
            let served = await order.stream.reduce(into: []) { $0.append($1) }
            #expect(served == Array(0..<20))
        }
    }

    @Test func aTaskThatIsCancelledStopsWaitingAndLosesNoConnection() async throws {
        try await withDatabase(connections: 1) { database in
            try await whileOccupied(database) {
                let waiting = Task.immediate { try await database.transaction { _ in } }
                waiting.cancel()
                await #expect(throws: CancellationError.self) { try await waiting.value }
            }
            try await database.transaction { db in try db.execute("SELECT 1") }
        }
    }

    @Test func theWaitForAConnectionIsBounded() async throws {
        try await withDatabase(connections: 1, waitLimit: .milliseconds(50)) { database in
            try await whileOccupied(database) {
                let error = await #expect(throws: PostgresError.self) {
                    try await database.transaction { _ in }
                }
                #expect(error == .busy(reason: "waited 0.05 seconds"))
            }
            try await database.transaction { db in try db.execute("SELECT 1") }
        }
    }

    @Test func aDatabaseClosedBeforeItsFirstUseStaysClosed() async throws {
        try await withDatabase(connections: 1) { database in
            await database.close()
            await #expect(throws: PostgresError.closed) {
                try await database.transaction { _ in }
            }
        }
    }

    @Test func aClosedDatabaseTurnsTransactionsAway() async throws {
        try await withDatabase(connections: 1) { database in
            try await whileOccupied(database) {
                let task = Task.immediate { try await database.transaction { _ in } }
                Task.immediate { await database.close() }
                await #expect(throws: PostgresError.closed) { try await task.value }
            }
            await #expect(throws: PostgresError.closed) {
                try await database.transaction { _ in }
            }
        }
    }
}
