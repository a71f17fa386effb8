import Foundation
import Logging
import NIOCore
import NIOPosix
import Postgres
import Pylon
internal import Reconciler
import RuleLint
import Rules
import ServiceLifecycle
import Store
import Synchronization
import UnixSignals
import Worker

/// The workers of all workspaces in one process, which share a database and an HTTP client and
/// nothing else: a slow or paused one never holds up another.
struct Workers: Sendable {
    let workers: [WorkspaceWorker]
    private let hook: AlertHook?
    private let heartbeat: Heartbeat
    let database: Database
    let logger: Logger

    /// How long requests in flight have to finish after SIGTERM. A statement to a frozen database
    /// may take one second more, hooks another: ten in all.
    /// Source: docs/operations.md, “Commands”.
    static let shutdownGrace: Duration = .seconds(7)
    /// How long hooks under way have after that.
    static let hookGrace: Duration = .seconds(1)

    init(
        _ workspaces: [WorkspaceConfiguration], database: Database, http: HTTPClients,
        alert: String?, timing: SettlementTiming = .init(), logger: Logger
    ) throws {
        (self.database, self.logger) = (database, logger)
        // Names this process in leases: its host and process for people, the rest against reuse.
        let holder =
            "\(ProcessInfo.processInfo.hostName):\(getpid()):\(UUID().uuidString.prefix(8))"
        let hook = alert.map { AlertHook(target: $0, http: http, logger: logger) }
        self.hook = hook
        let outage = DatabaseOutage(logger: logger)
        workers = try workspaces.map { workspace in
            var logger = logger
            logger[metadataKey: "workspace"] = "\(workspace.name)"
            let notifier = AlertNotifier(workspace: workspace.name, logger: logger) {
                name, notice in
                hook?.fire(name, notice)
            }
            return WorkspaceWorker(
                store: Store(database: database, workspace: workspace.name, holder: holder),
                client: try PylonClient(of: workspace, over: http),
                settings: WorkspaceSettings(workspace, timing: timing),
                notifier: notifier, outage: outage, logger: logger)
        }
        let intervals = workspaces.map { ($0.name, $0.pollInterval) }
        heartbeat = Heartbeat(
            database: database,
            sign: SignOfLife(
                holder: holder, version: Usher.version,
                intervals: Dictionary(intervals) { first, _ in first }),
            outage: outage, standing: workers.map(\.standing))
    }

    /// Puts the rule files of every workspace in force.
    ///
    /// - Throws: `ConfigurationProblems` with everything that is wrong with any of them, after
    ///   printing it where the output is JSON.
    func prepare(_ output: OutputOptions) async throws {
        // All are looked at before any is registered, so that a failed start leaves nothing behind.
        try await collect(output) { try await $0.check() }
        try await collect(output) { try await $0.prepare() }
    }

    private func collect(
        _ output: OutputOptions, _ work: (WorkspaceWorker) async throws -> Void
    ) async throws {
        var files = RuleFileProblems()
        for worker in workers {
            do { try await work(worker) } catch let error as RuleProblems {
                files.add(error, of: worker.store.workspace, at: worker.settings.rulesPath)
            }
        }
        try files.printJSON(output)
        guard files.lines.isEmpty else { throw ConfigurationProblems(problems: files.lines) }
    }

    /// Runs until SIGTERM or SIGINT; requests in flight are finished.
    func run(beside others: [any Service] = []) async throws {
        try await run([AllWorkers(workers: workers)] + others)
    }

    /// Reads the rule files of every workspace again, without waiting for the next look at them.
    func reload() async {
        logger.notice("SIGHUP: reloading the rule files")
        for worker in workers {
            do { try await worker.rulesets.propose(to: worker.store, .asked) } catch {
                logger.error(
                    "rule files could not be reloaded",
                    metadata: ["workspace": "\(worker.store.workspace)", "error": "\(error)"])
            }
        }
    }

    /// Runs every workspace until nothing is left to do.
    ///
    /// - Returns: A result per workspace; none of one that a signal stopped.
    func runOnce(beside others: [any Service] = []) async throws -> [OnceResult] {
        let once = OnceService(workers: workers)
        try await run([once] + others)
        return once.results.all
    }

    /// Services are asked to stop in reverse order, each when the one after it has ended: what
    /// tells of the stop is first, and signs of life are left until the end.
    private func run(_ services: [any Service]) async throws {
        await tellOfStart()
        try await finishingHooks {
            try await group(
                [heartbeat, LogWatch(output: .shared, standing: workers.map(\.standing))] + services
                    + [StopNotice(workers: self)]
            ).run()
        }
    }

    /// However the work ends: hooks that are under way get out, and nothing of them is left.
    private func finishingHooks(_ work: () async throws -> Void) async throws {
        let outcome: Result<Void, any Error>
        do { outcome = .success(try await work()) } catch { outcome = .failure(error) }
        await hook?.finish(within: Self.hookGrace)
        try outcome.get()
    }

    private func group(_ services: [any Service]) -> ServiceGroup {
        var configuration = ServiceGroupConfiguration(
            services: services.map {
                .init(
                    service: $0, successTerminationBehavior: .gracefullyShutdownGroup,
                    failureTerminationBehavior: .gracefullyShutdownGroup)
            }, logger: logger)
        configuration.maximumGracefulShutdownDuration = Self.shutdownGrace
        return ServiceGroup(configuration: configuration)
    }
}

/// Has the rule files read again on SIGHUP.
struct ReloadOnHangup: Service, CustomStringConvertible {
    let workers: Workers

    var description: String { "reload on SIGHUP" }

    func run() async {
        let signals = await UnixSignalsSequence(trapping: .sighup)
        for await _ in signals.cancelOnGracefulShutdown() { await workers.reload() }
    }
}

/// Runs every workspace, side by side, and has them stop together.
private struct AllWorkers: Service, CustomStringConvertible {
    let workers: [WorkspaceWorker]

    var description: String { "every workspace" }

    func run() async throws {
        try await withThrowingDiscardingTaskGroup { group in
            for worker in workers { group.addTask { try await worker.run() } }
        }
    }
}

/// Runs every workspace once, side by side; done when all are.
private struct OnceService: Service, CustomStringConvertible {
    let workers: [WorkspaceWorker]
    let results = OnceResults()

    var description: String { "every workspace once" }

    func run() async {
        await withDiscardingTaskGroup { group in
            for worker in workers { group.addTask { results.add(await worker.runOnce()) } }
        }
    }
}

private final class OnceResults: Sendable {
    private let results = Mutex<[OnceResult]>([])

    var all: [OnceResult] { results.withLock { $0 } }

    func add(_ result: OnceResult) { results.withLock { $0.append(result) } }
}

extension PylonClient {
    fileprivate init(of workspace: WorkspaceConfiguration, over http: HTTPClients) throws {
        let baseURL = try BaseURL(workspace.baseURL)
        self.init(
            configuration: PylonConfiguration(
                baseURL: baseURL, token: try workspace.token.source(),
                userAgent: "usher/\(Usher.version)"),
            route: http.route(to: baseURL.server))
    }
}

extension WorkspaceSettings {
    fileprivate init(_ workspace: WorkspaceConfiguration, timing: SettlementTiming) {
        self.init(
            rulesPath: workspace.rules, limits: workspace.limits,
            pollInterval: workspace.pollInterval, pageSize: workspace.pageSize, timing: timing,
            changeCap: workspace.changeCap,
            origin: { [rules = workspace.rules] files in
                await RulesetOrigin(ofRules: rules, files: files)
            })
    }
}

extension TokenConfiguration {
    /// - Throws: Why there is no usable token.
    func source() throws -> TokenSource {
        switch self {
        case .value(let token): TokenSource(try Token(token))
        case .file(let path): try TokenSource(file: path)
        }
    }
}

/// The HTTP clients for all requests of the process.
func withHTTPClients<Result>(
    _ settings: NetworkSettings, _ body: (HTTPClients) async throws -> Result
) async throws -> Result {
    // One thread is enough for all that the limits allow, and cheaper than several.
    let threads = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let clients = HTTPClients(settings, threads: threads)
    do {
        let result = try await body(clients)
        try await clients.shutdown()
        try await threads.shutdownGracefully()
        return result
    } catch {
        try? await clients.shutdown()
        try? await threads.shutdownGracefully()
        throw error
    }
}
