import Postgres
import TestSupport
import Testing

/// What other tests break servers and connections with.
struct TestSupportTests {
    /// Given up on quickly, since these tests wait for that.
    private var impatient: Database.Options {
        var options = Database.Options()
        options.connectTimeout = .seconds(2)
        options.statementTimeout = .seconds(5)
        return options
    }

    private func answers(_ database: Database) async -> Bool {
        (try? await database.transaction { try $0.execute("SELECT 1") }) != nil
    }

    @Test func aProxyForwardsRefusesAndCuts() async throws {
        try await withCluster { cluster in
            let proxy = try TCPProxy(to: cluster.port)
            defer { proxy.close() }
            let database = Database(
                "host=127.0.0.1 port=\(proxy.port) user=postgres", options: impatient)
            #expect(await answers(database))
            proxy.set(.refusing)
            proxy.cut()
            try await Task.sleep(for: .milliseconds(50))
            #expect(await !answers(database))
            proxy.set(.forwarding)
            try await Task.sleep(for: .milliseconds(50))
            #expect(await answers(database))
            await database.close()
        }
    }

    @Test func aClusterIsFrozenAndThawedStoppedAndStarted() async throws {
        try await withCluster { cluster in
            var options = impatient
            options.statementTimeout = .milliseconds(1)
            let database = Database(cluster.connectionString(), options: options)
            try await cluster.execute("CREATE DATABASE other")
            cluster.freeze()
            let frozen = Database(cluster.connectionString(), options: impatient)
            #expect(await !answers(frozen))
            cluster.thaw()
            #expect(await answers(frozen))
            try await cluster.stop()
            #expect(await !answers(frozen))
            try await cluster.start()
            #expect(await answers(frozen))
            await frozen.close()
            await database.close()
        }
    }

    @Test func aStandbyFollowsAndIsPromoted() async throws {
        try await withCluster { primary in
            let standby = try await primary.makeStandby()
            await #expect(throws: (any Error).self) {
                try await standby.execute("CREATE TABLE t ()")
            }
            try await standby.promote()
            try await standby.execute("CREATE TABLE t ()")
            await standby.remove()
        }
    }

    @Test(.enabled(if: PrivateCluster.canHaveOwnSpace, "the right to mount is missing"))
    func aClusterIsFilled() async throws {
        var options = PrivateCluster.Options()
        options.ownSpace = 100
        try await withCluster(options) { cluster in
            try await cluster.execute("CREATE TABLE t (x text)")
            try cluster.fill()
            let filled = await #expect(throws: (any Error).self) {
                try await cluster.execute(
                    "INSERT INTO t SELECT repeat('x', 1000) FROM generate_series(1, 10000)")
            }
            #expect("\(filled!)".contains("No space left"))
            try cluster.makeRoom()
        }
    }
}
