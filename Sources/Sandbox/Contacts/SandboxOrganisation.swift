/// What contacts refer to: accounts, roles and custom fields, all of which exist before them.
package struct SandboxOrganisation: Sendable, Equatable {
    package struct Account: Sendable, Equatable {
        package let id: String
        package let externalIDs: [SandboxContact.ExternalID]
    }

    package struct Role: Sendable, Equatable {
        package let id: String
        package let slug: String
    }

    package struct CustomField: Sendable, Equatable {
        package enum Kind: Sendable, Equatable {
            case text
            /// Decimal digits, written as text.
            case number
            case select([String])
            case multiselect([String])
        }

        package let slug: String
        package let kind: Kind
    }

    package let id: String
    package let name: String
    package let roles: [Role]
    package let customFields: [CustomField]
    package let accounts: [Account]
    private let accountsByID: [String: Account]

    package init(
        id: String, name: String, roles: [Role] = standardRoles,
        customFields: [CustomField] = standardCustomFields, accounts: [Account]
    ) {
        self.id = id
        self.name = name
        self.roles = roles
        self.customFields = customFields
        self.accounts = accounts
        accountsByID = Dictionary(
            accounts.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// The role of a contact that is created without one.
    static let defaultRole = "no_access"

    package static let standardRoles = builtInRoles + ownRoles

    /// The three roles that every organisation has.
    static let builtInRoles = [
        Role(id: "5b0c7a52-8c1e-4d0b-9a55-000000000001", slug: "no_access"),
        Role(id: "5b0c7a52-8c1e-4d0b-9a55-000000000002", slug: "member"),
        Role(id: "5b0c7a52-8c1e-4d0b-9a55-000000000003", slug: "admin"),
    ]

    /// Roles of the organisation's own making.
    static let ownRoles = [
        Role(id: "5b0c7a52-8c1e-4d0b-9a55-000000000004", slug: "billing-viewer"),
        Role(id: "5b0c7a52-8c1e-4d0b-9a55-000000000005", slug: "support-lead"),
    ]

    package static let standardCustomFields = [
        CustomField(slug: "tier", kind: .select(["gold", "silver", "bronze"])),
        CustomField(slug: "status", kind: .select(["active", "left"])),
        CustomField(slug: "department", kind: .text),
        CustomField(slug: "seats", kind: .number),
        CustomField(
            slug: "products", kind: .multiselect(["portal", "api", "chat", "analytics"])),
    ]

    func account(id: String) -> Account? { accountsByID[id] }

    func account(externalID: String) -> Account? {
        accounts.first { $0.externalIDs.contains { $0.externalID == externalID } }
    }

    func role(slug: String) -> Role? { roles.first { $0.slug == slug } }
    func role(id: String) -> Role? { roles.first { $0.id == id } }
    func customField(_ slug: String) -> CustomField? { customFields.first { $0.slug == slug } }
}
