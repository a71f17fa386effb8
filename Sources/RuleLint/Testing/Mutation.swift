internal import Contacts
package import Rules

/// Which changes to the rules no test notices.
package struct MutationReport: Sendable, Codable, Equatable {
    /// A change with which all tests still pass.
    package struct Survivor: Sendable, Codable, Equatable, Located {
        package var file: String
        package let line: Int
        package let rule: String
        /// What was changed, such as `email.domain is acme.com`, and what it became.
        package let part: String
        package let change: String
    }

    package let tried: Int
    package let noticed: Int
    /// Whether there were more changes to try than the limit.
    package let isCut: Bool
    /// By the rule's file and line.
    package private(set) var survivors: [Survivor]

    enum CodingKeys: String, CodingKey {
        case tried, noticed, survivors
        case isCut = "cut"
    }

    package func located(at location: RulesLocation) -> MutationReport {
        var located = self
        located.survivors = survivors.map { $0.located(at: location) }
        return located
    }
}

extension MutationReport: TextLines {
    package var lines: [String] {
        var lines = survivors.flatMap(\.lines)
        if isCut { lines.append("stopped after \(tried) changes: there are more") }
        return lines + ["\(noticed) of \(tried) changes noticed"]
    }
}

extension MutationReport.Survivor: TextLines {
    package var lines: [String] {
        ["\(file):\(line): rule \(rule): \(part) → \(change) – no test notices"]
    }
}

extension Ruleset {
    /// Changes every rule in turn, one thing at a time, and runs the tests; pure.
    ///
    /// Of a rule in shadow only the condition is changed, since nothing else of it shows in a test
    /// that does not run as if it were enforced; of a table only the first row.
    ///
    /// - Parameter limit: How many changes are tried at most.
    package func mutate(atMost limit: Int = RuleLimits.mutants) -> MutationReport {
        let runner = RuleTestRunner(self)
        let trials = tests.filter { runner.run($0).isPassed }.map { test in
            Trial(test, runner.evaluate(test), fields: fields)
        }
        let mutator = Mutator(self)
        var (tried, isCut, survivors) = (0, false, [MutationReport.Survivor]())
        for rule in written where !isCut {
            let truths = trials.map { $0.truths(of: rule.condition) }
            for mutant in mutator.mutants(of: rule) {
                guard tried < limit else {
                    isCut = true
                    break
                }
                tried += 1
                if isNoticed(mutant, of: rule, trials, truths) { continue }
                survivors.append(
                    MutationReport.Survivor(
                        file: rule.file, line: rule.line, rule: rule.id, part: mutant.part,
                        change: mutant.change))
            }
        }
        return MutationReport(
            tried: tried, noticed: tried - survivors.count, isCut: isCut, survivors: survivors)
    }

    /// - Parameter truths: By trial, when `rule` is true.
    private func isNoticed(
        _ mutant: RuleMutant, of rule: Rule, _ trials: [Trial], _ truths: [[Bool]]
    ) -> Bool {
        let concerned = zip(trials, truths).filter { trial, truths in
            // A revert depends on more than on what is true.
            !trial.test.grants.isEmpty
                || (mutant.hasSameCondition
                    ? truths.contains(true) : trial.truths(of: mutant.rule.condition) != truths)
        }
        if concerned.isEmpty { return false }
        let mutated = RuleTestRunner(Ruleset(self, replacing: rule, by: mutant.rule))
        return concerned.contains { trial, _ in !mutated.run(trial.test).isPassed }
    }
}

/// A test and every copy of its contact that the rules saw.
///
/// A rule that is true of the same copies as before, and wants the same, changes no copy and so no
/// outcome: the test need not run again.
private struct Trial {
    let test: RuleTest
    private let contexts: [EvaluationContext]

    init(_ test: RuleTest, _ evaluation: Evaluation, fields: [FieldPath]) {
        self.test = test
        contexts = (1...evaluation.roundCount).map { round in
            EvaluationContext(evaluation.seen(in: round), fields: fields, now: test.now)
        }
    }

    /// Whether a condition is true, copy by copy.
    func truths(of condition: Condition) -> [Bool] {
        contexts.map { condition.truth(of: $0) == .true }
    }
}
