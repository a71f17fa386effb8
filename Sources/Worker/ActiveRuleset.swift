package import Contacts
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
    /// What the operator allows rule files to change at most; nil is anything.
    let cap: ChangeLimits?
    private let announcer: Announcer
    private let logger: Logger
    private let state = Mutex(State())

    /// What a look at the files found: their text, or why they could not be read.
    private enum Look: Equatable {
        case sources([RuleSource])
        case unreadable(String)
    }

    private struct State {
        var compiled: Ruleset?
        /// What was proposed or refused last, so that the same files are so once.
        var settled: Look?
        var last: Look?
    }

    package init(path: String, cap: ChangeLimits?, announcer: Announcer, logger: Logger) {
        self.path = path
        self.cap = cap
        self.announcer = announcer
        self.logger = logger
    }

    /// Proposes the rule files where they have changed: good ones are put in force, bad ones are
    /// refused on record while the last good ruleset stays.
    ///
    /// - Throws: `RuleProblems` when the files are bad and no ruleset is in force.
    package func propose(to store: Store) async throws {
        let (look, files) = look()
        // A file may be half written: later changes count when two looks read the same.
        let isNew = state.withLock { state in
            defer { state.last = look }
            return state.settled != look && (state.settled == nil || state.last == look)
        }
        guard isNew else { return }
        do {
            let ruleset = try Ruleset(sources: files.get())
            try await activate(ruleset, in: store)
            state.withLock { $0.compiled = ruleset }
        } catch let problems as RuleProblems {
            guard try await store.activeRuleset() != nil else { throw problems }
            try await refuse(problems, in: store)
        }
        state.withLock { $0.settled = look }
    }

    private func look() -> (Look, Result<[RuleSource], any Error>) {
        let files = Result { try RuleFiles.read(path) }
        switch files {
        case .success(let sources): return (.sources(sources), files)
        case .failure(let error): return (.unreadable("\(error)"), files)
        }
    }

    private func refuse(_ problems: RuleProblems, in store: Store) async throws {
        let lines = problems.diagnostics.map(\.description)
        try await store.refuse(rulesetProblems: lines)
        announcer.announce(
            Alert(
                code: .rulesetRefused,
                message: "rule files refused, the last good ruleset stays in force: "
                    + lines.joined(separator: "; ")))
    }

    private func activate(_ ruleset: Ruleset, in store: Store) async throws {
        let summary = RulesetSummary(
            rulesetHash: ruleset.hash, files: ruleset.sources.map(\.path),
            rules: ruleset.rules.count, shadow: ruleset.rules.count { $0.mode == .shadow })
        let isNew = try await store.activate(
            StoredRuleset(hash: ruleset.hash, sources: try JSON(encoding: ruleset.sources)),
            summary: summary, terms: RulesetTerms(ruleset, cap: cap),
            nextInstant: ruleset.nextInstant)
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
