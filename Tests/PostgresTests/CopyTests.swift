import Foundation
import Postgres
import TestSupport
import Testing

struct CopyTests {
    private static let schema = [
        Migration(
            name: "0001_t",
            sql: """
                CREATE TABLE public.t (
                    small smallint, number integer, name text, document jsonb, at timestamptz,
                    bytes bytea, names text[], flag boolean
                )
                """)
    ]

    @Test func hostileTextNullsAndEveryTypeArriveAsTheyAre() async throws {
        try await withDatabase(Self.schema) { connectionString in
            let database = Database(connectionString)
            let texts = RoundTrip.hostileTexts + [#"\N"#, #"\."#, "\\", "a\tb\nc\\d\r"]
            let read = try await database.transaction { db in
                let copied = try db.copy(
                    into: "public.t",
                    columns: [
                        "small", "number", "name", "document", "at", "bytes", "names", "flag",
                    ],
                    rows: texts.enumerated().map { number, text in
                        [
                            number, number, text, JSON(bytes: Array("{}".utf8)), RoundTrip.moment,
                            Array(text.utf8), [text, nil], number == 0 ? Bool?.none : true,
                        ]
                    })
                #expect(copied == texts.count)
                return try db.rows(
                    "SELECT number, name, at, bytes, names, flag FROM public.t ORDER BY number"
                ) {
                    #expect(try $0.get("at") == RoundTrip.moment)
                    let name: String = try $0.get("name")
                    #expect(try $0.get("bytes") == Array(name.utf8))
                    #expect(try $0.get("names") == [name, nil])
                    let isFirst = try $0.get("number", as: Int.self) == 0
                    #expect(try $0.get("flag", as: Bool?.self) == (isFirst ? nil : true))
                    return name
                }
            }
            #expect(read == texts)
            await database.close()
        }
    }

    /// Rows that no COPY takes, and what the error says.
    static let unfit: [(row: [any Bindable & Sendable], reason: String)] = [
        ([Double(1)], "row 2, value 1 does not fit a column of integer"),
        ([Int(Int32.max) + 1], "row 2, value 1 does not fit a column of integer"),
        (["1"], "row 2, value 1 does not fit a column of integer"),
        ([1, 2], "row 2 has 2 values, not 1"),
    ]

    @Test(arguments: unfit.indices)
    func aRowThatDoesNotFitUndoesAll(index: Int) async throws {
        let (row, reason) = Self.unfit[index]
        try await withDatabase(Self.schema) { connectionString in
            let database = Database(connectionString)
            let error = await #expect(throws: PostgresError.self) {
                try await database.transaction { db in
                    try db.copy(into: "public.t", columns: ["number"], rows: [[1], row])
                }
            }
            #expect(error?.description.contains(reason) == true)
            let count = try await database.transaction { db in
                try db.row("SELECT count(*) AS n FROM public.t") { try $0.get("n", as: Int.self) }
            }
            #expect(count == 0)
            await database.close()
        }
    }

    @Test func anErrorOfTheServerEndsTheCopyAndTheConnectionGoesOn() async throws {
        try await withDatabase([
            Migration(name: "0001_u", sql: "CREATE TABLE public.u (id bigint CHECK (id < 50000))")
        ]) { connectionString in
            let database = Database(connectionString)
            let error = await #expect(throws: PostgresError.self) {
                try await database.transaction { db in
                    try db.copy(
                        into: "public.u", columns: ["id"], rows: (0..<100_000).lazy.map { [$0] })
                }
            }
            #expect(error?.sqlState == "23514")
            let copied = try await database.transaction { db in
                try db.copy(into: "public.u", columns: ["id"], rows: (0..<50_000).lazy.map { [$0] })
            }
            #expect(copied == 50_000)
            await database.close()
        }
    }
}
