/// How values that are not there are written.
enum EmptyStyle {
    /// Empty lists and maps as such; single values that are missing are left out.
    case plain
    /// `null` for everything that is missing or empty.
    case nulls
}

extension SandboxContact {
    /// The contact as the API gives it: the same bytes for the same values, always.
    func json(in organisation: SandboxOrganisation, empty style: EmptyStyle = .plain) -> [UInt8] {
        let role = portalRole.flatMap { organisation.role(slug: $0) }
        let account = accountID.flatMap { organisation.account(id: $0) }
        var writer = JSONWriter()
        writer.object { json in
            json.member("id", id)
            json.member("name", name)
            json.optional("email", email, style)
            json.list("emails", emails, style) { $0.string($1) }
            json.optional("account", account, style) { json, account in
                json.object {
                    $0.member("id", account.id)
                    $0.externalIDs(account.externalIDs, style)
                }
            }
            json.optional("avatar_url", avatarURL, style)
            json.customFields(customFields, style)
            json.externalIDs(externalIDs, style)
            json.list("integration_user_ids", integrationUserIDs, style) { json, user in
                json.object {
                    $0.member("id", user.id)
                    $0.member("source", user.source)
                }
            }
            json.list("phone_numbers", phoneNumbers, style) { $0.string($1) }
            json.optional("primary_phone_number", primaryPhoneNumber, style)
            json.optional("portal_role", role?.slug, style)
            json.optional("portal_role_id", role?.id, style)
        }
        return writer.bytes
    }
}

extension JSONWriter {
    fileprivate mutating func optional<Value>(
        _ key: String, _ value: Value?, _ style: EmptyStyle,
        write: (inout JSONWriter, Value) -> Void
    ) {
        if value == nil, style == .plain { return }
        self.key(key)
        if let value { write(&self, value) } else { null() }
    }

    fileprivate mutating func optional(_ key: String, _ value: String?, _ style: EmptyStyle) {
        optional(key, value, style) { $0.string($1) }
    }

    fileprivate mutating func list<Element>(
        _ key: String, _ elements: [Element], _ style: EmptyStyle,
        write: (inout JSONWriter, Element) -> Void
    ) {
        self.key(key)
        if elements.isEmpty, style == .nulls { return null() }
        array { json in
            for element in elements { write(&json, element) }
        }
    }

    fileprivate mutating func externalIDs(
        _ ids: [SandboxContact.ExternalID], _ style: EmptyStyle
    ) {
        list("external_ids", ids, style) { json, id in
            json.object {
                $0.member("external_id", id.externalID)
                $0.member("label", id.label)
            }
        }
    }

    fileprivate mutating func customFields(
        _ fields: [String: SandboxContact.CustomValue], _ style: EmptyStyle
    ) {
        key("custom_fields")
        if fields.isEmpty, style == .nulls { return null() }
        object { json in
            for (slug, value) in fields.sorted(by: { $0.key < $1.key }) {
                json.key(slug)
                json.object { json in
                    json.member("slug", slug)
                    switch value {
                    case .single(let text): json.member("value", text)
                    case .multiple(let texts): json.list("values", texts, style) { $0.string($1) }
                    }
                }
            }
        }
    }
}
