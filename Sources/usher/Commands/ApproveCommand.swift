import ArgumentParser
import Contacts
import Planning
import Reconciler
import Rules
import Store

struct ApproveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "approve",
        abstract: "Approve what waits for a decision, a rule, or the changes of a plan.",
        discussion: """
            Takes IDs of usher approvals, the id of a rule (or of one row of its table), or a \
            file written by usher plan -o. Says what will be done, and does it; with --dry-run, \
            only says it. Exactly the changes that were held or planned are made. Contacts that \
            have changed since are listed and evaluated again. What has changed by the time of \
            the decision is not approved. An approval of changes lasts for seven days at most. The \
            operator and the reason are recorded.
            """)

    @OptionGroup var options: DecisionOptions

    func run() async throws {
        try await options.target.withStore { store in
            let subjects = try await options.subjects(for: .approve, in: store)
            if !options.dryRun { try await approve(subjects, in: store) }
        }
    }

    private func approve(_ subjects: [DecisionSubject], in store: Store) async throws {
        var approval = ApprovalResult()
        var failures: [String] = []
        for subject in subjects {
            do {
                let one = try await approve(subject, in: store)
                if one.approved.isEmpty { failures.append(subject.nothingToApprove) }
                approval.add(one)
            } catch let outdated as AnnouncementOutdated {
                failures.append("\(outdated)")
            }
        }
        switch options.output.format {
        case .json: try printJSON(approval)
        case .text:
            for words in approval.approved { print("approved \(words)") }
            for contact in approval.changedSince {
                let email = subjects.lazy.compactMap { $0.email(of: contact) }.first
                print(
                    "contact \(contact.word)\(email.map { "  \($0.quoted)" } ?? "") has changed "
                        + "since: evaluated again".warning)
            }
        }
        for failure in failures { note(failure) }
        if !failures.isEmpty { throw ExitCode.failure }
    }

    private func approve(_ subject: DecisionSubject, in store: Store) async throws -> ApprovalResult
    {
        switch subject {
        case .plan(let plan, _):
            try await store.approve(plan: plan.planned, id: plan.id, by: options.act)
        case .item(let id, let items, _):
            try await store.approve(
                id, announced: items, meanings: try await meanings(of: id, items, in: store),
                by: options.act)
        }
    }

    /// The hashes, by id, of the rules that are approved, as they are in force.
    private func meanings(
        of id: ApprovalID, _ items: [PendingApproval], in store: Store
    ) async throws -> [String: String] {
        let rule: String?
        switch id {
        case .rule(let id): rule = id
        case .hold: rule = items.first { $0.reason == RuleHold.Reason.approval.rawValue }?.rule
        case .action, .drift, .massDelete, .organisation: rule = nil
        }
        guard let rule, let ruleset = try await store.rulesInForce() else { return [:] }
        let rules = ruleset.rules.filter { [$0.id, $0.base].contains(rule) }
        return Dictionary(uniqueKeysWithValues: rules.map { ($0.id, ruleset.hash(of: $0)) })
    }
}

extension DecisionSubject {
    fileprivate func email(of contact: String) -> String? {
        switch self {
        case .plan(let plan, _): plan.email(of: contact)
        case .item: nil
        }
    }

    fileprivate var nothingToApprove: String {
        if case .plan(let plan, let path) = self, plan.planned.isEmpty {
            return "the plan \(path.word) has no changes"
        }
        return "\(name.word) has nothing to approve; see: usher approvals"
    }
}
