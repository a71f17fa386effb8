import EmbeddedPostgres
import Foundation
import Logging
import Postgres
import Store

/// Lends a migrated database in a new cluster that survives a crash of the machine (`fsync` on); its
/// files are removed at the end.
func withFreshDatabase<Result>(
    _ body: (_ connectionString: String) async throws -> Result
) async throws -> Result {
    let directory = NSTemporaryDirectory() + "usher-bench-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let server = try await EmbeddedPostgres.start(
        stateDirectory: directory, durability: .on,
        logger: Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() })
    do {
        let owner = Database(server.connectionString)
        _ = try await Migrator(Store.migrations).migrate(owner)
        try await owner.transaction { try $0.run(script: Store.rolesScript) }
        await owner.close()
        let result = try await body(server.connectionString)
        try await server.stop()
        return result
    } catch {
        try? await server.stop()
        throw error
    }
}

/// This program once more, in a process of its own, which ends with us, however we end.
final class Child: Sendable {
    let process = Process()
    let output: FileHandle
    /// Its end tells the process to go.
    private let lifeline = Pipe()

    init(_ arguments: [String]) throws {
        // Other processes must not hold it open after us.
        _ = fcntl(lifeline.fileHandleForWriting.fileDescriptor, F_SETFD, FD_CLOEXEC)
        let pipe = Pipe()
        output = pipe.fileHandleForReading
        process.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments = arguments
        process.standardInput = lifeline
        process.standardOutput = pipe
        try process.run()
    }

    /// What a child does: waits for its parent's end.
    static func waitForParentsEnd() {
        _ = FileHandle.standardInput.readDataToEndOfFile()
    }
}

/// The server, in its process.
struct Server: Sendable {
    let url: String
    private let child: Child

    init(contacts: Int) throws {
        child = try Child(["serve", "--contacts", "\(contacts)"])
        // One line: the port.
        let line = String(decoding: child.output.availableData, as: UTF8.self)
        guard let port = Int(line.trimmingCharacters(in: .newlines)) else {
            throw BenchmarkFailed("the server did not start")
        }
        url = "http://127.0.0.1:\(port)"
    }
}

struct BenchmarkFailed: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// Tells whoever waits what goes on; figures alone go to standard output.
func note(_ text: String) {
    FileHandle.standardError.write(Data((text + "\n").utf8))
}
