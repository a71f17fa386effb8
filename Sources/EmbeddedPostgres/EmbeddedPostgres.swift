internal import Files
internal import Foundation
package import Logging

/// A private PostgreSQL cluster of real server programs, which lives in a state directory.
///
/// Only the user who started it can connect, and only through a Unix socket. The server ends with
/// this process, however that ends; the data stay.
package final class EmbeddedPostgres: Sendable {
    /// Whether what was committed survives a crash of the machine.
    package enum Durability: Sendable {
        case on
        /// For tests: twice as fast, and garbage after a crash of the machine.
        case off
    }

    /// How libpq reaches the server; there is no password in it, nor anywhere else.
    package let connectionString: String
    /// The same as a line for the user's shell.
    package let psqlCommand: String
    private let server: Server
    private let lock: StateLock

    private init(_ files: ClusterFiles, _ server: Server, _ lock: StateLock) {
        connectionString = files.connectionString
        psqlCommand = files.psqlCommand
        self.server = server
        self.lock = lock
    }

    /// Starts the state directory's cluster, which is made when it is missing.
    ///
    /// A server left over from a killed process is shut down first.
    ///
    /// - Throws: `EmbeddedPostgresError`.
    package static func start(
        stateDirectory: String, durability: Durability = .on, logger: Logger
    ) async throws -> EmbeddedPostgres {
        let user = try ServerUser.current()
        let state = try makeStateDirectory(stateDirectory, sharedWithServer: user.isOther)
        let lock = try StateLock(state)
        let placement = Placement(stateDirectory: state, user: user, logger: logger)
        let files = try await placement.files()
        let installation = try Installation.find(version: files.dataVersion)
        let leftovers = ServerProcesses(files: files)
        if !leftovers.running().isEmpty {
            logger.notice("stopping a database server that was left running")
            try await leftovers.stop()
        }
        leftovers.removeTraces()
        if files.dataVersion == nil {
            logger.info("creating the embedded database", metadata: ["directory": "\(files.base)"])
            try await files.create(installation, as: user, durability: durability)
        }
        try files.writeAccessRules(for: user)
        let server = try Server(
            installation, files, as: user, durability: durability,
            log: try LogFile(state + "/postgres.log"))
        do {
            try await server.untilReady()
        } catch {
            try? await server.stop()
            throw error
        }
        return EmbeddedPostgres(files, server, lock)
    }

    /// Shuts the server down, within eight seconds.
    ///
    /// The state directory stays locked as long as this object lives.
    package func stop() async throws { try await server.stop() }

    /// Returns the directory's path without links in it.
    private static func makeStateDirectory(
        _ path: String, sharedWithServer isShared: Bool
    ) throws -> String {
        let manager = FileManager.default
        if !manager.fileExists(atPath: path) {
            do {
                try manager.createDirectory(
                    atPath: path, withIntermediateDirectories: true,
                    attributes: [.posixPermissions: isShared ? 0o711 : 0o700])
            } catch {
                throw EmbeddedPostgresError.unusablePath(
                    path, reason: FileProblem(path, .written, error: error).reason)
            }
        }
        guard let resolved = realpath(path, nil) else {
            throw EmbeddedPostgresError.unusablePath(path, reason: lastSystemError())
        }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}
