import ArgumentParser
import Contacts
import Foundation
import Postgres
import Reconciler
import RuleLint
import Rules
import Store
import Worker

struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show the health of the workspaces.",
        discussion: """
            With --check, prints one line for each problem and exits with 2: no worker, a late \
            sweep, events not evaluated within five minutes, a paused workspace, an open alert, a \
            missing partition, an unavailable database. --check reads no contacts, so it is cheap \
            enough for a health check.
            """)

    @Option(help: "Only this workspace.")
    var workspace: String?
    @Flag(help: "Print problems, and exit with 2 if there are any.")
    var check = false
    @OptionGroup var output: OutputOptions

    func run() async throws {
        if check { return try await reportProblems() }
        let (statuses, listings) = try await withOpenDatabase { database in
            try await (
                eachStore(in: database) { try await status(of: $0) },
                Store.listings(in: database)
            )
        }
        switch output.format {
        case .json: try printJSON(statuses)
        case .text:
            if statuses.isEmpty { print("no workspace\(listings.ended)") }
            statuses.forEach { print($0.lines) }
        }
    }

    private func eachStore<Result>(
        in database: Database, _ body: (Store) async throws -> Result?
    ) async throws -> [Result] {
        var results: [Result] = []
        let listings = try await Store.listings(in: database)
        for name in try workspace.map({ [try listings.named($0)] }) ?? listings.names {
            let store = Store(database: database, workspace: name, holder: "command")
            if let result = try await body(store) { results.append(result) }
        }
        return results
    }

    private func status(of store: Store) async throws -> WorkspaceStatus? {
        guard var status = try await store.status() else { return nil }
        // What another version of Usher put in force may be none to this one.
        let expirations = try await store.activeRuleset()
            .flatMap { try? Ruleset($0) }.map { Expirations(of: $0, at: .now) }
        (status.ended, status.ending) = (expirations?.ended ?? [], expirations?.ending ?? [])
        status.problems = status.health.problems.map { $0.text(at: status.health.now) }
        return status
    }

    private struct Problem: Encodable {
        /// nil where it is about all of them.
        let workspace: String?
        let problem: String
    }

    private func reportProblems() async throws {
        let problems = try await problems()
        switch output.format {
        case .json: try printJSON(["problems": problems])
        case .text where problems.isEmpty: print("ok")
        case .text:
            for problem in problems {
                print((problem.workspace.map { "workspace \($0): " } ?? "") + problem.problem)
            }
        }
        if !problems.isEmpty { throw ExitCode(2) }
    }

    /// - Throws: `CancellationError` where a signal has stopped the command; all else is a problem.
    private func problems() async throws -> [Problem] {
        do {
            let found = try await withOpenDatabase { database in
                try await eachStore(in: database) { store in
                    try await store.health().map { health in
                        health.problems.map {
                            Problem(
                                workspace: store.workspace.description,
                                problem: $0.text(at: health.now))
                        }
                    }
                }
            }
            guard found.isEmpty else { return found.flatMap { $0 } }
            let name = workspace.map { "workspace \($0)" } ?? "workspace"
            return [Problem(workspace: nil, problem: "no \(name) is on record yet")]
        } catch {
            try Task.checkCancellation()
            return [Problem(workspace: nil, problem: "\(error)")]
        }
    }
}

extension WorkspaceStatus {
    fileprivate var lines: [String] {
        ["workspace \(workspace)".strong] + workLines + unorderedLines + workerLines + sweepLines
            + endpointLines + alertLines
            + ended.map { "  ended     \($0)".warning }
            + ending.map { "  soon      \($0)".warning }
    }

    private var workLines: [String] {
        let open = actions.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
        var lines = [
            "  contacts  \(contacts)"
                + (absences.text.map { ", \($0)" } ?? ""),
            "  log       \(events.count(of: "event"))"
                + (unevaluatedEvents > 0
                    ? ", \(WorkspaceHealth.countOfUnevaluated(unevaluatedEvents)) not evaluated yet"
                    : ""),
            "  rules     \(rulesetHash.map { String($0.prefix(12)) } ?? "none yet")"
                + (isEvaluated ? "" : ", being evaluated"),
            "  actions   \(open.isEmpty ? "none open" : open.joined(separator: ", "))",
            "  changes   \(held) held, \(drifted) drifted",
        ]
        if waiting > 0 {
            let items = waiting.count(of: "item")
            lines.append(
                "  approvals \(items) waiting for a decision; see: usher approvals".warning)
        }
        if setAside > 0 {
            lines.append(
                ("  set aside \(setAside.count(of: "contact")) that cannot be read or stored; "
                    + "nothing is decided for them: see audit.unreadable").warning)
        }
        if declined > 0 {
            lines.append(
                "  declined  changes of \(declined.count(of: "contact")), rejected or expired")
        }
        return lines + rejected.map { "  rejected  \($0.text(at: health.now))".warning }
    }

    private var unorderedLines: [String] {
        guard unordered.contacts > 0 else { return [] }
        let contacts = unordered.contacts.count(of: "contact")
        let rules = unordered.rules.map(\.rule.word).joined(separator: ", ")
        return [
            "  unordered \(contacts) with a custom role, on which these rules have no effect: "
                + rules
        ]
    }

    private var workerLines: [String] {
        let now = health.now
        let alive = workers.filter { $0.isAlive(at: now) }
        var lines = alive.map { "  worker    \($0.text(at: now))" }
        if let refusal = health.writeRefusal {
            lines.append("  database  takes no writes: it is \(refusal)".warning)
        }
        if alive.isEmpty {
            let last = workers.first.map { "; the last one: \($0.text(at: now))" } ?? ""
            lines.append("  worker    none running\(last)".warning)
        }
        return lines
    }

    private var sweepLines: [String] {
        let now = health.now
        var lines: [String] = []
        if let sweep = lastSweep {
            let time =
                sweep.finishedAt.map { $0.relative(to: now) }
                ?? "for \(sweep.startedAt.span(to: now))"
            lines.append(
                "  sweep     \(sweep.state) \(time), \(sweep.contacts.count(of: "contact"))")
            if let size = sweep.pageSize {
                lines.append(
                    "  pages     of \(size.count(of: "contact")), because larger ones were too "
                        + "slow or too large"
                )
            }
        }
        if isSweepLate {
            let last = lastCompleteSweep.map {
                "the last one completed \($0.finishedAt.relative(to: now))"
            }
            let interval = Duration.seconds(sweepInterval ?? 0).rough
            lines.append(
                "  late      \(last ?? "none has completed"), one is due every \(interval)".warning)
        }
        return lines
    }

    /// Endpoints that are paused or fail.
    private var endpointLines: [String] {
        let now = health.now
        return pauses.map {
            "  paused    \($0.what): \($0.reason); next check \($0.until.relative(to: now))".warning
        }
            + failing.map {
                let next = $0.nextTryAt.relative(to: now)
                return "  failing   \($0.endpoint) for \($0.since.span(to: now)): \($0.cause); "
                    .warning
                    + "\($0.waiting.count(of: "request")) waiting, next try \(next)".warning
            }
    }

    private var alertLines: [String] {
        let now = health.now
        return alerts.map {
            "  alert     \($0.title) for \($0.raisedAt.span(to: now)): \($0.message)"
                .warning
        }
            + endedAlerts.map {
                let length = Duration.seconds($0.resolvedAt.timeIntervalSince($0.raisedAt))
                return "  resolved  \(alertTitle($0.code, $0.subject)), "
                    + "\($0.resolvedAt.relative(to: now)), after \(length.rough)"
            }
    }
}

extension RejectedRule {
    fileprivate func text(at now: Date) -> String {
        "rule \(rule.word), \(since.relative(to: now))"
            + (who.map { ", by \($0.word)" } ?? "") + (why.map { ": \($0.quoted)" } ?? "")
            + "; until it changes or is approved"
    }
}
