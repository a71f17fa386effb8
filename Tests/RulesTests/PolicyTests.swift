import Contacts
import Foundation
import RuleSources
import Testing

@testable import RuleLint
@testable import Rules

/// A policy in prose, and the rules and tests of an admin who puts it into force.
struct Policy {
    private static let folder = repository.appending(path: "Tests/RulesTests/Fixtures/policy")

    let ruleset: Ruleset

    init() throws { ruleset = try Ruleset(sources: RuleFiles.read(Self.folder.path)) }

    private static func day(_ text: String) throws -> Date {
        try Date("\(text)T12:00:00Z", strategy: .iso8601)
    }

    @Test func nothingIsWrongOrDoubtful() {
        #expect(ruleset.warnings.isEmpty, "\(ruleset.warnings)")
        #expect(ruleset.lint().isEmpty, "\(ruleset.lint())")
    }

    /// Whatever the day, since tests have times of their own.
    @Test(arguments: ["2026-11-29", "2027-01-15", "2028-01-01"])
    func everyTestPasses(today: String) throws {
        let runner = RuleTestRunner(ruleset, today: try Self.day(today))
        for outcome in ruleset.tests.map(runner.run) { #expect(outcome.isPassed, "\(outcome)") }
    }

    @Test func everySentenceHasTests() throws {
        func number(_ text: some StringProtocol) -> Int? { Int(text.prefix { $0.isNumber }) }
        let sentences = try fixture("policy/POLICY.md").split(separator: "\n")
            .compactMap { number($0) }
        #expect(sentences == Array(1...10))
        #expect(Set(ruleset.tests.map { number($0.name) }) == Set(sentences))
    }

    @Test func everyRuleHasAPositiveAndANegativeTest() {
        #expect(ruleset.coverage().gaps.isEmpty, "\(ruleset.coverage())")
    }

    @Test func allOfTheTableIsInForce() {
        #expect(ruleset.rules.count { $0.base == "customers" } == 300)
    }

    @Test func noMoreThanTwentyAdminsAreMadeInAnHour() {
        let admins = ruleset.rules.filter { $0.effects.contains(where: \.givesAdmin) }
        #expect(Set(admins.map(\.base)).count == 4)
        #expect(ruleset.limits.privileged.perHour == 20)
        #expect(ruleset.ownLimits.isEmpty)
    }

    @Test func theResultSaysWhatIsInShadowAndWhatHasEnded() throws {
        let runner = RuleTestRunner(ruleset, today: try Self.day("2028-01-01"))
        func notes(_ name: String) -> [String] {
            ruleset.tests.filter { $0.name.hasPrefix(name) }.flatMap { runner.run($0).notes }
        }
        #expect(
            notes("5 Silver opens") == ["`silver` is in shadow, and taken as enforced here"])
        #expect(
            notes("7 A member before") == ["rule `initech-pilot` ended at 2027-02-01T00:00:00Z"])
        #expect(
            notes("4 Shira loses") == [
                "the exception `shira-levi` to `leavers` ended at 2027-02-01T00:00:00Z"
            ])
    }

    @Test func aRenamedRuleKeepsWhatItWas() {
        #expect(ruleset.renames == ["free-mail": "free-mail-is-never-admin"])
    }
}
