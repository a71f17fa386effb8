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
    /// Source: `array_send`, as written in `BindableElement.bind(all:)`.
    package static func decodeArray(_ field: Field) throws -> [Self] {
        var rest = try field.bytes(of: postgresArrayType)[...]
        let dimensions = take(Int32.self, from: &rest)
        _ = take(Int32.self, from: &rest)
        let type = PostgresType(oid: take(UInt32.self, from: &rest))
        guard dimensions > 0 else { return [] }
        guard dimensions == 1 else { throw FieldMismatch(expected: postgresArrayType) }
        let count = Int(take(Int32.self, from: &rest))
        _ = take(Int32.self, from: &rest)
        var elements: [Self] = []
        elements.reserveCapacity(count)
        for _ in 0..<count {
            let size = Int(take(Int32.self, from: &rest))
            let bytes = size < 0 ? nil : UnsafeRawBufferPointer(rebasing: rest.prefix(size))
            rest = rest.dropFirst(max(0, size))
            elements.append(try decode(Field(type: type, bytes: bytes)))
        }
        return elements
    }
}

private func take<Integer: FixedWidthInteger>(
    _ type: Integer.Type, from rest: inout Slice<UnsafeRawBufferPointer>
) -> Integer {
    defer { rest = rest.dropFirst(MemoryLayout<Integer>.size) }
    return UnsafeRawBufferPointer(rebasing: rest).bigEndian(type)
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
