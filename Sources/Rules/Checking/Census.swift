package import Contacts

/// What looking at all contacts tells about the rules themselves: names that no contact has, and
/// contacts whom a rule passes over for want of a value.
///
/// A look at some of the contacts can be made apart and merged.
package struct Census: Sendable {
    let question: Question
    /// Slugs of custom fields that contacts have; at most `maxSlugs`.
    private(set) var slugs: Set<String> = []
    private(set) var contactIDs: Set<String> = []
    private(set) var accountIDs: Set<String> = []
    /// By rule as written, contacts that it passes over, by what they lack.
    private(set) var spared: [String: [MissingValue: Int]] = [:]

    /// Slugs that are remembered. Source: ours; a workspace has tens.
    private static let maxSlugs = 10_000

    package init(_ ruleset: Ruleset) { question = Question(ruleset) }

    private init(_ question: Question) { self.question = question }

    /// The same question before anybody was looked at.
    package var empty: Census { Census(question) }

    package mutating func add(_ contact: Contact) {
        for slug in contact.customFields.keys where slugs.count < Self.maxSlugs {
            slugs.insert(slug)
        }
        if question.contactIDs[contact.id] != nil { contactIDs.insert(contact.id) }
        if let id = contact.account?.id, question.accountIDs[id] != nil { accountIDs.insert(id) }
        guard !question.lowering.isEmpty else { return }
        let reading = Reading(contact, fields: question.fields)
        for (base, conditions) in question.lowering {
            let missing = conditions.reduce(into: Set()) { missing, condition in
                missing.formUnion(condition.passedOver(reading, question.fields))
            }
            for value in missing { spared[base, default: [:]][value, default: 0] += 1 }
        }
    }

    package mutating func merge(_ other: Census) {
        slugs.formUnion(other.slugs)
        contactIDs.formUnion(other.contactIDs)
        accountIDs.formUnion(other.accountIDs)
        spared.merge(other.spared) { $0.merging($1, uniquingKeysWith: +) }
    }

    /// What an author of rules should know, in words and in order.
    package var warnings: [String] { unknownSlugs + unknownIDs + passedOver }

    private var unknownSlugs: [String] {
        question.slugs.subtracting(slugs).sorted().map { slug in
            let near = Nearest.name(to: slug, among: slugs.sorted())
            return "rules test custom_fields.\(slug), which no contact has"
                + (near.map { "; contacts have custom_fields.\($0)" } ?? "")
        }
    }

    private var unknownIDs: [String] {
        func words(_ what: String, _ wanted: [String: Set<String>], _ found: Set<String>)
            -> [String]
        {
            wanted.filter { !found.contains($0.key) }.sorted { $0.key < $1.key }.map { id, users in
                "\(users.sorted().joined(separator: ", ")) "
                    + "\(users.count == 1 ? "names" : "name") the \(what) \(id), which no contact has"
            }
        }
        return words("contact id", question.contactIDs, contactIDs)
            + words("account", question.accountIDs, accountIDs)
    }

    private var passedOver: [String] {
        spared.sorted { $0.key < $1.key }.flatMap { rule, missing in
            missing.sorted { $0.key < $1.key }.map { value, count in
                let (what, test) =
                    switch value {
                    case .address: ("address", "email.status")
                    case .field(let name): ("value in \(name)", "\(name): { absent: true }")
                    }
                return "the rule \(rule) lowers access and passes over \(count) "
                    + "contact\(count == 1 ? "" : "s") without a readable \(what); "
                    + "test \(test) to reach them"
            }
        }
    }
}

extension Census {
    /// What to look for, worked out once.
    final class Question: Sendable {
        let fields: [FieldPath]
        let slugs: Set<String>
        /// Id → who names it.
        let contactIDs: [String: Set<String>]
        let accountIDs: [String: Set<String>]
        /// By rule as written, the conditions that lower by what a value is not.
        let lowering: [String: [Condition]]

        init(_ ruleset: Ruleset) {
            let fields = ruleset.fields
            let rules = ruleset.rules.filter { $0.mode != .off }
            let tests = rules.flatMap { rule in rule.condition.tests.map { (rule.base, $0) } }
            self.fields = fields
            slugs = Set(
                tests.compactMap { _, test in
                    if case .customField(let slug) = fields[test.field] { slug } else { nil }
                })
            var (contacts, accounts) = ([String: Set<String>](), [String: Set<String>]())
            for (rule, test) in tests {
                switch fields[test.field] {
                case .id:
                    for id in test.named { contacts[id, default: []].insert("the rule \(rule)") }
                case .accountID:
                    for id in test.named { accounts[id, default: []].insert("the rule \(rule)") }
                default: break
                }
            }
            for exception in ruleset.exceptions {
                let name = "the exception \(exception.id)"
                if let id = exception.contactID { contacts[id, default: []].insert(name) }
                if let id = exception.accountID { accounts[id, default: []].insert(name) }
            }
            (contactIDs, accountIDs) = (contacts, accounts)
            lowering = Dictionary(
                grouping: rules.filter { !$0.passedOver(in: fields).isEmpty }, by: \.base
            ).mapValues { $0.map(\.condition) }
        }
    }
}

extension Test {
    /// The values that it compares with as a whole.
    fileprivate var named: [String] {
        switch check {
        case .is(let value): [String(decoding: value, as: UTF8.self)]
        case .among(let values): values.map { String(decoding: $0, as: UTF8.self) }
        default: []
        }
    }
}
