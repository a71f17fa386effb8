extension Transaction {
    /// Appends rows to a table with COPY, the fastest way for many; returns how many.
    ///
    /// Each value must have its column's own type, integers any that fits; a value of another type
    /// is an error, never converted. The whole is one statement: all rows or none.
    ///
    /// - Parameters:
    ///   - table: With its schema. Names are source code, not data.
    ///   - rows: The values in the order of `columns`; read while they are sent.
    @discardableResult
    package func copy(
        into table: StaticString, columns: [StaticString], rows: some Sequence<[any Bindable]>
    ) throws -> Int {
        let names = columns.map(\.description).joined(separator: ", ")
        // The server takes binary values for what they are not, so the types are checked here.
        let types = try pipeline([Statement(sql: "SELECT \(names) FROM \(table) LIMIT 0")])
        var encoder = CopyEncoder(types: types[0].result.types, rows: rows.makeIterator())
        let statement = Statement(sql: "COPY \(table) (\(names)) FROM STDIN (FORMAT binary)")
        return try run { () throws(PostgresError) in
            try session.copy(statement, within: answerLimit) { () throws(PostgresError) in
                do throws(UnfitRow) {
                    return try encoder.nextChunk()
                } catch {
                    throw .mismatch(statement: statement.summary, reason: error.reason)
                }
            }.rowsAffected
        }
    }
}
