import Foundation

extension KeyedDecodingContainer {
    /// The value of a key that is there, nil for one that is not; `null` is refused.
    ///
    /// The API's documentation says never to send null, so the sandbox does not guess its meaning.
    func given<Value: Decodable>(_ key: Key, as type: Value.Type = Value.self) throws -> Value? {
        contains(key) ? try decode(type, forKey: key) : nil
    }
}

extension APIError {
    /// What is wrong with a request's body, in a sentence that names the field.
    static func unreadable(_ error: any Error) -> APIError {
        switch error {
        case DecodingError.typeMismatch(_, let context) where context.codingPath.isEmpty:
            invalid("request body must be a JSON object")
        case DecodingError.typeMismatch(_, let context):
            invalid("\(path(context.codingPath)) has the wrong type")
        case DecodingError.valueNotFound(_, let context):
            invalid("\(path(context.codingPath)) must not be null")
        case DecodingError.keyNotFound(let key, let context):
            invalid("\(path(context.codingPath + [key])) is required")
        case DecodingError.dataCorrupted(let context) where !context.codingPath.isEmpty:
            invalid("\(path(context.codingPath)) \(context.debugDescription)")
        default:
            invalid("request body is not valid JSON")
        }
    }

    private static func path(_ keys: [any CodingKey]) -> String {
        keys.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".")
    }
}
