private import Foundation

/// A program that runs to its end, within a time limit, and says what it has to say on few lines.
enum Command {
    /// Longer than `initdb` takes on a slow disk.
    static let timeLimit: Duration = .seconds(120)

    /// How much of a program's output an error quotes.
    static let maxQuoted = 2000

    /// What programs get to see of our environment: nothing that changes what they do, no secret.
    static let environment = [
        "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C",
    ]

    /// Runs a program and returns what it printed.
    ///
    /// - Throws: `EmbeddedPostgresError.failed` when it fails or does not end in time; then it is killed.
    @discardableResult
    static func run(_ commandLine: [String]) async throws -> String {
        let outcome = try await outcome(of: commandLine)
        guard outcome.status == 0 else {
            throw EmbeddedPostgresError.failed(
                program: commandLine.joined(separator: " "), output: outcome.output)
        }
        return outcome.output
    }

    /// Whether a program succeeds.
    static func succeeds(_ commandLine: [String]) async throws -> Bool {
        try await outcome(of: commandLine).status == 0
    }
}
