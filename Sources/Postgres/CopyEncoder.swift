/// Rows in COPY's binary format, in chunks.
/// Source: https://www.postgresql.org/docs/current/sql-copy.html
struct CopyEncoder<Rows: IteratorProtocol<[any Bindable]>> {
    private let types: [PostgresType]
    private var rows: Rows
    private var rowNumber = 0
    private var position = Position.start

    private enum Position { case start, rows, end }

    /// Chunks end at the row that fills them. libpq sends what it has at 8 KiB, so this is only to
    /// make few calls.
    private static var chunkSize: Int { 65536 }

    private static var signature: [UInt8] { Array("PGCOPY\n".utf8) + [0xFF] + Array("\r\n\0".utf8) }

    init(types: [PostgresType], rows: Rows) {
        self.types = types
        self.rows = rows
    }

    mutating func nextChunk() throws(UnfitRow) -> [UInt8]? {
        if position == .end { return nil }
        var writer = BinaryWriter()
        if position == .start {
            writer.write(Self.signature)
            // Flags, and the size of a header extension.
            writer.write(Int32(0))
            writer.write(Int32(0))
            position = .rows
        }
        while writer.bytes.count < Self.chunkSize {
            guard let row = rows.next() else {
                writer.write(Int16(-1))
                position = .end
                break
            }
            rowNumber += 1
            try write(row, to: &writer)
        }
        return writer.bytes
    }

    private func write(_ row: [any Bindable], to writer: inout BinaryWriter) throws(UnfitRow) {
        guard row.count == types.count else {
            throw UnfitRow(reason: "row \(rowNumber) has \(row.count) values, not \(types.count)")
        }
        writer.write(Int16(row.count))
        for (index, (value, type)) in zip(row, types).enumerated() {
            let binding = value.binding
            if let problem = binding.problem {
                throw UnfitRow(reason: "row \(rowNumber), value \(index + 1): \(problem)")
            }
            guard let bytes = binding.bytes else {
                writer.write(Int32(-1))
                continue
            }
            guard let fitting = bytes.fitting(type, from: Swift.type(of: value).postgresType) else {
                throw UnfitRow(
                    reason: "row \(rowNumber), value \(index + 1) does not fit a column of \(type)")
            }
            writer.write(Int32(fitting.count))
            writer.write(fitting)
        }
    }
}

/// Why a row cannot be sent.
struct UnfitRow: Error {
    let reason: String
}

extension [UInt8] {
    /// These bytes of one type as bytes of another, which only integers that fit can be.
    fileprivate func fitting(_ type: PostgresType, from own: PostgresType) -> [UInt8]? {
        if own == type { return self }
        return withUnsafeBytes { bytes in
            let field = Field(type: own, bytes: bytes)
            return switch type {
            case .bigint: (try? Int64.decode(field))?.binding.bytes
            case .integer: (try? Int32.decode(field))?.binding.bytes
            case .smallint: (try? Int16.decode(field))?.binding.bytes
            default: nil
            }
        }
    }
}
