/// Applies a write to a contact, or says which rule of the API it breaks.
///
/// Nothing is applied unless everything is right. What has to be unique among contacts is not known
/// here; see `ContactBook`.
struct ContactChange {
    let write: ContactWrite
    let organisation: SandboxOrganisation

    func apply(to contact: SandboxContact) throws(APIError) -> SandboxContact {
        var changed = contact
        if let name = write.name {
            guard !name.isEmpty else { throw .invalid("name must not be empty") }
            changed.name = name
        }
        try setEmails(of: &changed)
        try setAccount(of: &changed)
        if let url = write.avatarURL {
            guard Self.isImageURL(url) else {
                throw .invalid("avatar_url must be a .png, .jpg or .jpeg URL")
            }
            changed.avatarURL = url
        }
        try setCustomFields(of: &changed)
        try setExternalIDs(of: &changed)
        try setPhoneNumbers(of: &changed)
        try setRole(of: &changed)
        return changed
    }

    /// `email` takes the place of the primary address and leaves the others; `emails` replaces all.
    private func setEmails(of contact: inout SandboxContact) throws(APIError) {
        if write.email != nil, write.emails != nil {
            throw .invalid("email cannot be used together with emails")
        }
        if let email = write.email {
            guard !email.isEmpty else { throw .invalid("email must not be empty") }
            contact.emails.removeAll { $0 == contact.email || $0 == email }
            contact.emails.insert(email, at: 0)
            contact.email = email
        }
        if let emails = write.emails {
            let addresses = emails.map(\.email)
            guard !addresses.contains(""), Set(addresses).count == addresses.count else {
                throw .invalid("emails must be different and not empty")
            }
            let primary = emails.filter(\.isPrimary)
            guard primary.count <= 1 else { throw .invalid("only one email can be primary") }
            contact.emails = addresses
            contact.email = primary.first?.email ?? addresses.first
        }
    }

    private func setAccount(of contact: inout SandboxContact) throws(APIError) {
        if write.accountID != nil, write.accountExternalID != nil {
            throw .invalid("account_id cannot be used together with account_external_id")
        }
        if let id = write.accountID {
            guard id.isEmpty || organisation.account(id: id) != nil else {
                throw .invalid("account_id does not exist")
            }
            contact.accountID = id.isEmpty ? nil : id
        }
        if let externalID = write.accountExternalID {
            guard let account = organisation.account(externalID: externalID) else {
                throw .invalid("account_external_id does not exist")
            }
            contact.accountID = account.id
        }
    }

    private func setCustomFields(of contact: inout SandboxContact) throws(APIError) {
        let fields = write.customFields ?? []
        guard Set(fields.map(\.slug)).count == fields.count else {
            throw .invalid("custom_fields must not repeat a slug")
        }
        for field in fields {
            guard let definition = organisation.customField(field.slug) else {
                throw .invalid("custom field \(field.slug) does not exist")
            }
            contact.customFields[field.slug] = try definition.value(from: field)
        }
    }

    private func setExternalIDs(of contact: inout SandboxContact) throws(APIError) {
        guard let ids = write.externalIDs else { return }
        guard !ids.contains(where: { $0.externalID.isEmpty || $0.label.isEmpty }) else {
            throw .invalid("external_ids need an external_id and a label")
        }
        guard Set(ids.map(\.label)).count == ids.count,
            Set(ids.map(\.externalID)).count == ids.count
        else {
            throw .invalid("external_ids must not repeat an external_id or a label")
        }
        contact.externalIDs = ids
    }

    /// `portal_role_id` wins over `portal_role`, which is not even looked at then.
    private func setRole(of contact: inout SandboxContact) throws(APIError) {
        if let id = write.portalRoleID {
            guard let role = organisation.role(id: id) else {
                throw .invalid("portal_role_id does not exist")
            }
            contact.portalRole = role.slug
        } else if let slug = write.portalRole {
            guard organisation.role(slug: slug) != nil else {
                throw .invalid("portal_role does not exist")
            }
            contact.portalRole = slug
        }
    }

    private static func isImageURL(_ url: String) -> Bool {
        let lowercased = url.lowercased()
        let path = lowercased.prefix { $0 != "?" && $0 != "#" }
        return (lowercased.hasPrefix("https://") || lowercased.hasPrefix("http://"))
            && [".png", ".jpg", ".jpeg"].contains { path.hasSuffix($0) }
    }
}

extension ContactChange {
    /// Source: docs/pylon-api.md, “The contact”.
    private static let maxPhoneDigits = 15

    private func setPhoneNumbers(of contact: inout SandboxContact) throws(APIError) {
        if let numbers = write.phoneNumbers {
            guard numbers.allSatisfy(Self.isPhoneNumber) else {
                throw .invalid("phone_numbers must be digits only, at most 15")
            }
            contact.phoneNumbers = numbers
            contact.primaryPhoneNumber = numbers.first
        }
        if let primary = write.primaryPhoneNumber {
            guard contact.phoneNumbers.contains(primary) else {
                throw .invalid("primary_phone_number must be in phone_numbers")
            }
            contact.primaryPhoneNumber = primary
        }
    }

    private static func isPhoneNumber(_ text: String) -> Bool {
        (1...maxPhoneDigits).contains(text.utf8.count) && text.utf8.allSatisfy(\.isDigit)
    }
}

extension SandboxOrganisation.CustomField {
    /// The value to keep, or nil to unset the field.
    fileprivate func value(
        from field: ContactWrite.CustomField
    ) throws(APIError) -> SandboxContact.CustomValue? {
        if field.value != nil, field.values != nil {
            throw .invalid("custom field \(slug) takes value or values, not both")
        }
        if let values = field.values {
            guard case .multiselect(let options) = kind else {
                throw .invalid("custom field \(slug) takes one value")
            }
            guard Set(values).isSubset(of: options) else {
                throw .invalid("custom field \(slug) has no such option")
            }
            return values.isEmpty ? nil : .multiple(values)
        }
        guard let value = field.value, !value.isEmpty else { return nil }
        switch kind {
        case .text:
            break
        case .number:
            guard value.utf8.allSatisfy(\.isDigit) else {
                throw .invalid("custom field \(slug) takes a number")
            }
        case .select(let options):
            guard options.contains(value) else {
                throw .invalid("custom field \(slug) has no such option")
            }
        case .multiselect:
            throw .invalid("custom field \(slug) takes values")
        }
        return .single(value)
    }
}

extension UInt8 {
    fileprivate var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
}
