import Foundation
import Logging
import TestSupport
import Testing

@testable import EmbeddedPostgres

/// A state directory for one test, which must be removed after it.
struct StateDirectory {
    let root: String
    let path: String

    /// - Parameter name: The path below a directory that everybody may enter.
    init(_ name: String = "state") throws {
        root = try makeTemporaryDirectory()
        path = "\(root)/\(name)"
    }

    func start(
        durability: EmbeddedPostgres.Durability = .off
    ) async throws -> EmbeddedPostgres {
        try await EmbeddedPostgres.start(
            stateDirectory: path, durability: durability, logger: Logger(label: "test"))
    }

    /// Where the cluster's files are: inside, or for root elsewhere.
    var base: String {
        let name = try? String(contentsOfFile: path + "/postgres-elsewhere", encoding: .utf8)
        return name.map { "/var/lib/usher/\($0)" } ?? path + "/postgres"
    }

    /// The processes of the server.
    var processes: [pid_t] {
        ServerProcesses(files: ClusterFiles(base: base, socketDirectory: base + "/socket"))
            .running()
    }

    /// The shells that watch over a server; they end after it.
    var supervisors: [pid_t] {
        get throws {
            try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { pid_t($0) }
                .filter { pid in
                    let line = try? Data(contentsOf: URL(filePath: "/proc/\(pid)/cmdline"))
                    return line?.starts(with: Data("/bin/sh\0-c\0exec 3<&0".utf8)) == true
                        && line?.range(of: Data("\0\(base)/data\0".utf8)) != nil
                }
        }
    }

    /// Waits, with a bound, until the server and its shells are gone that nobody here can wait for.
    func untilNothingRuns() async throws -> Bool {
        let deadline = ContinuousClock.now + .seconds(20)
        while ContinuousClock.now < deadline {
            if try processes.isEmpty && supervisors.isEmpty { return true }
            await ServerProcesses.pause()
        }
        return false
    }

    func remove() {
        let elsewhere = base
        if elsewhere.hasPrefix("/var/lib/usher/") {
            try? FileManager.default.removeItem(atPath: elsewhere)
        }
        try? FileManager.default.removeItem(atPath: root)
    }

    /// Runs a body with a state directory and leaves nothing of it.
    static func with<Result>(
        _ name: String = "state", _ body: (StateDirectory) async throws -> Result
    ) async throws -> Result {
        let directory = try StateDirectory(name)
        defer { directory.remove() }
        return try await body(directory)
    }
}

extension EmbeddedPostgres {
    /// Runs SQL with the line that people paste, as another user of the system if one is named.
    func psql(_ sql: String, as user: String? = nil) async throws -> (isGood: Bool, output: String)
    {
        let prefix = user.map { "exec setpriv --reuid=\($0) --clear-groups -- " } ?? ""
        return try await run(
            "/bin/sh", "-c", "\(prefix)\(psqlCommand) --no-psqlrc -Atc \"$0\"", sql)
    }
}

extension EmbeddedPostgres {
    func expect(
        _ sql: String, _ output: String, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let result = try await psql(sql)
        #expect(result.output == output, sourceLocation: sourceLocation)
    }
}

func run(_ program: String, _ arguments: String...) async throws -> (isGood: Bool, output: String) {
    let process = Process()
    process.executableURL = URL(filePath: program)
    process.arguments = arguments
    process.currentDirectoryURL = URL(filePath: "/")
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    return try await withCheckedThrowingContinuation { continuation in
        DispatchQueue.global().async {
            continuation.resume(
                with: Result {
                    try process.runWithSignals()
                    let printed = try output.fileHandleForReading.readToEnd() ?? Data()
                    process.waitUntilExit()
                    return (
                        process.terminationStatus == 0, String(decoding: printed, as: UTF8.self)
                    )
                })
        }
    }
}

extension Process {
    /// A process that does nothing, of a user of the system.
    static func sleeping(as user: ServerUser) throws -> Process {
        let commandLine = user.commandLine("/bin/sleep", ["600"])
        let process = Process()
        process.executableURL = URL(filePath: commandLine[0])
        process.arguments = Array(commandLine.dropFirst())
        try process.runWithSignals()
        return process
    }
}
