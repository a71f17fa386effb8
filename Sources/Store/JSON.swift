internal import Contacts
package import Postgres

extension JSON {
    package init(encoding value: some Encodable) throws {
        self.init(bytes: try JSONCoding.encode(value))
    }

    /// The JSON of a list; nil of an empty one, where a column holds NULL instead.
    init?(encodingNonEmpty values: [some Encodable]) throws {
        if values.isEmpty { return nil }
        try self.init(encoding: values)
    }

    package func decode<Value: Decodable>(as type: Value.Type = Value.self) throws -> Value {
        try JSONCoding.decode(bytes, as: type)
    }

    /// An object by key; most contacts have an empty one, which needs no decoder.
    func decodeMap<Value: Decodable>() throws -> [String: Value] {
        bytes == Self.emptyObject ? [:] : try decode()
    }

    private static let emptyObject = Array("{}".utf8)
}
