internal import Foundation
package import Logging
internal import Postgres
internal import Rules
package import Store
internal import Synchronization

/// The ruleset in force, compiled once; and the files that propose the next one.
package final class ActiveRuleset: Sendable {
    /// The rules folder or file.
    private let path: String
    private let announcer: Announcer
    private let logger: Logger
    private let state = Mutex(State())

    private struct State {
        var compiled: Ruleset?
        /// The files that were looked at last, so that the same ones are proposed or refused once.
        var seen: [RuleSource]?
        /// What the last look read.
        var lastRead: [RuleSource]?
    }

    package init(path: String, announcer: Announcer, logger: Logger) {
        self.path = path
        self.announcer = announcer
        self.logger = logger
    }

    /// Proposes the rule files where they have changed: good ones are put in force, bad ones are
    /// refused on record while the last good ruleset stays.
    ///
    /// - Throws: `RuleProblems` when the files are bad and no ruleset is in force.
    package func propose(to store: Store) async throws {
        do {
            let sources = try RuleFiles.read(path)
            // A file may be half written: later changes count when two looks read the same.
            let isSettled = state.withLock { state in
                defer { state.lastRead = sources }
                return state.seen == nil || state.lastRead == sources
            }
            guard isSettled, state.withLock({ $0.seen != sources }) else { return }
            let ruleset = try Ruleset(sources: sources)
            try await activate(ruleset, in: store)
            state.withLock { ($0.seen, $0.compiled) = (sources, ruleset) }
        } catch let problems as RuleProblems {
            guard try await store.activeRuleset() != nil else { throw problems }
            let sources = (try? RuleFiles.read(path)) ?? []
            let isNew = state.withLock { state in
                defer { state.seen = sources }
                return state.seen != sources
            }
            guard isNew else { return }
            let lines = problems.diagnostics.map(\.description)
            try await store.refuse(rulesetProblems: lines)
            announcer.announce(
                Alert(
                    code: .rulesetRefused,
                    message: "rule files refused, the last good ruleset stays in force: "
                        + lines.joined(separator: "; ")))
        }
    }

    private func activate(_ ruleset: Ruleset, in store: Store) async throws {
        let summary = RulesetSummary(
            rulesetHash: ruleset.hash, files: ruleset.sources.map(\.path),
            rules: ruleset.rules.count, shadow: ruleset.rules.count { $0.mode == .shadow })
        let isNew = try await store.activate(
            StoredRuleset(hash: ruleset.hash, sources: try JSON(encoding: ruleset.sources)),
            summary: summary)
        if isNew {
            logger.info(
                "ruleset activated",
                metadata: [
                    "ruleset": "\(ruleset.hash)", "rules": "\(summary.rules)",
                    "shadow": "\(summary.shadow)",
                ])
        }
    }

    /// The ruleset in force; another process may have activated it.
    func current(in store: Store) async throws -> Ruleset? {
        guard let stored = try await store.activeRulesetHash() else { return nil }
        if let compiled = state.withLock({ $0.compiled }), compiled.hash == stored {
            return compiled
        }
        guard let active = try await store.activeRuleset() else { return nil }
        let ruleset = try Ruleset(sources: active.sources.decode(as: [RuleSource].self))
        state.withLock { $0.compiled = ruleset }
        return ruleset
    }
}
