import ArgumentParser
import Contacts
import Foundation
import Reconciler
import Store

struct ApprovalsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "approvals",
        abstract: "List what waits for a decision, and what approving or rejecting it does.",
        discussion: """
            Lists holds on rules and contacts, drift, blocked actions, a mass delete and \
            another organisation, and holds that were rejected or have expired. With an ID, \
            lists the contacts whose changes a hold keeps back. To decide: usher approve ID \
            --reason …, or usher reject ID --reason …
            """)

    @Argument(help: "The ID of an item, or the id of a rule.")
    var id: String?
    @OptionGroup var target: TargetOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        if let id { return try await show(id) }
        let pending = try await target.withStore { try await $0.pendingApprovals() }
        switch output.format {
        case .json: try printJSON(pending.items)
        case .text:
            if pending.items.isEmpty { print("nothing waits for a decision") }
            for item in pending.items { print(item.lines) }
        }
        if pending.unlisted > 0 {
            note(
                "\(pending.unlisted) more drifted values and blocked actions are not listed; see: "
                    + "usher drift, and the view audit.waiting")
        }
    }

    /// An item with the changes that it keeps back.
    private struct Detail: Encodable {
        let item: PendingApproval
        let changes: [HeldContact]
    }

    private func show(_ text: String) async throws {
        let details = try await target.withStore { store in
            guard let id = ApprovalID(text) else { throw UnknownID(text) }
            var details: [Detail] = []
            for item in try await store.pendingApprovals(named: id) {
                var changes: [HeldContact]?
                if let hold = item.hold { changes = try await store.heldContacts(ofRuleHold: hold) }
                details.append(Detail(item: item, changes: changes ?? []))
            }
            guard !details.isEmpty else {
                note("\(try await store.end(of: id)); usher approvals lists what waits")
                throw ExitCode.failure
            }
            return details
        }
        switch output.format {
        case .json: try printJSON(details)
        case .text:
            for detail in details {
                print(detail.item.lines)
                for change in detail.changes { print("      \(change.text)") }
                if detail.changes.count == Store.listedContacts {
                    print("      … the first \(Store.listedContacts); audit.waiting has them all")
                }
            }
        }
    }
}

/// Something that looks like an ID and is none.
struct UnknownID: Error, CustomStringConvertible {
    let description: String

    init(_ text: String) { description = "\(text.word) is no ID; usher approvals lists them" }
}

extension PendingApproval {
    /// The item with what a decision on it does.
    var lines: [String] {
        summaryLines + ["      approve  \(approve)"]
            + (reject.map { ["      reject   \($0)"] } ?? [])
    }

    /// The item and its changes.
    var summaryLines: [String] {
        let count = kind == .organisation ? "" : ", \(contacts.count(of: "contact"))"
        let changes = transitions.sorted { $0.key < $1.key }
        return [id.strong + "  \(subject): \(cause) (\(detail))\(count), \(time)"]
            + changes.map { "      \($0.key)  \($0.value)" }
    }

    private var subject: String {
        rule.map { "rule \($0.word)" }
            ?? contact.map { "contact \(contactTitle($0, email))" } ?? "the workspace"
    }

    private var time: String {
        if let refusedAt { return "rejected \(refusedAt.formatted(.iso8601)), until \(end)" }
        if let expiredAt { return "expired \(expiredAt.formatted(.iso8601))" }
        let expiry = expiresAt.map { ", expires \($0.formatted(.iso8601))" } ?? ""
        return "since \(placedAt.formatted(.iso8601))\(expiry)"
    }

    /// What ends a rejection.
    private var end: String {
        switch kind {
        case .ruleHold: "the rule changes or is approved"
        case .massDelete: "more contacts are missing"
        default: "the contact or its rules change"
        }
    }
}

extension HeldContact {
    var text: String {
        "\(contactTitle(contact, email))  \(account.map { "of \($0)  " } ?? "")\(field.word): "
            + "\(from?.text ?? "nothing") → \(value.quoted)  "
            + rules.map(\.word).joined(separator: ", ")
    }
}
