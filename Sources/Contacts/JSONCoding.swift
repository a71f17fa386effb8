private import Foundation

/// JSON as it is stored and printed: dates are ISO 8601 with milliseconds, slashes are not escaped.
package enum JSONCoding {
    package static func encode(_ value: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        encoder.dateEncodingStrategy = .custom { date, encoder in
            var container = encoder.singleValueContainer()
            try container.encode(date.formatted(dateStyle))
        }
        return Array(try encoder.encode(value))
    }

    /// Decodes what `encode` encoded.
    package static func decode<Value: Decodable>(
        _ bytes: [UInt8], as type: Value.Type = Value.self
    ) throws -> Value {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .custom { decoder in
            let container = try decoder.singleValueContainer()
            return try dateStyle.parse(try container.decode(String.self))
        }
        return try decoder.decode(Value.self, from: Data(bytes))
    }

    private static let dateStyle = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
}

extension Error {
    /// Whether what was read is not of its type, or what was to be written has no JSON: it will fail
    /// again.
    package var isCodingFailure: Bool {
        self is DecodingError || self is EncodingError || self is ContactProblem
    }
}
