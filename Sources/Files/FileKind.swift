internal import Foundation

/// The kinds of thing that a path can lead to.
package enum FileKind: Equatable, Sendable {
    case file, folder, pipe, device, disk, socket

    /// - Returns: nil where there is nothing; a symbolic link counts as what it leads to.
    package static func of(_ path: String) throws(FileProblem) -> FileKind? {
        var status = stat()
        guard stat(path, &status) == 0 else {
            if errno == ENOENT { return nil }
            throw FileProblem(path, .read, code: errno)
        }
        return FileKind(status)
    }

    init(_ status: stat) {
        self =
            switch status.st_mode & S_IFMT {
            case S_IFREG: .file
            case S_IFDIR: .folder
            case S_IFIFO: .pipe
            case S_IFCHR: .device
            case S_IFBLK: .disk
            default: .socket
            }
    }

    var words: String {
        switch self {
        case .file: "it is a file"
        case .folder: "it is a folder"
        case .pipe: "it is a pipe, not a file"
        case .device: "it is a device, not a file"
        case .disk: "it is a disk, not a file"
        case .socket: "it is a socket, not a file"
        }
    }
}
