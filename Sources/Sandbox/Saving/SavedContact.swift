/// A contact in the state file: the API's own JSON, and when it was created.
struct SavedContact: Decodable {
    let createdAt: Int64
    let contact: SandboxContact

    private enum CodingKeys: String, CodingKey {
        case createdAt = "created_at"
        case contact
    }
}

extension SandboxContact: Decodable {
    private enum CodingKeys: String, CodingKey {
        case id, name, email, emails, account
        case avatarURL = "avatar_url"
        case customFields = "custom_fields"
        case externalIDs = "external_ids"
        case integrationUserIDs = "integration_user_ids"
        case phoneNumbers = "phone_numbers"
        case primaryPhoneNumber = "primary_phone_number"
        case portalRole = "portal_role"
    }

    private struct AccountReference: Decodable { let id: String }

    package init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            id: try fields.decode(String.self, forKey: .id),
            name: try fields.decode(String.self, forKey: .name))
        email = try fields.decodeIfPresent(String.self, forKey: .email)
        emails = try fields.decode([String].self, forKey: .emails)
        accountID = try fields.decodeIfPresent(AccountReference.self, forKey: .account)?.id
        avatarURL = try fields.decodeIfPresent(String.self, forKey: .avatarURL)
        customFields = try fields.decode([String: CustomValue].self, forKey: .customFields)
        externalIDs = try fields.decode([ExternalID].self, forKey: .externalIDs)
        integrationUserIDs = try fields.decode(
            [IntegrationUserID].self, forKey: .integrationUserIDs)
        phoneNumbers = try fields.decode([String].self, forKey: .phoneNumbers)
        primaryPhoneNumber = try fields.decodeIfPresent(
            String.self, forKey: .primaryPhoneNumber)
        portalRole = try fields.decodeIfPresent(String.self, forKey: .portalRole)
    }
}

extension SandboxContact.CustomValue: Decodable {
    private enum CodingKeys: String, CodingKey { case value, values }

    package init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        if let values = try fields.decodeIfPresent([String].self, forKey: .values) {
            self = .multiple(values)
        } else {
            self = .single(try fields.decode(String.self, forKey: .value))
        }
    }
}

/// An organisation in the state file; roles and custom fields are always the standard ones.
struct SavedOrganisation: Codable {
    struct Account: Codable {
        let id: String
        let externalIDs: [SandboxContact.ExternalID]
    }

    let id: String
    let name: String
    let accounts: [Account]

    init(_ organisation: SandboxOrganisation) {
        id = organisation.id
        name = organisation.name
        accounts = organisation.accounts.map { Account(id: $0.id, externalIDs: $0.externalIDs) }
    }

    var organisation: SandboxOrganisation {
        SandboxOrganisation(
            id: id, name: name,
            accounts: accounts.map { .init(id: $0.id, externalIDs: $0.externalIDs) })
    }
}
