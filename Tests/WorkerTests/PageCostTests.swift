import Contacts
import Postgres
import Pylon
import Reconciler
import Sandbox
import Testing
import Worker

/// What a page of contacts costs the database.
@Suite struct PageCostTests {
    /// One transaction takes the permit of its request, and one records the page.
    @Test func aPageCostsTwoTransactions() async throws {
        try await withWorld(rules: acmeAreAdmins, generated: 40) { world in
            // A look from another database does not count.
            let statistics = Database(world.connectionString + " dbname=postgres")
            _ = try await transactions(pageSize: 40, world, statistics)
            let few = try await transactions(pageSize: 20, world, statistics)
            let many = try await transactions(pageSize: 4, world, statistics)
            await statistics.close()
            // There are eight pages more; a lease that is renewed meanwhile is no page's.
            #expect((many - few) / 8 == 2, "\(few), \(many)")
        }
    }

    /// The transactions of a sweep, by sessions of its own: a session counts when it has ended.
    private func transactions(
        pageSize: Int, _ world: World, _ statistics: Database
    ) async throws -> Int {
        let before = try await committed(world, statistics)
        try await World.with(
            world.sandbox, connectionString: world.connectionString,
            rulesFolder: world.rulesFolder
        ) { world in
            let limit = RequestLimit(permits: 6000, window: .seconds(60))
            let worker = try world.worker(limits: [.list: limit], pageSize: pageSize)
            try await worker.prepare()
            #expect(try await worker.poller.sweep() == .completed)
        }
        return try await committed(world, statistics) - before
    }

    private func committed(_ world: World, _ statistics: Database) async throws -> Int {
        let name = String(try #require(world.connectionString.split(separator: "dbname=").last))
        func number(_ statement: Statement) async throws -> Int {
            try await statistics.transaction { db in
                try db.row(statement) { try $0.get("number") }
            }!
        }
        let hasEnded = try await eventually {
            try await number(
                "SELECT count(*) AS number FROM pg_stat_activity WHERE datname = \(name)") == 0
        }
        #expect(hasEnded)
        return try await number(
            "SELECT xact_commit AS number FROM pg_stat_database WHERE datname = \(name)")
    }
}
