import Foundation

/// Writes to a descriptor, whatever is at its other end: nothing of it ends the process.
struct DescriptorWriter: Sendable {
    let descriptor: Int32

    /// Bytes that a pipe takes without blocking, once `poll` has said that it takes any.
    /// Source: pipe(7), “PIPE_BUF”, and poll(2).
    private static let chunk = 4096

    /// - Parameter timeout: Milliseconds to wait for room each time; -1 waits forever.
    /// - Returns: How many bytes were written, and why no more were.
    func write(
        _ bytes: [UInt8], timeout: Int32
    ) -> (written: Int, failure: WriteFailure?) {
        var rest = bytes[...]
        while !rest.isEmpty {
            var room = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            let ready = poll(&room, 1, timeout)
            if ready == 0 { return (bytes.count - rest.count, WriteFailure(code: EAGAIN)) }
            let count = rest.prefix(Self.chunk).withUnsafeBytes {
                Foundation.write(descriptor, $0.baseAddress, $0.count)
            }
            if count >= 0 {
                rest = rest.dropFirst(count)
            } else if errno != EINTR && errno != EAGAIN {
                return (bytes.count - rest.count, WriteFailure(code: errno))
            }
        }
        return (bytes.count, nil)
    }
}

/// Why something could not be written.
struct WriteFailure: Error, Equatable, CustomStringConvertible {
    /// As `errno` tells; `EAGAIN` where the other end takes nothing.
    let code: Int32

    /// Whoever reads has enough: `| head` is no failure.
    var isClosedPipe: Bool { code == EPIPE }

    var description: String {
        "the result cannot be written: \(String(cString: strerror(code)))"
    }
}
