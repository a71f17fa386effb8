import ArgumentParser
import Contacts
import Foundation
internal import Reconciler
import Store

struct WorkspaceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "workspace", abstract: "List workspaces, or remove an unused one.",
        subcommands: [List.self, Forget.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the workspaces in the database, including removed ones.")

        @OptionGroup var output: OutputOptions

        func run() async throws {
            let workspaces = try await withOpenDatabase { try await Store.listings(in: $0) }
            switch output.format {
            case .json: try printJSON(workspaces)
            case .text:
                if workspaces.isEmpty { print("no workspace yet") }
                for workspace in workspaces { print(workspace.text) }
            }
        }
    }

    struct Forget: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove a workspace from the database, but keep its log.",
            discussion: """
                Removes its contacts, open actions, holds, approvals, alerts and sweeps; keeps its \
                log and its rulesets for auditors. If you add a workspace with this name later, \
                its log continues. Refused while a worker is running, and for a minute after one \
                crashed. The operator and the reason are recorded.
                """)

        @Argument(help: "The workspace's name.")
        var name: String
        @Option(help: "The reason, recorded for auditors.")
        var reason: String
        @OptionGroup var output: OutputOptions

        func validate() throws { try requireReason(reason) }

        func run() async throws {
            let forgotten = try await withOpenDatabase { database in
                try await WorkspaceName(name).map { name in
                    Store(database: database, workspace: name, holder: "command")
                }?.forget(by: OperatorAct(who: currentOperator(), reason: reason))
            }
            guard let forgotten else {
                throw ValidationError(
                    "there is no workspace \(name.quoted) in the database; see: usher workspace "
                        + "list")
            }
            switch output.format {
            case .json: try printJSON(forgotten)
            case .text: print(forgotten.text)
            }
        }
    }
}

extension WorkspaceListing {
    fileprivate var text: String {
        let end = forgottenAt.map { "removed \($0.formatted(.iso8601)), its log is kept" }
        return "\(workspace)  " + (end ?? "since \(createdAt.formatted(.iso8601))")
    }
}

extension ForgottenWorkspace {
    fileprivate var text: String {
        "removed workspace \(workspace): \(contacts.count(of: "contact")), "
            + "\(actions.count(of: "open action")), \(holds.count(of: "hold")); kept its log "
            + "(\(events.count(of: "event")))"
    }
}
