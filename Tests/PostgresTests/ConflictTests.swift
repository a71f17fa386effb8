import Postgres
import Synchronization
import TestSupport
import Testing

struct ConflictTests {
    private static let twoRows = [
        Migration(
            name: "0001_account",
            sql: """
                CREATE TABLE public.account (id bigint PRIMARY KEY, balance bigint NOT NULL);
                INSERT INTO public.account (id, balance) VALUES (1, 50), (2, 50);
                """)
    ]

    /// Two transactions that can only both succeed if one of them runs again.
    private func race(
        _ connectionString: String,
        _ body:
            @escaping @Sendable (_ db: Transaction, _ own: Int, _ meet: () throws -> Void) throws
            -> Void
    ) async throws -> Int {
        let database = Database(connectionString)
        let signals = [1: Signal(), 2: Signal()]
        let attempts = [1: Tally(), 2: Tally()]
        @Sendable func run(_ own: Int) async throws {
            try await database.transaction { db in
                let attempt = attempts[own]!.next()
                try body(db, own) {
                    guard attempt == 1 else { return }
                    signals[own]!.give()
                    try signals[3 - own]!.wait()
                }
            }
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for own in [1, 2] { group.addTask { try await run(own) } }
            try await group.waitForAll()
        }
        await database.close()
        return attempts[1]!.count + attempts[2]!.count
    }

    @Test func aSerializationFailureIsRunAgain() async throws {
        try await withDatabase(Self.twoRows) { connectionString in
            let attempts = try await race(connectionString) { db, own, meet in
                try db.execute("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE")
                let sum = try db.row("SELECT sum(balance)::bigint AS sum FROM public.account") {
                    try $0.get("sum", as: Int.self)
                }
                try meet()
                // Each takes all there is, if it is still there: never both.
                let taken = sum == 100 ? 100 : 0
                try db.execute(
                    "UPDATE public.account SET balance = balance - \(taken) WHERE id = \(own)")
            }
            #expect(attempts == 3)
            let database = Database(connectionString)
            let sum = try await database.transaction { db in
                try db.row("SELECT sum(balance)::bigint AS sum FROM public.account") {
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
                try db.execute("UPDATE public.account SET balance = balance + 1 WHERE id = \(own)")
                try meet()
                try db.execute(
                    "UPDATE public.account SET balance = balance + 1 WHERE id = \(3 - own)")
            }
            #expect(attempts == 3)
        }
    }

    @Test(arguments: ["40001", "40P01"])
    func runningAgainHasABound(sqlState: String) async throws {
        try await withDatabase { connectionString in
            let database = Database(connectionString)
            let attempts = Tally()
            let error = await #expect(throws: PostgresError.self) {
                try await database.transaction { db in
                    _ = attempts.next()
                    try db.run(
                        script: "DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '\(sqlState)'; END $$")
                }
            }
            #expect(attempts.count == Database.maxAttempts)
            #expect(error?.sqlState == sqlState)
            #expect(error?.isRetryable == true)
            await database.close()
        }
    }

    @Test func aConflictThatTheClosureTurnedIntoAnotherErrorIsRunAgain() async throws {
        struct OfTheClosure: Error {}
        try await withDatabase { connectionString in
            let database = Database(connectionString)
            let attempts = Tally()
            try await database.transaction { db in
                guard attempts.next() == 1 else { return }
                do {
                    try db.run(
                        script: "DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '40001'; END $$")
                } catch {
                    throw OfTheClosure()
                }
            }
            #expect(attempts.count == 2)
            await database.close()
        }
    }
}

/// Counts from many threads.
private final class Tally: Sendable {
    private let state = Mutex(0)

    var count: Int { state.withLock(\.self) }

    func next() -> Int {
        state.withLock { count in
            count += 1
            return count
        }
    }
}
