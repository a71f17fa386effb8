internal import Contacts

extension SettableField: Codable {
    package init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        guard let field = SettableField(try value.decode(FieldPath.self)) else {
            throw DecodingError.dataCorruptedError(
                in: value, debugDescription: "not a field that can be set")
        }
        self = field
    }

    package func encode(to encoder: any Encoder) throws {
        var value = encoder.singleValueContainer()
        try value.encode(path)
    }
}
