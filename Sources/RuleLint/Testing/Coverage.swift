internal import Contacts
package import Rules

/// Which rules have tests, of both kinds.
package struct RuleCoverage: Sendable, Codable, Equatable {
    package enum Kind: String, Sendable, Codable {
        /// The rule matches in it, enforced or in shadow.
        case positive
        /// It names the rule in `not_matched`; or it says what is sent, the rule is not true of its
        /// contact, and something else would be sent if it were.
        case negative
    }

    package struct Gap: Sendable, Codable, Equatable, Located {
        package var file: String
        package let line: Int
        package let rule: String
        package let missing: Kind
    }

    /// How many rules are not off; the rows of a table are one.
    package let rules: Int
    /// By file and line.
    package private(set) var gaps: [Gap]

    package func located(at location: RulesLocation) -> RuleCoverage {
        var located = self
        located.gaps = gaps.map { $0.located(at: location) }
        return located
    }
}

extension RuleCoverage: TextLines {
    package var lines: [String] {
        let lines = gaps.map { gap in
            "\(gap.file):\(gap.line): rule \(gap.rule) has no \(gap.missing.rawValue) test"
        }
        let covered = rules - Set(gaps.map(\.rule)).count
        let summary = "\(covered) of \(rules) rules have a positive and a negative test"
        return lines + [summary]
    }
}

extension Ruleset {
    /// A test and what the rules make of it.
    private struct Run {
        let test: RuleTest
        let changes: ContactPatch
        /// As written, enforced or in shadow.
        let matched: Set<String>
    }

    /// Looks for rules without a positive or a negative test; pure.
    package func coverage() -> RuleCoverage {
        let runner = RuleTestRunner(self)
        let runs = tests.map { test in
            let decision = runner.evaluate(test).decision
            let rules = decision.matched.map(\.rule) + decision.shadow.map(\.rule)
            return Run(
                test: test, changes: decision.changes, matched: Set(rules.map(Rule.base(of:))))
        }
        let matched = runs.reduce(into: Set()) { $0.formUnion($1.matched) }
        let denied = Set(tests.flatMap(\.expectation.notMatched).map(Rule.base(of:)))
        let gaps = written.flatMap { rule in
            var missing: [RuleCoverage.Kind] = []
            if !matched.contains(rule.base) { missing.append(.positive) }
            if !denied.contains(rule.base), !isKeptOut(rule, in: runs) { missing.append(.negative) }
            return missing.map {
                RuleCoverage.Gap(file: rule.file, line: rule.line, rule: rule.base, missing: $0)
            }
        }
        return RuleCoverage(rules: written.count, gaps: gaps)
    }

    /// Every rule that is not off, by file and line: of a table, the first row.
    var written: [Rule] {
        let rows = Dictionary(grouping: enforcing + shadowed, by: \.base).values
        return rows.compactMap { $0.min { $0.line < $1.line } }
            .sorted { ($0.file, $0.line, $0.id) < ($1.file, $1.line, $1.id) }
    }

    /// Whether a test that says what is sent would fail if the rule were true of its contact.
    private func isKeptOut(_ rule: Rule, in runs: [Run]) -> Bool {
        let forced = RuleTestRunner(
            Ruleset(self, replacing: rule, by: rule.with(condition: .always)))
        return runs.contains { run in
            let test = run.test
            let context = EvaluationContext(test.given, fields: fields, now: test.now)
            guard test.expectation.set != nil, !run.matched.contains(rule.base),
                rule.condition.truth(of: context) != .true
            else { return false }
            return forced.evaluate(test).patch != run.changes
        }
    }
}

extension Condition {
    /// True of everybody, even where nothing is known.
    static let always = Condition.all([])
    /// False of everybody.
    static let never = Condition.any([])
}
