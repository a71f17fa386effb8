internal import Logging
internal import Rules
internal import Store

/// Decides what the rules want for every contact that changed.
struct Evaluator: Sendable {
    let store: Store
    let rulesets: ActiveRuleset
    let announcer: Announcer
    let logger: Logger
    /// Woken when there may be something to send.
    let dispatch: Signal

    /// Between looks for events that another process recorded.
    static let poll: Duration = .seconds(1)

    /// Evaluates one batch of what has changed.
    ///
    /// - Returns: How long to wait for the next pass.
    func evaluate() async throws -> Duration {
        guard let ruleset = try await rulesets.current(in: store) else { return Self.poll }
        if ruleset.dependsOnTime {
            try await store.recheckWhenDue(
                rulesetHash: ruleset.hash, nextInstant: ruleset.nextInstant)
        }
        guard
            let lease = try await store.acquire(.evaluate),
            let result = try await store.evaluate(
                under: lease, with: ruleset, cap: rulesets.cap)
        else { return Self.poll }
        if result.needsCount { return try await count(ruleset, under: lease) }
        announcer.announce(result.alerts)
        if result.actions > 0 { dispatch.send() }
        return result.hasMore ? .zero : Self.poll
    }

    /// Counts all that a new ruleset would change, before any of it is done.
    private func count(_ ruleset: Ruleset, under lease: Lease) async throws -> Duration {
        let count = try await store.countChanges(
            under: lease, of: ruleset, cap: rulesets.cap)
        guard case .counted(let alerts) = count else { return Self.poll }
        announcer.announce(alerts)
        return .zero
    }
}
