import ArgumentParser
import Contacts
import Foundation
import Postgres
import Rules
import Store
import Worker

struct HoldsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "holds", abstract: "Show what waits for a person's word.",
        discussion: """
            With the number of a hold: the contacts whose changes it keeps back.
            Then: usher approve HOLD --reason …, or usher reject HOLD --reason …
            """)

    @Argument(help: "The number of a hold.")
    var hold: Int?
    @OptionGroup var target: TargetOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        guard let hold else { return try await list() }
        let contacts = try await target.withStore { try await $0.heldContacts(of: hold) }
        switch output.format {
        case .json: try printJSON(contacts)
        case .text:
            for contact in contacts { print(contact.text) }
            if contacts.count == Store.listedContacts {
                print("… the first \(contacts.count); the view audit.decisions has them all")
            }
            if contacts.isEmpty { note("hold \(hold) keeps nothing back; see: usher holds") }
        }
    }

    private func list() async throws {
        let holds = try await target.withStore { try await $0.heldWork() }
        switch output.format {
        case .json: try printJSON(holds)
        case .text:
            if holds.isEmpty { print("nothing waits for a person") }
            for hold in holds { print(hold.text) }
        }
    }
}

struct ApproveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "approve", abstract: "Let what is held go on, or agree to a rule or a plan.",
        discussion: """
            WHAT is the number of a hold, the id of a rule (or of one row of its table), or a file that
            usher plan -o wrote. Each contact's change goes on as it was held or planned, and no other:
            contacts that have changed since are listed and decided anew. Who and why are on record.
            """)

    @Argument(help: "A hold, a rule, or a plan's file.")
    var what: String
    @Option(help: "Why; it is kept for the auditors.")
    var reason: String
    @OptionGroup var target: TargetOptions
    @OptionGroup var output: OutputOptions

    func validate() throws { try requireReason(reason) }

    func run() async throws {
        let approval = try await target.withStore { store in
            let act = OperatorAct(who: currentOperator(), reason: reason)
            if let plan = try await plan(for: store) {
                return try await store.approve(plan.planned, by: act)
            }
            let held = Held(what)
            return try await store.approve(
                held, meanings: try await meanings(of: held, in: store), by: act)
        }
        switch output.format {
        case .json: try printJSON(approval)
        case .text:
            for words in approval.approved { print("approved \(words)") }
            for contact in approval.changedSince {
                print("contact \(contact) has changed since: decided anew".warning)
            }
        }
        if approval.approved.isEmpty {
            note("nothing of \(what) waits for a person; see: usher holds")
            throw ExitCode.failure
        }
    }

    /// The plan that WHAT names; nil where it names something else.
    private func plan(for store: Store) async throws -> PlanFile? {
        guard what.hasSuffix(".json"), FileManager.default.fileExists(atPath: what) else {
            return nil
        }
        let plan = try PlanFile.read(what)
        guard plan.workspace == store.workspace.description else {
            throw ValidationError(
                "\(what) is a plan for the workspace \(plan.workspace), not \(store.workspace)")
        }
        let active = try await store.activeRuleset().map { try Ruleset($0) }
        if let obstacle = plan.obstacle(under: active) {
            throw ValidationError("\(what) cannot be approved: \(obstacle)")
        }
        return plan
    }

    /// What the rules mean that would be agreed to, as they are in force.
    private func meanings(of held: Held, in store: Store) async throws -> [String: String] {
        let id: String?
        switch held {
        case .rule(let rule): id = rule
        case .hold(let hold):
            id = try await store.heldWork()
                .first { $0.hold == hold && $0.reason == RuleHold.Reason.approval.rawValue }?.rule
        }
        guard let id, let stored = try await store.activeRuleset() else { return [:] }
        let ruleset = try Ruleset(stored)
        let rules = ruleset.rules.filter { [$0.id, $0.base].contains(id) }
        guard !rules.isEmpty else {
            throw ValidationError("the rules in force have no rule \(id)")
        }
        return Dictionary(uniqueKeysWithValues: rules.map { ($0.id, ruleset.hash(of: $0)) })
    }
}

struct RejectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reject", abstract: "Refuse what is held.",
        discussion: """
            WHAT is the number of a hold or the id of a rule. Its rule changes nothing until it is written
            otherwise, or approved after all. Who and why are on record.
            """)

    @Argument(help: "A hold or a rule.")
    var what: String
    @Option(help: "Why; it is kept for the auditors.")
    var reason: String
    @OptionGroup var target: TargetOptions
    @OptionGroup var output: OutputOptions

    func validate() throws { try requireReason(reason) }

    func run() async throws {
        let rejected = try await target.withStore { store in
            try await store.reject(
                Held(what), by: OperatorAct(who: currentOperator(), reason: reason))
        }
        switch output.format {
        case .json: try printJSON(["rejected": rejected])
        case .text: for words in rejected { print("rejected \(words)") }
        }
        if rejected.isEmpty {
            note("nothing of \(what) waits for a person; see: usher holds")
            throw ExitCode.failure
        }
    }
}

extension Held {
    fileprivate init(_ what: String) {
        self = Int(what).map(Held.hold) ?? .rule(what)
    }
}

extension HeldWork {
    fileprivate var text: String {
        let what = rule.map { "rule \($0)" } ?? contact.map { "contact \($0)" } ?? "the workspace"
        let state =
            refusedAt.map { "refused \($0.formatted(.iso8601))" }
            ?? "since \(placedAt.formatted(.iso8601)), refused \(expiresAt.formatted(.iso8601)) "
            + "unless somebody decides"
        var lines = [
            "\(hold)".strong + "  \(what): \(reason) (\(detail.escaped)), "
                + "\(contacts) contact\(contacts == 1 ? "" : "s"), \(state)"
        ]
        lines += transitions.sorted { $0.key < $1.key }.map {
            "      \($0.key.escaped)  \($0.value)"
        }
        return lines.joined(separator: "\n")
    }
}

extension HeldContact {
    fileprivate var text: String {
        "\(contact)  \(email?.quoted ?? "no address")  \(field): "
            + "\(from?.text ?? "nothing") → \(value.quoted)  "
            + rules.joined(separator: ", ")
    }
}
