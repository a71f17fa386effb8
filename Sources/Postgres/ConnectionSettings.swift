private import Glibc

/// What a connection is made with: the user's connection string over our defaults.
struct ConnectionSettings: Sendable {
    let connectionString: String
    let options: Database.Options

    /// Keepalives notice a dead peer within `idle + interval × count` seconds, while an unsent
    /// or unanswered packet and a connect are given up after `tcp_user_timeout`.
    private static let keepalives = [
        ("keepalives", "1"), ("keepalives_idle", "15"), ("keepalives_interval", "5"),
        ("keepalives_count", "3"),
    ]

    /// libpq's keywords and values in the order in which later ones win.
    ///
    /// - Parameter target: A `target_session_attrs` for a string that has none.
    /// - Throws: `PostgresError.badConnectionString`, which never quotes the string: it may hold a
    ///   password where libpq did not expect one.
    func keywords(
        targeting target: String?
    ) throws(PostgresError) -> [(keyword: String, value: String)] {
        _ = try given()
        return Self.keepalives + [
            ("fallback_application_name", options.applicationName),
            ("tcp_user_timeout", "\(options.connectTimeout.milliseconds)"),
        ] + (target.map { [("target_session_attrs", $0)] } ?? []) + [
            ("dbname", connectionString), ("client_encoding", "UTF8"),
        ]
    }

    /// The values of `target_session_attrs` to try in turn; nil where the user's own stands.
    ///
    /// libpq takes a server for read-only also where only a role's default says so, which a session
    /// may overrule: then the primary will do, if it takes writes after all.
    func targets() throws(PostgresError) -> [String?] {
        let isGiven = try given()["target_session_attrs"] != nil
        if isGiven || getenv("PGTARGETSESSIONATTRS") != nil { return [nil] }
        return ["read-write", options.server == .any ? "any" : "primary"]
    }

    /// How long connecting may take in all: one time-out for each host.
    func connectLimit() throws(PostgresError) -> Duration {
        let given = try given()
        let hosts = (given["host"] ?? given["hostaddr"] ?? "").split(separator: ",").count
        let perHost = given["connect_timeout"].flatMap(Int.init).map { Duration.seconds($0) }
        return (perHost ?? options.connectTimeout) * max(1, hosts)
    }

    /// What the connection string itself sets.
    func given() throws(PostgresError) -> [String: String] {
        try ConnectionString(connectionString).values()
    }
}

extension Duration {
    var milliseconds: Int {
        Int(components.seconds) * 1000 + Int(components.attoseconds / 1_000_000_000_000_000)
    }
}
