package import Contacts
package import Foundation
package import Rules

/// What looking at all contacts tells about the rules themselves: names that no contact has, and
/// contacts whom a rule passes over for want of a value.
///
/// A look at some of the contacts can be made apart and merged.
package struct DanglingReferences: Sendable {
    let question: Question
    private var names: UnmatchedNames
    /// Whom exceptions are for, as far as there is such a contact.
    private var scopes: Set<Exception.Scope> = []
    /// By rule as written, contacts that it passes over, by what they lack.
    private var spared: [String: [MissingValue: Int]] = [:]

    /// - Parameter now: What has ended by then asks for nothing; without it, nothing has.
    package init(_ ruleset: Ruleset, at now: Date? = nil) {
        let question = Question(ruleset, at: now?.timeIntervalSinceReferenceDate)
        self.init(question, UnmatchedNames(ruleset, rules: question.rules))
    }

    private init(_ question: Question, _ names: UnmatchedNames) {
        self.question = question
        self.names = names
    }

    /// The same question before anybody was looked at.
    package var empty: DanglingReferences { DanglingReferences(question, names.empty) }

    package mutating func add(_ contact: Contact) {
        names.add(contact)
        if !question.exceptions.isEmpty {
            for scope in contact.scopes where question.exceptions[scope] != nil {
                scopes.insert(scope)
            }
        }
        guard !question.lowering.isEmpty else { return }
        let context = EvaluationContext(contact, fields: question.fields, now: question.now)
        var missing: [String: Set<MissingValue>] = [:]
        for position in question.index.candidates(for: context) {
            let rule = question.lowering[Int(position)]
            let values = rule.condition.passedOver(context, question.fields)
            if !values.isEmpty { missing[rule.base, default: []].formUnion(values) }
        }
        for (base, values) in missing {
            for value in values { spared[base, default: [:]][value, default: 0] += 1 }
        }
    }

    package mutating func merge(_ other: DanglingReferences) {
        names.merge(other.names)
        scopes.formUnion(other.scopes)
        spared.merge(other.spared) { $0.merging($1, uniquingKeysWith: +) }
    }

    /// What makes rules do something else than they say, in words and in order: exceptions for whom
    /// there is no contact.
    package var errors: [String] {
        question.exceptions.filter { !scopes.contains($0.key) }
            .flatMap { scope, ids in
                ids.map { "the exception \($0) is for \(scope.words), which no contact has" }
            }.sorted()
    }

    /// A warning for authors of rules.
    package struct Warning: Sendable, Encodable, Equatable {
        package enum Kind: Sendable, CaseIterable {
            case field, contact, account, externalID, address, domain, role, passedOver
        }

        package let kind: Kind
        package let text: String

        /// As its text.
        package func encode(to encoder: any Encoder) throws {
            var value = encoder.singleValueContainer()
            try value.encode(text)
        }
    }

    /// Those of one kind stand together.
    package var warnings: [Warning] { names.warnings + passedOver }

    private var passedOver: [Warning] {
        spared.sorted { $0.key < $1.key }.flatMap { rule, missing in
            missing.sorted { $0.key < $1.key }.map { value, count in
                let (what, test) =
                    switch value {
                    case .address: ("address", "email.status")
                    case .field(let name): ("value in \(name)", "\(name): { absent: true }")
                    }
                return Warning(
                    kind: .passedOver,
                    text: "the rule \(rule) lowers access and passes over "
                        + "\(count.count(of: "contact")) without a readable \(what); "
                        + "test \(test) to reach them")
            }
        }
    }
}

extension DanglingReferences {
    /// What to look for, worked out once.
    final class Question: Sendable {
        let now: Instant?
        let fields: [FieldPath]
        /// Those that are not off and have not ended.
        let rules: [Rule]
        /// By whom they are for, the ids of exceptions.
        let exceptions: [Exception.Scope: [String]]
        /// Rules that lower by what a value is not.
        let lowering: [Rule]
        /// Over `lowering`: what a rule needs a contact to have is never what it passes over.
        let index: RuleIndex

        init(_ ruleset: Ruleset, at now: Instant?) {
            (self.now, fields) = (now, ruleset.fields)
            rules = ruleset.rules.filter { rule in
                rule.mode != .off && now ?? -.infinity < rule.until ?? .infinity
            }
            exceptions = Dictionary(
                grouping: ruleset.exceptions.filter { now ?? -.infinity < $0.until }, by: \.scope
            ).mapValues { $0.map(\.id) }
            lowering = rules.filter { [fields] in !$0.passedOver(in: fields).isEmpty }
            index = RuleIndex(lowering)
        }
    }
}

extension Contact {
    /// Every way for an exception to name it.
    fileprivate var scopes: [Exception.Scope] {
        [
            .contact(id: id), account.map { .account(id: $0.id) },
            emailAddress.address.map { .address($0) },
        ].compactMap(\.self)
    }
}

extension Exception.Scope {
    fileprivate var words: String {
        switch self {
        case .contact(let id): "the contact id \(id)"
        case .address(let address): "the address \(address)"
        case .account(let id): "the account \(id)"
        }
    }
}
