internal import Contacts
internal import Foundation

extension RulesetReader {
    /// How the tests of a file run.
    mutating func readTestMode(_ node: YAMLNode, hasTests: Bool) {
        guard case .text(Vocabulary.enforced, isPlain: _) = node.content else {
            error("`as` takes only `\(Vocabulary.enforced)`", at: node)
            return
        }
        if !hasTests { error("`as` says how the tests of the file run, and it has none", at: node) }
    }

    mutating func readTest(_ node: YAMLNode, isEnforced: Bool) {
        guard let values = keys(of: node, in: Vocabulary.testKeys, of: "a test") else { return }
        let name = values["name"].flatMap {
            prose($0, what: "`name`")
        }
        let given = values["given"].flatMap { contact($0) }
        let expectation = values["expect"].flatMap { self.expectation($0) }
        let now = values["now"].flatMap { instant($0, what: "`now`", isEnd: false) }
        let grants = values["granted"].map { self.grants($0) } ?? [:]
        guard let name, let given, let expectation else { return }
        tests.append(
            RuleTest(
                name: name, file: file, line: node.place.line, given: given,
                grants: grants, now: now, isEnforced: isEnforced, expectation: expectation))
    }

    private mutating func expectation(_ node: YAMLNode) -> RuleTest.Expectation? {
        guard let values = keys(of: node, in: Vocabulary.expectKeys, of: "`expect`")
        else { return nil }
        if case .mapping(let entries) = node.content, entries.isEmpty {
            error("the test asserts nothing", at: node)
        }
        var expectation = RuleTest.Expectation()
        expectation.set = values["set"].flatMap { expectedValues($0, "set") }
        expectation.after = values["after"].flatMap { expectedValues($0, "after") } ?? []
        if let node = values["after"], case .mapping(let entries) = node.content, entries.isEmpty {
            error("`after` must say what a field holds in the end", at: node)
        }
        expectation.held = values["held"].map { node in
            if case .sequence(let items) = node.content, items.isEmpty { return [] }
            return rules(node, "held")
        }
        expectation.matched = values["matched"].map { rules($0, "matched") } ?? []
        expectation.notMatched = values["not_matched"].map { rules($0, "not_matched") } ?? []
        expectation.beaten = values["beaten"].map { rules($0, "beaten") } ?? []
        if let node = values["email.status"], let text = text(node, what: "`email.status`"),
            operand(text, node, .is, for: .status) != nil
        {
            expectation.status = EmailAddress.Status(rawValue: text)
        }
        return expectation
    }

    /// What a test expects to be sent, or to be there in the end; `{}` is nothing.
    private mutating func expectedValues(
        _ node: YAMLNode, _ key: String
    ) -> [(field: SettableField, value: String)]? {
        guard case .mapping(let entries) = node.content else {
            error("`\(key)` must be a mapping, not \(node.kindName)", at: node)
            return nil
        }
        return entries.compactMap { entry in
            guard let field = settable(entry) else { return nil }
            return expectedValue(entry.value, of: field, named: entry.key).map { (field, $0) }
        }
    }

    /// A value, or `{ clear: true }` for none.
    mutating func expectedValue(
        _ node: YAMLNode, of field: SettableField, named name: String
    ) -> String? {
        if case .mapping(let entries) = node.content, entries.count == 1,
            entries[0].key == Vocabulary.clear
        {
            return clearing(entries[0], of: field, named: name)?.value
        }
        return text(node, what: "the value of `\(name)`", edges: .any)
    }

    mutating func rules(_ node: YAMLNode, _ key: String) -> [String] {
        sequence(node, what: "`\(key)`").compactMap { item in
            guard let id = text(item, what: "a rule of `\(key)`", atMost: RuleLimits.idBytes)
            else { return nil }
            let isRow = id.hasSuffix("]") && rules.contains { $0.id == id }
            // What is wrong with its table is told there; which rows it has is not known.
            let isUnknownRow =
                !brokenTables.isEmpty && id.hasSuffix("]") && bases.contains(Rule.base(of: id))
            if isUnknownRow, !isRow { return nil }
            guard bases.contains(id) || isRow else {
                error(
                    "there is no rule `\(id)`", at: item,
                    suggestion: renamed(id) ?? nearest(to: id, among: bases.sorted()))
                return nil
            }
            return id
        }
    }
}

extension RulesetReader {
    /// The id of a contact or an account that a test does not name.
    private static let unnamed = "test"

    /// A contact in the words of the API, nested or with dots; null and "" are as absent.
    private mutating func contact(_ node: YAMLNode) -> Contact? {
        guard case .mapping(let entries) = node.content else {
            error("`given` must be a mapping, not \(node.kindName)", at: node)
            return nil
        }
        var contact = Contact(id: Self.unnamed)
        let (dotted, plain) = entries.reduce(into: ([YAMLNode.Entry](), [YAMLNode.Entry]())) {
            if Self.isDotted($1.key) { $0.0.append($1) } else { $0.1.append($1) }
        }
        let whole = YAMLNode(place: node.place, content: .mapping(plain))
        let values = keys(of: whole, in: Vocabulary.givenKeys, of: "`given`") ?? [:]
        contact.id = anyText(values["id"]) ?? Self.unnamed
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
        for entry in dotted { set(entry, on: &contact) }
        return contact
    }

    private static func isDotted(_ key: String) -> Bool {
        Vocabulary.fields.contains { $0.prefix != nil && $0.covers(key) }
    }

    private mutating func set(_ entry: YAMLNode.Entry, on contact: inout Contact) {
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

    private mutating func account(_ values: [String: YAMLNode]) -> Contact.Account? {
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

    private mutating func customFields(_ node: YAMLNode?) -> [ByteText: Contact.CustomValue] {
        entries(node, what: "`custom_fields`").reduce(into: [:]) { fields, entry in
            fields[entry.key] = customValue(entry.value)
        }
    }

    private mutating func customValue(_ node: YAMLNode) -> Contact.CustomValue? {
        if case .sequence = node.content {
            let values = anyTexts(node)
            return values.isEmpty ? nil : .multiple(values)
        }
        return anyText(node).map(Contact.CustomValue.single)
    }

    private mutating func labels(_ node: YAMLNode?) -> [ByteText: Contact.CustomValue] {
        entries(node, what: "`external_ids`").reduce(into: [:]) { labels, entry in
            labels[entry.key] = anyText(entry.value).map { .single($0) }
        }
    }

    private mutating func entries(_ node: YAMLNode?, what: String) -> [YAMLNode.Entry] {
        guard let node, !node.isNull else { return [] }
        guard case .mapping(let entries) = node.content else {
            error("\(what) must be a mapping, not \(node.kindName)", at: node)
            return []
        }
        return entries
    }

    mutating func anyText(_ node: YAMLNode?) -> String? {
        guard let node, !node.isNull else { return nil }
        guard case .text(let text, _) = node.content else {
            error("this must be text, not \(node.kindName)", at: node)
            return nil
        }
        warnOfTypographicQuotes(text, at: node)
        return text.isEmpty ? nil : text
    }

    private mutating func anyTexts(_ node: YAMLNode?) -> [String] {
        guard let node, !node.isNull else { return [] }
        guard case .sequence(let items) = node.content else {
            error("this must be a list, not \(node.kindName)", at: node)
            return []
        }
        return items.compactMap { anyText($0) }
    }
}
