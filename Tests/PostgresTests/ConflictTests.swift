import Postgres
import Synchronization
import TestSupport
import Testing

struct ConflictTests {
    private static let twoRows = [
        Migration(
            name: "0001_account",
            sql: """
                CREATE TABLE account (id bigint PRIMARY KEY, balance bigint NOT NULL);
                INSERT INTO account (id, balance) VALUES (1, 50), (2, 50);
                """)
    ]

    /// Two transactions that can only both succeed if one of them runs again.
    private func race(
        _ connectionString: String,
        _ body: @escaping @Sendable (_ db: Transaction, _ own: Int, _ meet: () throws -> Void) throws
            -> Void
    ) async throws -> Int {
        let database = Database(connectionString)
        let signals = [1: Signal(), 2: Signal()]
        let attempts = Mutex([1: 0, 2: 0])
        @Sendable func run(_ own: Int) async throws {
            try await database.transaction { db in
                let isFirstAttempt = attempts.withLock { attempts in
                    attempts[own]! += 1
                    return attempts[own] == 1
                }
                try body(db, own) {
                    guard isFirstAttempt else { return }
                    signals[own]!.give()
                    try signals[3 - own]!.wait()
                }
            }
        }
        async let one: Void = run(1)
        async let two: Void = run(2)
        _ = try await (one, two)
        await database.close()
        return attempts.withLock { $0[1]! + $0[2]! }
    }

    @Test func aSerializationFailureIsRunAgain() async throws {
        try await withDatabase(Self.twoRows) { connectionString in
            let attempts = try await race(connectionString) { db, own, meet in
                try db.execute("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE")
                let sum = try db.row("SELECT sum(balance)::bigint AS sum FROM account") {
                    try $0.get("sum", as: Int.self)
                }
                try meet()
                // Each takes all there is, if it is still there: never both.
                let taken = sum == 100 ? 100 : 0
                try db.execute("UPDATE account SET balance = balance - \(taken) WHERE id = \(own)")
            }
            #expect(attempts == 3)
            let database = Database(connectionString)
            let sum = try await database.transaction { db in
                try db.row("SELECT sum(balance)::bigint AS sum FROM account") {
                    try $0.get("sum", as: Int.self)
                }
            }
            #expect(sum == 0)
            await database.close()
        }
    }

    @Test func aDeadlockIsRunAgain() async throws {
        try await withDatabase(Self.twoRows) { connectionString in
            let attempts = try await race(connectionString) { db, own, meet in
                try db.execute("SET LOCAL deadlock_timeout = '10ms'")
                try db.execute("UPDATE account SET balance = balance + 1 WHERE id = \(own)")
                try meet()
                try db.execute("UPDATE account SET balance = balance + 1 WHERE id = \(3 - own)")
            }
            #expect(attempts == 3)
        }
    }

    @Test(arguments: ["40001", "40P01"])
    func runningAgainHasABound(sqlState: String) async throws {
        try await withDatabase { connectionString in
            let database = Database(connectionString)
            let attempts = Mutex(0)
            let error = await #expect(throws: PostgresError.self) {
                try await database.transaction { db in
                    attempts.withLock { $0 += 1 }
                    try db.run(
                        script: "DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '\(sqlState)'; END $$")
                }
            }
            #expect(attempts.withLock(\.self) == Database.maxAttempts)
            #expect(error?.sqlState == sqlState)
            #expect(error?.isRetryable == true)
            await database.close()
        }
    }

    @Test func aConflictThatTheClosureTurnedIntoAnotherErrorIsRunAgain() async throws {
        struct OfTheClosure: Error {}
        try await withDatabase { connectionString in
            let database = Database(connectionString)
            let attempts = Mutex(0)
            try await database.transaction { db in
                let isFirst = attempts.withLock { attempts in
                    attempts += 1
                    return attempts == 1
                }
                guard isFirst else { return }
                do {
                    try db.run(script: "DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '40001'; END $$")
                } catch {
                    throw OfTheClosure()
                }
            }
            #expect(attempts.withLock(\.self) == 2)
            await database.close()
        }
    }
}
