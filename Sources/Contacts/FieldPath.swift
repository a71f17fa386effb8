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

extension FieldPath {
    /// Slugs and labels byte for byte.
    package static func == (one: FieldPath, other: FieldPath) -> Bool {
        let (one, other) = (one.parts, other.parts)
        return one.position == other.position && one.name == other.name
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(parts.position)
        hasher.combine(parts.name)
    }

    /// The case, and the slug or label that it carries.
    private var parts: (position: Int, name: ByteText?) {
        switch self {
        case .id: (0, nil)
        case .name: (1, nil)
        case .email: (2, nil)
        case .emailLocal: (3, nil)
        case .emailDomain: (4, nil)
        case .emailSite: (5, nil)
        case .emailClass: (6, nil)
        case .emailStatus: (7, nil)
        case .emails: (8, nil)
        case .accountID: (9, nil)
        case .accountExternalID(let label): (10, ByteText(label))
        case .avatarURL: (11, nil)
        case .customField(let slug): (12, ByteText(slug))
        case .externalID(let label): (13, ByteText(label))
        case .integrationUserIDs: (14, nil)
        case .phoneNumbers: (15, nil)
        case .primaryPhoneNumber: (16, nil)
        case .firstSeen: (17, nil)
        case .portalRole: (18, nil)
        case .portalRoleID: (19, nil)
        }
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
            (account?.externalIDs[label]).map(FieldValue.init)
        case .avatarURL: avatarURL.map(FieldValue.text)
        case .customField(let slug): customFields[slug].map(FieldValue.init)
        case .externalID(let label): externalIDs[label].map(FieldValue.init)
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
