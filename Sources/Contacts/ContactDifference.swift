/// What two readings of one contact disagree on.
package struct ContactDifference: Sendable, Equatable {
    /// The names of the fields that differ, sorted.
    package let changed: [String]
    /// The differing fields' values, for those that have one.
    package let before: [String: FieldValue]
    package let after: [String: FieldValue]

    package init(from old: Contact, to new: Contact) {
        let (oldFields, newFields) = (old.fieldsByName, new.fieldsByName)
        let names = Set(oldFields.keys).union(newFields.keys)
            .filter { oldFields[$0] != newFields[$0] }
        changed = names.sorted().map(\.text)
        before = oldFields.filter { names.contains($0.key) }.byText
        after = newFields.filter { names.contains($0.key) }.byText
    }

    package var isEmpty: Bool { changed.isEmpty }

    /// The part of this difference that is about the fields named.
    package func keeping(_ isKept: (String) -> Bool) -> ContactDifference {
        ContactDifference(
            changed: changed.filter(isKept), before: before.filter { isKept($0.key) },
            after: after.filter { isKept($0.key) })
    }

    private init(
        changed: [String], before: [String: FieldValue], after: [String: FieldValue]
    ) {
        self.changed = changed
        self.before = before
        self.after = after
    }
}

extension Contact {
    /// Every field that has a value, by name, as it came; lists that the API means as sets are
    /// sorted. Two contacts are the same exactly if this is.
    package var fieldsByName: [ByteText: FieldValue] {
        var fields: [ByteText: FieldValue] = [:]
        func put(_ name: String, _ text: String?) { fields[name] = text.map(FieldValue.text) }
        func put(_ name: String, _ list: [String]) {
            if list.isEmpty { return }
            fields[name] = .list(list.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
        }
        put("name", name)
        put("email", email)
        put("emails", emails)
        put("account_id", account?.id)
        func put(_ prefix: String, _ values: [ByteText: CustomValue]) {
            for (key, value) in values {
                switch value {
                case .single(let text): put("\(prefix).\(key)", text)
                case .multiple(let values): put("\(prefix).\(key)", values)
                }
            }
        }
        put("account.external_ids", account?.externalIDs ?? [:])
        put("avatar_url", avatarURL)
        put("custom_fields", customFields)
        put("external_ids", externalIDs)
        put("integration_user_ids", integrationUserIDs)
        put("phone_numbers", phoneNumbers)
        put("primary_phone_number", primaryPhoneNumber)
        put("portal_role", portalRole)
        put("portal_role_id", portalRoleID)
        return fields
    }

    /// As the log has them. No two names of one contact are equal by Unicode only: such a one is
    /// unreadable.
    package var fields: [String: FieldValue] { fieldsByName.byText }

    /// Byte for byte, as the fields are compared.
    package static func == (one: Contact, other: Contact) -> Bool {
        one.id.hasSameBytes(as: other.id) && one.fieldsByName == other.fieldsByName
    }
}

extension [ByteText: FieldValue] {
    fileprivate var byText: [String: FieldValue] {
        Dictionary<String, FieldValue>(map { ($0.key.text, $0.value) }) { first, _ in first }
    }
}

extension FieldValue: Codable {
    package init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if let text = try? value.decode(String.self) {
            self = .text(text)
        } else {
            self = .list(try value.decode([String].self))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var value = encoder.singleValueContainer()
        switch self {
        case .text(let text): try value.encode(text)
        case .list(let values): try value.encode(values)
        }
    }
}
