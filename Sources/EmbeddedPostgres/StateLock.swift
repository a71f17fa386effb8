private import Foundation

/// The right to use a state directory, held until this object or the process goes.
final class StateLock: Sendable {
    private let descriptor: Int32

    /// - Throws: `EmbeddedPostgresError.inUse`, with the holder's PID as it wrote it into the file.
    init(_ stateDirectory: String) throws(EmbeddedPostgresError) {
        let path = stateDirectory + "/lock"
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw .unusablePath(path, reason: lastSystemError()) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let isHeld = errno == EWOULDBLOCK
            let reason = lastSystemError()
            let pid = readPID()
            close(descriptor)
            if isHeld { throw .inUse(stateDirectory: stateDirectory, pid: pid) }
            throw .unusablePath(path, reason: reason)
        }
        let text = Array("\(getpid())\n".utf8)
        guard ftruncate(descriptor, 0) == 0, pwrite(descriptor, text, text.count, 0) == text.count
        else { throw .unusablePath(path, reason: lastSystemError()) }
    }

    deinit {
        // A child that is forked and not executed yet has the descriptor too, and the lock.
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }

    private func readPID() -> Int32? {
        var bytes = [UInt8](repeating: 0, count: 16)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        let text = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
        return Int32(text.trimmingCharacters(in: .whitespacesAndNewlines))
    }
}

/// What the last failed system call says, such as “Permission denied”.
func lastSystemError() -> String { String(cString: strerror(errno)) }
