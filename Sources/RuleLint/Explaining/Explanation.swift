package import Contacts
package import Foundation
package import Rules

/// Why the rules want what they want for one contact: every rule, leaf by leaf, and the decision.
package struct Explanation: Sendable, Codable, Equatable {
    /// By id.
    package private(set) var rules: [ExplainedRule]
    /// By id; none where every row is one of `rules`.
    package private(set) var tables: [ExplainedTable] = []
    package let decision: Decision
    /// What has ended and would have counted.
    package let lapses: [Lapse]
}

/// A condition with what it saw: a combinator with parts, or a predicate with a value.
package struct ExplainedCondition: Sendable, Codable, Equatable {
    /// `all`, `any`, `none`, `not`, or the predicate as written, such as `email.domain is
    /// acme.com`.
    package let condition: String
    package let truth: Truth
    /// What the field held; nil for a combinator, and where there was nothing to read.
    package let value: FieldValue?
    package let parts: [ExplainedCondition]
}

/// A rule on a contact.
package struct ExplainedRule: Sendable, Codable, Equatable {
    package let rule: String
    package let mode: Rule.Mode
    package let priority: Int
    package let truth: Truth
    /// Whether it has begun and has not ended.
    package let isActive: Bool
    /// When it will begin, if it has not, and when it ended, if it has.
    package let beginsAt: Date?
    package let endedAt: Date?
    /// The round whose copy of the contact the rule is shown on: the first in which it was
    /// true; 1, the contact as it is, if in none.
    package let round: Int
    package let condition: ExplainedCondition

    enum CodingKeys: String, CodingKey {
        case rule, mode, priority, truth, round, condition
        case isActive = "is_active"
        case beginsAt = "begins_at"
        case endedAt = "ended_at"
    }
}

/// A table whose rows are folded.
package struct ExplainedTable: Sendable, Codable, Equatable, RuleEntry {
    package let rule: String
    package let mode: Rule.Mode
    package let priority: Int
    package let isActive: Bool
    /// The rows that are true, of all.
    package let rows: RowCount?
    /// How many rows are neither true nor false.
    package let unknown: Int
    /// The ids of the rows that are true, at most `maxMatched`.
    package let matched: [String]

    /// Rows that are named: few are ever true of one contact.
    static let maxMatched = 3

    enum CodingKeys: String, CodingKey {
        case rule, mode, priority, rows, unknown, matched
        case isActive = "is_active"
    }
}

extension Explanation {
    /// The same with the rows of each table as one.
    package func folded(_ folding: TableFolding) -> Explanation {
        var folded = self
        (folded.rules, folded.tables) = ([], [])
        for group in folding.fold(rules, by: \.rule) {
            if group.rows == nil {
                folded.rules += group.entries
            } else {
                folded.tables.append(ExplainedTable(group))
            }
        }
        return folded
    }
}

extension ExplainedTable {
    fileprivate init(_ group: TableFolding.Group<ExplainedRule>) {
        let matched = group.entries.filter { $0.truth == .true }.map(\.rule)
        rule = group.rule
        // The rows of a table are one rule, and have these in common.
        (mode, priority) = (group.entries[0].mode, group.entries[0].priority)
        isActive = group.entries[0].isActive
        rows = RowCount(count: matched.count, total: group.entries.count)
        unknown = group.entries.count { $0.truth == .unknown }
        self.matched = Array(matched.prefix(Self.maxMatched))
    }
}

extension Ruleset {
    /// Explains every rule on a contact, also those that are off; pure.
    package func explain(
        _ contact: Contact, memory: ContactMemory = ContactMemory(), now: Date? = nil
    ) -> Explanation {
        let evaluation = evaluate(contact, memory: memory, now: now)
        let instant = now?.timeIntervalSinceReferenceDate
        let explained = rules.map { rule in
            let match = evaluation.matches.first { $0.rule === rule }
            let seen =
                match.map { evaluation.seen(in: $0.round) }
                ?? (rule.mode == .shadow ? evaluation.outcome : contact)
            let part = part(
                rule.condition, seen, EvaluationContext(seen, fields: fields, now: instant))
            return ExplainedRule(
                rule: rule.id, mode: rule.mode, priority: rule.priority, truth: part.truth,
                isActive: rule.isActive(at: instant),
                beginsAt: rule.beginning(after: instant),
                endedAt: rule.end(before: instant),
                round: match?.round ?? 1, condition: part)
        }
        return Explanation(
            rules: explained, decision: evaluation.decision,
            lapses: instant.map { LapseFinder(self).lapses(for: contact, at: $0) } ?? [])
    }

    private func part(
        _ condition: Condition, _ contact: Contact, _ context: EvaluationContext
    ) -> ExplainedCondition {
        func combined(_ name: CombinatorName, _ parts: [Condition]) -> ExplainedCondition {
            ExplainedCondition(
                condition: name.rawValue, truth: condition.truth(of: context), value: nil,
                parts: parts.map { part($0, contact, context) })
        }
        switch condition {
        case .all(let parts): return combined(.all, parts)
        case .any(let parts): return combined(.any, parts)
        case .none(let parts): return combined(.none, parts)
        case .not(let inner): return combined(.not, [inner])
        case .predicate(let predicate):
            let path = fields[predicate.field]
            return ExplainedCondition(
                condition: "\(path) \(predicate.description)"
                    + (predicate.why.map { " (\($0))" } ?? ""), truth: predicate.truth(of: context),
                value: contact[path], parts: [])
        }
    }
}

extension Rule {
    fileprivate func beginning(after now: Instant?) -> Date? {
        guard let now, let from, now < from else { return nil }
        return Date(timeIntervalSinceReferenceDate: from)
    }

    fileprivate func end(before now: Instant?) -> Date? {
        guard let now, let until, until <= now else { return nil }
        return Date(timeIntervalSinceReferenceDate: until)
    }
}
