import Postgres
import TestSupport
import Testing

/// Servers that only a new connection gets away from.
struct FailoverTests {
    private func write(_ database: Database) async throws {
        try await database.transaction { try $0.execute("INSERT INTO public.t DEFAULT VALUES") }
    }

    private func writes(_ database: Database) async -> Bool {
        (try? await write(database)) != nil
    }

    /// Waits for what the servers need a moment for.
    private func untilItWrites(_ database: Database) async throws {
        for _ in 0..<500 {
            if await writes(database) { return }
            try await Task.sleep(for: .milliseconds(10))
        }
        try await write(database)
    }

    @Test func aServerThatBecameReadOnlyIsLeftUntilItTakesWritesAgain() async throws {
        try await withCluster { cluster in
            try await cluster.execute("CREATE TABLE public.t ()")
            let database = Database(cluster.connectionString())
            try await write(database)
            try await cluster.set(["default_transaction_read_only": "on"])
            var errors: [PostgresError] = []
            while errors.last.map({ !"\($0)".contains("takes no writes") }) ?? true {
                do { try await write(database) } catch let error as PostgresError {
                    errors.append(error)
                }
                try #require(errors.count < 100)
            }
            #expect(errors.allSatisfy { $0.isPassing && !$0.isDefinite })
            try await cluster.set(["default_transaction_read_only": "off"])
            try await untilItWrites(database)
            await database.close()
        }
    }

    @Test func whenAPrimaryFailsItsPromotedStandbyIsFound() async throws {
        try await withCluster { primary in
            try await primary.execute("CREATE TABLE public.t ()")
            let standby = try await primary.makeStandby()
            // The standby comes first, and is passed over as long as it is one.
            let database = Database(
                "host=127.0.0.1,127.0.0.1 port=\(standby.port),\(primary.port) user=postgres")
            try await write(database)
            try await primary.stop(.immediate)
            #expect(await !writes(database))
            try await standby.promote()
            try await untilItWrites(database)
            await database.close()
            await standby.remove()
        }
    }

    @Test func aProxyThatLeadsToAStandbyIsAskedAgainUntilItLeadsToAPrimary() async throws {
        try await withCluster { primary in
            try await primary.execute("CREATE TABLE public.t ()")
            let standby = try await primary.makeStandby()
            let proxy = try TCPProxy(to: standby.port)
            defer { proxy.close() }
            let database = Database("host=127.0.0.1 port=\(proxy.port) user=postgres")
            let error = await #expect(throws: PostgresError.self) { try await write(database) }
            #expect(error?.isPassing == true)
            proxy.forward(to: primary.port)
            try await untilItWrites(database)
            await database.close()
            await standby.remove()
        }
    }

    @Test func aCommandThatOnlyReadsTakesAStandbyWhereThereIsNothingElse() async throws {
        try await withCluster { primary in
            let standby = try await primary.makeStandby()
            var options = Database.Options()
            options.server = .any
            let database = Database(standby.connectionString(), options: options)
            let isStandby = try await database.transaction { db in
                try db.row("SELECT pg_is_in_recovery() AS it") { try $0.get("it", as: Bool.self) }
            }
            #expect(isStandby == true)
            await database.close()
            await standby.remove()
        }
    }

    @Test func ofSeveralSessionsOneFindsOutForAll() async throws {
        try await withCluster { cluster in
            try await cluster.execute("CREATE TABLE public.t ()")
            var options = Database.Options()
            options.maxConnections = 4
            let database = Database(cluster.connectionString(), options: options)
            // Four at a time, so that there are four sessions.
            let meeting = Signal()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<4 {
                    group.addTask {
                        try await database.transaction { db in
                            try db.execute("SELECT 1")
                            if number == 3 {
                                (0..<3).forEach { _ in meeting.give() }
                            } else {
                                try meeting.wait()
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
            try await cluster.set(["default_transaction_read_only": "on"])
            while await writes(database) {}
            try await cluster.set(["default_transaction_read_only": "off"])
            try await untilItWrites(database)
            for _ in 0..<8 { #expect(await writes(database)) }
            await database.close()
        }
    }

    /// What a server may say to a statement, whether it passes, and whether the values are at fault.
    static let states: [(state: String, isPassing: Bool, isDefinite: Bool)] = [
        ("25006", true, false), ("53100", true, false), ("53200", true, false),
        ("53300", true, false), ("57P03", true, false), ("58030", true, false),
        ("26000", true, false), ("55000", true, false), ("08P01", true, false),
        ("57014", true, false), ("22003", false, true), ("23514", false, true),
        ("54000", false, true), ("P0001", false, true), ("42501", false, false),
        ("42P01", false, false), ("XX000", false, false),
    ]

    @Test(arguments: states)
    func everyStateOfAServerIsPassingOrNot(
        state: String, isPassing: Bool, isDefinite: Bool
    ) async throws {
        try await withDatabase { connectionString in
            let database = Database(connectionString)
            let error = await #expect(throws: PostgresError.self) {
                try await database.transaction { db in
                    try db.run(
                        script: "DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '\(state)'; END $$")
                }
            }
            #expect(error?.sqlState == state)
            #expect(error?.isPassing == isPassing)
            #expect(error?.isDefinite == isDefinite)
            await database.close()
        }
    }

    @Test(arguments: [("25006", false), ("26000", false), ("53100", true), ("22003", true)])
    func aSessionThatASuccessorMayDoBetterThanIsReplaced(state: String, isKept: Bool) async throws {
        try await withDatabase { connectionString in
            var options = Database.Options()
            options.maxConnections = 1
            let database = Database(connectionString, options: options)
            func process() async throws -> Int32? {
                try await database.transaction { db in
                    try db.row("SELECT pg_backend_pid() AS pid") { try $0.get("pid") }
                }
            }
            let before = try await process()
            _ = try? await database.transaction { db in
                try db.run(
                    script: "DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '\(state)'; END $$")
            }
            let after = try await process()
            #expect((after == before) == isKept)
            await database.close()
        }
    }
}
