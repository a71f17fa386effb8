package import Contacts
internal import Foundation
package import Logging
internal import Postgres
package import Pylon
package import Reconciler
internal import Rules
internal import ServiceLifecycle
package import Store

/// What a workspace runs with.
package struct WorkspaceSettings: Sendable {
    package var rulesPath: String
    /// Endpoints without an entry are not limited.
    package var limits: [Endpoint: RequestLimit]
    /// Pause between sweeps.
    package var pollInterval: Duration
    /// Contacts per list page.
    package var pageSize: Int
    package var timing: SettlementTiming
    /// What rule files may change at most, whatever they grant themselves; nil is anything.
    package var changeCap: ChangeLimits?
    /// Where the rule files come from and who runs the process, asked when they are put in force.
    package var origin: RulesetOrigin.Reader

    package init(
        rulesPath: String, limits: [Endpoint: RequestLimit], pollInterval: Duration,
        pageSize: Int = PylonClient.maxPageSize, timing: SettlementTiming = .init(),
        changeCap: ChangeLimits? = nil, origin: @escaping RulesetOrigin.Reader
    ) {
        self.origin = origin
        self.changeCap = changeCap
        self.rulesPath = rulesPath
        self.limits = limits
        self.pollInterval = pollInterval
        self.pageSize = pageSize
        self.timing = timing
    }
}

/// Everything that runs for one workspace: the flow from a page to a recorded PATCH, in one place.
///
/// Poller → event log → evaluator → actions → dispatcher → outcomes; the settler cleans up behind.
/// Each stage wakes the next one; a short poll is the truth between processes.
package struct WorkspaceWorker: Service, CustomStringConvertible {
    package let store: Store
    package let settings: WorkspaceSettings
    package let counts = RequestCounts()
    package let rulesets: ActiveRuleset
    /// What is under way at this moment.
    package let activity = Activity()
    let clock: any Clock<Duration>
    package let baseURL: String
    let notifier: AlertNotifier
    /// Alerts about what this process sees itself.
    package let standing: StandingAlerts
    let outage: DatabaseOutage
    package let logger: Logger
    let pauseController: PauseController
    let api: RateLimitedClient
    package let poller: Poller
    let evaluator: Evaluator
    let dispatcher: Dispatcher
    let settler: Settler
    let tokenCheck: TokenCheck
    private let clockWatch: ClockWatch
    private let evaluate = Signal()
    private let dispatch = Signal()
    private let settle = Signal()

    package init(
        store: Store, client: PylonClient, settings: WorkspaceSettings, notifier: AlertNotifier,
        outage: DatabaseOutage, clock: any Clock<Duration> = ContinuousClock(), logger: Logger
    ) {
        baseURL = client.baseURL
        self.store = store
        self.settings = settings
        self.clock = clock
        self.logger = logger
        self.outage = outage
        self.notifier = notifier
        standing = StandingAlerts(store: store, notifier: notifier)
        rulesets = ActiveRuleset(
            path: settings.rulesPath, cap: settings.changeCap, origin: settings.origin,
            notifier: notifier, standing: standing, logger: logger)
        pauseController = PauseController(store: store, notifier: notifier, logger: logger)
        api = RateLimitedClient(
            store: store, client: client, limits: settings.limits, counts: counts,
            pauseController: pauseController,
            pacing: settings.timing.breaker, clock: clock)
        tokenCheck = TokenCheck(
            store: store, api: api, pauseController: pauseController,
            failures: FailureLog("GET /me", outage: outage, logger: logger), logger: logger)
        poller = Poller(
            store: store, api: api, tokenCheck: tokenCheck,
            pageSize: SharedPageSize(settings.pageSize), timing: settings.timing,
            notifier: notifier, clock: clock, logger: logger, evaluate: evaluate)
        evaluator = Evaluator(
            store: store, rulesets: rulesets, notifier: notifier, logger: logger,
            dispatch: dispatch)
        dispatcher = Dispatcher(
            store: store, client: client, limit: settings.limits[.update], timing: settings.timing,
            counts: counts, pauseController: pauseController, tokenCheck: tokenCheck,
            notifier: notifier,
            outage: outage, clock: clock, activity: activity, logger: logger, wake: dispatch,
            settle: settle, evaluate: evaluate)
        settler = Settler(
            store: store, api: api, tokenCheck: tokenCheck, timing: settings.timing,
            notifier: notifier, clock: clock, logger: logger, dispatch: dispatch,
            evaluate: evaluate)
        let limits = settings.limits.map { ($0.key.rawValue, $0.value) }
        clockWatch = ClockWatch(
            store: store,
            bounds: TimeBounds(
                limits: Dictionary(uniqueKeysWithValues: limits), timing: settings.timing,
                longestRetryAfter: RetryAfter.longest),
            rulesets: rulesets, notifier: notifier, logger: logger)
    }

    package var description: String { "workspace \(store.workspace)" }

    /// Looks whether there are rules to work with, and changes nothing.
    ///
    /// - Throws: `RuleProblems` when the rule files are bad and no ruleset is in force.
    package func check() async throws { try await rulesets.check(for: store) }

    /// What must hold before anything runs: the workspace's row, and a ruleset in force.
    ///
    /// - Throws: `RuleProblems` when the rule files are bad and no ruleset is in force.
    package func prepare() async throws {
        try await store.register()
        try await partitions.make()
        try await rulesets.propose(to: store)
    }

    private var partitions: LogPartitions {
        LogPartitions(store: store, clock: clock, logger: logger)
    }

    /// Runs until the process is asked to stop; requests in flight are finished.
    package func run() async throws {
        guard await isRecognised(attempts: .max) else { return }
        await runLoops()
    }

    /// Everything that goes on for as long as the process does.
    func runLoops() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await dispatcher.run() }
            group.addTask { await loop("evaluation", evaluate) { try await evaluator.evaluate() } }
            group.addTask { await loop("settlement", settle) { try await settler.settle() } }
            group.addTask { await loop("deletion", Signal()) { try await settler.proveAbsences() } }
            group.addTask { await loop("sweep", Signal()) { try await pollOnce() } }
            group.addTask { await loop("rule files", Signal()) { try await lookAtRules() } }
            group.addTask { await loop("token", Signal()) { try await tokenCheck.endPause() } }
            group.addTask { await loop("housekeeping", Signal()) { try await housekeep() } }
            group.addTask { await loop("alerts", Signal()) { try await standing.settle() } }
            group.addTask { await watchClock() }
            group.addTask { await loop("health", Signal()) { try await lookAtSweeps() } }
        }
        try? await store.releaseLeases()
    }

    private func watchClock() async {
        await loop("clock", Signal()) { try await clockWatch.look() }
    }

    private func loop(_ name: String, _ signal: Signal, _ pass: () async throws -> Duration) async {
        var record = PassRecord()
        await repeatUntilShutdown(
            wakenBy: signal, clock: clock,
            failures: FailureLog(name, outage: outage, logger: logger)
        ) {
            do {
                let pause = try await activity.during(name, pass)
                if record.passed(waiting: pause) {
                    await standing.resolve(.stuck, subject: name)
                }
                return pause
            } catch is WorkspacePaused {
                return Self.pausedPoll
            } catch let error where !(error is CancellationError) {
                // A database that is away has an alert of its own.
                if error is PostgresError && outage.isAway { throw error }
                if record.failed() { await tell(that: name, isStuckBy: error) }
                throw error
            }
        }
    }

    private func tell(that name: String, isStuckBy error: any Error) async {
        await standing.raise(
            Alert(
                code: .stuck, subject: name,
                message: "the \(name) loop of workspace \(store.workspace) fails again and again "
                    + "and gets nothing, or little, done: \(error)"))
    }

    /// One pass of the evaluator.
    package func evaluateOnce() async throws -> Duration { try await evaluator.evaluate() }

    /// Waits until the API has said whose token it is; a good one ends a pause of an earlier run.
    ///
    /// - Returns: Whether it has; not when the process was asked to stop meanwhile.
    func isRecognised(attempts: Int) async -> Bool {
        // Permits that a clock ahead left behind must not hold up the first request.
        async let _: Void = watchClock()
        let failures = FailureLog("the look at whose token it is", outage: outage, logger: logger)
        var (attempt, record) = (0, PassRecord())
        while attempt < attempts && !Task.isCancelled && !Task.isShuttingDownGracefully {
            attempt += 1
            do {
                if try await tokenCheck.checkAndResume() != .unclear { return true }
            } catch {
                if failures.failed(error), record.failed() {
                    await tell(that: "token", isStuckBy: error)
                }
            }
            await Signal().wait(upTo: TokenCheck.poll, clock: clock)
        }
        return false
    }

    private static let pausedPoll: Duration = .seconds(1)
    /// A sweep when one is due, else a probe when the list budget can spare it.
    private func pollOnce() async throws -> Duration {
        let state = try await store.sendingState()
        switch state.allowance(of: Endpoint.list.rawValue) {
        case .everything, .atMost: break
        case .nothing(let until):
            return min(Self.probeInterval, .seconds(until.timeIntervalSince(state.now)))
        case .oneTry:
            // Its failure is on record with the endpoint.
            do { try await poller.probe() } catch is PylonError {}
            return .seconds(1)
        }
        let due = try await store.untilNextSweep(interval: settings.pollInterval)
        guard due > .zero else {
            return try await poller.sweep() == .completed ? .zero : .seconds(1)
        }
        guard due > Self.probeInterval else { return due }
        try await probeIfSpare()
        return Self.probeInterval
    }

    /// Between looks at the newest contacts.
    static let probeInterval: Duration = .seconds(5)

    /// A probe must not delay a sweep: it takes only what is left when half of the budget is free.
    private func probeIfSpare() async throws {
        if let limit = settings.limits[.list] {
            let held = try await store.heldPermits(of: Endpoint.list.rawValue)
            guard held < limit.permits / 2 else { return }
        }
        try await poller.probe()
    }

    /// Rule files are read again this often.
    static let rulesInterval: Duration = .seconds(2)

    private func lookAtRules() async throws -> Duration {
        try await rulesets.propose(to: store)
        return Self.rulesInterval
    }

    /// Between looks whether sweeps are late.
    static let healthInterval: Duration = .seconds(60)

    /// Its end is told by the sweep that completes.
    private func lookAtSweeps() async throws -> Duration {
        if let health = try await store.health(), let alert = Alert(lateSweep: health) {
            notifier.notify(try await store.raise(alert))
        }
        return Self.healthInterval
    }

    /// Between making partitions ahead and forgetting old sweeps.
    static let housekeepingInterval: Duration = .seconds(3600)

    private func housekeep() async throws -> Duration {
        try await partitions.make()
        try await store.housekeep()
        try await store.expireHolds().forEach(notifier.notify)
        return Self.housekeepingInterval
    }
}
