package import Foundation

/// The operating system's user that PostgreSQL runs as: never root.
package struct ServerUser: Sendable {
    package let uid: uid_t
    package let gid: gid_t
    /// The name of the user that we run as, whom the server lets in.
    let clientName: String
    /// Whether that is another user, so that programs must be started as this one.
    let isOther: Bool

    /// Root's stand-in; Debian's package makes it.
    static let standIn = "postgres"

    package static func current() throws(EmbeddedPostgresError) -> ServerUser {
        let uid = geteuid()
        guard let own = getpwuid(uid) else {
            throw .unsuitableUser(
                reason:
                    "user id \(uid) has no name (no line in /etc/passwd), which PostgreSQL needs")
        }
        let name = String(cString: own.pointee.pw_name)
        guard uid == 0 else {
            return ServerUser(uid: uid, gid: getegid(), clientName: name, isOther: false)
        }
        guard let other = getpwnam(standIn), other.pointee.pw_uid != 0 else {
            throw .unsuitableUser(
                reason: "PostgreSQL does not run as root, and there is no user \(standIn)")
        }
        return ServerUser(
            uid: other.pointee.pw_uid, gid: other.pointee.pw_gid, clientName: name, isOther: true)
    }

    /// The command line that runs a program as this user.
    package func commandLine(_ program: String, _ arguments: [String]) -> [String] {
        guard isOther else { return [program] + arguments }
        return [
            "/usr/bin/setpriv", "--reuid=\(uid)", "--regid=\(gid)", "--clear-groups",
            "--no-new-privs", "--", program,
        ] + arguments
    }
}
