import ArgumentParser
import Contacts
import Foundation
import Planning
import Reconciler
import Rules
import Store

/// What `usher approve` and `usher reject` have in common.
struct DecisionOptions: ParsableArguments {
    @Argument(help: "IDs of usher approvals, ids of rules, or files of plans.")
    var ids: [String]
    @Option(help: "The reason, recorded for auditors.")
    var reason: String?
    @Flag(help: "Only say what would be done.")
    var dryRun = false
    @OptionGroup var target: TargetOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if let reason { return try requireReason(reason) }
        guard dryRun else { throw ValidationError("Missing expected argument '--reason <reason>'") }
    }

    var act: OperatorAct { OperatorAct(who: currentOperator(), reason: reason ?? "") }

    /// Resolves every ID and says what the decision will do, before anything is done.
    ///
    /// - Throws: Where one of them names nothing that can be decided.
    func subjects(for decision: DecisionKind, in store: Store) async throws -> [DecisionSubject] {
        var subjects: [DecisionSubject] = []
        for id in ids where !subjects.contains(where: { $0.name == id }) {
            subjects.append(try await subject(named: id, for: decision, in: store))
        }
        let preview = DecisionPreview(decision, of: subjects)
        if dryRun { try output.show(preview) } else { note(preview) }
        return subjects
    }

    private func subject(
        named text: String, for decision: DecisionKind, in store: Store
    ) async throws -> DecisionSubject {
        if text.hasSuffix(".json"), !text.hasPrefix("rule:") {
            return .plan(try await plan(at: text, for: decision, in: store), path: text)
        }
        guard let id = ApprovalID(text) else { throw UnknownID(text) }
        if case .rule(let rule) = id, let ruleset = try await store.rulesInForce(),
            ruleset.meaning(named: rule) == nil
        {
            throw ValidationError(
                "the rules in force have no rule \(rule.word); usher approvals lists the IDs of "
                    + "what waits")
        }
        let items = try await store.pendingApprovals(named: id)
        if items.isEmpty, !id.isRule {
            try fail("\(try await store.end(of: id)); usher approvals lists what waits")
        }
        if decision == .reject {
            if let obstacle = id.obstacleToRejection { try fail(obstacle, ExitCode(2)) }
            if !items.isEmpty, items.allSatisfy({ $0.state == .rejected }) {
                try fail("\(id) has nothing to reject: it was rejected already")
            }
        }
        return .item(id, items, name: text)
    }

    private func plan(
        at path: String, for decision: DecisionKind, in store: Store
    ) async throws -> PlanFile {
        let plan = try PlanFile.named(path, for: store.workspace)
        guard decision == .approve else { return plan }
        // What another version of Usher put in force may be none to this one.
        let active = try await store.activeRuleset().flatMap { try? Ruleset($0) }
        if let obstacle = plan.obstacle(under: active) {
            throw ValidationError("\(path) cannot be approved: \(obstacle)")
        }
        return plan
    }

    private func fail(_ message: String, _ code: ExitCode = .failure) throws -> Never {
        note(message)
        throw code
    }
}

extension Store {
    /// The rules in force; nil before the first.
    func rulesInForce() async throws -> Ruleset? {
        try await activeRuleset().map { try Ruleset($0) }
    }
}

enum DecisionKind: String { case approve, reject }

/// What an operator decides on.
enum DecisionSubject {
    /// Something that waits, or a rule with the holds on it.
    case item(ApprovalID, [PendingApproval], name: String)
    case plan(PlanFile, path: String)

    /// As it was typed.
    var name: String {
        switch self {
        case .item(_, _, let name): name
        case .plan(_, let path): path
        }
    }
}

/// What a decision will do, said before it is done.
struct DecisionPreview: Encodable, TextLines {
    struct Item: Encodable {
        let id: String
        let effect: String
        let contacts: Int
        let firstContacts: [PendingApproval.Person]
        let transitions: PendingApproval.Transitions

        enum CodingKeys: String, CodingKey {
            case id, effect, contacts, transitions
            case firstContacts = "first_contacts"
        }
    }

    let decision: String
    let items: [Item]

    init(_ decision: DecisionKind, of subjects: [DecisionSubject]) {
        self.decision = decision.rawValue
        items = subjects.map { subject in
            switch subject {
            case .item(let id, let items, _): Item(decision, id, items)
            case .plan(let plan, let path): Item(decision, plan, at: path)
            }
        }
    }

    var lines: [String] {
        items.flatMap { item in
            ["\(decision) \(item.id.word): \(item.effect)"]
                + item.transitions.sorted { $0.key < $1.key }.map { "      \($0.key)  \($0.value)" }
                + item.contactLines
        }
    }
}

extension DecisionPreview.Item {
    fileprivate init(_ decision: DecisionKind, _ id: ApprovalID, _ items: [PendingApproval]) {
        let effects = items.compactMap { decision == .approve ? $0.approve : $0.reject }
        self.init(
            id: id.description,
            effect: id.effect(decision, effects),
            contacts: items.reduce(0) { $0 + $1.contacts },
            firstContacts: Array(items.flatMap(\.people).prefix(PendingApproval.namedContacts)),
            transitions: items.reduce(into: [:]) { $0.merge($1.transitions, uniquingKeysWith: +) })
    }

    fileprivate init(_ decision: DecisionKind, _ plan: PlanFile, at path: String) {
        let changes = plan.planned
        let contacts = PlannedContactChanges.all(of: changes).map(\.id)
        let count = changes.count.count(of: "change")
        self.init(
            id: path,
            effect: decision == .approve
                ? "sends the \(count) of the plan, each if its contact has not changed since"
                : "does not make the \(count) of the plan until the field or the rules change",
            contacts: contacts.count,
            firstContacts: contacts.prefix(PendingApproval.namedContacts).map {
                PendingApproval.Person(contact: $0, email: plan.email(of: $0))
            },
            transitions: PendingApproval.transitions(of: changes))
    }

    /// The first contacts, and how many there are besides.
    fileprivate var contactLines: [String] {
        guard !firstContacts.isEmpty else { return [] }
        let others = contacts - firstContacts.count
        return firstContacts.map { "      \(contactTitle($0.contact, $0.email))" }
            + (others > 0 ? ["      … and \(others.count(of: "other contact"))"] : [])
    }
}

extension ApprovalID {
    fileprivate var isRule: Bool { if case .rule = self { true } else { false } }

    /// What a decision does, in words; of a rule without holds, what it does to the rule.
    fileprivate func effect(_ decision: DecisionKind, _ effects: [String]) -> String {
        guard case .rule(let rule) = self else { return effects.joined(separator: "; ") }
        guard decision == .approve else { return PendingApproval.rejecting(rule: rule) }
        let first = effects.isEmpty ? ["approves rule \(rule.word)"] : effects
        return (first + ["lets it try declined changes again"]).joined(separator: "; ")
    }
}

extension PendingApproval {
    fileprivate var people: [Person] {
        contact.map { [Person(contact: $0, email: email)] } ?? firstContacts
    }
}

extension PlanFile {
    /// - Throws: `ValidationError` where it is a plan for another workspace.
    fileprivate static func named(_ path: String, for workspace: WorkspaceName) throws -> PlanFile {
        let plan = try read(path)
        guard plan.workspace == workspace.description else {
            throw ValidationError(
                "\(path) is a plan for the workspace \(plan.workspace.word), not \(workspace)")
        }
        return plan
    }
}

func requireReason(_ reason: String) throws {
    guard !reason.allSatisfy(\.isWhitespace), reason.count <= 1000 else {
        throw ValidationError("--reason must have 1 to 1000 characters")
    }
}

/// The operating system's user who runs the command, and the host.
func currentOperator() -> String {
    "\(NSUserName())@\(ProcessInfo.processInfo.hostName)"
}
