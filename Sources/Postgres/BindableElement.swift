/// A value that can also be bound in an array.
package protocol BindableElement: Bindable {
    static var postgresArrayType: PostgresType { get }
    /// The binding of an array of these.
    static func bind(all elements: [Self]) -> Binding
    var isNull: Bool { get }
    /// Writes the value in its type's binary format; never called for NULL.
    func write(to writer: inout BinaryWriter)
}

extension BindableElement {
    package static var postgresArrayType: PostgresType { postgresType.array }
    package var isNull: Bool { false }
    package var binding: Binding { isNull ? .null : Binding { write(to: &$0) } }

    /// As `array_recv` reads it: dimensions, whether there are NULLs, element type; then for the
    /// one dimension its size and lower bound; then each element with its length, -1 for NULL.
    /// Source:
    /// https://github.com/postgres/postgres/blob/REL_15_STABLE/src/backend/utils/adt/arrayfuncs.c
    package static func bind(all elements: [Self]) -> Binding {
        Binding { writer in
            writer.write(Int32(elements.isEmpty ? 0 : 1))
            writer.write(Int32(elements.contains(where: \.isNull) ? 1 : 0))
            writer.write(postgresType.oid)
            guard !elements.isEmpty else { return }
            writer.write(Int32(elements.count))
            writer.write(Int32(1))
            for element in elements {
                if element.isNull {
                    writer.write(Int32(-1))
                } else {
                    writer.writeSized { element.write(to: &$0) }
                }
            }
        }
    }
}

extension Optional: BindableElement where Wrapped: BindableElement {
    package var isNull: Bool { self == nil }
    package func write(to writer: inout BinaryWriter) { self?.write(to: &writer) }
}

/// There is no one-byte integer in PostgreSQL; this is here for `[UInt8]`, which is bytea.
extension UInt8: BindableElement {
    package static var postgresType: PostgresType { .smallint }
    package static var postgresArrayType: PostgresType { .bytea }
    package static func bind(all elements: [UInt8]) -> Binding { Binding { $0.write(elements) } }
    package func write(to writer: inout BinaryWriter) { writer.write(Int16(self)) }
}

/// Byte strings, for arrays of them.
extension Array: BindableElement where Element == UInt8 {
    package func write(to writer: inout BinaryWriter) { writer.write(self) }
}
