import Postgres
import TestSupport
import Testing

struct SessionSettingsTests {
    /// A default that somebody may have given to the database or the role, and what our sessions have.
    static let hostile: [(name: String, value: String, ours: String)] = [
        ("synchronous_commit", "off", "on"), ("synchronous_commit", "local", "on"),
        ("synchronous_commit", "remote_apply", "remote_apply"),
        ("default_transaction_isolation", "serializable", "read committed"),
        ("default_transaction_read_only", "on", "off"),
        ("default_transaction_deferrable", "on", "off"), ("row_security", "on", "off"),
        ("session_replication_role", "replica", "origin"), ("client_encoding", "LATIN1", "UTF8"),
        ("standard_conforming_strings", "off", "on"), ("transform_null_equals", "on", "off"),
        ("search_path", "evil, pg_catalog", "\"\""), ("TimeZone", "Asia/Kathmandu", "UTC"),
        ("DateStyle", "German, DMY", "ISO, MDY"), ("IntervalStyle", "iso_8601", "postgres"),
        ("bytea_output", "escape", "hex"), ("extra_float_digits", "-15", "1"), ("jit", "on", "off"),
        ("statement_timeout", "1", "30s"), ("lock_timeout", "1", "10s"),
        ("idle_in_transaction_session_timeout", "1", "30s"), ("idle_session_timeout", "5000", "0"),
    ]

    private func setting(_ name: String, in database: Database) async throws -> String? {
        try await database.transaction { db in
            try db.row("SELECT current_setting(\(name)) AS value") {
                try $0.get("value", as: String.self)
            }
        }
    }

    private func setDefaults(
        _ defaults: [(name: String, value: String)], with connectionString: String
    ) async throws {
        let owner = Database(connectionString)
        try await owner.transaction { db in
            for (name, value) in defaults {
                try db.run(
                    script: """
                        DO $$ BEGIN EXECUTE format(
                            'ALTER DATABASE %I SET \(name) TO \(value.replacing("'", with: "''"))',
                            current_database());
                        END $$
                        """)
            }
        }
        await owner.close()
    }

    @Test(arguments: hostile)
    func aDefaultOfTheDatabaseIsOverruled(name: String, value: String, ours: String) async throws {
        let quoted = name == "search_path" || name == "DateStyle" ? value : "'\(value)'"
        try await withDatabase { connectionString in
            try await setDefaults([(name, quoted)], with: connectionString)
            let database = Database(connectionString)
            #expect(try await setting(name, in: database) == ours)
            await database.close()
        }
    }

    @Test func theSettingsHoldAgainAfterAReconnection() async throws {
        try await withDatabase { connectionString in
            try await setDefaults([("synchronous_commit", "off")], with: connectionString)
            let (database, killer) = (Database(connectionString), Database(connectionString))
            for _ in 0..<2 {
                #expect(try await setting("synchronous_commit", in: database) == "on")
                try await killer.transaction { db in
                    try db.execute(
                        """
                        SELECT pg_terminate_backend(pid, 20000) FROM pg_stat_activity
                        WHERE datname = current_database() AND pid <> pg_backend_pid()
                        """)
                }
            }
            await database.close()
            await killer.close()
        }
    }

    @Test func namesMeanPostgreSQLsOwnWhateverElseIsThere() async throws {
        try await withDatabase { connectionString in
            let owner = Database(connectionString)
            try await owner.transaction { db in
                try db.run(
                    script: """
                        CREATE SCHEMA evil;
                        CREATE FUNCTION evil.set_config(text, text, boolean) RETURNS text
                        LANGUAGE sql AS 'SELECT ''ignored''';
                        CREATE FUNCTION evil.clock_timestamp() RETURNS timestamptz
                        LANGUAGE sql AS 'SELECT ''1999-01-01''::timestamptz';
                        """)
            }
            await owner.close()
            try await setDefaults(
                [("search_path", "evil, pg_catalog"), ("synchronous_commit", "off")],
                with: connectionString)
            let database = Database(connectionString)
            #expect(try await setting("synchronous_commit", in: database) == "on")
            let year = try await database.transaction { db in
                try db.row("SELECT extract(year FROM clock_timestamp())::integer AS year") {
                    try $0.get("year", as: Int.self)
                }
            }
            #expect(year.map { $0 > 1999 } == true)
            await database.close()
        }
    }

    @Test func aDatabaseInAnotherEncodingIsRefusedWithWhatToDo() async throws {
        try await withCluster { cluster in
            try await cluster.execute(
                "CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
            let database = Database(cluster.connectionString(to: "latin"))
            let error = await #expect(throws: PostgresError.self) {
                try await database.transaction { try $0.execute("SELECT 1") }
            }
            guard case .refused(let reason, nil) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(reason.contains("LATIN1") && reason.contains("ENCODING 'UTF8'"))
            await database.close()
        }
    }

    @Test func aDefaultThatTheLoginMayNotOverruleIsRefusedWithItsName() async throws {
        try await withCluster { cluster in
            try await cluster.execute("CREATE ROLE worker LOGIN")
            try await cluster.execute("ALTER ROLE worker SET session_replication_role = replica")
            let database = Database(cluster.connectionString(as: "worker"))
            let error = await #expect(throws: PostgresError.self) {
                try await database.transaction { try $0.execute("SELECT 1") }
            }
            #expect(error?.description.contains("session_replication_role") == true, "\(error!)")
            #expect(error?.sqlState == "42501")
            await database.close()
        }
    }
}
