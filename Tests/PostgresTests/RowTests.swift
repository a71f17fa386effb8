import Foundation
import Postgres
import TestSupport
import Testing

struct RowTests {
    /// Runs one statement and returns the error that reading its column `v` gives.
    private func error<Value: ColumnDecodable & Sendable>(
        reading type: Value.Type, from statement: Statement
    ) async throws -> String {
        try await withDatabase { connectionString in
            let database = Database(connectionString)
            let error = await #expect(throws: PostgresError.self) {
                try await database.transaction { db in
                    _ = try db.row(statement) { try $0.get("v", as: type) }
                }
            }
            await database.close()
            return error?.description ?? ""
        }
    }

    @Test func aWrongTypeNamesColumnFoundAndExpected() async throws {
        let error = try await error(reading: Int.self, from: "SELECT sum(1::bigint) AS v")
        #expect(error.contains("column v is numeric, not a bigint that fits Int"))
        #expect(error.contains("SELECT sum(1::bigint) AS v"))
    }

    @Test func noTypeIsTakenForAnother() async throws {
        try await withDatabase { connectionString in
            let database = Database(connectionString)
            let reads: [@Sendable (Row) throws -> Void] = [
                { _ = try $0.get("number", as: String.self) },
                { _ = try $0.get("number", as: Date.self) },
                { _ = try $0.get("number", as: Double.self) },
                { _ = try $0.get("word", as: Bool.self) },
                { _ = try $0.get("word", as: JSON.self) },
                { _ = try $0.get("word", as: [UInt8].self) },
                { _ = try $0.get("local", as: Date.self) },
                { _ = try $0.get("numbers", as: [Date].self) },
            ]
            for read in reads {
                await #expect(throws: PostgresError.self) {
                    try await database.transaction { db in
                        _ = try db.rows(
                            """
                            SELECT 1::bigint AS number, 'true' AS word, localtimestamp AS local,
                                   ARRAY[1::bigint] AS numbers
                            """,
                            decode: read)
                    }
                }
            }
            await database.close()
        }
    }

    @Test func nullIsNoValue() async throws {
        let error = try await error(reading: String.self, from: "SELECT NULL::text AS v")
        #expect(error.contains("column v is NULL, not a text"))
    }

    @Test func anIntegerThatDoesNotFitIsAnError() async throws {
        let error = try await error(reading: Int16.self, from: "SELECT 40000 AS v")
        #expect(error.contains("column v is integer, not a smallint"))
    }

    @Test func aMissingColumnIsNamed() async throws {
        let error = try await error(reading: Int.self, from: "SELECT 1 AS w")
        #expect(error.contains("there is no column v"))
    }

    @Test func integersAreReadFromAnyThatFits() async throws {
        try await withDatabase { connectionString in
            let database = Database(connectionString)
            let all = try await database.transaction { db in
                try db.rows("SELECT 1::smallint AS a, 2::integer AS b, 3::bigint AS c") {
                    [try $0.get("a", as: Int.self), try $0.get("b"), try $0.get("c")]
                }
            }
            #expect(all == [[1, 2, 3]])
            await database.close()
        }
    }

    @Test func twoRowsAreNotOne() async throws {
        try await withDatabase { connectionString in
            let database = Database(connectionString)
            await #expect(throws: PostgresError.self) {
                try await database.transaction { db in
                    _ = try db.row("SELECT 1 AS a UNION ALL SELECT 2") {
                        try $0.get("a", as: Int.self)
                    }
                }
            }
            await database.close()
        }
    }
}
