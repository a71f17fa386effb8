package import struct Foundation.Date

/// A value that can also be read from an array column.
package protocol ArrayDecodable: ColumnDecodable {
    static func decodeArray(_ field: Field) throws -> [Self]
}

extension Array: ColumnDecodable where Element: ArrayDecodable {
    package static func decode(_ field: Field) throws -> [Element] {
        try Element.decodeArray(field)
    }
}

extension ArrayDecodable where Self: BindableElement {
    /// As `array_send` writes it, which is what `BindableElement.bind(all:)` writes, too.
    package static func decodeArray(_ field: Field) throws -> [Self] {
        var rest = ArrayBytes(try field.bytes(of: postgresArrayType), of: postgresArrayType)
        let dimensions = try rest.take(Int32.self)
        _ = try rest.take(Int32.self)
        let type = PostgresType(oid: try rest.take(UInt32.self))
        guard dimensions > 0 else { return [] }
        guard dimensions == 1 else { throw FieldMismatch(expected: postgresArrayType) }
        let count = Int(try rest.take(Int32.self))
        _ = try rest.take(Int32.self)
        // Each element has a size of four bytes, so that no count is believed without them.
        guard (0...rest.count / 4).contains(count) else {
            throw FieldMismatch(expected: postgresArrayType)
        }
        var elements: [Self] = []
        elements.reserveCapacity(count)
        for _ in 0..<count {
            let size = Int(try rest.take(Int32.self))
            let bytes = size < 0 ? nil : try rest.take(size)
            elements.append(try decode(Field(type: type, bytes: bytes)))
        }
        return elements
    }
}

/// The rest of an array's bytes; taking more than there are is a mismatch.
private struct ArrayBytes {
    private var rest: Slice<UnsafeRawBufferPointer>
    private let type: PostgresType

    init(_ bytes: UnsafeRawBufferPointer, of type: PostgresType) {
        rest = bytes[...]
        self.type = type
    }

    var count: Int { rest.count }

    mutating func take(_ size: Int) throws(FieldMismatch) -> UnsafeRawBufferPointer {
        guard size <= rest.count else { throw FieldMismatch(expected: type) }
        defer { rest = rest.dropFirst(size) }
        return UnsafeRawBufferPointer(rebasing: rest.prefix(size))
    }

    mutating func take<Integer: FixedWidthInteger>(
        _: Integer.Type
    ) throws(FieldMismatch) -> Integer {
        guard let integer = try take(MemoryLayout<Integer>.size).bigEndian(Integer.self) else {
            throw FieldMismatch(expected: type)
        }
        return integer
    }
}

extension String: ArrayDecodable {}
extension Bool: ArrayDecodable {}
extension Int: ArrayDecodable {}
extension Int64: ArrayDecodable {}
extension Int32: ArrayDecodable {}
extension Int16: ArrayDecodable {}
extension Double: ArrayDecodable {}
extension Date: ArrayDecodable {}
extension JSON: ArrayDecodable {}
extension Optional: ArrayDecodable where Wrapped: ArrayDecodable & BindableElement {}
extension Array: ArrayDecodable where Element == UInt8 {}

/// Bytes are read as a whole: `[UInt8]` is a bytea.
extension UInt8: ArrayDecodable {
    package static func decode(_ field: Field) throws -> UInt8 {
        try field.integer(expecting: .smallint)
    }

    package static func decodeArray(_ field: Field) throws -> [UInt8] {
        Array(try field.bytes(of: .bytea))
    }
}
