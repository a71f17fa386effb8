import ArgumentParser
import Contacts
import Foundation
import Postgres
import Rules
import Store
import Worker

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

    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Look for everything that is wrong with the rule files.",
            discussion: """
                Every domain that a rule names is tried against addresses of strangers that look like \
                its own. Exit code 2 when something is wrong, or when a stranger is taken in.
                """)

        @OptionGroup var source: Source
        @OptionGroup var output: OutputOptions

        private struct Result: Encodable {
            let problems: [RuleDiagnostic]
            var hash: String?
            var rules = 0
            var shadow = 0
            var neighbours: NeighbourReport?
            var ended: [String]?
            var ending: [String]?
        }

        func run() async throws {
            var sources: [RuleSource] = []
            do {
                sources = try RuleFiles.read(source.path ?? RulesCommand.defaultPath)
                try report(try Ruleset(sources: sources))
            } catch let problems as RuleProblems {
                switch output.format {
                case .text: problems.diagnostics.forEach { print($0.text(in: sources)) }
                case .json: try printJSON(Result(problems: problems.diagnostics))
                }
                throw ExitCode(2)
            }
        }

        private func report(_ ruleset: Ruleset) throws {
            let neighbours = ruleset.tryNeighbours()
            let warnings = ruleset.warnings + ruleset.doubts()
            let expirations = Expirations(of: ruleset, at: .now)
            switch output.format {
            case .text:
                warnings.forEach { print($0.text(in: ruleset.sources)) }
                for match in neighbours.matches {
                    print(
                        "rule \(match.rule) names \(match.domain) and takes in "
                            + "\(match.address.debugDescription), which is a stranger")
                }
                (expirations.ended + expirations.ending).forEach { print($0) }
                print(ruleset.summary)
                print(
                    "\(neighbours.addresses) addresses of strangers that look like those of "
                        + "\(neighbours.domains) domains: \(neighbours.matches.count) taken in")
            case .json:
                try printJSON(
                    Result(
                        problems: warnings, hash: ruleset.hash, rules: ruleset.rules.count,
                        shadow: ruleset.rules.count { $0.mode == .shadow }, neighbours: neighbours,
                        ended: expirations.ended, ending: expirations.ending))
            }
            if !neighbours.matches.isEmpty { throw ExitCode(2) }
        }
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
            switch output.format {
            case .text: print(result)
            case .json: try printJSON(result)
            }
            if !isComplete { throw ExitCode(2) }
        }
    }

    struct Explain: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say what the rules want for a contact, and why.",
            discussion: """
                The contact is one that Usher knows, one JSON object as the API gives it (its whole answer \
                to GET /contacts/{id} will do), or just an address. The last two count as new.
                """)

        @OptionGroup var source: Source
        @OptionGroup var target: TargetOptions
        @Option(help: "A contact in the database, by its id or primary e-mail address.")
        var contact: String?
        @Option(help: "A contact with this primary e-mail address and nothing else.")
        var email: String?
        @Option(help: "A file with one contact as JSON; - reads standard input.")
        var file: String?
        @OptionGroup var output: OutputOptions

        func validate() throws {
            guard [email, file, contact].count(where: { $0 != nil }) == 1 else {
                throw ValidationError("give one of --email ADDRESS, --contact ID, --file FILE")
            }
        }

        func run() async throws {
            let ruleset = try RulesCommand.checked(source.path)
            let (contact, grants) = try await subject()
            let explanation = ruleset.explain(contact, grants: grants, now: Date())
            switch output.format {
            case .text: print(explanation)
            case .json: try printJSON(explanation)
            }
        }

        /// The contact, and what Usher itself set on it.
        private func subject() async throws -> (Contact, [String: Grant]) {
            if let contact {
                let known = try await target.withStore { try await $0.stories(of: contact) }
                guard let story = known.first else {
                    note("no contact has the id or address \(contact)")
                    throw ExitCode.failure
                }
                if known.count > 1 {
                    note("\(known.count) contacts have this address; this is \(story.contact.id)")
                }
                return (story.contact, story.grants.compactMapValues(Grant.init))
            }
            var contact =
                try file.map { try ContactFile($0).contact } ?? Contact(id: "example", email: email)
            contact.firstSeen = Date.now
            return (contact, [:])
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
