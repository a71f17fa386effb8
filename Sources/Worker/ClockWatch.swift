internal import Logging
internal import Reconciler
internal import Rules
internal import Store
internal import Synchronization

/// Watches the database's clock, which times everything, and mends what a wrong one left behind.
final class ClockWatch: Sendable {
    private let store: Store
    private let bounds: TimeBounds
    private let rulesets: ActiveRuleset
    private let notifier: AlertNotifier
    private let logger: Logger
    private let previous = Mutex<ClockReading?>(nil)

    init(
        store: Store, bounds: TimeBounds, rulesets: ActiveRuleset, notifier: AlertNotifier,
        logger: Logger
    ) {
        self.store = store
        self.bounds = bounds
        self.rulesets = rulesets
        self.notifier = notifier
        self.logger = logger
    }

    /// Between looks: what a clock that was ahead left behind holds nothing up for longer.
    static let interval: Duration = .seconds(5)

    /// - Returns: How long to wait for the next look.
    func look() async throws -> Duration {
        let look = try await store.lookAtClock(
            bounds, after: previous.withLock { $0 }, timed: try await timedRuleset())
        previous.withLock { $0 = look.reading }
        if look.wasSetBack {
            logger.notice(
                "the database's clock was set back; what depends on time is decided again")
        }
        notifier.notify(look.alerts)
        notifier.notify(look.resolved)
        return Self.interval
    }

    private func timedRuleset() async throws -> Ruleset? {
        guard let ruleset = try await rulesets.current(in: store),
            ruleset.dependsOnTime || !ruleset.ages.isEmpty
        else { return nil }
        return ruleset
    }
}
