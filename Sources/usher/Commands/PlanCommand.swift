import ArgumentParser
import Contacts
import Files
import Foundation
import Planning
import Postgres
import Pylon
import RuleSources
import Rules
import Store
import Worker

struct PlanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Show what the rule files would change, without sending anything.",
        discussion: """
            Evaluates the stored contacts, so the plan is as fresh as the last sweep. With \
            --rules, shows only how the result differs from that of the active rules. -o writes \
            every change to a file; usher approve PLAN.json approves exactly those changes. A plan \
            made with --at cannot be approved; one made with --enforced only after those rules are \
            enforced. Exits with 2 if an exception names a nonexistent contact.
            """)

    @Option(help: "The rules folder or file. (default: that of the workspace)")
    var rules: String?
    @Option(
        name: [.customShort("o"), .customLong("output")],
        help: "Write every change to this file, as JSON.")
    var file: String?
    @Option(
        name: .customLong("at"),
        help: "Evaluate as of this day or time (UTC): 2026-11-23, or RFC 3339. (default: now)")
    var moment: TimeArgument?
    @Option(
        parsing: .upToNextOption,
        help: "Shadow rules to treat as enforced, by id, or all.")
    var enforced: [String] = []
    @OptionGroup var rows: RowsOption
    @OptionGroup var target: TargetOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        try await target.withStore { store in
            let settings = try PlanSettings.read(for: store.workspace)
            let ruleset = try output.ruleset(at: RulesLocation(rules ?? settings.rules))
            let active = rules == nil ? nil : try await active(in: store)
            let planner = Planner(
                store: store, ruleset: ruleset, comparedWith: active, cap: settings.changeCap,
                assuming: try assumptions(of: ruleset), replacing: try await inForce(in: store))
            let plan = try await planner.planShowingProgress(into: file.map { try PlanWriter($0) })
                .folded(rows.folding(of: ruleset))
            let limit = settings.limits[.update]
            switch output.format {
            // Then the file is all that standard output gets.
            case _ where file.map(OutputFile.isStandardOutput) ?? false: break
            case .text: PlanText(plan, limit: limit, file: file, maxRules: rows.maxRules).print()
            case .json: try printJSON(Result(plan: plan, seconds: plan.duration(at: limit)))
            }
            if !plan.errors.isEmpty { throw ExitCode(2) }
        }
    }

    private func assumptions(of ruleset: Ruleset) throws -> PlanAssumptions {
        let inShadow = Set(ruleset.rules.filter { $0.mode == .shadow }.map(\.base))
        let wanted = enforced.contains("all") ? inShadow : Set(enforced)
        guard let unknown = wanted.subtracting(inShadow).min() else {
            return PlanAssumptions(asOf: moment?.start, enforced: wanted)
        }
        let names = inShadow.sorted().joined(separator: ", ")
        throw ValidationError(
            "no rule \(unknown) is in shadow; "
                + (names.isEmpty ? "no rule is" : "those that are: \(names)"))
    }

    private func active(in store: Store) async throws -> Ruleset? {
        try await store.activeRuleset().map { try Ruleset($0) }
    }

    /// The same, or nil where another version of Usher put it in force that reads it otherwise.
    private func inForce(in store: Store) async throws -> Ruleset? {
        try await store.activeRuleset().flatMap { try? Ruleset($0) }
    }

    /// A plan, and how long it takes to send.
    private struct Result: Encodable {
        let plan: Plan
        let seconds: Duration

        func encode(to encoder: any Encoder) throws {
            try plan.encode(to: encoder)
            var object = encoder.container(keyedBy: Key.self)
            try object.encode(self.seconds.components.seconds, forKey: .seconds)
        }

        private enum Key: CodingKey { case seconds }
    }
}

extension Planner {
    func planShowingProgress(into file: PlanWriter? = nil) async throws -> Plan {
        let progress = ProgressLine()
        defer { progress.end() }
        return try await plan(into: file) { progress.show("\($0) contacts evaluated") }
    }
}
