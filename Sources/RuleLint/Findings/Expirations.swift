package import Foundation
package import Rules

/// What ends by itself: rules, exceptions and values of lists, each group in order of time.
package struct Expirations: Sendable, Equatable {
    /// Until now.
    package let ended: [String]
    /// From now on, within `notice`.
    package let ending: [String]

    /// How long before it ends something is listed. Source: docs/rules.md,
    /// “Time and exceptions”.
    private static let notice: TimeInterval = 30 * 86_400

    package init(of ruleset: Ruleset, at now: Date) {
        let start = now.timeIntervalSinceReferenceDate
        let expirations = ruleset.expirations.filter { $0.at <= start + Self.notice }
            .sorted { ($0.at, $0.what) < ($1.at, $1.what) }
        ended = expirations.filter { $0.at <= start }
            .map { "\($0.what) \($0.ended) at \($0.at.timeText)" }
        ending = expirations.filter { $0.at > start }
            .map { "\($0.what) \($0.ends) at \($0.at.timeText)" }
    }
}

/// One thing that ends by itself, and when.
private struct Expiration {
    let at: Instant
    let what: String
    let ends: String
    let ended: String
}

extension Ruleset {
    fileprivate var expirations: [Expiration] {
        let rules = Dictionary(grouping: rules, by: \.base).compactMap { base, rows in
            rows[0].until.map { ending($0, "the rule \(base)") }
        }
        let exceptions = exceptions.map { ending($0.until, "the exception \($0.id)") }
        return rules + exceptions + values
    }

    private func ending(_ instant: Instant, _ what: String) -> Expiration {
        Expiration(at: instant, what: what, ends: "ends", ended: "ended")
    }

    private var values: [Expiration] {
        struct Value: Hashable {
            let text: Bytes
            let list: String
            let until: Instant
        }
        var users: [Value: Set<String>] = [:]
        let conditions =
            rules.map { ($0.base, $0.condition) }
            + guardrails.map { ("the guardrail \($0.id)", $0.condition) }
        for (name, condition) in conditions {
            for predicate in condition.predicates {
                for (text, until) in predicate.expires {
                    let value = Value(text: text, list: predicate.operand.joined(), until: until)
                    users[value, default: []].insert(name)
                }
            }
        }
        return users.map { value, rules in
            let text = String(decoding: value.text, as: UTF8.self)
            let names = rules.sorted().joined(separator: " and ")
            return Expiration(
                at: value.until,
                what: "\(text), in the list \(value.list) that \(names) "
                    + "\(rules.count == 1 ? "names" : "name"),", ends: "expires", ended: "expired")
        }
    }
}

extension Instant {
    /// RFC 3339, in UTC.
    var timeText: String { Date(timeIntervalSinceReferenceDate: self).formatted(.iso8601) }
}
