internal import EmbeddedPostgres
internal import Foundation

/// A pgbouncer in front of a cluster.
package final class PgBouncer: Sendable {
    package enum Mode: String, Sendable, CaseIterable {
        case session, transaction, statement
    }

    private static let program = "/usr/sbin/pgbouncer"

    package static let isInstalled = FileManager.default.isExecutableFile(atPath: program)

    package let port: UInt16
    private let process: Process
    private let directory: String

    /// - Parameter settings: Lines of its section `pgbouncer`.
    package init(
        to cluster: PrivateCluster, mode: Mode, settings: [String: String] = [:],
        logins: [String] = ["postgres"]
    ) async throws {
        let user = try ServerUser.current()
        port = try freePort()
        directory = try makeTemporaryDirectory()
        let lines =
            [
                "[databases]", "* = host=127.0.0.1 port=\(cluster.port)", "[pgbouncer]",
                "listen_addr = 127.0.0.1", "listen_port = \(port)", "unix_socket_dir =",
                "auth_type = trust", "auth_file = \(directory)/users",
                "pool_mode = \(mode.rawValue)",
            ] + settings.map { "\($0.key) = \($0.value)" }
        try Data(lines.map { $0 + "\n" }.joined().utf8)
            .write(to: URL(filePath: directory + "/pgbouncer.ini"))
        try Data(logins.map { "\"\($0)\" \"\"\n" }.joined().utf8)
            .write(to: URL(filePath: directory + "/users"))
        let commandLine = user.commandLine(
            Self.program, ["--quiet", directory + "/pgbouncer.ini"])
        process = Process()
        process.executableURL = URL(filePath: commandLine[0])
        process.arguments = Array(commandLine.dropFirst())
        process.environment = Command.environment
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.runWithSignals()
        let deadline = ContinuousClock.now + .seconds(30)
        while .now < deadline {
            if let socket = TCPSocket.connected(to: port) {
                close(socket.descriptor)
                return
            }
            try await Task.sleep(for: .milliseconds(5))
        }
        throw POSIXError(.ETIMEDOUT)
    }

    package func connectionString(
        to database: String = "postgres", as login: String = "postgres"
    ) -> String {
        "host=127.0.0.1 port=\(port) user=\(login) dbname=\(database)"
    }

    package func stop() {
        process.terminate()
        try? FileManager.default.removeItem(atPath: directory)
    }
}
