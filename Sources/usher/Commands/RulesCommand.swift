import ArgumentParser
import Contacts
import Foundation
import RuleLint
import Rules

struct RulesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rules", abstract: "Check, test and explain rule files; nothing is sent.",
        subcommands: [
            Check.self, Test.self, Explain.self, Replay.self, Orphans.self, Retire.self,
            Schema.self,
        ])

    struct Test: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Run the tests embedded in the rule files.",
            discussion: """
                Exits with 2 if a test fails, or if there is none. --coverage and --mutate require \
                that all tests pass, and exit with 2 if they find something.
                """)

        @OptionGroup var target: RulesTarget
        @Flag(help: "List rules without a positive or a negative test.")
        var coverage = false
        @Flag(help: "Change the rules, one thing at a time, and list changes that no test detects.")
        var mutate = false
        @OptionGroup var output: OutputOptions

        func validate() throws {
            guard !coverage || !mutate else {
                throw ValidationError("give --coverage or --mutate, not both")
            }
        }

        func run() async throws {
            let location = try target.location()
            let ruleset = try output.ruleset(at: location)
            let runner = RuleTestRunner(ruleset, today: .now)
            let outcomes = ruleset.tests.map { runner.run($0).located(at: location) }
            let isPassed = outcomes.allSatisfy(\.isPassed)
            if outcomes.isEmpty {
                note("\(location.path): no rule file has any `tests`, so nothing was tested")
            }
            if isPassed, coverage {
                let coverage = ruleset.coverage().located(at: location)
                try report(coverage, isComplete: coverage.gaps.isEmpty)
            } else if isPassed, mutate {
                let mutations = ruleset.mutate().located(at: location)
                try report(mutations, isComplete: mutations.survivors.isEmpty)
            } else {
                try report(outcomes)
            }
            if !isPassed || outcomes.isEmpty { throw ExitCode(2) }
        }

        private func report(_ outcomes: [RuleTestOutcome]) throws {
            switch output.format {
            case .text:
                outcomes.filter { !$0.isPassed || !$0.notes.isEmpty }.forEach { print($0) }
                print("\(outcomes.count { $0.isPassed }) of \(outcomes.count) tests passed")
            case .json: try printJSON(outcomes)
            }
        }

        private func report(
            _ result: some Encodable & TextLines, isComplete: Bool
        ) throws {
            try output.show(result)
            if !isComplete { throw ExitCode(2) }
        }
    }

    struct Schema: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print the JSON Schema of rule files, for editors.")

        func run() async throws { print(document: RuleSchema.json()) }
    }
}
