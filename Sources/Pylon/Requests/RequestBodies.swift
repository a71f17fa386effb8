package import Contacts

/// A contact to be created. What is nil or empty is not sent.
package struct NewContact: Sendable, Equatable {
    package var name: String
    package var email: String?
    package var account: AccountReference?
    package var avatarURL: String?
    package var customFields: [ByteText: Contact.CustomValue]
    /// Label → external id.
    package var externalIDs: [String: String]
    /// Digits only, at most 15. Source: docs/pylon-api.md, “The contact”.
    package var phoneNumbers: [String]
    /// One of `phoneNumbers`.
    package var primaryPhoneNumber: String?
    package var portalRole: String?
    /// Wins over `portalRole`.
    package var portalRoleID: String?

    /// The API takes an account by one of two names, never by both.
    package enum AccountReference: Sendable, Equatable {
        case id(String)
        case externalID(String)
    }

    package init(
        name: String, email: String? = nil, account: AccountReference? = nil,
        avatarURL: String? = nil, customFields: [ByteText: Contact.CustomValue] = [:],
        externalIDs: [String: String] = [:], phoneNumbers: [String] = [],
        primaryPhoneNumber: String? = nil, portalRole: String? = nil, portalRoleID: String? = nil
    ) {
        self.name = name
        self.email = email
        self.account = account
        self.avatarURL = avatarURL
        self.customFields = customFields
        self.externalIDs = externalIDs
        self.phoneNumbers = phoneNumbers
        self.primaryPhoneNumber = primaryPhoneNumber
        self.portalRole = portalRole
        self.portalRoleID = portalRoleID
    }

    var json: [UInt8] {
        var json = JSONText()
        json.object { object in
            object.member("name", name)
            object.member("email", email)
            switch account {
            case .id(let id): object.member("account_id", id)
            case .externalID(let id): object.member("account_external_id", id)
            case nil: break
            }
            object.member("avatar_url", avatarURL)
            object.customFields(customFields)
            if !externalIDs.isEmpty { object.externalIDs(externalIDs) }
            if !phoneNumbers.isEmpty { object.member("phone_numbers", phoneNumbers) }
            object.member("primary_phone_number", primaryPhoneNumber)
            object.member("portal_role", portalRole)
            object.member("portal_role_id", portalRoleID)
        }
        return json.bytes
    }
}

extension ContactPatch {
    /// The body of a `PATCH`: the audit trail's names, but custom fields as a list.
    var requestJSON: [UInt8] {
        var customFields: [ByteText: Contact.CustomValue] = [:]
        var json = JSONText()
        json.object { object in
            for field in fields {
                switch field {
                case .customField(let slug): customFields[slug] = self[field].map { .single($0) }
                default: object.member(field.description, self[field])
                }
            }
            object.customFields(customFields)
        }
        return json.bytes
    }
}

extension JSONText.Members {
    fileprivate mutating func customFields(_ fields: [ByteText: Contact.CustomValue]) {
        guard !fields.isEmpty else { return }
        member("custom_fields") { json in
            json.list(fields.sorted { $0.key < $1.key }) { json, field in
                json.object { object in
                    object.member("slug", field.key.text)
                    switch field.value {
                    // A slug without a value unsets the field.
                    // Source: docs/pylon-api.md, “Create, update and delete”.
                    case .single(""): break
                    case .single(let value): object.member("value", value)
                    case .multiple(let values): object.member("values", values)
                    }
                }
            }
        }
    }

    fileprivate mutating func externalIDs(_ ids: [String: String]) {
        member("external_ids") { json in
            json.list(ids.sorted { $0.key < $1.key }) { json, id in
                json.object { object in
                    object.member("external_id", id.value)
                    object.member("label", id.key)
                }
            }
        }
    }
}
