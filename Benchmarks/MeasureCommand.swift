import ArgumentParser
import AsyncHTTPClient
import Dispatch
import Foundation
import Logging
import NIOCore
import NIOPosix
import Postgres
import Pylon
import Reconciler
import Store
import Worker

/// Measures once, as a worker's process.
struct MeasureCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "measure", shouldDisplay: false)

    @Argument var benchmark: Benchmark
    @Option var database: String
    @Option var server: String

    func run() async throws {
        Thread.detachNewThread {
            Child.waitForParentsEnd()
            Self.exit(withError: ExitCode.failure)
        }
        let threads = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let http = HTTPClient(eventLoopGroup: threads, configuration: .pylon)
        var options = Database.Options()
        options.role = "usher_app"
        let rules = try BenchmarkRules.write()
        defer { try? FileManager.default.removeItem(atPath: rules) }
        let bench = Bench(
            database: Database(database, options: options), http: http, server: server,
            rules: rules)
        let figures = try await bench.measure(benchmark)
        await bench.database.close()
        try await http.shutdown()
        try await threads.shutdownGracefully()
        FileHandle.standardOutput.write(try JSONEncoder().encode(figures))
    }

    /// Measures in a process of its own, and waits for it.
    static func inProcess(
        _ benchmark: Benchmark, database: String, server: String
    ) async throws -> [Figure] {
        let child = try Child(
            ["measure", benchmark.rawValue, "--database", database, "--server", server])
        return try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async {
                let data = child.output.readDataToEndOfFile()
                child.process.waitUntilExit()
                continuation.resume(
                    with: Result {
                        guard child.process.terminationStatus == 0 else {
                            throw BenchmarkFailed("\(benchmark.rawValue) failed")
                        }
                        return try JSONDecoder().decode([Figure].self, from: data)
                    })
            }
        }
    }
}

/// What measurements are made with.
struct Bench: Sendable {
    let database: Database
    let http: HTTPClient
    let server: String
    /// The folder of the rules.
    let rules: String

    func measure(_ benchmark: Benchmark) async throws -> [Figure] {
        switch benchmark {
        case .sweepUnchanged, .sweepFirst: try await measureSweep(benchmark)
        case .evaluate: try await measureEvaluation()
        case .decide: try Decisions.measure()
        case .plan: try await measurePlan()
        case .dispatch: try await measureDispatch()
        case .reaction: try await measureReaction()
        }
    }

    /// A worker as `usher run` would make it.
    ///
    /// - Parameter population: The contacts that the server gives it; a path of the server.
    func worker(
        _ workspace: String, of population: String, limits: [Endpoint: RequestLimit] = [:],
        pollInterval: Duration = .seconds(3600)
    ) throws -> WorkspaceWorker {
        let name = WorkspaceName(workspace)!
        var logger = Logger(label: "bench") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .warning
        return WorkspaceWorker(
            store: Store(database: database, workspace: name, holder: "bench"),
            client: PylonClient(
                configuration: PylonConfiguration(
                    baseURL: try BaseURL("\(server)/\(population)"),
                    token: TokenSource(try Token("bench"))),
                route: Route(http: http)),
            settings: WorkspaceSettings(
                rulesPath: rules, limits: limits, pollInterval: pollInterval,
                origin: { _ in RulesetOrigin(who: "benchmark") }),
            notifier: AlertNotifier(workspace: name, logger: logger) { _, _ in },
            outage: DatabaseOutage(logger: logger), logger: logger)
    }
}

extension Duration {
    var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}
