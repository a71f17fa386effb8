/// Why the private PostgreSQL cluster could not be had.
package enum EmbeddedPostgresError: Error, Sendable, Equatable {
    /// PostgreSQL's server programs are not installed, or not the version that the data needs.
    case notInstalled(version: Int?, package: String)
    /// Another process uses this state directory.
    case inUse(stateDirectory: String, pid: Int32?)
    /// The operating system's users are not as the server needs them.
    case unsuitableUser(reason: String)
    /// A file or directory could not be made, or is not safe to use.
    case unusablePath(String, reason: String)
    /// One of PostgreSQL's programs failed or took too long.
    case failed(program: String, output: String)
}

extension EmbeddedPostgresError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .notInstalled(let version?, let package):
            """
            the embedded database is of PostgreSQL \(version), whose server is not installed: \
            apt-get install \(package)
            """
        case .notInstalled(nil, let package):
            "PostgreSQL's server is not installed: apt-get install \(package)"
        case .inUse(let directory, let pid):
            """
            \(directory) is in use by \(pid.map { "process \($0)" } ?? "another process"): \
            stop it, or set another state directory
            """
        case .unsuitableUser(let reason): reason
        case .unusablePath(let path, let reason): "\(path): \(reason)"
        case .failed(let program, let output): "\(program) failed: \(output)"
        }
    }
}
