import ArgumentParser
import Contacts
import Foundation
import RuleLint
import RuleSources
import Rules

extension RulesCommand {
    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the problems in the rule files.",
            discussion: """
                Tests each domain in the rules against look-alike addresses, and lists files that \
                are not read. Exits with 2 on errors, or if a rule matches a look-alike address.
                """)

        @OptionGroup var target: RulesTarget
        @OptionGroup var rows: RowsOption
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let location = try target.location()
            var sources: [RuleSource]?
            do {
                sources = try RuleFiles.read(location.path)
                let findings = RuleFindings(try Ruleset(sources: sources ?? []), rows: rows)
                try report(findings, passedOver(at: location, sources), at: location)
                if !findings.lookalikes.matches.isEmpty { throw ExitCode(2) }
            } catch let problems as RuleProblems {
                try report(problems, in: sources, at: location)
                throw ExitCode(2)
            }
        }

        private func passedOver(
            at location: RulesLocation, _ sources: [RuleSource]?
        ) -> [PassedOverFile] {
            RuleFiles.passedOver(in: location.path, read: sources).map { $0.located(at: location) }
        }

        private func report(
            _ findings: RuleFindings, _ passedOver: [PassedOverFile], at location: RulesLocation
        ) throws {
            switch output.format {
            case .text:
                print(findings.problems(at: location))
                passedOver.forEach { print($0.text) }
                print(findings.summary)
            case .json: try printJSON(findings.json(passedOver, at: location))
            }
        }

        private func report(
            _ problems: RuleProblems, in sources: [RuleSource]?, at location: RulesLocation
        ) throws {
            let passedOver = passedOver(at: location, sources)
            switch output.format {
            case .text:
                problems.diagnostics.folded().texts(in: sources ?? [], at: location)
                    .forEach { print($0) }
                passedOver.forEach { print($0.text) }
            case .json:
                try printJSON(
                    ProblemReport(
                        problems: problems.located(at: location).diagnostics.folded(),
                        passedOver: passedOver))
            }
        }
    }
}

extension PassedOverFile {
    fileprivate var text: String { "\(file): not read: \(reason); \(advice)" }
}
