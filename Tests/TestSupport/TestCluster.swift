internal import EmbeddedPostgres
internal import Foundation
private import Logging

/// The private PostgreSQL cluster of this test process; it and its files go with the process.
struct TestCluster: Sendable {
    let server: EmbeddedPostgres
    /// Waits for our end, however it comes, and then removes everything.
    private let reaper: Process

    /// Started by the first test that needs it.
    static let shared = Task { try await TestCluster() }

    private static let reaping = """
        read -r _
        pid=$(head -n 1 "$0/postgres/data/postmaster.pid") && kill -QUIT "$pid"
        tries=0
        while kill -0 "$pid" && [ "$tries" -lt 200 ]; do sleep 0.05; tries=$((tries + 1)); done
        rm -rf -- "$0"
        """

    private init() async throws {
        let directory = try makeTemporaryDirectory()
        reaper = Process()
        reaper.executableURL = URL(filePath: "/bin/sh")
        reaper.arguments = ["-c", Self.reaping, directory]
        reaper.standardInput = Pipe()
        reaper.standardOutput = FileHandle.nullDevice
        reaper.standardError = FileHandle.nullDevice
        try reaper.run()
        server = try await EmbeddedPostgres.start(
            stateDirectory: directory, durability: .off, logger: Logger(label: "tests"))
    }
}

/// Makes a directory in `/tmp` that the server's user can enter.
package func makeTemporaryDirectory() throws -> String {
    var path = Array("/tmp/usher-tests-XXXXXX".utf8CString)
    guard mkdtemp(&path) != nil else { throw POSIXError(.EACCES) }
    let directory = String(decoding: path.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    guard chmod(directory, 0o711) == 0 else { throw POSIXError(.EPERM) }
    return directory
}
