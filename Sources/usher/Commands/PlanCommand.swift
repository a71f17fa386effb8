import ArgumentParser
import Contacts
import Foundation
import Rules
import Store
import Worker

struct PlanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Show what the rule files would change, without sending anything.",
        discussion: "Looks at the stored contacts, so it is as fresh as the last sweep.")

    @Option(help: "The rules folder or file. (default: USHER_RULES, else rules)")
    var rules: String?
    @OptionGroup var target: TargetOptions
    @OptionGroup var output: OutputOptions

    /// Contacts read at once.
    static let chunk = 1000

    func run() async throws {
        let ruleset = try RulesCommand.checked(rules)
        let plan = try await target.withStore { store in
            try await self.plan(with: ruleset, for: store)
        }
        switch output.format {
        case .json: try printJSON(plan)
        case .text: plan.printText()
        }
    }

    private func plan(with ruleset: Ruleset, for store: Store) async throws -> Plan {
        let progress = ProgressLine()
        defer { progress.end() }
        var plan = Plan()
        // A plan is for now; nothing else in it depends on whose clock that is.
        let now = Date()
        var last = ""
        while true {
            let contacts = try await store.snapshot(after: last, limit: Self.chunk)
            for (contact, grants) in contacts {
                let decision = ruleset.decide(
                    contact, grants: grants.compactMapValues(Grant.init), now: now)
                plan.add(contact, decision)
            }
            progress.show("\(plan.contacts) contacts evaluated")
            guard contacts.count == Self.chunk, let end = contacts.last else { return plan }
            last = end.contact.id
        }
    }
}

/// What a ruleset would change in the snapshot.
struct Plan: Encodable {
    struct Change: Encodable {
        let contact: String
        let email: String?
        let field: String
        let from: FieldValue?
        let to: String
        let rules: [String]
    }

    struct Transition: Encodable {
        let field: String
        let from: String
        let to: String
        var contacts: Int
    }

    var contacts = 0
    var transitions: [Transition] = []
    /// What rules in shadow would change if they were enforced.
    var shadow: [Transition] = []
    var changes: [Change] = []
    var conflicts = 0
    var drifted = 0

    mutating func add(_ contact: Contact, _ decision: Decision) {
        contacts += 1
        if !decision.conflicts.isEmpty { conflicts += 1 }
        if decision.wishes.contains(where: { $0.state == .drift }) { drifted += 1 }
        for wish in decision.shadow where wish.from != .text(wish.value) {
            Self.count(wish.field.description, from: wish.from, to: wish.value, in: &shadow)
        }
        for field in decision.changes.fields {
            let wish = decision.wishes.first { $0.field == field }
            let change = Change(
                contact: contact.id, email: contact.email, field: field.description,
                from: contact[field.path], to: decision.changes[field] ?? "",
                rules: wish?.rules ?? [])
            changes.append(change)
            Self.count(change.field, from: change.from, to: change.to, in: &transitions)
        }
    }

    private static func count(
        _ field: String, from: FieldValue?, to: String, in transitions: inout [Transition]
    ) {
        let from = from?.plain ?? "nothing"
        let index = transitions.firstIndex { $0.field == field && $0.from == from && $0.to == to }
        if let index {
            transitions[index].contacts += 1
        } else {
            transitions.append(Transition(field: field, from: from, to: to, contacts: 1))
        }
    }

    /// Transitions first, then each contact as a diff.
    func printText() {
        Self.printTransitions(transitions)
        if changes.isEmpty { print("nothing to change") }
        for change in changes {
            // Addresses are hostile text: nothing of them may reach the terminal as it is.
            print("\n\(change.contact)  \((change.email ?? "").debugDescription)")
            print("  - \(change.field): \(change.from?.plain ?? "nothing")".removed)
            print("  + \(change.field): \(change.to)".added)
            print("    by \(change.rules.joined(separator: ", "))")
        }
        if !shadow.isEmpty {
            print("\nrules in shadow send nothing; enforced, they would change:")
            Self.printTransitions(shadow)
        }
        print(
            "\n\(contacts) contacts, \(changes.count) changes, \(conflicts) in conflict, "
                + "\(drifted) drifted")
    }

    private static func printTransitions(_ transitions: [Transition]) {
        let sorted = transitions.sorted { ($0.field, $0.from, $0.to) < ($1.field, $1.from, $1.to) }
        printTable(sorted) {
            [
                ("field", $0.field), ("change", "\($0.from) → \($0.to)"),
                ("contacts", "\($0.contacts)"),
            ]
        }
    }
}

extension FieldValue {
    fileprivate var plain: String {
        switch self {
        case .text(let text): text
        case .list(let values): values.joined(separator: ", ")
        }
    }
}
