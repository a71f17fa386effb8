package import Contacts
internal import Foundation
package import Logging
internal import Postgres
package import Reconciler
internal import RuleSources
package import Rules
package import Store
internal import Synchronization

/// The ruleset in force, compiled once; and the files that propose the next one.
///
/// Where several processes have different files, the newest activation is in force; the others say
/// so and propose theirs again only when they change.
package final class ActiveRuleset: Sendable {
    /// The rules folder or file.
    private let path: String
    /// What the operator allows rule files to change at most; nil is anything.
    let cap: ChangeLimits?
    /// Where rule files come from and who runs this process, for the record.
    private let origin: RulesetOrigin.Reader
    private let notifier: AlertNotifier
    private let standing: StandingAlerts
    private let logger: Logger
    private let state = Mutex(State())

    /// What a look at the files found: their text, or why they could not be read.
    private enum Look: Equatable {
        case sources([RuleSource])
        case unreadable(String)
    }

    private struct State {
        var compiled: Ruleset?
        /// The ruleset that a check compiled, for the proposal that follows it.
        var checked: (look: Look, ruleset: Ruleset)?
        /// What was proposed or refused last, so that the same files are so once.
        var settled: Look?
        var last: Look?
        /// Whether the files were refused when they were looked at last.
        var isRefused = false
        /// What this process put in force, or found in force when it wanted to.
        var own: String?
        /// A ruleset of other files, and how often it was found in force.
        var foreign: (hash: String, looks: Int)?
        /// What was found in force and means nothing to this program.
        var unusable: String?
    }

    package init(
        path: String, cap: ChangeLimits?, origin: @escaping RulesetOrigin.Reader,
        notifier: AlertNotifier, standing: StandingAlerts, logger: Logger
    ) {
        self.path = path
        self.cap = cap
        self.origin = origin
        self.notifier = notifier
        self.standing = standing
        self.logger = logger
    }

    /// When a change of the files counts.
    package enum Debounce: Sendable {
        /// A file may be half written: when two looks in a row read the same.
        case settled
        /// Somebody asked for it: at once.
        case asked
    }

    /// Proposes the rule files where they have changed: good ones are put in force, bad ones are
    /// refused on record while the last good ruleset stays.
    ///
    /// - Throws: `RuleProblems` when the files are bad and no ruleset is in force.
    package func propose(to store: Store, _ debounce: Debounce = .settled) async throws {
        let (look, files) = look()
        let isNew = state.withLock { state in
            defer { state.last = look }
            let isSure = debounce == .asked || state.settled == nil || state.last == look
            return state.settled != look && isSure
        }
        guard isNew else { return try await tellOfOthers(in: store) }
        do {
            let ruleset = try takeChecked(look) ?? Ruleset(sources: files.get())
            let before = try await self.ruleset(replacedBy: ruleset, in: store)
            try await activate(ruleset, in: store)
            tellOfLosses(from: before, to: ruleset)
            state.withLock { ($0.compiled, $0.own, $0.foreign) = (ruleset, ruleset.hash, nil) }
            await tellOfAcceptance(of: ruleset)
        } catch let problems as RuleProblems {
            guard try await usableRuleset(in: store) != nil else { throw problems }
            try await refuse(problems, in: store)
            state.withLock { $0.isRefused = true }
        }
        state.withLock { $0.settled = look }
    }

    /// Looks whether there are rules to work with, and changes nothing.
    ///
    /// - Throws: `RuleProblems` when the files are bad and no ruleset is in force.
    func check(for store: Store) async throws {
        let (look, files) = look()
        do {
            let ruleset = try Ruleset(sources: files.get())
            state.withLock { $0.checked = (look, ruleset) }
        } catch {
            guard try await usableRuleset(in: store) != nil else { throw error }
        }
    }

    /// The ruleset compiled by a check of the same files; nil the second time.
    private func takeChecked(_ look: Look) -> Ruleset? {
        state.withLock { state in
            defer { state.checked = nil }
            return state.checked.flatMap { $0.look == look ? $0.ruleset : nil }
        }
    }

    private func tellOfAcceptance(of ruleset: Ruleset) async {
        let wasRefused = state.withLock { state in
            defer { state.isRefused = false }
            return state.isRefused
        }
        if wasRefused {
            logger.notice(
                "rule files accepted again", metadata: ["ruleset": "\(ruleset.hash)"])
        }
        await standing.resolve(.rulesetRefused)
    }

    private func look() -> (Look, Result<[RuleSource], any Error>) {
        let files = Result { try RuleFiles.read(path) }
        switch files {
        case .success(let sources): return (.sources(sources), files)
        case .failure(let error): return (.unreadable("\(error)"), files)
        }
    }

    /// Says once that other files are in force than this process has. Twice seen, since whoever has
    /// the same files may have read them a moment before.
    private func tellOfOthers(in store: Store) async throws {
        guard let stored = try await store.activeRulesetHash() else { return }
        let looks = state.withLock { state in
            guard let own = state.own, own != stored else {
                state.foreign = nil
                return 0
            }
            let looks = state.foreign?.hash == stored ? state.foreign?.looks ?? 0 : 0
            state.foreign = (stored, looks + 1)
            return looks + 1
        }
        guard looks > 0 else { return await standing.resolve(.otherRules) }
        guard looks > 1 else { return }
        await standing.raise(
            Alert(
                code: .otherRules,
                message: "the rules in force (\(stored.prefix(12))) come from another process; the "
                    + "files in \(path) are not in force until they change. Give all workers the "
                    + "same files"))
    }

    private func refuse(_ problems: RuleProblems, in store: Store) async throws {
        let located = problems.located(at: RulesLocation(path)).diagnostics.map(\.description)
        let unnamed = located.count - Self.namedProblems
        let alert = Alert(
            code: .rulesetRefused,
            message: "rule files refused, the last good ruleset stays in force: "
                + located.prefix(Self.namedProblems).joined(separator: "; ")
                + (unnamed > 0 ? "; and \(unnamed) more, see: usher rules check" : ""))
        notifier.notify(
            try await store.refuse(
                rulesetProblems: problems.diagnostics.map(\.description), alert: alert))
        standing.keep(alert)
    }

    /// Problems in an alert: enough to begin with, and few enough for a message.
    private static let namedProblems = 5

    private func activate(_ ruleset: Ruleset, in store: Store) async throws {
        let summary = RulesetSummary(
            rulesetHash: ruleset.hash, files: ruleset.sources.map(\.path),
            rules: ruleset.rules.count, shadow: ruleset.rules.count { $0.mode == .shadow },
            origin: await origin(ruleset.sources.map(\.path)))
        let isNew = try await store.activate(ruleset, summary: summary)
        if isNew {
            logger.info(
                "ruleset activated",
                metadata: [
                    "ruleset": "\(ruleset.hash)", "rules": "\(summary.rules)",
                    "shadow": "\(summary.shadow)",
                ])
        }
    }

    /// The ruleset in force; nil where it is this one, or cannot be read by this version.
    private func ruleset(replacedBy ruleset: Ruleset, in store: Store) async throws -> Ruleset? {
        guard let stored = try await store.activeRulesetHash(), stored != ruleset.hash else {
            return nil
        }
        if let compiled = compiledRuleset(stored) { return compiled }
        return try await usableRuleset(in: store)
    }

    private func compiledRuleset(_ hash: String) -> Ruleset? {
        state.withLock { $0.compiled?.hash == hash ? $0.compiled : nil }
    }

    /// Logs removed guardrails and exceptions, since rules may grant more access without them.
    private func tellOfLosses(from before: Ruleset?, to ruleset: Ruleset) {
        guard let before else { return }
        let guardrails = Self.lost(before.guardrails.map(\.id), ruleset.guardrails.map(\.id))
        let exceptions = Self.lost(before.exceptions.map(\.id), ruleset.exceptions.map(\.id))
        if !guardrails.isEmpty {
            logger.warning(
                "guardrails are no longer in the rule files, and keep no rule from acting",
                metadata: ["guardrails": "\(guardrails.joined(separator: ", "))"])
        }
        if !exceptions.isEmpty {
            logger.notice(
                "exceptions are no longer in the rule files",
                metadata: ["exceptions": "\(exceptions.joined(separator: ", "))"])
        }
    }

    private static func lost(_ before: [String], _ after: [String]) -> [String] {
        let after = Set(after)
        return before.filter { !after.contains($0) }
    }

    /// The ruleset in force; another process may have activated it.
    ///
    /// - Returns: nil where there is none, and where there is one of another version of Usher to
    ///   which it means something else: then this process evaluates nothing, and says so.
    package func current(in store: Store) async throws -> Ruleset? {
        guard let stored = try await store.activeRulesetHash() else { return nil }
        if let compiled = compiledRuleset(stored) {
            await standing.resolve(.unusableRules)
            return compiled
        }
        guard state.withLock({ $0.unusable }) != stored else { return nil }
        if let ruleset = try await usableRuleset(in: store) {
            state.withLock { $0.compiled = ruleset }
            return ruleset
        }
        await standing.raise(
            Alert(
                code: .unusableRules,
                message: "the rules in force (\(stored.prefix(12))) were put in force by another "
                    + "version of Usher and mean something else to this one, which evaluates "
                    + "nothing: give all workers the same version"))
        state.withLock { $0.unusable = stored }
        return nil
    }

    /// The stored ruleset where it means the same to this program as to the one that stored it.
    private func usableRuleset(in store: Store) async throws -> Ruleset? {
        guard let active = try await store.activeRuleset(),
            let ruleset = try? Ruleset(active), ruleset.hash == active.hash
        else { return nil }
        return ruleset
    }
}
