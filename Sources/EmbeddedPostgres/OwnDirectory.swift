internal import Foundation

/// Makes a directory that only we can write to; one that is there must be just that.
///
/// - Parameter mode: 0o700, or 0o711 where another user has something of its own inside.
func makeOwnDirectory(_ path: String, mode: mode_t) throws(EmbeddedPostgresError) {
    guard mkdir(path, mode) == 0 || errno == EEXIST else {
        throw .unusablePath(path, reason: lastSystemError())
    }
    try requireOwnDirectory(path, owner: geteuid())
    guard chmod(path, mode) == 0 else { throw .unusablePath(path, reason: lastSystemError()) }
}

/// Makes a directory that only the server's user can enter, in one that is ours.
func makeDirectory(_ path: String, for user: ServerUser) throws(EmbeddedPostgresError) {
    guard mkdir(path, 0o700) == 0 || errno == EEXIST, lchown(path, user.uid, user.gid) == 0 else {
        throw .unusablePath(path, reason: lastSystemError())
    }
    try requireOwnDirectory(path, owner: user.uid)
}

/// Checks that a path is a directory of this user's, and not a link to one.
func requireOwnDirectory(_ path: String, owner: uid_t) throws(EmbeddedPostgresError) {
    var status = stat()
    guard lstat(path, &status) == 0 else { throw .unusablePath(path, reason: lastSystemError()) }
    guard status.st_mode & S_IFMT == S_IFDIR, status.st_uid == owner else {
        throw .unusablePath(path, reason: "not a directory of user id \(owner)")
    }
}

/// Makes a directory of mode 0700 whose path begins with `prefix` and that nobody else made.
func makeUniqueDirectory(_ prefix: String) throws(EmbeddedPostgresError) -> String {
    var path = Array("\(prefix)XXXXXX".utf8CString)
    guard mkdtemp(&path) != nil else { throw .unusablePath(prefix, reason: lastSystemError()) }
    return String(decoding: path.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
}
