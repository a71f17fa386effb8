internal import Foundation

/// A file as it lies on a disk: what blocks, or has no end, is none.
package enum RegularFile {
    /// - Throws: `FileProblem` also where it is no regular file, or has more bytes than `limit`.
    package static func read(_ path: String, atMost limit: Int) throws(FileProblem) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileProblem(path, "cannot be read", errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw FileProblem(path, "cannot be read", errno)
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw FileProblem(path, "is no regular file")
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(min(max(Int(status.st_size), 0), limit) + 1)
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while bytes.count <= limit {
            let count = Foundation.read(descriptor, &buffer, buffer.count)
            if count == -1 && errno == EINTR { continue }
            guard count >= 0 else { throw FileProblem(path, "cannot be read", errno) }
            guard count > 0 else { return bytes }
            bytes += buffer[..<count]
        }
        throw FileProblem(path, "is larger than \(limit) bytes")
    }
}

/// What is wrong with a file that somebody named.
package struct FileProblem: Error, Equatable, CustomStringConvertible {
    package let description: String

    package init(_ path: String, _ problem: String, _ code: Int32? = nil) {
        let reason = code.map { ": \(String(cString: strerror($0)))" } ?? ""
        description = "\(path) \(problem)\(reason)"
    }
}
