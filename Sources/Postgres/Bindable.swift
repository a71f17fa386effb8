/// A value that a statement can carry to the server as a parameter.
///
/// A type of one's own passes on a built-in one's binding:
/// `static var postgresType: PostgresType { .text }` and `var binding: Binding { text.binding }`.
package protocol Bindable: Sendable {
    /// What the server is told the parameter is, also when the value is NULL.
    static var postgresType: PostgresType { get }
    var binding: Binding { get }
}

/// A bound value in PostgreSQL's binary format, or why there is none.
package struct Binding: Sendable, Equatable {
    /// nil is NULL.
    let bytes: [UInt8]?
    /// Why the value cannot be sent. Never holds the value.
    let problem: String?

    package static let null = Binding(bytes: nil, problem: nil)

    private init(bytes: [UInt8]?, problem: String?) {
        self.bytes = bytes
        self.problem = problem
    }

    init(_ write: (inout BinaryWriter) -> Void) {
        var writer = BinaryWriter()
        write(&writer)
        self.init(bytes: writer.bytes, problem: writer.problem)
    }
}

/// Grows a value in PostgreSQL's binary format, as the types' `…_recv` functions read it.
/// Source: https://github.com/postgres/postgres/tree/REL_15_STABLE/src/backend/utils/adt
package struct BinaryWriter {
    private(set) var bytes: [UInt8] = []
    var problem: String?

    mutating func write(_ integer: some FixedWidthInteger) {
        withUnsafeBytes(of: integer.bigEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func write(_ raw: some Collection<UInt8>) {
        bytes.append(contentsOf: raw)
    }

    /// Writes a length of four bytes and then what `body` writes.
    mutating func writeSized(_ body: (inout BinaryWriter) -> Void) {
        let start = bytes.count
        write(Int32(0))
        body(&self)
        guard let size = Int32(exactly: bytes.count - start - 4) else {
            problem = "the value is larger than 2 GiB"
            return
        }
        withUnsafeBytes(of: size.bigEndian) { bytes.replaceSubrange(start..<start + 4, with: $0) }
    }
}

extension Optional: Bindable where Wrapped: Bindable {
    package static var postgresType: PostgresType { Wrapped.postgresType }
    package var binding: Binding { self?.binding ?? .null }
}

extension Array: Bindable where Element: BindableElement {
    package static var postgresType: PostgresType { Element.postgresArrayType }
    package var binding: Binding { Element.bind(all: self) }
}
