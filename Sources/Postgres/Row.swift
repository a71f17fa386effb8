internal import CLibpq

/// The server's answer to one statement.
package struct StatementResult {
    let result: ResultSet

    package var rowsAffected: Int { result.rowsAffected }

    package func rows<Value>(decode: (Row) throws -> Value) throws -> [Value] {
        try (0..<result.count).map { try decode(Row(result: result, index: $0)) }
    }
}

/// One row of an answer.
package struct Row {
    let result: ResultSet
    let index: Int

    /// The value of a column; `T?` takes NULL as nil.
    ///
    /// Integers are read from any integer column that they fit; everything else must have its own
    /// type: cast in SQL where it has not.
    package func get<Value: ColumnDecodable>(
        _ column: String, as type: Value.Type = Value.self
    ) throws -> Value {
        guard let number = result.columns.firstIndex(of: column) else {
            throw PostgresError.mismatch(
                statement: result.statement.summary, reason: "there is no column \(column)")
        }
        let field = result.field(row: index, column: number)
        do {
            return try Value.decode(field)
        } catch let mismatch as FieldMismatch {
            let found = field.bytes == nil ? "NULL" : "\(field.type)"
            throw PostgresError.mismatch(
                statement: result.statement.summary,
                reason: "column \(column) is \(found), not a \(mismatch.expected) that fits \(type)"
            )
        }
    }
}

/// An answer as libpq holds it.
final class ResultSet {
    private let raw: OpaquePointer
    let statement: Statement
    let count: Int
    let columns: [String]
    let types: [PostgresType]

    /// Takes over `raw`, which is freed with this object.
    init(_ raw: OpaquePointer, statement: Statement) {
        self.raw = raw
        self.statement = statement
        count = Int(PQntuples(raw))
        let numbers = 0..<PQnfields(raw)
        columns = numbers.map { String(cString: PQfname(raw, $0)) }
        types = numbers.map { PostgresType(oid: PQftype(raw, $0)) }
    }

    deinit { PQclear(raw) }

    /// Decodes the one row of an answer that always has one.
    func onlyRow<Value>(decode: (Row) throws -> Value) throws(PostgresError) -> Value {
        do {
            return try decode(Row(result: self, index: 0))
        } catch {
            throw error as? PostgresError
                ?? .mismatch(statement: statement.summary, reason: "\(error)")
        }
    }

    var rowsAffected: Int { Int(String(cString: PQcmdTuples(raw))) ?? 0 }

    /// What was done, such as `COMMIT`.
    var command: String { String(cString: PQcmdStatus(raw)) }

    func field(row: Int, column: Int) -> Field {
        let (row, number) = (Int32(row), Int32(column))
        guard PQgetisnull(raw, row, number) == 0, let start = PQgetvalue(raw, row, number) else {
            return Field(type: types[column], bytes: nil)
        }
        let size = Int(PQgetlength(raw, row, number))
        return Field(
            type: types[column], bytes: UnsafeRawBufferPointer(start: start, count: size))
    }
}
