/// A tree of conditions, as `POST /contacts/search` takes it.
indirect enum SandboxSearchFilter {
    case all([SandboxSearchFilter])
    case any([SandboxSearchFilter])
    case leaf(field: SearchField, operator: Operator, values: [String])

    enum Operator: String {
        case equals
        case isIn = "in"
        case isNotIn = "not_in"
        case stringContains = "string_contains"
    }

    /// Source: docs/pylon-api.md, “Search”.
    static let maxDepth = 3

    func matches(_ contact: SandboxContact) -> Bool {
        switch self {
        case .all(let filters):
            filters.allSatisfy { $0.matches(contact) }
        case .any(let filters):
            filters.contains { $0.matches(contact) }
        case .leaf(let field, .isNotIn, let values):
            !field.values(of: contact).contains(where: values.contains)
        case .leaf(let field, .stringContains, let values):
            field.values(of: contact).contains { text in values.contains { text.contains($0) } }
        case .leaf(let field, .equals, let values), .leaf(let field, .isIn, let values):
            field.values(of: contact).contains(where: values.contains)
        }
    }
}

/// What a search can look at.
enum SearchField: Equatable {
    case id, email, name, accountID
    case custom(slug: String)

    init?(_ name: String, in organisation: SandboxOrganisation) {
        switch name {
        case "id": self = .id
        case "email": self = .email
        case "name": self = .name
        case "account_id": self = .accountID
        default:
            guard organisation.customField(name) != nil else { return nil }
            self = .custom(slug: name)
        }
    }

    var takesStringContains: Bool { self == .email || self == .name }

    func values(of contact: SandboxContact) -> [String] {
        switch self {
        case .id: [contact.id]
        case .email: contact.emails
        case .name: [contact.name]
        case .accountID: contact.accountID.map { [$0] } ?? []
        case .custom(let slug): contact.customFields[slug]?.all ?? []
        }
    }
}
