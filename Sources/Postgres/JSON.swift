/// A JSON document as text; jsonb in the database.
package struct JSON: Sendable, Equatable {
    package let bytes: [UInt8]

    /// Takes text that is JSON already; the server refuses it when it is not.
    package init(bytes: [UInt8]) { self.bytes = bytes }

    package var text: String { String(decoding: bytes, as: UTF8.self) }
}

extension JSON: BindableElement {
    package static var postgresType: PostgresType { .jsonb }
    package func write(to writer: inout BinaryWriter) {
        writer.write(Self.binaryVersion)
        writer.write(bytes)
    }

    /// What precedes the text in jsonb's binary format, as `jsonb_recv` reads it. Source:
    /// https://github.com/postgres/postgres/blob/REL_15_STABLE/src/backend/utils/adt/jsonb.c
    static let binaryVersion: UInt8 = 1
}
