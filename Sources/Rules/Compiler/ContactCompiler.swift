internal import Contacts
internal import Foundation

/// Compiles the contact of a test, in the words of the API, nested or with dots; null and "" are as
/// absent.
struct ContactCompiler: CompilerStage {
    let compilation: Compilation

    /// The id of a contact or an account that a test does not name.
    private static let unnamed = "test"

    func compile(_ node: YAMLNode) -> Contact? {
        guard let entries = entries(of: node, what: "`given`") else { return nil }
        let isDotted = { (entry: YAMLNode.MappingEntry) in
            Vocabulary.fields.contains { $0.prefix != nil && $0.covers(entry.key) }
        }
        let plain = YAMLNode(
            place: node.place, content: .mapping(entries.filter { !isDotted($0) }))
        let values =
            keys(
                of: plain, in: Vocabulary.givenKeys, of: "`given`",
                meant: { declarations.fields[$0].map { FieldRow.customField($0.slug) } }) ?? [:]
        var contact = Contact(id: anyText(values["id"]) ?? Self.unnamed)
        contact.name = anyText(values["name"])
        contact.email = anyText(values["email"])
        contact.emails = anyTexts(values["emails"])
        contact.account = account(values)
        contact.avatarURL = anyText(values["avatar_url"])
        contact.customFields = customFields(values["custom_fields"])
        contact.externalIDs = labels(values["external_ids"])
        contact.integrationUserIDs = anyTexts(values["integration_user_ids"])
        contact.phoneNumbers = anyTexts(values["phone_numbers"])
        contact.primaryPhoneNumber = anyText(values["primary_phone_number"])
        contact.portalRole = anyText(values["portal_role"])
        contact.portalRoleID = anyText(values["portal_role_id"])
        contact.firstSeen = values["first_seen"]
            .flatMap { instant($0, what: "`first_seen`", isEnd: false) }
            .map(Date.init(timeIntervalSinceReferenceDate:))
        for entry in entries where isDotted(entry) { set(entry, on: &contact) }
        return contact
    }

    private func set(_ entry: YAMLNode.MappingEntry, on contact: inout Contact) {
        switch field(entry.key, at: entry.place, for: .read)?.path {
        case .customField(let slug): contact.customFields[slug] = customValue(entry.value)
        case .externalID(let label):
            contact.externalIDs[label] = anyText(entry.value).map { .single($0) }
        case .accountExternalID(let label):
            var account = contact.account ?? Contact.Account(id: Self.unnamed)
            account.externalIDs[label] = anyText(entry.value).map { .single($0) }
            contact.account = account
        default: break
        }
    }

    private func account(_ values: [String: YAMLNode]) -> Contact.Account? {
        let id = anyText(values["account_id"])
        guard let node = values["account"], !node.isNull else {
            return id.map { Contact.Account(id: $0) }
        }
        guard let account = keys(of: node, in: Vocabulary.accountKeys, of: "`account`")
        else { return nil }
        let inner = anyText(account["id"])
        if let id, let inner, !id.hasSameBytes(as: inner) {
            error("`account_id` and the account's `id` differ", at: node)
        }
        return Contact.Account(
            id: inner ?? id ?? Self.unnamed, externalIDs: labels(account["external_ids"]))
    }

    private func customFields(_ node: YAMLNode?) -> [ByteText: Contact.CustomValue] {
        nullableEntries(node, what: "`custom_fields`").reduce(into: [:]) { fields, entry in
            fields[entry.key] = customValue(entry.value)
        }
    }

    private func customValue(_ node: YAMLNode) -> Contact.CustomValue? {
        if case .sequence = node.content {
            let values = anyTexts(node)
            return values.isEmpty ? nil : .multiple(values)
        }
        return anyText(node).map(Contact.CustomValue.single)
    }

    private func labels(_ node: YAMLNode?) -> [ByteText: Contact.CustomValue] {
        nullableEntries(node, what: "`external_ids`").reduce(into: [:]) { labels, entry in
            labels[entry.key] = anyText(entry.value).map { .single($0) }
        }
    }

    private func nullableEntries(_ node: YAMLNode?, what: String) -> [YAMLNode.MappingEntry] {
        guard let node, !node.isNull else { return [] }
        return entries(of: node, what: what) ?? []
    }
}
