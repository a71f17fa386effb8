internal import Foundation

/// Why a file that people name cannot be used, in their words.
package struct FileProblem: Error, Equatable, CustomStringConvertible {
    package enum Access: String, Sendable {
        case read, written
    }

    package let path: String
    package let access: Access
    /// Such as “permission denied”.
    package let reason: String

    package var description: String { "\(path) cannot be \(access.rawValue): \(reason)" }

    package init(_ path: String, _ access: Access, _ reason: String) {
        self.path = path
        self.access = access
        self.reason = reason
    }

    init(_ path: String, _ access: Access, code: Int32) {
        self.init(path, access, Self.words(code))
    }

    /// An error number of the operating system in words.
    package static func words(_ code: Int32) -> String {
        switch code {
        case ENOENT: "there is no such file or folder"
        case EACCES, EPERM: "permission denied"
        case ENOTDIR: "a part of the path is not a folder"
        case EISDIR: "it is a folder"
        case ELOOP: "its symbolic links lead in a circle"
        case ENOSPC, EDQUOT: "no space left"
        case EROFS: "the file system is read-only"
        case ENXIO: "no process reads this pipe"
        case EPIPE: "the process that read it has ended"
        case EBADF: "the descriptor is closed"
        case EMFILE, ENFILE: "too many files are open"
        default: String(cString: strerror(code)).lowercased()
        }
    }
}

extension FileProblem {
    /// What Foundation says of a file, in plain words.
    package init(_ path: String, _ access: Access, error: any Error) {
        let code = Self.code(of: error as NSError)
        self.init(path, access, code.map(Self.words) ?? "an unknown error")
    }

    private static func code(of error: NSError) -> Int32? {
        if error.domain == NSPOSIXErrorDomain { return Int32(error.code) }
        if let cause = error.userInfo[NSUnderlyingErrorKey] as? NSError { return code(of: cause) }
        return switch CocoaError.Code(rawValue: error.code) {
        case .fileNoSuchFile, .fileReadNoSuchFile: ENOENT
        case .fileReadNoPermission, .fileWriteNoPermission: EACCES
        case .fileWriteOutOfSpace: ENOSPC
        case .fileWriteVolumeReadOnly: EROFS
        default: nil
        }
    }
}
