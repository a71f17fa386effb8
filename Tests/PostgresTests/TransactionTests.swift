import TestSupport
import Testing

@testable import Postgres

struct TransactionTests {
    /// A database with an empty table `item (id bigint PRIMARY KEY)`.
    private func withItems<Result>(
        _ body: (Database) async throws -> Result
    ) async throws -> Result {
        try await withDatabase([
            Migration(name: "0001_item", sql: "CREATE TABLE public.item (id bigint PRIMARY KEY)")
        ]) { connectionString in
            let database = Database(connectionString)
            let result = try await body(database)
            await database.close()
            return result
        }
    }

    private func expectNoItems(
        _ database: Database, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let count = try await database.transaction { db in
            try db.row("SELECT count(*) AS n FROM public.item") { try $0.get("n", as: Int.self) }
        }
        #expect(count == 0, sourceLocation: sourceLocation)
    }

    @Test func aPipelineReturnsEachResultInOrder() async throws {
        try await withItems { database in
            let (rows, affected) = try await database.transaction { db in
                let results = try db.pipeline([
                    "INSERT INTO public.item (id) SELECT generate_series(1, 3)",
                    "SELECT id FROM public.item ORDER BY id DESC",
                    "INSERT INTO public.item (id) VALUES (\(9))",
                    "INSERT INTO public.item (id) VALUES (\(10))",
                    "DELETE FROM public.item",
                ])
                return (
                    try results[1].rows { try $0.get("id", as: Int.self) },
                    results.map(\.rowsAffected)
                )
            }
            #expect(rows == [3, 2, 1])
            #expect(affected == [3, 3, 1, 1, 5])
        }
    }

    @Test(arguments: [0, 1, 2])
    func anErrorInAPipelineUndoesAllAndTheConnectionGoesOn(position: Int) async throws {
        try await withItems { database in
            var statements: [Statement] = [
                "INSERT INTO public.item (id) VALUES (1)",
                "INSERT INTO public.item (id) VALUES (2)",
            ]
            statements.insert("SELECT 1 / 0", at: position)
            let broken = statements
            let error = await #expect(throws: PostgresError.self) {
                try await database.transaction { db in _ = try db.pipeline(broken) }
            }
            #expect(error?.sqlState == "22012")
            try await expectNoItems(database)
            let affected = try await database.transaction { db in
                try db.pipeline(["INSERT INTO public.item (id) VALUES (1)"])[0].rowsAffected
            }
            #expect(affected == 1)
        }
    }

    @Test func anErrorThatIsCaughtUndoesTheTransactionAllTheSame() async throws {
        try await withItems { database in
            await #expect(throws: PostgresError.self) {
                try await database.transaction { db in
                    try db.execute("INSERT INTO public.item (id) VALUES (1)")
                    _ = try? db.execute("SELECT 1 / 0")
                    #expect(throws: PostgresError.self) { _ = try db.execute("SELECT 1") }
                }
            }
            try await expectNoItems(database)
        }
    }

    @Test func anErrorOfTheClosureUndoesTheTransaction() async throws {
        struct OfTheClosure: Error {}
        try await withItems { database in
            await #expect(throws: OfTheClosure.self) {
                try await database.transaction { db in
                    try db.execute("INSERT INTO public.item (id) VALUES (1)")
                    throw OfTheClosure()
                }
            }
            try await expectNoItems(database)
        }
    }

    @Test func aBrokenConstraintIsNamedWithoutItsValue() async throws {
        try await withItems { database in
            let error = await #expect(throws: PostgresError.self) {
                try await database.transaction { db in
                    try db.execute("INSERT INTO public.item (id) VALUES (\(4711)), (\(4711))")
                }
            }
            guard case .violated(let constraint, _) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(constraint == "item_pkey")
            #expect(error?.description.contains("4711") == false)
        }
    }

    @Test func aScriptIsPartOfItsTransaction() async throws {
        try await withItems { database in
            await #expect(throws: PostgresError.self) {
                try await database.transaction { db in
                    try db.run(
                        script:
                            "CREATE TABLE public.a (); INSERT INTO public.item VALUES (1); SELECT 1/0"
                    )
                }
            }
            try await expectNoItems(database)
            await #expect(throws: PostgresError.self) {
                try await database.transaction { db in
                    try db.run(script: "INSERT INTO public.item VALUES (1); ROLLBACK; SELECT 1")
                }
            }
            try await expectNoItems(database)
        }
    }

    @Test func noticesGoNowhereAndHarmNothing() async throws {
        try await withItems { database in
            let one = try await database.transaction { db in
                try db.run(script: "DO $$ BEGIN RAISE WARNING 'printed to nobody'; END $$")
                return try db.row("SELECT 1 AS one") { try $0.get("one", as: Int.self) }
            }
            #expect(one == 1)
        }
    }

    @Test func aConnectionKeepsABoundedNumberOfStatementsPrepared() async throws {
        try await withItems { database in
            let kept = try await database.transaction { db in
                for number in 0..<(Session.maxPrepared + 50) {
                    let result = try db.pipeline([Statement(sql: "SELECT \(number) AS n")])[0]
                    #expect(try result.rows { try $0.get("n", as: Int.self) } == [number])
                }
                return try db.row("SELECT count(*) AS n FROM pg_prepared_statements") {
                    try $0.get("n", as: Int.self)
                }
            }
            #expect(kept == Session.maxPrepared)
        }
    }

    @Test func aPreparedStatementSurvivesAChangeOfTheSchema() async throws {
        try await withItems { database in
            let read: @Sendable (Transaction) throws -> Int = { db in
                try db.rows("SELECT * FROM public.item") { $0 }.count
            }
            _ = try await database.transaction(read)
            try await database.transaction { db in
                try db.run(script: "ALTER TABLE public.item ADD COLUMN name text")
            }
            #expect(try await database.transaction(read) == 0)
        }
    }

    @Test func theRoleOfTheOptionsIsTaken() async throws {
        try await withDatabase { connectionString in
            let admin = Database(connectionString)
            try await admin.transaction { db in
                try db.run(script: #"CREATE ROLE "odd ' name" NOLOGIN"#)
            }
            await admin.close()
            var options = Database.Options()
            options.role = "odd ' name"
            let database = Database(connectionString, options: options)
            let role = try await database.transaction { db in
                try db.row("SELECT current_user AS role") { try $0.get("role", as: String.self) }
            }
            #expect(role == "odd ' name")
            await database.close()
        }
    }
}
