private import Foundation
internal import Logging

/// Decides where a state directory's cluster lives.
///
/// Inside the state directory, if the server's user can get there and its path can be a socket's.
/// Otherwise root's clusters live in `/var/lib/usher`, and other users' sockets in `/tmp`.
struct Placement {
    let stateDirectory: String
    let user: ServerUser
    let logger: Logger

    private static let elsewhere = "/var/lib/usher"

    /// Holds the name of the cluster in `/var/lib/usher`.
    private var record: String { Self.record(of: stateDirectory) }
    private var inside: String { stateDirectory + "/postgres" }

    func files() async throws -> ClusterFiles {
        user.isOther ? try await filesForRoot() : try filesForUser()
    }

    private func filesForUser() throws -> ClusterFiles {
        try makeOwnDirectory(inside, mode: 0o700)
        let socketDirectory = inside + "/socket"
        if ClusterFiles.canHoldSocket(socketDirectory) {
            try makeOwnDirectory(socketDirectory, mode: 0o700)
            return ClusterFiles(base: inside, socketDirectory: socketDirectory)
        }
        return ClusterFiles(base: inside, socketDirectory: try temporarySocketDirectory())
    }

    /// A directory in `/tmp` that nobody else can have made; the last one if it is left.
    private func temporarySocketDirectory() throws -> String {
        let record = inside + "/socket-directory"
        if let last = try? String(contentsOfFile: record, encoding: .utf8),
            (try? requireOwnDirectory(last, owner: user.uid)) != nil
        {
            return last
        }
        let made = try makeUniqueDirectory("/tmp/usher-")
        try made.write(toFile: record, atomically: true, encoding: .utf8)
        return made
    }

    private func filesForRoot() async throws -> ClusterFiles {
        let base = try await baseForRoot()
        // Root's own, so that the server's user cannot put links where root writes.
        try makeOwnDirectory(base, mode: 0o711)
        let socketDirectory = base + "/socket"
        try makeDirectory(socketDirectory, for: user)
        return ClusterFiles(base: base, socketDirectory: socketDirectory)
    }

    private func baseForRoot() async throws -> String {
        if FileManager.default.fileExists(atPath: record) { return try recordedBase() }
        let canEnter = try await Command.succeeds(
            user.commandLine("/usr/bin/test", ["-x", stateDirectory]))
        if FileManager.default.fileExists(atPath: inside) {
            if canEnter { return inside }
            throw EmbeddedPostgresError.unusablePath(
                inside, reason: "user \(ServerUser.standIn) cannot get there any more")
        }
        if canEnter, ClusterFiles.canHoldSocket(inside + "/socket") { return inside }
        return try newBase()
    }

    /// A cluster's directory with a name of its own, which the state directory remembers.
    private func newBase() throws -> String {
        try makeOwnDirectory(Self.elsewhere, mode: 0o711)
        let base = try makeUniqueDirectory(Self.elsewhere + "/")
        try stateDirectory.write(toFile: owner(of: base), atomically: true, encoding: .utf8)
        let name = URL(filePath: base).lastPathComponent
        try name.write(toFile: record, atomically: true, encoding: .utf8)
        logger.info(
            "the embedded database lives outside of the state directory",
            metadata: ["directory": "\(base)"])
        return base
    }

    private func recordedBase() throws -> String {
        let name = try String(contentsOfFile: record, encoding: .utf8)
        guard name.wholeMatch(of: /[A-Za-z0-9]+/) != nil else {
            throw EmbeddedPostgresError.unusablePath(record, reason: "not the name of a cluster")
        }
        let base = "\(Self.elsewhere)/\(name)"
        let lastOwner = try? String(contentsOfFile: owner(of: base), encoding: .utf8)
        if lastOwner == stateDirectory { return base }
        if let lastOwner,
            name == (try? String(contentsOfFile: Self.record(of: lastOwner), encoding: .utf8))
        {
            logger.warning(
                "this state directory is a copy, whose database starts empty",
                metadata: ["original": "\(lastOwner)"])
            return try newBase()
        }
        if lastOwner == nil {
            logger.warning(
                "the embedded database is gone and starts empty",
                metadata: ["directory": "\(base)"])
            try makeOwnDirectory(Self.elsewhere, mode: 0o711)
            try makeOwnDirectory(base, mode: 0o711)
        }
        try stateDirectory.write(toFile: owner(of: base), atomically: true, encoding: .utf8)
        return base
    }

    /// Holds the state directory's path, to tell a state directory that was moved from a copy.
    private func owner(of base: String) -> String { base + "/state-directory" }

    private static func record(of stateDirectory: String) -> String {
        stateDirectory + "/postgres-elsewhere"
    }
}
