import Contacts

/// Any JSON value, for passing on what the log holds.
enum AnyJSON: Codable, Sendable, Equatable {
    case null
    case bool(Bool)
    case number(Double)
    case text(String)
    case list([AnyJSON])
    case object([String: AnyJSON])

    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if value.decodeNil() {
            self = .null
        } else if let bool = try? value.decode(Bool.self) {
            self = .bool(bool)
        } else if let number = try? value.decode(Double.self) {
            self = .number(number)
        } else if let text = try? value.decode(String.self) {
            self = .text(text)
        } else if let list = try? value.decode([AnyJSON].self) {
            self = .list(list)
        } else {
            self = .object(try value.decode([String: AnyJSON].self))
        }
    }

    func encode(to encoder: any Encoder) throws {
        var value = encoder.singleValueContainer()
        switch self {
        case .null: try value.encodeNil()
        case .bool(let bool): try value.encode(bool)
        case .number(let number): try value.encode(number)
        case .text(let text): try value.encode(text)
        case .list(let list): try value.encode(list)
        case .object(let object): try value.encode(object)
        }
    }

    subscript(key: String) -> AnyJSON? {
        if case .object(let object) = self { object[key] } else { nil }
    }

    /// The members of an object in the order of their names.
    var members: [(key: String, value: AnyJSON)] {
        if case .object(let object) = self { object.sorted { $0.key < $1.key } } else { [] }
    }

    var elements: [AnyJSON] { if case .list(let list) = self { list } else { [] } }

    /// For reading: texts in quotes, `nothing` for what is absent.
    var display: String {
        switch self {
        case .null: "nothing"
        case .bool(let bool): "\(bool)"
        case .number(let number): Int(exactly: number).map(String.init) ?? "\(number)"
        case .text(let text): text.quoted
        case .list(let list): "[" + list.map(\.display).joined(separator: ", ") + "]"
        case .object:
            members.map { "\($0.key.word) \($0.value.display)" }.joined(separator: ", ")
        }
    }

    /// A text that is one word without quotes, anything else as `display`.
    var plain: String { if case .text(let text) = self { text.word } else { display } }
}
