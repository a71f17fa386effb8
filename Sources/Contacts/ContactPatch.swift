/// A field that rules may set.
///
/// `portal_role` and `portal_role_id` are two ways to say one thing, so they share one `slot`:
/// wishes for either compete, and a change of the one explains a change of the other.
package enum SettableField: Hashable, Sendable {
    case portalRole, portalRoleID, name, accountID, avatarURL
    case customField(slug: String)

    /// The field at a path, if rules may set it.
    package init?(_ path: FieldPath) {
        switch path {
        case .portalRole: self = .portalRole
        case .portalRoleID: self = .portalRoleID
        case .name: self = .name
        case .accountID: self = .accountID
        case .avatarURL: self = .avatarURL
        case .customField(let slug): self = .customField(slug: slug)
        default: return nil
        }
    }

    package var path: FieldPath {
        switch self {
        case .portalRole: .portalRole
        case .portalRoleID: .portalRoleID
        case .name: .name
        case .accountID: .accountID
        case .avatarURL: .avatarURL
        case .customField(let slug): .customField(slug: slug)
        }
    }

    /// What wishes compete for: the name of the field, and `portal_role` for both role fields.
    package var slot: String {
        self == .portalRoleID ? FieldPath.portalRole.description : path.description
    }
}

extension SettableField {
    /// Slugs byte for byte.
    package static func == (one: SettableField, other: SettableField) -> Bool {
        one.path == other.path
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(path) }
}

extension SettableField: CustomStringConvertible {
    package var description: String { path.description }
}

extension SettableField: Codable {
    package init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        guard let field = SettableField(try value.decode(FieldPath.self)) else {
            throw DecodingError.dataCorruptedError(
                in: value, debugDescription: "not a field that can be set")
        }
        self = field
    }

    package func encode(to encoder: any Encoder) throws {
        var value = encoder.singleValueContainer()
        try value.encode(path)
    }
}

extension SettableField: Comparable {
    /// Roles come first.
    package static func < (one: SettableField, other: SettableField) -> Bool {
        (one.slot == "portal_role" ? 0 : 1, ByteText(one.description))
            < (other.slot == "portal_role" ? 0 : 1, ByteText(other.description))
    }
}

/// The values of one `PATCH /contacts/{id}`: absolute, never null, one per slot. An empty value
/// unsets a custom field.
///
/// Encodes as `{"portal_role": "admin", "custom_fields.tier": "gold"}`, the form of the audit
/// trail; how the API wants it is `Pylon`'s business.
package struct ContactPatch: Sendable, Equatable {
    package private(set) var values: [SettableField: String]

    /// - Parameter values: At most one of `portal_role` and `portal_role_id`.
    package init(_ values: [SettableField: String] = [:]) { self.values = values }

    /// Byte for byte, as everything that rules want.
    package static func == (one: ContactPatch, other: ContactPatch) -> Bool {
        one.values.count == other.values.count
            && one.values.allSatisfy { field, value in
                other.values[field]?.hasSameBytes(as: value) ?? false
            }
    }

    package var isEmpty: Bool { values.isEmpty }

    /// The fields in the order in which a split patch sends them.
    package var fields: [SettableField] { values.keys.sorted() }

    package subscript(field: SettableField) -> String? {
        get { values[field] }
        set { values[field] = newValue }
    }

    /// This patch without the fields of a slot.
    package func without(slot: String) -> ContactPatch {
        ContactPatch(values.filter { $0.key.slot != slot })
    }

    /// The part of this patch that `contact` does not hold already.
    package func notYet(in contact: Contact) -> ContactPatch {
        ContactPatch(values.filter { !contact.holds($0.value, in: $0.key) })
    }
}

extension ContactPatch: Codable {
    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    package init(from decoder: any Decoder) throws {
        let object = try decoder.container(keyedBy: Key.self)
        var values: [SettableField: String] = [:]
        for key in object.allKeys {
            guard let field = FieldPath(key.stringValue).flatMap(SettableField.init) else {
                throw DecodingError.dataCorruptedError(
                    forKey: key, in: object, debugDescription: "not a field that can be set")
            }
            values[field] = try object.decode(String.self, forKey: key)
        }
        self.init(values)
    }

    package func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: Key.self)
        for (field, value) in values {
            try object.encode(value, forKey: Key(stringValue: field.description))
        }
    }
}

extension Contact {
    /// Whether a field has a value of a patch; the empty one is no value.
    package func holds(_ value: String, in field: SettableField) -> Bool {
        value.isEmpty ? self[field.path] == nil : self[field.path] == .text(value)
    }

    /// This contact as it would be after `patch`.
    ///
    /// Setting one role field makes the other unknown, since only the API knows which slug belongs
    /// to which id; moving to another account forgets the old one's external ids.
    package func applying(_ patch: ContactPatch) -> Contact {
        var contact = self
        for (field, value) in patch.values where !contact.holds(value, in: field) {
            switch field {
            case .portalRole: (contact.portalRole, contact.portalRoleID) = (value, nil)
            case .portalRoleID: (contact.portalRole, contact.portalRoleID) = (nil, value)
            case .name: contact.name = value
            case .accountID: contact.account = Account(id: value)
            case .avatarURL: contact.avatarURL = value
            case .customField(let slug):
                contact.customFields[slug] = value.isEmpty ? nil : .single(value)
            }
        }
        return contact
    }
}

extension SettableField {
    /// The slot that explains a change of the field of this name: setting an account brings its
    /// external ids along, setting a role its id.
    package static func slot(ofChanged name: String) -> String {
        if name.hasPrefix("account.external_ids.") { return FieldPath.accountID.description }
        return name == FieldPath.portalRoleID.description ? FieldPath.portalRole.description : name
    }
}
