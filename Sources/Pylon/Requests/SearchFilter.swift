/// What `search` looks for; roles and dates cannot be searched for.
/// Source: docs/pylon-api.md, “Search”.
package indirect enum SearchFilter: Sendable, Equatable {
    case equals(SearchableField, String)
    case isIn(SearchableField, [String])
    case isNotIn(SearchableField, [String])
    /// Only for `email` and `name`.
    case contains(SearchableField, String)
    case all([SearchFilter])
    case any([SearchFilter])

    package enum SearchableField: Sendable, Equatable {
        case id, email, name, accountID
        case customField(slug: String)

        var name: String {
            switch self {
            case .id: "id"
            case .email: "email"
            case .name: "name"
            case .accountID: "account_id"
            case .customField(let slug): slug
            }
        }
    }

    /// Nodes above each other. Source: docs/pylon-api.md, “Search”.
    package static let maxDepth = 3

    var depth: Int {
        switch self {
        case .all(let filters), .any(let filters): 1 + (filters.map(\.depth).max() ?? 0)
        default: 1
        }
    }

    func requestJSON(cursor: String?, limit: Int) -> [UInt8] {
        var json = JSONText()
        json.object { object in
            object.member("filter", write)
            object.member("cursor", cursor)
            object.member("limit") { $0.number(limit) }
        }
        return json.bytes
    }

    fileprivate func write(to json: inout JSONText) {
        json.object { object in
            switch self {
            case .equals(let field, let value):
                object.member("field", field.name)
                object.member("operator", "equals")
                object.member("value", value)
            case .contains(let field, let value):
                object.member("field", field.name)
                object.member("operator", "string_contains")
                object.member("value", value)
            case .isIn(let field, let values):
                object.member("field", field.name)
                object.member("operator", "in")
                object.member("values", values)
            case .isNotIn(let field, let values):
                object.member("field", field.name)
                object.member("operator", "not_in")
                object.member("values", values)
            case .all(let filters): object.compound("and", filters)
            case .any(let filters): object.compound("or", filters)
            }
        }
    }
}

extension JSONText.Members {
    fileprivate mutating func compound(_ name: String, _ filters: [SearchFilter]) {
        member("operator", name)
        member("subfilters") { $0.list(filters) { $1.write(to: &$0) } }
    }
}
