/// The body of a create or an update: only what was given. Unknown keys are ignored.
struct ContactWrite: Decodable {
    struct Email: Decodable {
        let email: String
        let isPrimary: Bool

        private enum CodingKeys: String, CodingKey {
            case email
            case isPrimary = "is_primary"
        }

        init(from decoder: any Decoder) throws {
            let fields = try decoder.container(keyedBy: CodingKeys.self)
            email = try fields.decode(String.self, forKey: .email)
            isPrimary = try fields.given(.isPrimary) ?? false
        }
    }

    struct CustomField: Decodable {
        let slug: String
        let value: String?
        let values: [String]?

        private enum CodingKeys: String, CodingKey { case slug, value, values }

        init(from decoder: any Decoder) throws {
            let fields = try decoder.container(keyedBy: CodingKeys.self)
            slug = try fields.decode(String.self, forKey: .slug)
            value = try fields.given(.value)
            values = try fields.given(.values)
        }
    }

    let name: String?
    let email: String?
    /// Only updates know it; a create ignores it like any other unknown key.
    var emails: [Email]?
    let accountID: String?
    let accountExternalID: String?
    let avatarURL: String?
    let customFields: [CustomField]?
    let externalIDs: [SandboxContact.ExternalID]?
    let phoneNumbers: [String]?
    let primaryPhoneNumber: String?
    let portalRole: String?
    let portalRoleID: String?

    private enum CodingKeys: String, CodingKey {
        case name, email, emails
        case accountID = "account_id"
        case accountExternalID = "account_external_id"
        case avatarURL = "avatar_url"
        case customFields = "custom_fields"
        case externalIDs = "external_ids"
        case phoneNumbers = "phone_numbers"
        case primaryPhoneNumber = "primary_phone_number"
        case portalRole = "portal_role"
        case portalRoleID = "portal_role_id"
    }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        name = try fields.given(.name)
        email = try fields.given(.email)
        emails = try fields.given(.emails)
        accountID = try fields.given(.accountID)
        accountExternalID = try fields.given(.accountExternalID)
        avatarURL = try fields.given(.avatarURL)
        customFields = try fields.given(.customFields)
        externalIDs = try fields.given(.externalIDs)
        phoneNumbers = try fields.given(.phoneNumbers)
        primaryPhoneNumber = try fields.given(.primaryPhoneNumber)
        portalRole = try fields.given(.portalRole)
        portalRoleID = try fields.given(.portalRoleID)
    }
}
