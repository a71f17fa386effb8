import Postgres
import TestSupport
import Testing

struct ConnectionLossTests {
    /// Ends the server's side of a connection while a transaction is under way on it.
    private func transactionKilled(
        _ database: Database, by killer: Database,
        then goOn: @escaping @Sendable (Transaction) throws -> Void
    ) async throws {
        let pids = AsyncStream.makeStream(of: Int32.self)
        let killed = Signal()
        async let victim: Void = database.transaction { db in
            let pid = try db.row("SELECT pg_backend_pid() AS pid") {
                try $0.get("pid", as: Int32.self)
            }
            pids.continuation.yield(pid!)
            try killed.wait()
            try goOn(db)
        }
        var iterator = pids.stream.makeAsyncIterator()
        try await killer.end(try #require(await iterator.next()))
        killed.give()
        try await victim
    }

    private func withTwo(_ body: (Database, Database) async throws -> Void) async throws {
        try await withDatabase { connectionString in
            let (database, killer) = (Database(connectionString), Database(connectionString))
            try await body(database, killer)
            await database.close()
            await killer.close()
        }
    }

    @Test func aConnectionLostInATransactionIsAnErrorAndTheNextUseReconnects() async throws {
        try await withTwo { database, killer in
            let error = await #expect(throws: PostgresError.self) {
                try await transactionKilled(database, by: killer) { db in
                    try db.execute("SELECT 2")
                }
            }
            guard case .connectionLost("SELECT 2", _) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            try await database.transaction { db in try db.execute("SELECT 1") }
        }
    }

    @Test func aConnectionLostAtCommitSaysThatNobodyKnows() async throws {
        try await withTwo { database, killer in
            let error = await #expect(throws: PostgresError.self) {
                try await transactionKilled(database, by: killer) { _ in }
            }
            guard case .commitUnknown = error else {
                Issue.record("\(String(describing: error))")
                return
            }
        }
    }

    @Test func aConnectionLostWhileNobodyUsedItIsReplacedUnnoticed() async throws {
        try await withTwo { database, killer in
            let pid = try await database.transaction { db in
                try db.row("SELECT pg_backend_pid() AS pid") { try $0.get("pid", as: Int32.self) }
            }
            try await killer.end(pid!)
            try await database.transaction { db in try db.execute("SELECT 1") }
        }
    }

    /// Where no server is, and what must not be in the error.
    static let unreachable = [
        "host=/nonexistent user=x password=s3cret", "postgresql://x:s3cret@localhost:1/x",
        "host=127.0.0.1 port=1 password=s3cret",
    ]

    @Test(arguments: unreachable)
    func aServerThatIsDownIsAClearError(connectionString: String) async throws {
        let database = Database(connectionString)
        let error = await #expect(throws: PostgresError.self) {
            try await database.transaction { db in try db.execute("SELECT 1") }
        }
        guard case .unreachable(let reason) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(reason.contains("connection to server"))
        #expect(!reason.contains("s3cret"))
        await database.close()
    }

    static let wrong = [
        "host=x password=s3cret bad s3cret=1", "postgresql://x:s3@cret@localhost/x",
        "postgresql://x:s3cret@[::1/x", "host=x passwort=s3cret", "s3cret",
    ]

    @Test(arguments: wrong)
    func aWrongConnectionStringIsNotQuoted(connectionString: String) async throws {
        let database = Database(connectionString)
        let error = await #expect(throws: PostgresError.self) {
            try await database.transaction { db in try db.execute("SELECT 1") }
        }
        guard case .badConnectionString = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(error?.description.contains("cret") == false)
        await database.close()
    }

    @Test func anErrorAboutAValueDoesNotHoldIt() async throws {
        try await withTwo { database, _ in
            let statements: [Statement] = [
                "SELECT \("s3cret")::integer", "SELECT \("s3cret")::timestamptz",
                "SELECT \(#"{"s3cret": "#)::jsonb", "SELECT \("{s3cret")::text[]",
            ]
            for statement in statements {
                let error = await #expect(throws: PostgresError.self) {
                    try await database.transaction { db in try db.execute(statement) }
                }
                #expect(error?.description.contains("s3cret") == false)
                #expect(error?.sqlState?.hasPrefix("22") == true)
            }
        }
    }
}

extension Database {
    /// Ends a server process and waits until it is gone.
    fileprivate func end(_ pid: Int32) async throws {
        try await transaction { db in try db.execute("SELECT pg_terminate_backend(\(pid), 20000)") }
    }
}
