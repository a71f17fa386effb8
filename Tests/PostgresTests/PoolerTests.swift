import Postgres
import TestSupport
import Testing

@Suite(.enabled(if: PgBouncer.isInstalled, "pgbouncer is not installed; see scripts/setup"))
struct PoolerTests {
    private func withPooler(
        _ mode: PgBouncer.Mode, settings: [String: String] = [:],
        _ body: (_ connectionString: String, PrivateCluster) async throws -> Void
    ) async throws {
        try await withCluster { cluster in
            let pooler = try await PgBouncer(to: cluster, mode: mode, settings: settings)
            defer { pooler.stop() }
            try await body(pooler.connectionString(), cluster)
        }
    }

    private func commitSetting(_ database: Database) async throws -> String? {
        try await database.transaction { db in
            try db.row("SELECT current_setting('synchronous_commit') AS value") {
                try $0.get("value", as: String.self)
            }
        }
    }

    @Test func inSessionModeEverySessionHasItsSettings() async throws {
        try await withPooler(.session) { connectionString, cluster in
            try await cluster.execute("ALTER DATABASE postgres SET synchronous_commit = off")
            let database = Database(connectionString)
            let values = try await withThrowingTaskGroup(of: String?.self) { group in
                for _ in 0..<20 { group.addTask { try await commitSetting(database) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(values.count == 20 && values.allSatisfy { $0 == "on" })
            await database.close()
        }
    }

    @Test func inSessionModeALeftOverPreparedStatementIsInNobodysWay() async throws {
        // What ends a session's traces is switched off, and one connection serves all.
        try await withPooler(
            .session, settings: ["server_reset_query": "", "default_pool_size": "2"]
        ) { connectionString, _ in
            for _ in 0..<4 {
                var options = Database.Options()
                options.maxConnections = 1
                let database = Database(connectionString, options: options)
                let value = try await commitSetting(database)
                #expect(value == "on")
                await database.close()
            }
        }
    }

    @Test(
        arguments: [
            (PgBouncer.Mode.transaction, [:]), (.transaction, ["default_pool_size": "1"]),
            (.transaction, ["server_round_robin": "1", "default_pool_size": "2"]),
            (.transaction, ["server_round_robin": "1", "min_pool_size": "5"]), (.statement, [:]),
        ] as [(PgBouncer.Mode, [String: String])])
    func aPoolerInAnotherModeIsRefusedWithThatWord(
        mode: PgBouncer.Mode, settings: [String: String]
    ) async throws {
        try await withPooler(mode, settings: settings) { connectionString, cluster in
            // Other clients have left several connections to the server behind.
            let others = (0..<3).map { _ in Database(connectionString) }
            for other in others { _ = try? await commitSetting(other) }
            for _ in 0..<5 {
                let database = Database(connectionString)
                let error = await #expect(throws: PostgresError.self) {
                    _ = try await commitSetting(database)
                }
                guard case .refused(let reason, _) = error else {
                    Issue.record("\(String(describing: error))")
                    return
                }
                #expect(reason.contains("\(mode.rawValue) mode"))
                #expect(reason.contains("pool_mode = session"))
                await database.close()
            }
            for other in others { await other.close() }
        }
    }
}
