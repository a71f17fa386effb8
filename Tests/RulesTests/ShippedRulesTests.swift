import Foundation
import RuleLint
import RuleSources
import Rules
import Testing

struct ShippedRules {
    let ruleset: Ruleset

    init() throws {
        ruleset = try Ruleset(
            sources: RuleFiles.read(repository.appending(path: "rules").path))
    }

    @Test func allTestsOfTheShippedRulesPass() {
        #expect(ruleset.tests.count >= 15)
        for test in ruleset.tests {
            let outcome = ruleset.run(test)
            #expect(outcome.isPassed, "\(outcome)")
        }
    }

    @Test func theShippedRulesHaveNoWarningsAndDescribeWhatIsInShadow() {
        #expect(ruleset.warnings.isEmpty, "\(ruleset.warnings)")
        #expect(
            ruleset.summary(.none).joined(separator: "\n").hasSuffix(
                "1 rule in shadow sends nothing: silver-customers-are-members"))
    }
}
