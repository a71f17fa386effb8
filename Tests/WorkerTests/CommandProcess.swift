import Foundation
import Sandbox
import Testing
import Worker

/// `usher` as a process of its own.
final class CommandProcess: Sendable {
    struct Ended: Sendable {
        let status: Int32
        /// When the system reported it, however late this process came to look.
        let time: ContinuousClock.Instant
        let output: String
        let errors: String

        /// The last line of the output as a JSON object.
        var summary: [String: Any] {
            get throws {
                let line = output.split(separator: "\n").last.map(String.init) ?? ""
                return try #require(
                    try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any],
                    "no JSON object: \(line)\n\(errors)")
            }
        }
    }

    let pid: Int32
    private let process: Process
    private let folder: String
    private let ends: AsyncStream<End>

    private struct End {
        let status: Int32
        let time = ContinuousClock.now
    }

    /// The executable that was built with these tests, beside their own.
    static let executable: String = {
        let tests = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        return URL(filePath: tests ?? "").deletingLastPathComponent().appending(path: "usher")
            .path()
    }()

    /// - Parameters:
    ///   - environment: All that it gets, beside what a command needs to run.
    ///   - folder: Where it runs, and where its output is kept.
    ///   - program: What is run instead of it.
    init(
        _ arguments: [String], environment: [String: String], in folder: String,
        program: String = executable
    ) throws {
        let name = UUID().uuidString
        self.folder = folder + "/" + name
        try FileManager.default.createDirectory(
            atPath: self.folder, withIntermediateDirectories: false)
        process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.currentDirectoryURL = URL(filePath: folder)
        let own = ProcessInfo.processInfo.environment.filter {
            ["PATH", "HOME", "LANG", "LD_LIBRARY_PATH"].contains($0.key)
        }
        process.environment = own.merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try Self.file(self.folder + "/output")
        process.standardError = try Self.file(self.folder + "/errors")
        let (ends, ending) = AsyncStream.makeStream(of: End.self)
        self.ends = ends
        process.terminationHandler = {
            let status = $0.terminationStatus
            ending.yield(End(status: $0.terminationReason == .exit ? status : -status))
            ending.finish()
        }
        try process.run()
        pid = process.processIdentifier
    }

    private static func file(_ path: String) throws -> FileHandle {
        _ = FileManager.default.createFile(atPath: path, contents: nil)
        return try FileHandle(forWritingTo: URL(filePath: path))
    }

    func send(signal: Int32) { kill(pid, signal) }

    /// What it has logged so far.
    var errors: String { text("errors") }
    var output: String { text("output") }

    /// Waits for its end, and ends it when that takes too long.
    func end(within limit: Duration = .seconds(60)) async throws -> Ended {
        let end = try await withThrowingTaskGroup(of: End?.self) { group in
            group.addTask { [ends] in await ends.first { _ in true } }
            group.addTask {
                try await Task.sleep(for: limit)
                return nil
            }
            defer { group.cancelAll() }
            return try await group.next() ?? nil
        }
        guard let end else {
            send(signal: SIGKILL)
            throw TookTooLong(limit: limit, errors: errors)
        }
        return Ended(status: end.status, time: end.time, output: output, errors: errors)
    }

    struct TookTooLong: Error {
        let limit: Duration
        let errors: String
    }

    private func text(_ name: String) -> String {
        (try? String(contentsOfFile: folder + "/" + name, encoding: .utf8)) ?? ""
    }
}

extension World {
    /// The settings with which `usher` works in this world.
    func settings(_ others: [String: String] = [:]) -> [String: String] {
        [
            "DATABASE_URL": connectionString, "PYLON_BASE_URL": sandbox.baseURL,
            "PYLON_API_TOKEN": sandbox.token, "USHER_RULES": rulesFolder + "/rules.yaml",
            "USHER_LIMITS": "update=off,list=off,get=off,me=off", "LOG_FORMAT": "json",
            "USHER_POLL_INTERVAL": "500ms",
        ].merging(others) { $1 }
    }

    /// Runs `usher` to its end.
    func usher(
        _ arguments: String..., settings others: [String: String] = [:],
        within limit: Duration = .seconds(60)
    ) async throws -> CommandProcess.Ended {
        try await usher(arguments, settings: others, within: limit)
    }

    /// Starts a shell in which `usher` is `"$USHER"`.
    func shell(_ script: String, settings others: [String: String] = [:]) throws -> CommandProcess {
        try CommandProcess(
            ["-c", script],
            environment: settings(others).merging(["USHER": CommandProcess.executable]) { $1 },
            in: rulesFolder, program: "/bin/sh")
    }

    func usher(
        _ arguments: [String], settings others: [String: String] = [:],
        within limit: Duration = .seconds(60)
    ) async throws -> CommandProcess.Ended {
        try await CommandProcess(arguments, environment: settings(others), in: rulesFolder)
            .end(within: limit)
    }
}
