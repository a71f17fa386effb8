internal import Foundation

/// Reads files that people name: regular ones only, whole, and never larger than a limit.
package enum NamedFile {
    private static let chunkSize = 1 << 16

    /// - Parameter limit: Bytes; a larger file is refused, not cut.
    package static func read(_ path: String, atMost limit: Int) throws(FileProblem) -> [UInt8] {
        // Looked at first, since opening some devices does something.
        guard let kind = try FileKind.of(path) else {
            throw FileProblem(path, .read, "there is no such file")
        }
        try check(kind, path)
        // Never waits, even if a pipe has taken the file's place meanwhile.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else { throw FileProblem(path, .read, code: errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw FileProblem(path, .read, code: errno) }
        try check(FileKind(status), path)
        return try read(descriptor, path, atMost: limit)
    }

    /// All of standard input, which is waited for.
    package static func readStandardInput(atMost limit: Int) throws(FileProblem) -> [UInt8] {
        try read(STDIN_FILENO, "standard input", atMost: limit)
    }

    /// The folder that a path leads into: `.` for a plain name.
    ///
    /// Foundation's `deletingLastPathComponent` traps on a name of one character.
    package static func folder(of path: String) -> String {
        var path = Array(path.utf8CString)
        return String(cString: dirname(&path))
    }

    private static func check(_ kind: FileKind, _ path: String) throws(FileProblem) {
        guard kind == .file else { throw FileProblem(path, .read, kind.words) }
    }

    private static func read(
        _ descriptor: Int32, _ path: String, atMost limit: Int
    ) throws(FileProblem) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: chunkSize)
        while true {
            let count = Foundation.read(descriptor, &chunk, chunkSize)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw FileProblem(path, .read, code: errno) }
            guard count > 0 else { return bytes }
            guard bytes.count + count <= limit else {
                throw FileProblem(path, .read, "it is larger than \(limit) bytes")
            }
            bytes += chunk[..<count]
        }
    }
}
