internal import Contacts
internal import Rules

/// Names in rules that no contact has.
///
/// A look at some of the contacts can be made apart and merged; what is kept grows with the rules,
/// not with the contacts.
struct UnmatchedNames: Sendable {
    private let named: NamedValues
    /// Custom fields and external ids that rules read.
    private let read: Set<FieldPath>
    /// The names that contacts have.
    private var found: Set<Int> = []
    /// Custom fields and external ids that contacts have: those that rules read, and at most
    /// `maxFields` others.
    private var fields: Set<FieldPath> = []
    /// Roles that contacts have; at most `maxRoles`.
    private var roles: Set<String> = []

    /// Fields that a misspelt one is compared with; a workspace has tens.
    private static let maxFields = 10_000
    /// Roles that a misspelt one is compared with; a workspace has a few.
    private static let maxRoles = 200
    /// Names of one kind for which a near one is looked for, since that takes a while.
    private static let maxSuggestions = 20
    /// Names of one mention that are told; of more, there is a number.
    private static let maxNames = 3

    /// - Parameter rules: Those that count.
    init(_ ruleset: Ruleset, rules: [Rule]) {
        named = NamedValues(ruleset, rules: rules)
        let conditions = rules.map(\.condition) + ruleset.guardrails.map(\.condition)
        read = Set(
            conditions.flatMap(\.fields).map { ruleset.fields[$0] }.filter(\.isOwnName))
    }

    private init(_ named: NamedValues, _ read: Set<FieldPath>) {
        (self.named, self.read) = (named, read)
    }

    /// The same before anybody was looked at.
    var empty: UnmatchedNames { UnmatchedNames(named, read) }

    mutating func add(_ contact: Contact) {
        for slug in contact.customFields.keys { add(.customField(slug: slug.text)) }
        for label in contact.externalIDs.keys { add(.externalID(label: label.text)) }
        for label in contact.account?.externalIDs.keys ?? [:].keys {
            add(.accountExternalID(label: label.text))
        }
        if let role = contact.portalRole { add(role: role) }
        if named.fields.isEmpty { return }
        let context = EvaluationContext(contact, fields: named.fields)
        for (value, lookup) in zip(context.values, named.lookups) {
            switch value {
            case .text(let text): find(text, in: lookup)
            case .list(let texts, _): for text in texts { find(text, in: lookup) }
            case .unreadable, .unreadablePart, .absent: break
            }
        }
    }

    mutating func merge(_ other: UnmatchedNames) {
        found.formUnion(other.found)
        for field in other.fields { add(field) }
        for role in other.roles { add(role: role) }
    }

    private mutating func add(_ field: FieldPath) {
        if fields.count < Self.maxFields || read.contains(field) { fields.insert(field) }
    }

    private mutating func add(role: String) {
        if roles.count < Self.maxRoles { roles.insert(role) }
    }

    private mutating func find(_ text: Bytes, in lookup: NamedValues.Lookup) {
        if let name = lookup.whole[text] { found.insert(name) }
        if lookup.under.isEmpty { return }
        var rest = text[...]
        while true {
            if let name = lookup.under[Bytes(rest)] { found.insert(name) }
            guard let dot = rest.firstIndex(of: UInt8(ascii: ".")) else { return }
            rest = rest[(dot + 1)...]
        }
    }

    /// By kind, each in order.
    var warnings: [DanglingReferences.Warning] {
        let mentions = Dictionary(
            grouping: named.mentions.compactMap(dangling), by: { $0.mention.field.nameKind })
        return unknownFields
            + DanglingReferences.Warning.Kind.allCases.flatMap { kind in
                (mentions[kind] ?? []).map { ($0.mention, $0.names, Self.users(of: $0.mention)) }
                    .sorted { $0.2 < $1.2 }.enumerated().map { index, dangling in
                        DanglingReferences.Warning(
                            kind: kind,
                            text: text(
                                dangling.0, dangling.1, users: dangling.2,
                                isSuggesting: index < Self.maxSuggestions))
                    }
            }
    }

    private var unknownFields: [DanglingReferences.Warning] {
        let known = fields.map(\.description)
        return read.subtracting(fields).map(\.description).sorted().enumerated()
            .map { index, field in
                let near =
                    index < Self.maxSuggestions ? Suggestion.name(to: field, among: known) : nil
                return DanglingReferences.Warning(
                    kind: .field,
                    text: "rules test \(field), which no contact has"
                        + (near.map { "; contacts have \($0.escaped)" } ?? ""))
            }
    }

    /// The names of a mention that no contact has; nil where there are none, and where contacts
    /// have not even the field.
    private func dangling(
        _ mention: NamedValues.Mention
    ) -> (mention: NamedValues.Mention, names: [String])? {
        let missing = mention.names.subtracting(found)
        guard !missing.isEmpty, !mention.field.isOwnName || fields.contains(mention.field)
        else { return nil }
        return (mention, missing.map { String(decoding: named.names[$0], as: UTF8.self) }.sorted())
    }

    private static func users(of mention: NamedValues.Mention) -> String {
        let users = mention.users.sorted()
        let others = users.count - maxNames
        return users.prefix(maxNames).joined(separator: ", ")
            + (others > 0 ? " and \(others) more" : "")
    }

    private func text(
        _ mention: NamedValues.Mention, _ names: [String], users: String, isSuggesting: Bool
    ) -> String {
        let isOne = mention.users.count == 1
        let verb = (mention.isSet ? "set" : "name") + (isOne ? "s" : "")
        let noun = mention.field.noun(isOne: names.count == 1)
        let shown = names.prefix(Self.maxNames).map(\.escaped).joined(separator: ", ")
        guard names.count <= Self.maxNames else {
            return "\(users) \(verb) \(names.count) \(noun) that no contact has: \(shown) …"
        }
        let near =
            isSuggesting && mention.field == .portalRole
            ? Set(names.compactMap { Suggestion.name(to: $0, among: roles) }).sorted() : []
        return "\(users) \(verb) the \(noun) \(shown), which no contact has"
            + (near.isEmpty ? "" : "; contacts have \(near.map(\.escaped).joined(separator: ", "))")
    }
}

extension FieldPath {
    /// Whether people have named it, so that it can be misspelt.
    fileprivate var isOwnName: Bool {
        switch self {
        case .customField, .accountExternalID, .externalID: true
        default: false
        }
    }

    fileprivate var nameKind: DanglingReferences.Warning.Kind {
        switch self {
        case .id: .contact
        case .accountID: .account
        case .emailDomain, .emailSite: .domain
        case .email: .address
        case .portalRole, .portalRoleID: .role
        default: .externalID
        }
    }

    /// What stands at the path, for people.
    fileprivate func noun(isOne: Bool) -> String {
        let (one, several) =
            switch self {
            case .id: ("contact id", "contact ids")
            case .accountID: ("account", "accounts")
            case .emailDomain, .emailSite: ("domain", "domains")
            case .email: ("address", "addresses")
            case .portalRole: ("role", "roles")
            case .portalRoleID: ("role id", "role ids")
            default: ("\(self)", "values of \(self)")
            }
        return isOne ? one : several
    }
}
