import ArgumentParser
import Contacts
import Foundation
internal import Reconciler
import Store

struct ReleaseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "release", abstract: "Let something go on that waits for a person.",
        discussion: """
            WHAT is a contact's id or address (its holds, its blocked action and its drift; with \
            --field only that field's), mass-delete, or organisation. Who and why are on record.
            """)

    @Argument(help: "A contact's id or address, mass-delete, or organisation.")
    var what: String
    @Option(help: "Only this field of the contact, such as portal_role.")
    var field: String?
    @Option(help: "Why; it is kept for the auditors.")
    var reason: String
    @OptionGroup var target: TargetOptions
    @OptionGroup var output: OutputOptions

    func validate() throws { try requireReason(reason) }

    func run() async throws {
        let released = try await target.withStore { store in
            let act = OperatorAct(who: currentOperator(), reason: reason)
            switch what {
            case "mass-delete": return try await store.release(.massDelete, by: act)
            case "organisation": return try await store.release(.organisation, by: act)
            default:
                var released: [String] = []
                let histories = try await store.histories(of: what)
                if histories.isEmpty {
                    note("no contact has the id or address \(what.quoted)")
                    throw ExitCode.failure
                }
                for story in histories {
                    released += try await store.release(
                        .contact(story.contact.id, field: field), by: act)
                }
                return released
            }
        }
        switch output.format {
        case .json: try printJSON(["released": released])
        case .text:
            for line in released { print("released \(line)") }
        }
        if released.isEmpty {
            note("\(nothing); see: usher status")
            throw ExitCode.failure
        }
    }
}

extension ReleaseCommand {
    fileprivate var nothing: String {
        switch what {
        case "mass-delete": "no mass delete is waiting for a release"
        case "organisation": "no other organisation is waiting for a release"
        default: "\(what.word) has no hold, no blocked action and no drift"
        }
    }
}

struct ResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "End a pause after a refused token, without waiting for the next look at it.")

    @Option(help: "Why; it is kept for the auditors.")
    var reason = "the token was replaced"
    @OptionGroup var target: TargetOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let resumed = try await target.withStore { store in
            try await store.resume(by: OperatorAct(who: currentOperator(), reason: reason))
        }
        switch output.format {
        case .json: try printJSON(["resumed": resumed])
        case .text: print(resumed ? "resumed" : "the workspace is not paused for an invalid token")
        }
    }
}

func requireReason(_ reason: String) throws {
    guard !reason.allSatisfy(\.isWhitespace), reason.count <= 1000 else {
        throw ValidationError("--reason must have 1 to 1000 characters")
    }
}

/// Who runs the command: the operating system's user, and the host.
func currentOperator() -> String {
    "\(NSUserName())@\(ProcessInfo.processInfo.hostName)"
}
