import ArgumentParser
import Contacts
import Foundation
import Reconciler
import Store

// Commands of the version before, under their former names. They go with the next version.

struct HoldsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "holds", abstract: "List changes waiting for approval.",
        discussion: "Use usher approvals instead.", shouldDisplay: false)

    @Argument(help: "The number of a hold.")
    var hold: Int?
    @OptionGroup var target: TargetOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        note("usher holds is now: usher approvals")
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
        let holds = try await target.withStore { try await $0.holds() }
            .filter { hold == nil || $0.hold == hold }
        if let hold, holds.isEmpty {
            note("no hold \(hold) is open; usher approvals lists those that are")
            throw ExitCode.failure
        }
        switch output.format {
        case .json: try printJSON(holds)
        case .text:
            if holds.isEmpty { print("no changes wait for approval") }
            for hold in holds { print(hold.summaryLines) }
        }
    }
}

struct ReleaseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "release", abstract: "Release held changes, a blocked action and drift.",
        discussion: """
            Use usher approvals and usher approve ID instead. WHAT is a contact's id or \
            address (its holds, its blocked action and its drift; with --field only that \
            field's), mass-delete, or organisation. The operator and the reason are recorded.
            """, shouldDisplay: false)

    @Argument(help: "A contact's id or address, mass-delete, or organisation.")
    var what: String
    @Option(help: "Only this field of the contact, such as portal_role.")
    var field: String?
    @Option(help: "The reason, recorded for auditors.")
    var reason: String
    @OptionGroup var target: TargetOptions
    @OptionGroup var output: OutputOptions

    func validate() throws { try requireReason(reason) }

    func run() async throws {
        note("usher release is now: usher approve ID; usher approvals lists the IDs")
        let released = try await target.withStore { try await release(in: $0) }
        switch output.format {
        case .json: try printJSON(["released": released])
        case .text:
            for line in released { print("released \(line)") }
        }
        if released.isEmpty {
            note("\(nothing); see: usher approvals")
            throw ExitCode.failure
        }
    }

    private func release(in store: Store) async throws -> [String] {
        let act = OperatorAct(who: currentOperator(), reason: reason)
        switch what {
        case "mass-delete": return try await store.release(.massDelete, by: act)
        case "organisation": return try await store.release(.organisation, by: act)
        default:
            let histories = try await store.histories(of: what)
            if histories.isEmpty {
                note("no contact has the id or address \(what.quoted)")
                throw ExitCode.failure
            }
            var released: [String] = []
            for history in histories {
                released += try await store.release(
                    .contact(history.contact.id, field: field), by: act)
            }
            return released
        }
    }

    private var nothing: String {
        switch what {
        case "mass-delete": "no mass delete waits for a decision"
        case "organisation": "no other organisation waits for a decision"
        default: "\(what.word) has no hold, no blocked action and no drift"
        }
    }
}
