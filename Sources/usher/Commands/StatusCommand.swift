import ArgumentParser
import Contacts
import Foundation
import Rules
import Store
import Worker

struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show how the workspaces stand.")

    @Option(help: "Only this workspace.")
    var workspace: String?
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let statuses = try await withOpenDatabase { database in
            var statuses: [WorkspaceStatus] = []
            for name in try await Store.workspaces(in: database)
            where workspace == nil || workspace == name.description {
                let store = Store(database: database, workspace: name, holder: "command")
                guard var status = try await store.status() else { continue }
                // What another version of Usher put in force may be none to this one.
                let expirations = try await store.activeRuleset()
                    .flatMap { try? Ruleset($0) }.map { Expirations(of: $0, at: .now) }
                (status.ended, status.ending) = (
                    expirations?.ended ?? [], expirations?.ending ?? []
                )
                statuses.append(status)
            }
            return statuses
        }
        switch output.format {
        case .json: try printJSON(statuses)
        case .text:
            if statuses.isEmpty { print("no workspace yet") }
            statuses.forEach { print($0.text) }
        }
    }
}

extension WorkspaceStatus {
    fileprivate var text: String {
        let open = actions.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
        var lines = [
            "workspace \(workspace)".strong,
            "  contacts  \(contacts)"
                + (absences.text.map { ", \($0)" } ?? ""),
            "  log       \(events) events",
            "  rules     \(rulesetHash.map { String($0.prefix(12)) } ?? "none yet")"
                + (isEvaluated ? "" : ", being evaluated"),
            "  actions   \(open.isEmpty ? "none open" : open.joined(separator: ", "))",
            "  waiting   \(held) held, \(drifted) drifted",
        ]
        if setAside > 0 {
            lines.append(
                ("  set aside \(setAside) contact\(setAside == 1 ? "" : "s") that cannot be read or "
                    + "stored; nothing is decided for them: see audit.unreadable").warning)
        }
        if declined > 0 {
            lines.append(
                "  declined  changes of \(declined) contact\(declined == 1 ? "" : "s"), which were "
                    + "rejected or expired")
        }
        lines += rejected.map { "  rejected  \($0.text)".warning }
        if unordered.contacts > 0 {
            let contacts = "\(unordered.contacts) contact\(unordered.contacts == 1 ? "" : "s")"
            let rules = unordered.rules.map(\.rule).joined(separator: ", ")
            lines.append(
                "  unordered \(contacts) left alone by bounds, since a custom role has no order: "
                    + rules)
        }
        if let sweep = lastSweep {
            let end = sweep.finishedAt.map { " \($0.formatted(.iso8601))" } ?? ""
            lines.append("  sweep     \(sweep.state)\(end), \(sweep.contacts) contacts")
            if let size = sweep.pageSize {
                lines.append(
                    "  pages     of \(size) contacts, since larger ones came too slowly or were too large"
                )
            }
        }
        lines += pauses.map {
            "  paused    \($0.what): \($0.reason.visible), until \($0.until.formatted(.iso8601))"
                .warning
        }
        lines += alerts.map {
            "  alert     \($0.raisedAt.formatted(.iso8601)) \($0.code): \($0.message.visible)"
                .warning
        }
        lines += ended.map { "  ended     \($0.visible)".warning }
        lines += ending.map { "  soon      \($0.visible)".warning }
        return lines.joined(separator: "\n")
    }
}

extension RejectedRule {
    fileprivate var text: String {
        "rule \(rule), since \(since.formatted(.iso8601))"
            + (who.map { ", by \($0.escaped)" } ?? "") + (why.map { ": \($0.escaped)" } ?? "")
            + "; until it changes or is approved"
    }
}
