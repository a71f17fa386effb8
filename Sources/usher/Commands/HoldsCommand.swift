import ArgumentParser
import Contacts
import Foundation
import Planning
import Postgres
internal import Reconciler
import Rules
import Store
import Worker

struct HoldsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "holds", abstract: "List changes waiting for approval.",
        discussion: """
            With the number of a hold, lists the contacts whose changes it keeps back.
            To decide: usher approve HOLD --reason …, or usher reject HOLD --reason …
            """)

    @Argument(help: "The number of a hold.")
    var hold: Int?
    @OptionGroup var target: TargetOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        guard let hold else { return try await list() }
        let contacts = try await target.withStore { try await $0.heldContacts(ofRuleHold: hold) }
        // A hold that is none on a rule is about one contact, or the workspace.
        guard let contacts else { return try await list(only: hold) }
        switch output.format {
        case .json: try printJSON(contacts)
        case .text:
            for contact in contacts { print(contact.text) }
            if contacts.count == Store.listedContacts {
                print("… the first \(contacts.count); the view audit.decisions has them all")
            }
            if contacts.isEmpty { note("hold \(hold) keeps nothing back at the moment") }
        }
    }

    private func list(only hold: Int? = nil) async throws {
        let holds = try await target.withStore { try await $0.pendingApprovals() }
            .filter { hold == nil || $0.hold == hold }
        if let hold, holds.isEmpty {
            note("no hold \(hold) is open; usher holds lists those that are")
            throw ExitCode.failure
        }
        switch output.format {
        case .json: try printJSON(holds)
        case .text:
            if holds.isEmpty { print("no changes wait for approval") }
            for hold in holds { print(hold.lines) }
        }
    }
}

struct ApproveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "approve", abstract: "Approve held changes, a rule, or the changes of a plan.",
        discussion: """
            WHAT is the number of a hold, the id of a rule (or of one row of its table), or a file \
            written by usher plan -o. Exactly the changes that were held or planned are made. \
            Contacts that have changed since are listed and evaluated again. An approval of changes \
            lasts for seven days at most. The operator and the reason are recorded.
            """)

    @Argument(help: "A hold, a rule, or a plan's file.")
    var what: String
    @Option(help: "The reason, recorded for auditors.")
    var reason: String
    @OptionGroup var target: TargetOptions
    @OptionGroup var output: OutputOptions

    func validate() throws { try requireReason(reason) }

    func run() async throws {
        let (approval, plan) = try await target.withStore { try await approve(in: $0) }
        switch output.format {
        case .json: try printJSON(approval)
        case .text:
            for words in approval.approved { print("approved \(words)") }
            for contact in approval.changedSince {
                let email = plan?.email(of: contact).map { "  \($0.quoted)" } ?? ""
                print("contact \(contact.word)\(email) has changed since: evaluated again".warning)
            }
        }
        if approval.approved.isEmpty {
            note(
                plan?.planned.isEmpty == true
                    ? "the plan \(what.word) has no changes"
                    : "\(what.word) has nothing to approve; see: usher holds")
            throw ExitCode.failure
        }
    }

    /// - Returns: The approval, and the plan that WHAT names where it is one.
    private func approve(in store: Store) async throws -> (Approval, PlanFile?) {
        let act = OperatorAct(who: currentOperator(), reason: reason)
        if let plan = try await plan(for: store) {
            return (try await store.approve(plan: plan.planned, id: plan.id, by: act), plan)
        }
        let held = ApprovalTarget(what)
        let meanings = try await meanings(of: held, in: store)
        return (try await store.approve(held, meanings: meanings, by: act), nil)
    }

    /// The plan that WHAT names; nil where it names something else.
    private func plan(for store: Store) async throws -> PlanFile? {
        guard let plan = try PlanFile.named(what, for: store.workspace) else { return nil }
        let active = try await store.activeRuleset().flatMap { try? Ruleset($0) }
        if let obstacle = plan.obstacle(under: active) {
            throw ValidationError("\(what) cannot be approved: \(obstacle)")
        }
        return plan
    }

    /// The meanings, by id, of the rules that would be approved, as they are in force.
    private func meanings(of held: ApprovalTarget, in store: Store) async throws -> [String: String]
    {
        let id: String?
        switch held {
        case .rule(let rule): id = rule
        case .hold(let hold):
            id = try await store.pendingApprovals()
                .first { $0.hold == hold && $0.reason == "approval" }?.rule
        }
        guard let id, let stored = try await store.activeRuleset() else { return [:] }
        let ruleset = try Ruleset(stored)
        let rules = ruleset.rules.filter { [$0.id, $0.base].contains(id) }
        guard !rules.isEmpty else {
            throw ValidationError("the rules in force have no rule \(id.word)")
        }
        return Dictionary(uniqueKeysWithValues: rules.map { ($0.id, ruleset.hash(of: $0)) })
    }
}

struct RejectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reject", abstract: "Reject a hold, a rule, or the changes of a plan.",
        discussion: """
            WHAT is the number of a hold, the id of a rule (or of one row of its table), or a file \
            written by usher plan -o. A rejected rule changes nothing until its meaning changes or \
            it is approved after all. The changes of a rejected plan are not made until the contact's \
            field or the rules change. Queued actions that only the rejected rules want are superseded \
            at once. The operator and the reason are recorded.
            """)

    @Argument(help: "A hold, a rule, or a plan's file.")
    var what: String
    @Option(help: "The reason, recorded for auditors.")
    var reason: String
    @OptionGroup var target: TargetOptions
    @OptionGroup var output: OutputOptions

    func validate() throws { try requireReason(reason) }

    func run() async throws {
        let rejection = try await target.withStore { store in
            let act = OperatorAct(who: currentOperator(), reason: reason)
            if let plan = try PlanFile.named(what, for: store.workspace) {
                return try await store.reject(plan: plan.planned, id: plan.id, by: act)
            }
            let held = ApprovalTarget(what)
            return try await store.reject(
                held, meaning: try await meaning(of: held, in: store), by: act)
        }
        switch output.format {
        case .json: try printJSON(rejection)
        case .text: rejection.lines.forEach { print($0) }
        }
        if rejection.rejected.isEmpty {
            note("\(what.word) has nothing to reject; see: usher holds")
            throw ExitCode.failure
        }
    }

    /// The meaning of the rule that would be rejected, as it is in force.
    private func meaning(of held: ApprovalTarget, in store: Store) async throws -> String? {
        guard case .rule(let id) = held, let stored = try await store.activeRuleset() else {
            return nil
        }
        guard let meaning = try Ruleset(stored).meaning(named: id) else {
            throw ValidationError("the rules in force have no rule \(id.word)")
        }
        return meaning
    }
}

extension Rejection {
    fileprivate var lines: [String] {
        var lines = rejected.map { "rejected \($0)" }
        if superseded > 0 {
            lines.append("\(superseded.count(of: "queued action")) superseded")
        }
        return lines
            + underWay.map { "contact \($0.word): its request is settled, not sent again" }
    }
}

extension ApprovalTarget {
    fileprivate init(_ what: String) {
        self = Int(what).map(ApprovalTarget.hold) ?? .rule(what)
    }
}

extension PlanFile {
    /// The plan in a file of this name; nil where it is none.
    fileprivate static func named(_ path: String, for workspace: WorkspaceName) throws -> PlanFile?
    {
        guard path.hasSuffix(".json") else { return nil }
        let plan = try read(path)
        guard plan.workspace == workspace.description else {
            throw ValidationError(
                "\(path) is a plan for the workspace \(plan.workspace.word), not \(workspace)")
        }
        return plan
    }
}

extension PendingApproval {
    fileprivate var lines: [String] {
        let what =
            rule.map { "rule \($0.word)" }
            ?? contact.map { "contact \(contactTitle($0, email))" } ?? "the workspace"
        var lines = [
            "\(hold)".strong + "  \(what): \(cause) (\(detail)), "
                + "\(contacts.count(of: "contact")), \(state)"
        ]
        lines += transitions.sorted { $0.key < $1.key }.map {
            "      \($0.key)  \($0.value)"
        }
        return lines
    }

    private var state: String {
        if let refusedAt {
            let end =
                rule == nil ? "the contact or its rules change" : "the rule changes or is approved"
            return "rejected \(refusedAt.formatted(.iso8601)), until \(end)"
        }
        if let expiredAt { return "expired \(expiredAt.formatted(.iso8601))" }
        return "since \(placedAt.formatted(.iso8601)), expires \(expiresAt.formatted(.iso8601))"
    }
}

extension HeldContact {
    fileprivate var text: String {
        "\(contactTitle(contact, email))  \(account.map { "of \($0)  " } ?? "")\(field.word): "
            + "\(from?.text ?? "nothing") → \(value.quoted)  "
            + rules.map(\.word).joined(separator: ", ")
    }
}
