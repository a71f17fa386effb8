import ArgumentParser
import Contacts
import Foundation
import Store
import Worker

extension RulesCommand {
    struct Replay: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Re-run recorded decisions and check that the results match.",
            discussion: """
                Replays up to \(DecisionReplay.maxDecisions) decisions, newest first, with the \
                ruleset, contact, grants and time of each. Exits with 2 if a result differs.
                """)

        @Option(
            help: "Only decisions recorded from this day or time on (UTC): 2026-11-23, or RFC 3339."
        )
        var since: TimeArgument?
        @Option(help: "Only decisions on this contact, by its id or primary e-mail address.")
        var contact: String?
        @OptionGroup var target: TargetOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let progress = ProgressLine()
            let report = try await target.withStore { store in
                try await DecisionReplay(of: store).run(since: since?.start, contact: contact) {
                    progress.show("\($0) decisions replayed")
                }
            }
            progress.end()
            switch output.format {
            case .text: print(report.lines)
            case .json: try printJSON(report)
            }
            if report.different > 0 { throw ExitCode(2) }
        }
    }
}

extension ReplayReport {
    fileprivate var lines: [String] {
        var lines = differences.flatMap { difference in
            ["#\(difference.seq)  \(difference.contactID.word)".strong]
                + difference.parts.flatMap { part in
                    [
                        "  - \(part.name): \(part.recorded)".removed,
                        "  + \(part.name): \(part.now)".added,
                    ]
                }
        }
        if different > differences.count { lines.append("… \(different) in all") }
        lines.append(
            "replayed \(decisions.count(of: "decision")): \(identical) match, \(different) differ")
        for (count, reason) in [
            (withoutBasis, "their inputs are not on record (an earlier version)"),
            (withoutContact, "the earlier state of the contact is no longer in the log"),
            (withoutRules, "this version of Usher interprets their rules differently"),
        ] where count > 0 {
            lines.append("\(count) cannot be replayed: \(reason)")
        }
        if isCut { lines.append("older decisions were not replayed") }
        return lines
    }
}
