private import Foundation

/// A JSON document as text; jsonb in the database.
package struct JSON: Sendable, Equatable {
    package let bytes: [UInt8]

    /// Takes text that is JSON already; the server refuses it when it is not.
    package init(bytes: [UInt8]) { self.bytes = bytes }

    /// Encodes a value; dates as ISO 8601 with milliseconds.
    package init(encoding value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        encoder.dateEncodingStrategy = .custom { date, encoder in
            var container = encoder.singleValueContainer()
            try container.encode(date.formatted(Self.dateStyle))
        }
        bytes = Array(try encoder.encode(value))
    }

    package var text: String { String(decoding: bytes, as: UTF8.self) }

    /// The JSON of a list; nil of an empty one, where a column holds NULL instead.
    package init?(encodingNonEmpty values: [some Encodable]) throws {
        if values.isEmpty { return nil }
        try self.init(encoding: values)
    }

    /// Decodes what `init(encoding:)` encoded.
    package func decode<Value: Decodable>(as type: Value.Type = Value.self) throws -> Value {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .custom { decoder in
            let container = try decoder.singleValueContainer()
            return try Self.dateStyle.parse(try container.decode(String.self))
        }
        return try decoder.decode(Value.self, from: Data(bytes))
    }

    private static let dateStyle = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
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
