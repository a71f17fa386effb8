import Postgres
import TestSupport
import Testing

struct MigratorTests {
    private let first = Migration(name: "0001_a", sql: "CREATE TABLE public.a (id bigint);")
    private let second = Migration(
        name: "0002_b",
        sql: "CREATE TABLE public.b (id bigint); INSERT INTO public.a (id) VALUES (1);")
    private let third = Migration(name: "0003_c", sql: "CREATE TABLE public.c ();")

    private func withEmpty(_ body: (Database) async throws -> Void) async throws {
        try await withDatabase { connectionString in
            let database = Database(connectionString)
            try await body(database)
            await database.close()
        }
    }

    @Test func whatIsPendingIsAppliedInOrderAndOnce() async throws {
        try await withEmpty { database in
            let applied = try await Migrator([second, first]).migrate(database)
            #expect(applied == ["0001_a", "0002_b"])
            #expect(try await Migrator([first, second]).migrate(database) == [])
            #expect(try await Migrator([third, first, second]).migrate(database) == ["0003_c"])
        }
    }

    @Test func theStatusSaysWhatWouldBeDoneAndChangesNothing() async throws {
        try await withEmpty { database in
            let before = try await Migrator([first, second]).status(of: database)
            #expect(before.pending == ["0001_a", "0002_b"])
            _ = try await Migrator([first, third]).migrate(database)
            let edited = Migration(name: first.name, sql: "SELECT 1")
            let after = try await Migrator([edited, second]).status(of: database)
            #expect(after.applied == ["0001_a", "0003_c"])
            #expect(after.pending == ["0002_b"])
            #expect(after.late == ["0002_b"])
            #expect(after.edited == ["0001_a"])
            #expect(after.unknown == ["0003_c"])
        }
    }

    @Test func anEditedOneIsRefused() async throws {
        try await withEmpty { database in
            _ = try await Migrator([first]).migrate(database)
            let edited = Migration(name: first.name, sql: first.sql + " -- a word")
            let error = await #expect(throws: MigrationError.self) {
                try await Migrator([edited, second]).migrate(database)
            }
            #expect(error == .edited(["0001_a"]))
            #expect(error?.description.contains("restore those files") == true)
            #expect(try await Migrator([first, second]).migrate(database) == ["0002_b"])
        }
    }

    @Test func anUnknownNewerOneIsRefused() async throws {
        try await withEmpty { database in
            _ = try await Migrator([first, second]).migrate(database)
            let error = await #expect(throws: MigrationError.self) {
                try await Migrator([first]).migrate(database)
            }
            #expect(error == .unknown(["0002_b"]))
            #expect(error?.description.contains("newer version") == true)
        }
    }

    @Test func oneBeforeWhatIsAppliedIsRefused() async throws {
        try await withEmpty { database in
            _ = try await Migrator([first, third]).migrate(database)
            await #expect(throws: MigrationError.late(["0002_b"])) {
                try await Migrator([first, second, third]).migrate(database)
            }
        }
    }

    @Test func oneThatFailsLeavesThoseBeforeItApplied() async throws {
        try await withEmpty { database in
            let broken = Migration(name: "0002_b", sql: "CREATE TABLE public.b (); SELECT 1 / 0;")
            let error = await #expect(throws: MigrationError.self) {
                try await Migrator([first, broken, third]).migrate(database)
            }
            guard case .failed("0002_b", let cause) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(cause.sqlState == "22012")
            let status = try await Migrator([first]).status(of: database)
            #expect(status.applied == ["0001_a"])
            let later = try await Migrator([first, second, third]).migrate(database)
            #expect(later == ["0002_b", "0003_c"])
        }
    }

    @Test func migratorsAtTheSameTimeApplyEachOnce() async throws {
        try await withEmpty { database in
            let migrations = (1...9).map { number in
                Migration(name: "000\(number)_t", sql: "CREATE TABLE public.t\(number) ()")
            }
            let applied = try await withThrowingTaskGroup(of: [String].self) { group in
                for _ in 0..<6 {
                    group.addTask { try await Migrator(migrations).migrate(database) }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(applied.sorted() == migrations.map(\.name))
        }
    }

    @Test func whoMayNotMigrateFindsNothingToDo() async throws {
        try await withDatabase { connectionString in
            let owner = Database(connectionString)
            _ = try await Migrator([first]).migrate(owner)
            try await owner.transaction { db in
                try db.run(
                    script: """
                        CREATE ROLE reader NOLOGIN;
                        GRANT USAGE ON SCHEMA usher TO reader;
                        GRANT SELECT ON usher.migration TO reader;
                        """)
            }
            var options = Database.Options()
            options.role = "reader"
            let reader = Database(connectionString, options: options)
            #expect(try await Migrator([first]).migrate(reader) == [])
            let error = await #expect(throws: MigrationError.self) {
                try await Migrator([first, second]).migrate(reader)
            }
            guard case .failed("0002_b", let cause) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(cause.sqlState == "42501")
            await owner.close()
            await reader.close()
        }
    }
}
