import Foundation
import Synchronization
import Testing

/// A named pipe that a worker logs to: it takes nothing while it is full.
final class LogPipe: Sendable {
    let path: String
    private let descriptor: Int32
    private let read = Mutex("")

    init(_ path: String) throws {
        self.path = path
        try #require(mkfifo(path, 0o600) == 0)
        descriptor = open(path, O_RDWR | O_NONBLOCK)
        try #require(descriptor >= 0)
    }

    deinit { close(descriptor) }

    func fill() {
        let filling = [UInt8](repeating: UInt8(ascii: "\n"), count: 4096)
        while write(descriptor, filling, filling.count) > 0 {}
    }

    /// Reads what is there, which makes room.
    ///
    /// - Returns: All that was read so far.
    func drain() -> String {
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        let count = Foundation.read(descriptor, &buffer, buffer.count)
        return read.withLock {
            $0 += String(decoding: buffer.prefix(max(count, 0)), as: UTF8.self)
            return $0
        }
    }
}
