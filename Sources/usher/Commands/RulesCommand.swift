import ArgumentParser
import Contacts
import Foundation
import Rules

struct RulesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rules", abstract: "Check, test and explain rule files; nothing is sent.",
        subcommands: [Check.self, Test.self, Explain.self, Schema.self])

    struct Source: ParsableArguments {
        @Argument(help: "The rules folder or file. (default: USHER_RULES, else rules)")
        var path: String?

        func ruleset() throws(RuleProblems) -> Ruleset { try RulesCommand.ruleset(path) }
    }

    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Look for everything that is wrong with the rule files.",
            discussion: "Exit code 2 when something is wrong.")

        @OptionGroup var source: Source
        @OptionGroup var output: OutputOptions

        func run() async throws {
            struct Result: Encodable {
                let problems: [RuleDiagnostic]
                let hash: String?
                let rules: Int
                let shadow: Int
            }
            do {
                let ruleset = try source.ruleset()
                switch output.format {
                case .text:
                    ruleset.warnings.forEach { print($0) }
                    print(ruleset.summary)
                case .json:
                    try printJSON(
                        Result(
                            problems: ruleset.warnings, hash: ruleset.hash,
                            rules: ruleset.rules.count,
                            shadow: ruleset.rules.count { $0.mode == .shadow }))
                }
            } catch let problems as RuleProblems {
                switch output.format {
                case .text: print(problems)
                case .json:
                    try printJSON(
                        Result(problems: problems.diagnostics, hash: nil, rules: 0, shadow: 0))
                }
                throw ExitCode(2)
            }
        }
    }

    struct Test: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Run the tests that stand in the rule files.",
            discussion: "Exit code 2 when one fails.")

        @OptionGroup var source: Source
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let ruleset = try RulesCommand.checked(source.path)
            let outcomes = ruleset.tests.map(ruleset.run)
            switch output.format {
            case .text:
                outcomes.filter { !$0.isPassed || !$0.notes.isEmpty }.forEach { print($0) }
                print("\(outcomes.count { $0.isPassed }) of \(outcomes.count) tests passed")
            case .json: try printJSON(outcomes)
            }
            guard outcomes.allSatisfy(\.isPassed) else { throw ExitCode(2) }
        }
    }

    struct Explain: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say what the rules want for a contact, and why.",
            discussion: "The contact is one JSON object as the API gives it, or just an address.")

        @OptionGroup var source: Source
        @Option(help: "A contact with this primary e-mail address and nothing else.")
        var email: String?
        @Option(help: "A file with one contact as JSON; - reads standard input.")
        var file: String?
        @OptionGroup var output: OutputOptions

        func validate() throws {
            guard (email == nil) != (file == nil) else {
                throw ValidationError("give either --email ADDRESS or --file FILE")
            }
        }

        func run() async throws {
            let explanation = try RulesCommand.checked(source.path).explain(try contact())
            switch output.format {
            case .text: print(explanation)
            case .json: try printJSON(explanation)
            }
        }

        private func contact() throws -> Contact {
            guard let file else { return Contact(id: "example", email: email) }
            let data =
                try file == "-"
                ? FileHandle.standardInput.readToEnd() ?? Data()
                : Data(contentsOf: URL(filePath: file))
            return try Contact(json: Array(data))
        }
    }

    struct Schema: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print the JSON Schema of rule files, for editors.")

        func run() async throws { print(RuleSchema.json()) }
    }

    /// The ruleset of a path, of USHER_RULES, or of rules.
    static func ruleset(_ path: String?) throws(RuleProblems) -> Ruleset {
        let path = path ?? ProcessInfo.processInfo.environment["USHER_RULES"] ?? "rules"
        return try Ruleset(sources: try RuleFiles.read(path))
    }

    /// The ruleset, or exit code 2 after saying everything that is wrong with it.
    static func checked(_ path: String?) throws -> Ruleset {
        do { return try ruleset(path) } catch {
            note("\(error)")
            throw ExitCode(2)
        }
    }
}
