internal import Contacts
internal import Rules

/// The names in a ruleset of what contacts have: their ids, accounts, addresses, domains and roles.
///
/// Worked out once. A list counts once however many rules name it, and so do the rows of a table.
final class NamedValues: Sendable {
    /// Names that stand together: in a rule, in a list, or in the rows of a table.
    struct Mention: Sendable {
        let field: FieldPath
        /// Whether rules set them; else they compare with them.
        let isSet: Bool
        /// Who names them, in words.
        fileprivate(set) var users: Set<String> = []
        /// Their positions in `NamedValues.names`.
        fileprivate(set) var names: Set<Int> = []
    }

    /// Where names of one field stand.
    struct Lookup: Sendable {
        fileprivate(set) var whole: [Bytes: Int] = [:]
        /// Of domains that stand for everything under them, too.
        fileprivate(set) var under: [Bytes: Int] = [:]
    }

    let names: [Bytes]
    let mentions: [Mention]
    /// The fields in which contacts have names, and where those stand.
    let fields: [FieldPath]
    let lookups: [Lookup]

    /// - Parameter rules: Those that count.
    init(_ ruleset: Ruleset, rules: [Rule]) {
        var reader = NameReader(fields: ruleset.fields)
        for rule in rules {
            let user = "the rule \(rule.base)"
            for predicate in rule.condition.predicates { reader.read(predicate, of: user) }
            for effect in rule.effects { reader.read(effect, of: user) }
            for (field, value) in rule.terms.revertTo {
                reader.read([Bytes(of: value)], of: field.path, isSet: true, by: user)
            }
        }
        for guardrail in ruleset.guardrails {
            let user = "the guardrail \(guardrail.id)"
            for predicate in guardrail.condition.predicates { reader.read(predicate, of: user) }
        }
        names = reader.names
        mentions = Array(reader.mentions.values)
        let lookups = reader.lookups.sorted { $0.key.description < $1.key.description }
        (fields, self.lookups) = (lookups.map(\.key), lookups.map(\.value))
    }
}

/// Gathers names, each once.
private struct NameReader {
    /// What keeps names together.
    struct MentionKey: Hashable {
        let field: FieldPath
        let isSet: Bool
        /// A list, or who names them.
        let source: String
    }

    let fields: [FieldPath]
    private(set) var names: [Bytes] = []
    private(set) var mentions: [MentionKey: NamedValues.Mention] = [:]
    private(set) var lookups: [FieldPath: NamedValues.Lookup] = [:]

    init(fields: [FieldPath]) { self.fields = fields }

    mutating func read(_ predicate: Predicate, of user: String) {
        let path = fields[predicate.field]
        switch predicate.comparison {
        case .is(let value): read([value], of: path, isSet: false, by: user)
        case .under(let domain):
            read([domain], of: path, isSet: false, by: user, in: \.under)
        case .among(let values), .hasAny(let values), .hasAll(let values):
            read(values, of: path, isSet: false, by: user, list: predicate.listName)
        case .startsWith, .endsWith, .contains, .isCI, .within, .age, .present: break
        }
    }

    mutating func read(_ effect: Effect, of user: String) {
        guard let text = effect.knownText else { return }
        read([text], of: effect.field.path, isSet: true, by: user)
    }

    /// - Parameters:
    ///   - list: The list whose values these are.
    ///   - table: Where the names of the field are looked up.
    mutating func read(
        _ values: some Collection<Bytes>, of field: FieldPath, isSet: Bool, by user: String,
        list: String? = nil, in table: WritableKeyPath<NamedValues.Lookup, [Bytes: Int]> = \.whole
    ) {
        guard field.holdsNames else { return }
        let key = MentionKey(
            field: field, isSet: isSet, source: list.map { "the list \($0)" } ?? user)
        let isKnownList = list != nil && mentions[key] != nil
        var mention = mentions.removeValue(forKey: key) ?? .init(field: field, isSet: isSet)
        mention.users.insert(user)
        if !isKnownList {
            var lookup = lookups.removeValue(forKey: field) ?? .init()
            for value in values where !field.isBuiltIn(value) {
                mention.names.insert(number(of: value, in: &lookup[keyPath: table]))
            }
            lookups[field] = lookup
        }
        mentions[key] = mention
    }

    private mutating func number(of name: Bytes, in table: inout [Bytes: Int]) -> Int {
        if let known = table[name] { return known }
        names.append(name)
        table[name] = names.count - 1
        return names.count - 1
    }
}

extension FieldPath {
    /// Whether what stands here is a name that contacts have in common with rules.
    fileprivate var holdsNames: Bool {
        switch self {
        case .id, .email, .emailDomain, .emailSite, .accountID, .accountExternalID, .externalID,
            .portalRole, .portalRoleID:
            true
        default: false
        }
    }

    /// Whether it is there although no contact may have it: nothing at all, and the roles of every
    /// workspace.
    fileprivate func isBuiltIn(_ value: Bytes) -> Bool {
        value.isEmpty || self == .portalRole && Vocabulary.rank(ofRole: value) != nil
    }
}

extension Predicate {
    /// The list whose values it compares with.
    fileprivate var listName: String? {
        name == .inList || name == .notInList ? operand.first : nil
    }
}

extension Effect {
    /// What it sets whatever the contact is; nil where that depends on the contact.
    fileprivate var knownText: Bytes? {
        guard case .template(let segments) = kind else { return bytes }
        var text: Bytes = []
        for segment in segments {
            guard case .text(let part) = segment else { return nil }
            text += part.utf8
        }
        return text
    }
}
