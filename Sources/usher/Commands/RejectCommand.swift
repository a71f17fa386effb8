import ArgumentParser
import Contacts
import Planning
import Reconciler
import Rules
import Store

struct RejectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reject",
        abstract: "Reject what waits for a decision, a rule, or the changes of a plan.",
        discussion: """
            Takes IDs of usher approvals, the id of a rule (or of one row of its table), or a \
            file written by usher plan -o. Says what will be done, and does it; with --dry-run, \
            only says it. A rejected rule changes nothing until its meaning changes or it is \
            approved after all; queued actions that only the rejected rules want are superseded \
            at once. Other rejected changes are not made until the contact's field or the rules \
            change. Another organisation cannot be rejected. The operator and the reason are \
            recorded.
            """)

    @OptionGroup var options: DecisionOptions

    func run() async throws {
        try await options.target.withStore { store in
            let subjects = try await options.subjects(for: .reject, in: store)
            if !options.dryRun { try await reject(subjects, in: store) }
        }
    }

    private func reject(_ subjects: [DecisionSubject], in store: Store) async throws {
        var rejection = RejectionResult()
        var empty: [String] = []
        for subject in subjects {
            let one = try await reject(subject, in: store)
            if one.rejected.isEmpty { empty.append(subject.name) }
            rejection.add(one)
        }
        switch options.output.format {
        case .json: try printJSON(rejection)
        case .text: rejection.lines.forEach { print($0) }
        }
        for name in empty { note("\(name.word) has nothing to reject; see: usher approvals") }
        if !empty.isEmpty { throw ExitCode.failure }
    }

    private func reject(_ subject: DecisionSubject, in store: Store) async throws -> RejectionResult
    {
        switch subject {
        case .plan(let plan, _):
            return try await store.reject(plan: plan.planned, id: plan.id, by: options.act)
        case .item(let id, _, _):
            let ruleset = try await store.rulesInForce()
            return try await store.reject(
                id, meaning: { ruleset?.meaning(named: $0) }, by: options.act)
        }
    }
}

extension RejectionResult {
    fileprivate var lines: [String] {
        var lines = rejected.map { "rejected \($0)" }
        if superseded > 0 {
            lines.append("\(superseded.count(of: "queued action")) superseded")
        }
        return lines
            + underWay.map { "contact \($0.word): its request is settled, not sent again" }
    }
}
