import AsyncHTTPClient
import Foundation
import Logging
import NIOCore
import NIOHTTP1
import Pylon
import Store
import Synchronization
import Worker

/// Runs the operator's command, or posts to a URL, for each alert; bounded, and never waited for.
final class AlertHook: Sendable {
    /// A hook that takes longer is ended.
    static let timeLimit: Duration = .seconds(30)
    /// Hooks under way at once; an alert beyond that is on record all the same.
    static let maxRunning = 4

    private let target: String
    private let http: HTTPClient
    private let logger: Logger
    private let running = Mutex(0)
    private let ended = Signal()

    init(target: String, http: HTTPClient, logger: Logger) {
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
        let mayRun = running.withLock { running in
            guard running < Self.maxRunning else { return false }
            running += 1
            return true
        }
        guard mayRun else {
            return logger.warning(
                "USHER_ALERT is busy: not run for this alert",
                metadata: ["alert": "\(alert.code.rawValue)"])
        }
        let message = Message(
            workspace: workspace.description, status: notice.status.rawValue,
            code: alert.code.rawValue, subject: alert.subject.isEmpty ? nil : alert.subject,
            message: alert.message, contact: alert.contactID, since: notice.since)
        // Not a child of any work, on purpose: no hook may hold up or end with a pass.
        Task {
            do {
                let encoder = JSONEncoder()
                encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
                encoder.dateEncodingStrategy = .iso8601
                let body = try encoder.encode(message)
                try await target.wholeMatch(of: /https?:\/\/.+/) != nil ? post(body) : command(body)
            } catch {
                logger.warning("USHER_ALERT failed", metadata: ["error": "\(error)"])
            }
            running.withLock { $0 -= 1 }
            ended.send()
        }
    }

    /// Waits for hooks under way, so that the last alert of a process gets out too.
    func finish(within limit: Duration) async {
        let deadline = ContinuousClock.now + limit
        while running.withLock({ $0 }) > 0 {
            let rest = deadline - .now
            guard rest > .zero else {
                return logger.warning("USHER_ALERT was still running at the end")
            }
            await ended.wait(upTo: rest, clock: ContinuousClock())
        }
    }

    private func post(_ body: Data) async throws {
        var request = HTTPClientRequest(url: target)
        request.method = .POST
        request.headers.add(name: "content-type", value: "application/json")
        request.body = .bytes(ByteBuffer(bytes: body))
        let response = try await http.execute(
            request, timeout: .seconds(Self.timeLimit.components.seconds))
        guard (200..<300).contains(response.status.code) else {
            throw InvalidSetting("the URL answered \(response.status.code)")
        }
    }

    /// The command reads the alert as JSON on its standard input.
    private func command(_ body: Data) async throws {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", target]
        // It gets what a command needs to run, and no token.
        process.environment = ProcessInfo.processInfo.environment.filter {
            ["PATH", "HOME", "LANG", "USER"].contains($0.key)
        }
        let input = Pipe()
        process.standardInput = input
        let ended = AsyncStream<Int32>.makeStream()
        process.terminationHandler = {
            ended.continuation.yield($0.terminationStatus)
            ended.continuation.finish()
        }
        try process.run()
        try input.fileHandleForWriting.write(contentsOf: body)
        try input.fileHandleForWriting.close()
        let limit = Task {
            try await Task.sleep(for: Self.timeLimit)
            // It may have inherited blocked signals; this one cannot be blocked.
            kill(process.processIdentifier, SIGKILL)
        }
        defer { limit.cancel() }
        for await status in ended.stream where status != 0 {
            throw InvalidSetting("the command ended with \(status)")
        }
    }
}
