internal import Foundation
private import Synchronization

/// The server's log: a file that is begun anew when it is full, with the one before it beside it.
final class LogFile: Sendable {
    /// So a cluster's log takes at most twice this.
    static let maxSize = 4 << 20

    private let path: String
    private let handle: Mutex<FileHandle>
    private let isComplete = Mutex(false)

    init(_ path: String) throws {
        self.path = path
        handle = Mutex(try Self.open(path))
    }

    func append(_ bytes: Data) {
        handle.withLock { handle in
            // A log that cannot be written must not stop the database.
            try? handle.write(contentsOf: bytes)
            guard let size = try? handle.offset(), size > Self.maxSize else { return }
            rename(path, path + ".1")
            if let next = try? Self.open(path) { handle = next }
        }
    }

    /// Nothing comes any more: whoever wrote is gone.
    func end() { isComplete.withLock { $0 = true } }

    /// Waits, with a bound, until what a server wrote before it ended is there.
    func untilComplete() async {
        let deadline = ContinuousClock.now + Self.timeLimit
        while !isComplete.withLock({ $0 }), ContinuousClock.now < deadline {
            await ServerProcesses.pause()
        }
    }

    /// Bytes in a pipe are read within milliseconds.
    private static let timeLimit: Duration = .seconds(5)

    /// The last lines.
    var tail: String {
        let text = (try? Data(contentsOf: URL(filePath: path))) ?? Data()
        return String(decoding: text.suffix(Command.maxQuoted), as: UTF8.self)
    }

    private static func open(_ path: String) throws -> FileHandle {
        let descriptor = Foundation.open(
            path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            throw EmbeddedPostgresError.unusablePath(path, reason: lastSystemError())
        }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        try handle.seekToEnd()
        return handle
    }
}
