import Foundation
import Postgres
import TestSupport
import Testing

/// A value that must come back from the server as it went.
struct RoundTrip: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let comesBack: @Sendable (Transaction) throws -> Bool

    init<Value: Bindable & ColumnDecodable & Equatable>(_ value: Value) {
        testDescription = "\(Value.self) \(String(describing: value).prefix(40))"
        comesBack = { db in
            try db.row("SELECT \(value) AS value") { try $0.get("value", as: Value.self) } == value
        }
    }

    static let hostileTexts = [
        "", "'", "''; DROP TABLE victim; --", #"\'"#, "$1", "tab\tline\nreturn\r", #"{"a",NULL}"#,
        "NULL", "\u{FEFF}ürgs 👩‍👩‍👧 \u{202E}", String(repeating: "x", count: 100_000),
    ]

    static let moment = Date(timeIntervalSinceReferenceDate: 785_000_000.123457)

    static let all: [RoundTrip] =
        hostileTexts.map(RoundTrip.init) + [
            RoundTrip(hostileTexts), RoundTrip(hostileTexts.map(Optional.some) + [nil]),
            RoundTrip([String]()), RoundTrip([String?]()), RoundTrip(String?.none),
            RoundTrip(Int.min), RoundTrip(Int.max), RoundTrip(Int?.none), RoundTrip([1, -1, 0]),
            RoundTrip([Int?.none, 7]), RoundTrip(Int64.min), RoundTrip(Int32.min),
            RoundTrip([Int32.max]), RoundTrip(Int16.min), RoundTrip(Int16?.some(3)),
            RoundTrip(true), RoundTrip([true, false]), RoundTrip([Bool?.none, true]),
            RoundTrip(0.1), RoundTrip(-Double.infinity), RoundTrip([Double.pi, nil]),
            RoundTrip(moment), RoundTrip([moment, nil]), RoundTrip([moment]),
            RoundTrip(Date?.none),
            RoundTrip([UInt8](0...255)), RoundTrip([UInt8]()), RoundTrip([UInt8]?.none),
            RoundTrip([[UInt8](0...255), []]), RoundTrip([[0, 92, 120], nil] as [[UInt8]?]),
            RoundTrip(JSON(bytes: Array(#"{"a": [1, null, "\n"]}"#.utf8))),
            RoundTrip([JSON(bytes: Array("[]".utf8)), nil]),
            RoundTrip([JSON(bytes: Array(#""\"{}""#.utf8))]),
            RoundTrip(Array(0..<5000)), RoundTrip((0..<5000).map(String.init)),
        ]
}

struct BindingTests {
    @Test func everyTypeComesBackAsItWent() async throws {
        try await withDatabase { connectionString in
            let database = Database(connectionString)
            for value in RoundTrip.all {
                let comesBack = try await database.transaction(value.comesBack)
                #expect(comesBack, "\(value.testDescription)")
            }
            await database.close()
        }
    }

    @Test func boundTextIsNeverSQL() async throws {
        try await withDatabase { connectionString in
            let database = Database(connectionString)
            let names = try await database.transaction { db in
                try db.execute("CREATE TABLE public.victim (name text)")
                for text in RoundTrip.hostileTexts {
                    try db.execute("INSERT INTO public.victim (name) VALUES (\(text))")
                }
                try db.execute(
                    "DELETE FROM public.victim WHERE name = \("nobody' OR 'a' = 'a")")
                return try db.rows("SELECT name FROM public.victim") {
                    try $0.get("name", as: String.self)
                }
            }
            #expect(Set(names) == Set(RoundTrip.hostileTexts))
            await database.close()
        }
    }

    @Test func valuesThatCannotBeSentAreErrors() async throws {
        try await withDatabase { connectionString in
            let database = Database(connectionString)
            let statements: [(statement: Statement, problem: String)] = [
                ("SELECT \("a\0b")", "$1 cannot be bound: text holds a NUL byte"),
                ("SELECT 1, \(1), \(["a", "b\0"])", "$2 cannot be bound: text holds a NUL byte"),
                (
                    "SELECT \(Date(timeIntervalSinceReferenceDate: .nan))",
                    "$1 cannot be bound: the date is not a number"
                ),
                ("SELECT \(JSON(bytes: Array("{".utf8)))", "invalid input syntax for type json"),
            ]
            for (statement, problem) in statements {
                let error = await #expect(throws: PostgresError.self) {
                    try await database.transaction { db in try db.execute(statement) }
                }
                #expect(error?.description.contains(problem) == true)
            }
            await database.close()
        }
    }

    /// Near 2000, seconds times a million are mostly not whole numbers in floating point.
    @Test(arguments: ["2000-01-01 00:00:01Z", "2026-07-14 01:02:03Z"])
    func theLastMicrosecondOfADateSurvives(start: String) async throws {
        try await withDatabase { connectionString in
            let database = Database(connectionString)
            let differing = try await database.transaction { db in
                try db.execute(
                    """
                    CREATE TABLE public.moment AS
                    SELECT n, \(start)::timestamptz + n * interval '1 microsecond' AS at
                    FROM generate_series(0, 999) AS n
                    """)
                let dates = try db.rows("SELECT at FROM public.moment ORDER BY n") {
                    try $0.get("at", as: Date.self)
                }
                return try db.row(
                    """
                    SELECT count(*) FILTER (WHERE m.at <> d.at) AS differing
                    FROM unnest(\(dates)) WITH ORDINALITY AS d (at, place)
                    JOIN public.moment AS m ON m.n = d.place - 1
                    """
                ) { try $0.get("differing", as: Int.self) }
            }
            #expect(differing == 0)
            await database.close()
        }
    }
}
