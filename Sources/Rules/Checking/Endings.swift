package import Foundation

extension Ruleset {
    /// How long before it ends by itself something is told of. Source: the rule language.
    private static let notice: TimeInterval = 30 * 86_400

    /// What ends by itself within 30 days, in order: rules, exceptions and values of lists.
    package func ending(after start: Date) -> [String] {
        let end = start + Self.notice
        var endings: [(at: Instant, what: String)] = []
        func add(_ instant: Instant?, _ what: String) {
            guard let instant, instant > start.timeIntervalSinceReferenceDate,
                instant <= end.timeIntervalSinceReferenceDate
            else { return }
            endings.append((instant, what))
        }
        for rule in rules where rule.id == rule.base { add(rule.until, "the rule \(rule.id) ends") }
        for exception in exceptions { add(exception.until, "the exception \(exception.id) ends") }
        var users: [Bytes: (until: Instant, rules: Set<String>)] = [:]
        for rule in rules {
            for (value, instant) in rule.condition.tests.flatMap(\.expires) {
                users[value, default: (instant, [])].rules.insert(rule.base)
            }
        }
        for (value, use) in users {
            let names = use.rules.sorted().joined(separator: " and ")
            add(
                use.until,
                "\(String(decoding: value, as: UTF8.self)), in a list that \(names) "
                    + "\(use.rules.count == 1 ? "names" : "name"), expires")
        }
        return endings.sorted { ($0.at, $0.what) < ($1.at, $1.what) }.map { ending in
            let date = Date(timeIntervalSinceReferenceDate: ending.at)
            return "\(ending.what) at \(date.formatted(.iso8601))"
        }
    }
}
