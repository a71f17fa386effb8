package import Contacts
package import RuleLint
internal import Rules

extension Plan {
    /// How many contacts go from what to what.
    package struct Transition: Encodable, Sendable {
        package let field: String
        package let from: String
        package let to: String
        package internal(set) var contacts = 0
        package internal(set) var isLowering = false
        package internal(set) var isPrivileged = false

        init(field: String, from: String, to: String) {
            (self.field, self.from, self.to) = (field, from, to)
        }

        enum CodingKeys: String, CodingKey {
            case field, from, to, contacts
            case isLowering = "lowering"
            case isPrivileged = "privileged"
        }
    }

    package struct RuleCount: Encodable, Sendable {
        package internal(set) var rule: String
        /// The rows that are counted together; nil where it is one rule or one row.
        package internal(set) var rows: RowCount?
        /// Contacts for which it has its way, alone or with others.
        package internal(set) var contacts = 0
        package internal(set) var lowering = 0
        /// Contacts whose values it reverts.
        package internal(set) var givenBack = 0
        /// What would hold it; nil is nothing.
        package internal(set) var held: String?

        init(rule: String) { self.rule = rule }

        enum CodingKeys: String, CodingKey {
            case rule, rows, contacts, lowering, held
            case givenBack = "given_back"
        }
    }

    /// A rule that stands no more behind values that contacts still hold.
    package struct OrphanCount: Encodable, Sendable {
        package internal(set) var rule: String
        /// The rows that are counted together; nil where it is one rule or one row.
        package internal(set) var rows: RowCount?
        package let field: String
        package let state: Orphan.State
        /// How many contacts hold such a value.
        package internal(set) var contacts = 0
        package internal(set) var examples: [Example] = []

        static let maxExamples = 2

        init(_ left: Orphan) {
            (rule, field, state) = (left.rule, left.field.description, left.state)
        }

        /// The rule of the table whose row it was; else the rule itself.
        package var table: String { Rule.base(of: rule) }

        package struct Example: Encodable, Sendable {
            package let contact: String
            package let email: String?
        }

        mutating func add(_ contact: Contact) {
            contacts += 1
            guard examples.count < Self.maxExamples else { return }
            examples.append(Example(contact: contact.id, email: contact.email))
        }
    }

    /// Contacts that an exception leaves more access than a rule would.
    package struct ExemptedCount: Encodable, Sendable {
        package let exception: String
        package internal(set) var rule: String
        package internal(set) var contacts: Int

        init(_ exempted: Exempted, contacts: Int) {
            (exception, rule, self.contacts) = (exempted.exception, exempted.rule, contacts)
        }
    }

    /// Accounts whose administrators would all be lowered or moved away.
    package struct AdminLoss: Encodable, Sendable {
        package struct Account: Encodable, Sendable {
            package let account: AccountReference
            /// How many administrators it has now.
            package let admins: Int
            /// The rules that do it; at most three.
            package internal(set) var rules: [String]

            enum CodingKeys: CodingKey { case admins, rules }

            package func encode(to encoder: any Encoder) throws {
                try account.encode(to: encoder)
                var object = encoder.container(keyedBy: CodingKeys.self)
                try object.encode(admins, forKey: .admins)
                try object.encode(rules, forKey: .rules)
            }
        }

        package let accounts: Int
        /// More than `countedAccounts` have administrators, and only the first were counted.
        package let isCut: Bool
        /// Those with the most administrators; at most `shownAccounts`.
        package internal(set) var examples: [Account]

        enum CodingKeys: String, CodingKey {
            case accounts, examples
            case isCut = "cut"
        }
    }

    /// A rule whose bound leaves contacts alone, since a custom role has no order.
    package struct UnorderedCount: Encodable, Sendable {
        package internal(set) var rule: String
        /// The rows that are counted together; nil where it is one rule or one row.
        package internal(set) var rows: RowCount?
        package internal(set) var contacts: Int

        init(rule: String, contacts: Int) { (self.rule, self.contacts) = (rule, contacts) }
    }

    /// What the rules in shadow would change if all of them were enforced, decided together with
    /// those that are: no more than that is among its changes.
    package struct Shadow: Encodable, Sendable {
        package let changes: Int
        /// Contacts that would be changed.
        package let changed: Int
        package let transitions: [Transition]
        /// What the enforced rules do now, and would not any more.
        package let dropped: [Transition]
        package internal(set) var rules: [RuleCount]
        /// At most `shownContacts`.
        package let who: [Change]

        init(_ summary: ChangeSummary = ChangeSummary()) {
            (changes, changed) = (summary.changes, summary.changed)
            (transitions, dropped) = (summary.transitions.all, summary.dropped.all)
            (rules, who) = (summary.rules(), summary.who)
        }
    }

    /// A rule that is gone and a new one that means the same.
    package struct Rename: Encodable, Sendable, Equatable {
        /// The ids as written.
        package let from: String
        package let to: String
    }

    /// An account by its id, with the name that people know it by.
    package struct AccountReference: Encodable, Sendable, CustomStringConvertible {
        /// Empty is no account.
        package let id: String
        /// nil where there is no account, or too many to know them all.
        package let name: AccountName?

        enum CodingKeys: String, CodingKey {
            case id = "account"
            case domain
            case externalIDs = "external_ids"
        }

        package func encode(to encoder: any Encoder) throws {
            var object = encoder.container(keyedBy: CodingKeys.self)
            try object.encode(id, forKey: .id)
            try object.encodeIfPresent(name?.domain, forKey: .domain)
            try object.encodeIfPresent(name?.externalIDs, forKey: .externalIDs)
        }

        /// Fit for a terminal.
        package var description: String { name?.description ?? (id.isEmpty ? "none" : id.escaped) }
    }

    package struct AccountCount: Encodable, Sendable {
        package let account: AccountReference
        package let contacts: Int

        enum CodingKeys: CodingKey { case contacts }

        package func encode(to encoder: any Encoder) throws {
            try account.encode(to: encoder)
            var object = encoder.container(keyedBy: CodingKeys.self)
            try object.encode(contacts, forKey: .contacts)
        }
    }

    package struct Change: Encodable, Sendable {
        package let contact: String
        package let email: String?
        package let field: String
        package let from: FieldValue?
        /// Empty is nothing.
        package let to: String
        package let rules: [String]
        /// Values of these rules, which no longer match, are reverted.
        package let isGivenBack: Bool
        /// Why it waits for this contact alone; nil where it does not.
        package let held: String?

        enum CodingKeys: String, CodingKey {
            case contact, email, field, from, to, rules, held
            case isGivenBack = "given_back"
        }
    }

    package struct ConflictCount: Encodable, Sendable {
        struct Key: Hashable {
            let kind: String
            let slot: String
            let rules: [String]

            init(_ conflict: Conflict) {
                (kind, slot) = (conflict.kind.rawValue, conflict.slot)
                rules = Set(conflict.contenders.map(\.rule)).sorted()
            }
        }

        /// `tie` or `unsettled`.
        package let kind: String
        package let slot: String
        package internal(set) var rules: [String]
        package internal(set) var contacts: Int

        init(_ key: Key, contacts: Int) {
            (kind, slot, rules, self.contacts) = (key.kind, key.slot, key.rules, contacts)
        }
    }
}
