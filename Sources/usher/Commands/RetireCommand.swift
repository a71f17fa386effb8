import ArgumentParser
import Contacts
import Foundation
import Planning
import Pylon
import RuleSources
import Rules
import Store
import Worker

extension RulesCommand {
    struct Orphans: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List values whose rules no longer exist or apply.",
            discussion: """
                Values of rules that were removed, disabled, moved to shadow or exempted are not \
                reverted. Use usher rules retire ID to see how to revert them.
                """)

        @OptionGroup var files: RuleFilesOptions
        @OptionGroup var rows: RowsOption
        @OptionGroup var target: TargetOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            try await target.withStore { store in
                let settings = try PlanSettings.read(for: store.workspace)
                let ruleset = try output.ruleset(
                    at: RulesLocation(files.path ?? settings.rules))
                let planner = Planner(
                    store: store, ruleset: ruleset, comparedWith: nil, cap: settings.changeCap)
                let orphans = try await planner.planShowingProgress()
                    .folded(rows.folding(of: ruleset)).orphans
                switch output.format {
                case .json: try printJSON(orphans)
                case .text where orphans.isEmpty: print("no leftover values")
                case .text: printOrphans(orphans)
                }
            }
        }
    }

    struct Retire: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show how to revert the values set by a removed rule.",
            discussion: """
                Prints the values that would be reverted and the entry to add to a rule file. \
                Writes and sends nothing. Reverts that would raise access are held.
                """)

        @Argument(help: "The id of the removed or disabled rule; for a table, of all its rows.")
        var id: String
        @Option(help: "The reason, written into the entry.")
        var reason: String
        @Option(help: "The rules folder or file. (default: that of the workspace)")
        var rules: String?
        @OptionGroup var rows: RowsOption
        @OptionGroup var target: TargetOptions
        @OptionGroup var output: OutputOptions

        private struct Result: Encodable {
            let entry: String
            let plan: Plan
        }

        func run() async throws {
            try await target.withStore { store in
                let settings = try PlanSettings.read(for: store.workspace)
                let location = RulesLocation(rules ?? settings.rules)
                let ruleset = try output.ruleset(at: location)
                func plan(_ ruleset: Ruleset, comparedWith other: Ruleset?) async throws -> Plan {
                    try await Planner(
                        store: store, ruleset: ruleset, comparedWith: other,
                        cap: settings.changeCap
                    ).planShowingProgress()
                }
                let entry = try self.entry(in: ruleset, try await plan(ruleset, comparedWith: nil))
                let file = RuleSource(path: Self.file(beside: ruleset.sources), text: entry)
                let retired = try output.checked(location) { () throws(RuleProblems) in
                    try Ruleset(sources: ruleset.sources + [file])
                }
                let result = Result(
                    entry: entry,
                    plan: try await plan(retired, comparedWith: ruleset)
                        .folded(rows.folding(of: ruleset)))
                switch output.format {
                case .json: try printJSON(result)
                case .text:
                    PlanText(
                        result.plan, limit: settings.limits[.update], file: nil,
                        comparedWith: "the rules in \(location.path)",
                        maxRules: rows.maxRules
                    ).print()
                    print("")
                    print("add this rule file to revert them:".strong)
                    print("")
                    print(document: entry)
                }
            }
        }

        /// The rule file that retires the rule, as a whole.
        private func entry(in ruleset: Ruleset, _ plan: Plan) throws -> String {
            let orphans = plan.orphans.filter { [$0.rule, $0.table].contains(id) }
            guard !orphans.isEmpty else {
                let others = Set(plan.orphans.map(\.table)).sorted().map(\.word).joined(
                    separator: ", ")
                throw ValidationError(
                    "no contact has a leftover value of the rule \(id.word)"
                        + (others.isEmpty ? "" : "; rules with leftover values: \(others)"))
            }
            let fields = try Set(orphans.map(\.field)).sorted().map(quoted).joined(separator: ", ")
            return """
                version: 1
                retired:
                  - { rule: \(try quoted(id)), fields: [\(fields)], reason: \(try quoted(reason)) }
                """
        }

        /// JSON is YAML, and quotes whatever there is to quote.
        private func quoted(_ text: String) throws -> String {
            let encoder = JSONEncoder()
            encoder.outputFormatting = .withoutEscapingSlashes
            return String(decoding: try encoder.encode(text), as: UTF8.self)
        }

        /// A name that no rule file has.
        private static func file(beside sources: [RuleSource]) -> String {
            let names = Set(sources.map(\.path))
            return (0...names.count).lazy.map { $0 == 0 ? "retired.yaml" : "retired-\($0).yaml" }
                .first { !names.contains($0) } ?? "retired.yaml"
        }
    }
}
