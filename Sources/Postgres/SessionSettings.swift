internal import CLibpq
private import Glibc

/// What every session sets for itself, whatever the defaults of server, database and role are.
///
/// docs/operations.md has the same table, with the reasons. It is set by statements rather than by
/// start-up options, which poolers refuse.
struct SessionSetting {
    let name: String
    let value: String
    /// Another value that will do as well, where it is set already.
    var orStronger: String? = nil

    static let all = [
        SessionSetting(name: "synchronous_commit", value: "on", orStronger: "remote_apply"),
        SessionSetting(name: "default_transaction_isolation", value: "read committed"),
        SessionSetting(name: "default_transaction_deferrable", value: "off"),
        SessionSetting(name: "row_security", value: "off"),
        SessionSetting(name: "session_replication_role", value: "origin"),
        SessionSetting(name: "client_encoding", value: "UTF8"),
        SessionSetting(name: "standard_conforming_strings", value: "on"),
        SessionSetting(name: "transform_null_equals", value: "off"),
        SessionSetting(name: "TimeZone", value: "UTC"),
        SessionSetting(name: "DateStyle", value: "ISO, MDY"),
        SessionSetting(name: "IntervalStyle", value: "postgres"),
        SessionSetting(name: "bytea_output", value: "hex"),
        SessionSetting(name: "extra_float_digits", value: "1"),
        SessionSetting(name: "jit", value: "off"),
        SessionSetting(name: "idle_session_timeout", value: "0"),
        SessionSetting(name: "transaction_timeout", value: "0"),
    ]

}

extension ConnectionSettings {
    /// The limits of time, in milliseconds, but for those that the user's own `options` set.
    fileprivate func limits() throws(PostgresError) -> [(name: String, milliseconds: Int)] {
        let own = try given()["options"] ?? getenv("PGOPTIONS").map { String(cString: $0) } ?? ""
        return [
            ("statement_timeout", options.statementTimeout.milliseconds),
            ("lock_timeout", options.lockTimeout.milliseconds),
            ("idle_in_transaction_session_timeout", options.idleInTransactionTimeout.milliseconds),
        ].filter { !own.contains($0.0) }
    }
}

extension Session {
    /// Sets what must hold in every session, takes the role, and looks whether the server will do.
    ///
    /// - Throws: `PostgresError.refused` where somebody has to mend the database or the login.
    func prepare(with settings: ConnectionSettings) throws(PostgresError) {
        let statements = Self.preparation(limits: try settings.limits())
        let role = settings.options.role.map {
            "SELECT set_config('role', \($0), false)" as Statement
        }
        let results: [ResultSet]
        do throws(PostgresError) {
            results = try roundTrip(
                statements + [role].compactMap(\.self), within: settings.options.answerLimit,
                preparing: .none)
        } catch .rejected(let report) {
            throw .refused(
                reason: "\(report); the login of DATABASE_URL needs the right to that, or the "
                    + "default taken away (ALTER ROLE … RESET)", sqlState: report.sqlState)
        }
        let server = try results[statements.count - 1].onlyRow(decode: ServerState.init)
        serverProcess = server.process
        guard server.encoding == "UTF8" else {
            throw .refused(
                reason: "the database is encoded in \(server.encoding), and Usher needs UTF8: "
                    + "CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0, and name that one",
                sqlState: nil)
        }
        if settings.options.server == .takingWrites, !server.takesWrites {
            throw .unreachable(
                reason: "the server takes no writes: it is "
                    + (server.isStandby ? "a standby" : "read-only"))
        }
    }

    private struct ServerState {
        let process: Int32
        let encoding: String
        let isStandby: Bool
        let isReadOnly: Bool

        var takesWrites: Bool { !isStandby && !isReadOnly }

        init(_ row: Row) throws {
            process = try row.get("process")
            encoding = try row.get("encoding")
            isStandby = try row.get("standby")
            isReadOnly = try row.get("read_only")
        }
    }

    /// The statements in order; the last one tells of the server.
    private static func preparation(
        limits: [(name: String, milliseconds: Int)]
    ) -> [Statement] {
        let settings = SessionSetting.all
        // First, so that the names in what follows are PostgreSQL's own, whatever else is there.
        var statements: [Statement] = ["SET search_path TO ''"]
        statements += limits.map { Statement(sql: "SET \($0.name) TO \($0.milliseconds)") }
        statements += [
            """
            -- What the server does not know is left out.
            SELECT set_config(s.name, w.value, false)
            FROM unnest(\(settings.map(\.name)), \(settings.map(\.value)),
                        \(settings.map(\.orStronger))) AS w (name, value, stronger)
            JOIN pg_settings s ON s.name = w.name
            WHERE s.setting <> w.value AND s.setting IS DISTINCT FROM w.stronger
            """,
            """
            -- A role's or database's default does not make it read-only; what holds for the whole
            -- server does, since those who run it mean it.
            SELECT set_config('default_transaction_read_only', 'off', false)
            FROM pg_settings
            WHERE name = 'default_transaction_read_only'
              AND source IN ('database', 'user', 'database user', 'client')
            """,
            """
            SELECT pg_backend_pid() AS process, current_setting('server_encoding') AS encoding,
                   pg_is_in_recovery() AS standby,
                   current_setting('default_transaction_read_only')::boolean AS read_only
            """,
        ]
        return statements
    }
}
