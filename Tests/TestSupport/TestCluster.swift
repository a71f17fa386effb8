internal import EmbeddedPostgres
internal import Foundation
private import Logging

/// The private PostgreSQL cluster of this test process; it and its files go with the process.
struct TestCluster: Sendable {
    let server: EmbeddedPostgres
    private let reaper: Reaper

    /// Started by the first test that needs it.
    static let shared = Task { try await TestCluster() }

    private init() async throws {
        let directory = try makeTemporaryDirectory()
        reaper = try Reaper(removing: directory)
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
