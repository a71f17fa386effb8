package import Contacts

/// What looking at all contacts tells about the rules themselves: names that no contact has, and
/// contacts whom a rule passes over for want of a value.
///
/// A look at some of the contacts can be made apart and merged.
package struct Census: Sendable {
    let question: Question
    private var references: DanglingReferences
    /// By rule as written, contacts that it passes over, by what they lack.
    private(set) var spared: [String: [MissingValue: Int]] = [:]

    package init(_ ruleset: Ruleset) {
        self.init(Question(ruleset), DanglingReferences(ruleset))
    }

    private init(_ question: Question, _ references: DanglingReferences) {
        self.question = question
        self.references = references
    }

    /// The same question before anybody was looked at.
    package var empty: Census { Census(question, references.empty) }

    package mutating func add(_ contact: Contact) {
        references.add(contact)
        guard !question.lowering.isEmpty else { return }
        let reading = Reading(contact, fields: question.fields)
        var missing: [String: Set<MissingValue>] = [:]
        for position in question.index.candidates(for: reading) {
            let rule = question.lowering[Int(position)]
            let values = rule.condition.passedOver(reading, question.fields)
            if !values.isEmpty { missing[rule.base, default: []].formUnion(values) }
        }
        for (base, values) in missing {
            for value in values { spared[base, default: [:]][value, default: 0] += 1 }
        }
    }

    package mutating func merge(_ other: Census) {
        references.merge(other.references)
        spared.merge(other.spared) { $0.merging($1, uniquingKeysWith: +) }
    }

    /// Something that an author of rules should know.
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
    package var warnings: [Warning] { references.warnings + passedOver }

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
                    text: "the rule \(rule) lowers access and passes over \(count) "
                        + "contact\(count == 1 ? "" : "s") without a readable \(what); "
                        + "test \(test) to reach them")
            }
        }
    }
}

extension Census {
    /// What to look for, worked out once.
    final class Question: Sendable {
        let fields: [FieldPath]
        /// Rules that lower by what a value is not.
        let lowering: [Rule]
        /// Over `lowering`: what a rule needs a contact to have is never what it passes over.
        let index: RuleIndex

        init(_ ruleset: Ruleset) {
            let fields = ruleset.fields
            self.fields = fields
            lowering = ruleset.rules.filter {
                $0.mode != .off && !$0.passedOver(in: fields).isEmpty
            }
            index = RuleIndex(lowering)
        }
    }
}
