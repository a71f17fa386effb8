internal import Foundation

/// A result that goes to where people say: under its name only once it is whole.
///
/// A regular file is replaced by another one of the same owner and rights; a symbolic link stays,
/// and what it leads to is replaced. A device, a pipe and a descriptor get the bytes at the end.
package final class OutputFile {
    private let path: String
    private let delivery: Delivery
    /// Where the bytes wait.
    private var descriptor: Int32

    private enum Delivery {
        /// Gives the file at `unfinished` the name `final`.
        case renamed(unfinished: String, final: String)
        /// Copies to an open descriptor.
        case through(Int32)
    }

    private static let chunkSize = 1 << 16
    /// Links that are followed to a file that does not exist. Source: path_resolution(7).
    private static let maxLinks = 40

    /// - Parameter path: `-` is standard output.
    package init(_ path: String) throws(FileProblem) {
        self.path = path
        if let target = try Self.streamTarget(path) {
            descriptor = try Self.spool(path)
            delivery = .through(target)
        } else {
            (descriptor, delivery) = try Self.beside(path)
        }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
        switch delivery {
        case .renamed(let unfinished, _): if descriptor >= 0 { unlink(unfinished) }
        case .through(let target): close(target)
        }
    }

    /// Whether the result goes where `print` writes.
    package static func isStandardOutput(_ path: String) -> Bool {
        openDescriptor(path) == STDOUT_FILENO
    }

    /// Forgets everything that was written.
    package func restart() throws(FileProblem) {
        guard ftruncate(descriptor, 0) == 0, lseek(descriptor, 0, SEEK_SET) == 0 else {
            throw problem(errno)
        }
    }

    package func write(_ bytes: some Sequence<UInt8>) throws(FileProblem) {
        try write(Array(bytes), to: descriptor)
    }

    /// Hands the result over, or gives the file its name once the disk has it.
    package func finish() throws(FileProblem) {
        switch delivery {
        case .through(let target): try copy(to: target)
        case .renamed(let unfinished, let final):
            guard fsync(descriptor) == 0, rename(unfinished, final) == 0 else {
                throw problem(errno)
            }
            Self.sync(folderOf: final)
        }
        close(descriptor)
        descriptor = -1
    }

    /// Has the disk keep the new name, where the file system can.
    private static func sync(folderOf path: String) {
        let folder = open(NamedFile.folder(of: path), O_RDONLY | O_CLOEXEC)
        guard folder >= 0 else { return }
        fsync(folder)
        close(folder)
    }

    private func copy(to target: Int32) throws(FileProblem) {
        guard lseek(descriptor, 0, SEEK_SET) == 0 else { throw problem(errno) }
        var chunk = [UInt8](repeating: 0, count: Self.chunkSize)
        while true {
            let count = read(descriptor, &chunk, Self.chunkSize)
            guard count >= 0 else { throw problem(errno) }
            guard count > 0 else { return }
            try write(Array(chunk[..<count]), to: target)
        }
    }

    private func write(_ bytes: [UInt8], to target: Int32) throws(FileProblem) {
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes {
                Foundation.write(target, $0.baseAddress! + written, bytes.count - written)
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw problem(errno) }
            written += count
        }
    }

    private func problem(_ code: Int32) -> FileProblem {
        FileProblem(path, .written, code: code)
    }
}

extension OutputFile {
    /// A descriptor that takes the bytes as they are; nil where there is or will be a regular file.
    private static func streamTarget(_ path: String) throws(FileProblem) -> Int32? {
        if let open = openDescriptor(path) {
            let target = fcntl(open, F_DUPFD_CLOEXEC, 0)
            guard target >= 0 else { throw FileProblem(path, .written, code: errno) }
            return target
        }
        let kind: FileKind?
        do { kind = try FileKind.of(path) } catch {
            throw FileProblem(path, .written, error.reason)
        }
        switch kind {
        case nil, .file: return nil
        case .folder, .disk, .socket: throw FileProblem(path, .written, kind?.words ?? "")
        case .pipe, .device:
            // Without waiting for a reader that may never come.
            let target = open(path, O_WRONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
            guard target >= 0, fcntl(target, F_SETFL, 0) == 0 else {
                throw FileProblem(path, .written, code: errno)
            }
            return target
        }
    }

    /// The descriptor of this process that a path means.
    private static func openDescriptor(_ path: String) -> Int32? {
        switch path {
        case "-", "/dev/stdout": return STDOUT_FILENO
        case "/dev/stderr": return STDERR_FILENO
        default:
            guard let number = path.wholeMatch(of: /\/(?:dev|proc\/self)\/fd\/([0-9]{1,9})/) else {
                return nil
            }
            return Int32(number.1)
        }
    }

    /// A file without a name that keeps the bytes until all are there.
    private static func spool(_ path: String) throws(FileProblem) -> Int32 {
        let folder = FileManager.default.temporaryDirectory.path()
        var template = Array((folder + "/usher.XXXXXX").utf8CString)
        let descriptor = mkstemp(&template)
        guard descriptor >= 0 else {
            throw FileProblem(path, .written, "\(folder): \(FileProblem.words(errno))")
        }
        unlink(template)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        return descriptor
    }

    /// An unfinished file in the folder of the file at `path`, with the rights that this has.
    private static func beside(
        _ path: String
    ) throws(FileProblem) -> (descriptor: Int32, delivery: Delivery) {
        let final = try target(of: path)
        let folder = NamedFile.folder(of: final)
        var present = stat()
        let isPresent = stat(final, &present) == 0
        // As a shell would say, although its folder may allow to replace the file.
        guard !isPresent || access(final, W_OK) == 0 else {
            throw FileProblem(path, .written, code: errno)
        }
        let name =
            ".\((final as NSString).lastPathComponent).\(UUID().uuidString.prefix(8)).unfinished"
        let unfinished = folder + (folder.hasSuffix("/") ? "" : "/") + name
        let descriptor = open(
            unfinished, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, isPresent ? 0o600 : 0o666)
        guard descriptor >= 0 else {
            let words = errno == ENOENT ? "there is no such folder" : FileProblem.words(errno)
            throw FileProblem(path, .written, "\(folder): \(words)")
        }
        if isPresent {
            // Another owner's file stays theirs where that is allowed.
            _ = fchown(descriptor, present.st_uid, present.st_gid)
            _ = fchmod(descriptor, present.st_mode & 0o777)
        }
        return (descriptor, .renamed(unfinished: unfinished, final: final))
    }

    /// The file behind symbolic links, which need not exist.
    private static func target(of path: String) throws(FileProblem) -> String {
        var path = path
        for _ in 0..<maxLinks {
            var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
            let length = buffer.withUnsafeMutableBytes {
                readlink(path, $0.baseAddress!.assumingMemoryBound(to: CChar.self), $0.count)
            }
            guard length >= 0 else { return path }
            let link = String(decoding: buffer[..<length], as: UTF8.self)
            path = link.hasPrefix("/") ? link : NamedFile.folder(of: path) + "/" + link
        }
        throw FileProblem(path, .written, code: ELOOP)
    }
}
