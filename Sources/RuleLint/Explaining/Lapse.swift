internal import Contacts
package import Foundation
internal import Rules

/// Something that has ended and would have counted for a contact.
package struct Lapse: Sendable, Codable, Equatable {
    package enum Kind: String, Sendable, Codable {
        /// The rule itself, which would be true.
        case rule
        /// A value of a list, for want of which the rule is unknown.
        case value
        /// An exception that left the contact out of the rule.
        case exception
    }

    package let kind: Kind
    package let rule: String
    /// What has ended: the rule, the value or the exception.
    package let name: String
    package let endedAt: Date

    enum CodingKeys: String, CodingKey {
        case kind, rule, name
        case endedAt = "ended_at"
    }
}

extension Lapse: CustomStringConvertible {
    package var description: String {
        let time = endedAt.formatted(.iso8601)
        return switch kind {
        case .rule: "rule `\(rule)` ended at \(time)"
        case .value: "`\(name.escaped)`, in a list that `\(rule)` names, expired at \(time)"
        case .exception: "the exception `\(name)` to `\(rule)` ended at \(time)"
        }
    }
}

/// The rules and exceptions that end by themselves, worked out once for many contacts.
struct LapseFinder {
    private let fields: [FieldPath]
    private let endingRules: [Rule]
    private let rulesOfLists: [Rule]
    /// Each with the rules that it is for.
    private let exceptions: [(exception: Exception, rules: [Rule])]

    init(_ ruleset: Ruleset) {
        let rules = ruleset.rules.filter { $0.mode != .off }
        fields = ruleset.fields
        endingRules = rules.filter { $0.until != nil }
        rulesOfLists = rules.filter { rule in
            rule.condition.predicates.contains { !$0.expires.isEmpty }
        }
        exceptions = ruleset.exceptions.map { exception in
            (exception, rules.filter(exception.covers))
        }
    }

    /// What had ended by then, by rule.
    func lapses(for contact: Contact, at now: Instant) -> [Lapse] {
        let context = EvaluationContext(contact, fields: fields, now: now)
        let rules = endingRules.filter { $0.condition.truth(of: context) == .true }
            .compactMap { lapse(.rule, of: $0, $0.id, $0.until, at: now) }
        let values = rulesOfLists.filter {
            $0.isActive(at: now) && $0.condition.truth(of: context) == .unknown
        }.flatMap { rule in
            rule.condition.predicates.compactMap { predicate -> Lapse? in
                guard case .text(let text) = context.values[predicate.field] else { return nil }
                let name = String(decoding: text, as: UTF8.self)
                return lapse(.value, of: rule, name, predicate.expires[text], at: now)
            }
        }
        let exceptions = exceptions.filter { $0.exception.isFor(contact) }.flatMap { entry in
            entry.rules.filter {
                $0.isActive(at: now) && $0.condition.truth(of: context) == .true
            }.compactMap {
                lapse(.exception, of: $0, entry.exception.id, entry.exception.until, at: now)
            }
        }
        return (rules + values + exceptions).sorted { ($0.rule, $0.name) < ($1.rule, $1.name) }
    }

    private func lapse(
        _ kind: Lapse.Kind, of rule: Rule, _ name: String, _ end: Instant?, at now: Instant
    ) -> Lapse? {
        guard let end, end <= now else { return nil }
        return Lapse(
            kind: kind, rule: rule.id, name: name,
            endedAt: Date(timeIntervalSinceReferenceDate: end))
    }
}
