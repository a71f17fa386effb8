private import Foundation

/// Where a cluster's files are.
struct ClusterFiles: Sendable {
    /// Ours, and no one else's to write to; all the others lie in it.
    let base: String
    let socketDirectory: String

    var data: String { base + "/data" }
    /// The data while `initdb` makes them.
    var unfinishedData: String { base + "/data.new" }
    var accessRules: String { base + "/pg_hba.conf" }
    var userMap: String { base + "/pg_ident.conf" }
    var pidFile: String { data + "/postmaster.pid" }

    static let port = 5432
    static var socketName: String { ".s.PGSQL.\(port)" }

    /// A Unix socket's path can be no longer: 108 bytes with its NUL. Source: unix(7).
    static let maxSocketPath = 107

    /// Whether a socket can be in a directory of this path; a comma would make libpq see two.
    static func canHoldSocket(_ directory: String) -> Bool {
        "\(directory)/\(socketName)".utf8.count <= maxSocketPath && !directory.contains(",")
    }

    /// The version of PostgreSQL that made the data; nil when there are none.
    var dataVersion: Int? {
        (try? String(contentsOfFile: data + "/PG_VERSION", encoding: .utf8))
            .flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
    }

    /// The lines of the server's own PID file: the PID first, the state eighth.
    var pidLines: [String] {
        ((try? String(contentsOfFile: pidFile, encoding: .utf8)) ?? "")
            .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    /// How to reach the server with libpq.
    var connectionString: String {
        "host=\(quoted(socketDirectory)) port=\(Self.port) user=\(Self.superuser) dbname=postgres"
    }

    static let superuser = "postgres"

    /// A line for the shell.
    var psqlCommand: String {
        "psql '" + connectionString.replacing("'", with: #"'\''"#) + "'"
    }

    /// Source: https://www.postgresql.org/docs/current/libpq-connect.html
    private func quoted(_ value: String) -> String {
        let isPlain = value.allSatisfy { $0.isLetter || $0.isNumber || "/._-".contains($0) }
        if isPlain { return value }
        return "'" + value.replacing(#"\"#, with: #"\\"#).replacing("'", with: #"\'"#) + "'"
    }
}
