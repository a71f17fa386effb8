package import struct Foundation.Date

/// A value that can be read from a column.
package protocol ColumnDecodable {
    static func decode(_ field: Field) throws -> Self
}

/// One field of one row, in PostgreSQL's binary format; valid while the row is being decoded.
package struct Field {
    let type: PostgresType
    /// nil is NULL.
    let bytes: UnsafeRawBufferPointer?

    /// The bytes of a field that must have one of these types and not be NULL.
    func bytes(of types: PostgresType...) throws(FieldMismatch) -> UnsafeRawBufferPointer {
        guard let bytes, types.contains(type) else { throw FieldMismatch(expected: types[0]) }
        return bytes
    }

    func integer<Integer: FixedWidthInteger>(
        expecting expected: PostgresType
    ) throws(FieldMismatch) -> Integer {
        guard let bytes else { throw FieldMismatch(expected: expected) }
        let value: Integer? =
            switch type {
            case .bigint: bytes.bigEndian(Int64.self).flatMap { Integer(exactly: $0) }
            case .integer: bytes.bigEndian(Int32.self).flatMap { Integer(exactly: $0) }
            case .smallint: bytes.bigEndian(Int16.self).flatMap { Integer(exactly: $0) }
            default: nil
            }
        guard let value else { throw FieldMismatch(expected: expected) }
        return value
    }
}

/// A field that is not what was asked for.
struct FieldMismatch: Error {
    let expected: PostgresType
}

extension UnsafeRawBufferPointer {
    /// The big-endian integer that these bytes are; nil where they are more or fewer than its own.
    func bigEndian<Integer: FixedWidthInteger>(_: Integer.Type) -> Integer? {
        count == MemoryLayout<Integer>.size
            ? Integer(bigEndian: loadUnaligned(as: Integer.self)) : nil
    }
}

extension Optional: ColumnDecodable where Wrapped: ColumnDecodable {
    package static func decode(_ field: Field) throws -> Wrapped? {
        field.bytes == nil ? nil : try Wrapped.decode(field)
    }
}

extension String: ColumnDecodable {
    package static func decode(_ field: Field) throws -> String {
        String(decoding: try field.bytes(of: .text, .varchar, .name), as: UTF8.self)
    }
}

extension Bool: ColumnDecodable {
    package static func decode(_ field: Field) throws -> Bool {
        guard let byte = try field.bytes(of: .bool).first else {
            throw FieldMismatch(expected: .bool)
        }
        return byte != 0
    }
}

extension Int: ColumnDecodable {
    package static func decode(_ field: Field) throws -> Int {
        try field.integer(expecting: .bigint)
    }
}

extension Int64: ColumnDecodable {
    package static func decode(_ field: Field) throws -> Int64 {
        try field.integer(expecting: .bigint)
    }
}

extension Int32: ColumnDecodable {
    package static func decode(_ field: Field) throws -> Int32 {
        try field.integer(expecting: .integer)
    }
}

extension Int16: ColumnDecodable {
    package static func decode(_ field: Field) throws -> Int16 {
        try field.integer(expecting: .smallint)
    }
}

extension Double: ColumnDecodable {
    package static func decode(_ field: Field) throws -> Double {
        guard let bits = try field.bytes(of: .double).bigEndian(UInt64.self) else {
            throw FieldMismatch(expected: .double)
        }
        return Double(bitPattern: bits)
    }
}

extension Date: ColumnDecodable {
    package static func decode(_ field: Field) throws -> Date {
        guard let microseconds = try field.bytes(of: .timestamptz).bigEndian(Int64.self) else {
            throw FieldMismatch(expected: .timestamptz)
        }
        return Date(
            timeIntervalSinceReferenceDate:
                Double(microseconds) / 1_000_000 - Date.secondsBetweenEpochs)
    }
}

extension JSON: ColumnDecodable {
    package static func decode(_ field: Field) throws -> JSON {
        let bytes = try field.bytes(of: .jsonb, .json)
        return JSON(bytes: Array(field.type == .jsonb ? bytes.dropFirst() : bytes[...]))
    }
}
