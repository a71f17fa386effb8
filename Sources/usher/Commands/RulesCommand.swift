import ArgumentParser
import Foundation
import Rules

struct RulesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rules", abstract: "Check, test and explain rule files; nothing is sent.",
        subcommands: [
            Check.self, Test.self, Explain.self, Replay.self, Orphans.self, Retire.self,
            Schema.self,
        ])

    struct Source: ParsableArguments {
        @Argument(help: "The rules folder or file. (default: USHER_RULES, else rules)")
        var path: String?

        func ruleset() throws(RuleProblems) -> Ruleset { try RulesCommand.ruleset(path) }
    }

    struct Test: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Run the tests that stand in the rule files.",
            discussion: """
                Exit code 2 when one fails. With --coverage or --mutate, which need tests that all \
                pass: exit code 2 when there is something to list.
                """)

        @OptionGroup var source: Source
        @Flag(help: "List the rules that lack a test that they match, or one that they must not.")
        var coverage = false
        @Flag(help: "Change the rules, one thing at a time, and list what no test notices.")
        var mutate = false
        @OptionGroup var output: OutputOptions

        func validate() throws {
            guard !coverage || !mutate else {
                throw ValidationError("give --coverage or --mutate, not both")
            }
        }

        func run() async throws {
            let ruleset = try RulesCommand.checked(source.path)
            let outcomes = ruleset.tests.map(ruleset.run)
            let isPassed = outcomes.allSatisfy(\.isPassed)
            if isPassed, coverage {
                let coverage = ruleset.coverage()
                try report(coverage, isComplete: coverage.gaps.isEmpty)
            } else if isPassed, mutate {
                let mutations = ruleset.mutate()
                try report(mutations, isComplete: mutations.survivors.isEmpty)
            } else {
                try report(outcomes)
            }
            if !isPassed { throw ExitCode(2) }
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
            _ result: some Encodable & CustomStringConvertible, isComplete: Bool
        ) throws {
            try output.show(result)
            if !isComplete { throw ExitCode(2) }
        }
    }

    struct Schema: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print the JSON Schema of rule files, for editors.")

        func run() async throws { print(RuleSchema.json()) }
    }

    /// The ruleset of a path, of USHER_RULES, or of rules.
    static func ruleset(_ path: String?) throws(RuleProblems) -> Ruleset {
        try Ruleset(sources: try RuleFiles.read(path ?? defaultPath))
    }

    static var defaultPath: String {
        ProcessInfo.processInfo.environment["USHER_RULES"] ?? "rules"
    }

    /// The ruleset, or exit code 2 after saying everything that is wrong with it.
    static func checked(_ path: String?) throws -> Ruleset {
        try checked { () throws(RuleProblems) in try ruleset(path) }
    }

    static func checked(_ load: () throws(RuleProblems) -> Ruleset) throws -> Ruleset {
        do { return try load() } catch {
            note("\(error)")
            throw ExitCode(2)
        }
    }
}
