import ArgumentParser
import Contacts
import Foundation
import Rules

extension RulesCommand {
    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Look for everything that is wrong with the rule files.",
            discussion: """
                Every domain that a rule names is tried against addresses of strangers that look like \
                its own. Exit code 2 when something is wrong, or when a stranger is taken in.
                """)

        @OptionGroup var source: Source
        @OptionGroup var rows: RowsOption
        @OptionGroup var output: OutputOptions

        private struct Result: Encodable {
            let problems: [RuleDiagnostic]
            var hash: String?
            var rules = 0
            var shadow = 0
            /// The rules in shadow, each table as one.
            var inShadow: [ShadowedRule]?
            var neighbours: NeighbourReport?
            var ended: [String]?
            var ending: [String]?

            enum CodingKeys: String, CodingKey {
                case problems, hash, rules, shadow, neighbours, ended, ending
                case inShadow = "in_shadow"
            }
        }

        private struct ShadowedRule: Encodable {
            let rule: String
            let rows: RowCount?
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
            let folding = rows.folding(of: ruleset)
            switch output.format {
            case .text:
                warnings.forEach { print($0.text(in: ruleset.sources)) }
                folding.fold(neighbours.matches, by: \.rule).flatMap(lines).forEach { print($0) }
                (expirations.ended + expirations.ending).forEach { print($0) }
                print(ruleset.summary(folding))
                print(
                    "\(neighbours.addresses) addresses of strangers that look like those of "
                        + "\(neighbours.domains) domains: \(neighbours.matches.count) taken in")
            case .json:
                try printJSON(
                    Result(
                        problems: warnings, hash: ruleset.hash, rules: ruleset.rules.count,
                        shadow: ruleset.rules.count { $0.mode == .shadow },
                        inShadow: ruleset.inShadow(folding).map {
                            ShadowedRule(rule: $0.rule, rows: $0.rows)
                        }, neighbours: neighbours,
                        ended: expirations.ended, ending: expirations.ending))
            }
            if !neighbours.matches.isEmpty { throw ExitCode(2) }
        }

        /// The strangers that a rule takes in; of a table, the first.
        private func lines(_ group: TableFolding.Group<NeighbourReport.Match>) -> [String] {
            group.entries.prefix(group.rows == nil ? group.entries.count : 1).map { match in
                "rule \(group.label) names \(match.domain) and takes in \(match.address.quoted), "
                    + "which is a stranger"
            }
        }
    }
}
