internal import Foundation

/// A name by which rules, diffs and audit rows speak of one part of a contact.
package enum FieldPath: Hashable, Sendable {
    case id, name, email, emailLocal, emailDomain, emailSite, emailClass, emailStatus, emails
    case accountID
    case accountExternalID(label: String)
    case avatarURL
    case customField(slug: String)
    case externalID(label: String)
    case integrationUserIDs, phoneNumbers, primaryPhoneNumber
    case firstSeen
    case portalRole, portalRoleID

    /// The paths without a label or a slug, by name.
    package static let fixed: [String: FieldPath] = [
        "id": .id, "name": .name, "email": .email, "email.local": .emailLocal,
        "email.domain": .emailDomain, "email.site": .emailSite, "email.class": .emailClass,
        "email.status": .emailStatus, "emails": .emails,
        "account_id": .accountID, "avatar_url": .avatarURL, "first_seen": .firstSeen,
        "integration_user_ids": .integrationUserIDs, "phone_numbers": .phoneNumbers,
        "primary_phone_number": .primaryPhoneNumber, "portal_role": .portalRole,
        "portal_role_id": .portalRoleID,
    ]

    /// The beginnings of the paths that end in a label or a slug.
    package static let prefixes: [(prefix: String, path: @Sendable (String) -> FieldPath)] = [
        ("account.external_ids.", { .accountExternalID(label: $0) }),
        ("custom_fields.", { .customField(slug: $0) }),
        ("external_ids.", { .externalID(label: $0) }),
    ]

    /// The path of this name, if there is one. Names are case-sensitive.
    package init?(_ text: String) {
        if let path = Self.fixed[text] {
            self = path
            return
        }
        // By bytes: a character that joins with the dot would end up in neither part.
        for (prefix, path) in Self.prefixes where text.utf8.starts(with: prefix.utf8) {
            let name = String(decoding: text.utf8.dropFirst(prefix.utf8.count), as: UTF8.self)
            guard !name.isEmpty else { return nil }
            self = path(name)
            return
        }
        return nil
    }
}

extension FieldPath: CustomStringConvertible {
    package var description: String {
        switch self {
        case .id: "id"
        case .name: "name"
        case .email: "email"
        case .emailLocal: "email.local"
        case .emailDomain: "email.domain"
        case .emailSite: "email.site"
        case .emailClass: "email.class"
        case .emailStatus: "email.status"
        case .emails: "emails"
        case .accountID: "account_id"
        case .accountExternalID(let label): "account.external_ids.\(label)"
        case .avatarURL: "avatar_url"
        case .customField(let slug): "custom_fields.\(slug)"
        case .externalID(let label): "external_ids.\(label)"
        case .firstSeen: "first_seen"
        case .integrationUserIDs: "integration_user_ids"
        case .phoneNumbers: "phone_numbers"
        case .primaryPhoneNumber: "primary_phone_number"
        case .portalRole: "portal_role"
        case .portalRoleID: "portal_role_id"
        }
    }
}

extension FieldPath: Codable {
    package init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        guard let path = FieldPath(try value.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(
                in: value, debugDescription: "not the name of a field")
        }
        self = path
    }

    package func encode(to encoder: any Encoder) throws {
        var value = encoder.singleValueContainer()
        try value.encode(description)
    }
}

/// What a contact holds at a path. There is no value for what is absent.
package enum FieldValue: Hashable, Sendable {
    case text(String)
    case list([String])

    /// Byte for byte. Swift's own `==` of strings follows Unicode equivalence, where the Kelvin
    /// sign is a `K`: to a rule those are two texts.
    package static func == (one: FieldValue, other: FieldValue) -> Bool {
        switch (one, other) {
        case (.text(let one), .text(let other)): one.utf8.elementsEqual(other.utf8)
        case (.list(let one), .list(let other)):
            one.elementsEqual(other) { $0.utf8.elementsEqual($1.utf8) }
        default: false
        }
    }

    package func hash(into hasher: inout Hasher) {
        switch self {
        case .text(let text): Array(text.utf8).withUnsafeBytes { hasher.combine(bytes: $0) }
        case .list(let values): hasher.combine(values.count)
        }
    }
}

extension Contact {
    /// What rules may compare at `path`; nil is *unknown*: absent, or an address that is not `ok`.
    ///
    /// E-mail parts are in ASCII lower case.
    package subscript(path: FieldPath) -> FieldValue? {
        switch path {
        case .id: .text(id)
        case .name: name.map(FieldValue.text)
        case .email: emailAddress.address.map(FieldValue.text)
        case .emailLocal: emailAddress.local.map(FieldValue.text)
        case .emailDomain: emailAddress.domain.map(FieldValue.text)
        case .emailSite: emailAddress.site.map(FieldValue.text)
        case .emailClass: (emailAddress.domainClass?.rawValue).map(FieldValue.text)
        case .emailStatus: .text(emailAddress.status.rawValue)
        case .emails: Self.list(emails)
        case .accountID: (account?.id).map(FieldValue.text)
        case .accountExternalID(let label):
            (account?.externalIDs.value(at: label)).map(FieldValue.init)
        case .avatarURL: avatarURL.map(FieldValue.text)
        case .customField(let slug): customFields.value(at: slug).map(FieldValue.init)
        case .externalID(let label): externalIDs.value(at: label).map(FieldValue.init)
        case .firstSeen: (firstSeen?.formatted(.iso8601)).map(FieldValue.text)
        case .integrationUserIDs: Self.list(integrationUserIDs)
        case .phoneNumbers: Self.list(phoneNumbers)
        case .primaryPhoneNumber: primaryPhoneNumber.map(FieldValue.text)
        case .portalRole: portalRole.map(FieldValue.text)
        case .portalRoleID: portalRoleID.map(FieldValue.text)
        }
    }

    /// Whether the contact holds anything at `path`; a malformed address is present all the same.
    package func holds(_ path: FieldPath) -> Bool {
        path == .email ? email != nil : self[path] != nil
    }

    private static func list(_ values: [String]) -> FieldValue? {
        values.isEmpty ? nil : .list(values)
    }
}

extension Dictionary where Key == String {
    /// The value whose key has the very bytes of `key`; a look-alike is another key.
    fileprivate func value(at key: String) -> Value? {
        guard let index = index(forKey: key), self[index].key.utf8.elementsEqual(key.utf8)
        else { return nil }
        return self[index].value
    }
}

extension FieldValue {
    package init(_ value: Contact.CustomValue) {
        switch value {
        case .single(let text): self = .text(text)
        case .multiple(let values): self = .list(values)
        }
    }

    /// The text itself, or the texts with commas between them.
    package var plain: String {
        switch self {
        case .text(let text): text
        case .list(let values): values.joined(separator: ", ")
        }
    }
}
