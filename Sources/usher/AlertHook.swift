import AsyncHTTPClient
import Foundation
import Logging
import NIOCore
import NIOHTTP1
import Pylon
internal import Reconciler
import Store
import Synchronization
import Worker

/// Runs the operator's command, or posts to a URL, for each alert; bounded, and never waited for.
final class AlertHook: Sendable {
    /// A hook that takes longer is ended.
    static let timeLimit: Duration = .seconds(30)
    /// Hooks under way at once; an alert beyond that is on record all the same.
    static let maxRunning = 4
    /// How long what is ended has to be gone; SIGKILL needs no longer.
    static let endGrace: Duration = .seconds(1)

    private let target: String
    private let http: HTTPClients
    private let logger: Logger
    private let running = Mutex(Running())
    private let ended = Signal()

    private struct Running {
        var last = 0
        var hooks: [Int: Task<Void, Never>] = [:]
    }

    init(target: String, http: HTTPClients, logger: Logger) {
        self.target = target
        self.http = http
        self.logger = logger
    }

    private struct Message: Encodable {
        let workspace: String
        let status: String
        let code: String
        let subject: String?
        let message: String
        let contact: String?
        let since: Date?
    }

    func fire(_ workspace: WorkspaceName, _ notice: AlertNotice) {
        let alert = notice.alert
        let message = Message(
            workspace: workspace.description, status: notice.status.rawValue,
            code: alert.code.rawValue, subject: alert.subject.isEmpty ? nil : alert.subject,
            message: alert.message, contact: alert.contactID, since: notice.since)
        let mayRun = running.withLock { running in
            guard running.hooks.count < Self.maxRunning else { return false }
            running.last += 1
            let number = running.last
            // Not a child of any work, on purpose: no hook may hold up or end with a pass.
            running.hooks[number] = Task {
                await run(message)
                self.running.withLock { $0.hooks[number] = nil }
                ended.send()
            }
            return true
        }
        guard mayRun else {
            return logger.warning(
                "USHER_ALERT is busy and was not run for this alert",
                metadata: ["alert": "\(alert.code.rawValue)"])
        }
    }

    private func run(_ message: Message) async {
        do {
            let body = try jsonLine(message)
            try await Destination(target) != nil ? post(body) : command(body)
        } catch {
            logger.warning("USHER_ALERT failed", metadata: ["error": "\(error)"])
        }
    }

    /// Waits for hooks under way, so that the last alert gets out too, and then ends them.
    func finish(within limit: Duration) async {
        if await haveEnded(within: limit) { return }
        logger.warning("USHER_ALERT was still running at shutdown and is killed")
        for hook in running.withLock({ Array($0.hooks.values) }) { hook.cancel() }
        _ = await haveEnded(within: Self.endGrace)
    }

    private func haveEnded(within limit: Duration) async -> Bool {
        let deadline = ContinuousClock.now + limit
        while !running.withLock({ $0.hooks.isEmpty }) {
            let rest = deadline - .now
            guard rest > .zero else { return false }
            await ended.wait(upTo: rest, clock: ContinuousClock())
        }
        return true
    }

    private func post(_ body: String) async throws {
        var request = HTTPClientRequest(url: target)
        request.method = .POST
        request.headers.add(name: "content-type", value: "application/json")
        request.body = .bytes(ByteBuffer(string: body))
        guard let server = Destination(target) else { throw InvalidSetting("its URL is none") }
        let route = http.route(to: server)
        let response: HTTPClientResponse
        do {
            response = try await route.http.execute(
                request, timeout: .seconds(Self.timeLimit.components.seconds))
        } catch {
            // Of its URL only the server is told: the path is often a secret.
            throw TransportFailure(error, to: server, on: route, timeout: Self.timeLimit)
        }
        guard (200..<300).contains(response.status.code) else {
            throw InvalidSetting("\(server) answered \(response.status.code)")
        }
    }

    /// The command reads the alert as JSON on its standard input. What it starts and leaves behind
    /// in its process group has the same time.
    private func command(_ body: String) async throws {
        let command = ChildProgram(
            program: "/bin/sh", arguments: ["-c", target],
            // It gets what a command needs to run, and no token.
            environment: ProcessInfo.processInfo.environment.filter {
                ["PATH", "HOME", "LANG", "USER"].contains($0.key)
            },
            input: Array(body.utf8), timeLimit: Self.timeLimit)
        _ = try await command.run()
    }
}
