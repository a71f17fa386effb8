/// The body of `POST /contacts/search`. Unknown keys are ignored.
struct SearchBody: Decodable {
    struct Node: Decodable {
        let field: String?
        let `operator`: String
        let value: String?
        let values: [String]?
        let subfilters: [Node]?

        private enum CodingKeys: String, CodingKey {
            case field, `operator`, value, values, subfilters
        }

        init(from decoder: any Decoder) throws {
            let fields = try decoder.container(keyedBy: CodingKeys.self)
            field = try fields.given(.field)
            `operator` = try fields.decode(String.self, forKey: .operator)
            value = try fields.given(.value)
            values = try fields.given(.values)
            subfilters = try fields.given(.subfilters)
        }
    }

    let filter: Node?
    let cursor: String?
    let limit: Int?
    /// Looked for in names and addresses, whatever their case; the API calls it fuzzy.
    let searchText: String?

    private enum CodingKeys: String, CodingKey {
        case filter, cursor, limit
        case searchText = "search_text"
    }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        filter = try fields.given(.filter)
        cursor = try fields.given(.cursor)
        limit = try fields.given(.limit)
        searchText = try fields.given(.searchText)
    }
}

extension SandboxSearchFilter {
    init(
        _ node: SearchBody.Node, in organisation: SandboxOrganisation, depth: Int = 1
    ) throws(APIError) {
        guard depth <= Self.maxDepth else { throw .invalid("filter is nested too deeply") }
        if node.operator == "and" || node.operator == "or" {
            guard let nodes = node.subfilters, !nodes.isEmpty else {
                throw .invalid("filter \(node.operator) needs subfilters")
            }
            var filters: [SandboxSearchFilter] = []
            for node in nodes {
                filters.append(try SandboxSearchFilter(node, in: organisation, depth: depth + 1))
            }
            self = node.operator == "and" ? .all(filters) : .any(filters)
        } else {
            self = try Self.leaf(node, in: organisation)
        }
    }

    private static func leaf(
        _ node: SearchBody.Node, in organisation: SandboxOrganisation
    ) throws(APIError) -> SandboxSearchFilter {
        guard let name = node.field, let field = SearchField(name, in: organisation) else {
            throw .invalid("filter field \(node.field ?? "") cannot be filtered on")
        }
        guard let `operator` = Operator(rawValue: node.operator),
            `operator` != .stringContains || field.takesStringContains
        else {
            throw .invalid("filter operator \(node.operator) is not allowed for \(name)")
        }
        switch `operator` {
        case .equals, .stringContains:
            guard let value = node.value else {
                throw .invalid("filter operator \(node.operator) needs a value")
            }
            return .leaf(field: field, operator: `operator`, values: [value])
        case .isIn, .isNotIn:
            guard let values = node.values else {
                throw .invalid("filter operator \(node.operator) needs values")
            }
            return .leaf(field: field, operator: `operator`, values: values)
        }
    }
}
