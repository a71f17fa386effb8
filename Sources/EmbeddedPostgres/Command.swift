private import Dispatch
private import Foundation

/// A program that runs to its end within a time limit.
package enum Command {
    /// Longer than `initdb` takes on a slow disk.
    private static let timeLimit = "120s"

    /// How many of a program's last characters an error quotes.
    static let maxQuoted = 2000

    /// What programs get to see of our environment: nothing that changes what they do, no secret.
    package static let environment = ["PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C"]

    /// - Throws: `EmbeddedPostgresError.failed` when it fails; one that takes too long is killed.
    package static func run(_ commandLine: [String]) async throws {
        let (status, output) = try await outcome(of: commandLine)
        if status != 0 {
            throw EmbeddedPostgresError.failed(
                program: commandLine.joined(separator: " "), output: output)
        }
    }

    static func succeeds(_ commandLine: [String]) async throws -> Bool {
        try await outcome(of: commandLine).status == 0
    }

    private static func outcome(
        of commandLine: [String]
    ) async throws -> (status: Int32, output: String) {
        try await withCheckedThrowingContinuation { continuation in
            // Waiting blocks, so it has a thread outside of Swift's pool.
            DispatchQueue.global().async {
                continuation.resume(with: Result { try wait(for: commandLine) })
            }
        }
    }

    private static func wait(
        for commandLine: [String]
    ) throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/timeout")
        process.arguments = ["--kill-after=5s", timeLimit] + commandLine
        process.environment = environment
        // The server's user may not be able to enter where we are.
        process.currentDirectoryURL = URL(filePath: "/")
        let output = Pipe()
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = output
        try process.runWithSignals()
        let printed = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return (
            process.terminationStatus,
            String(String(decoding: printed, as: UTF8.self).suffix(maxQuoted))
        )
    }
}
