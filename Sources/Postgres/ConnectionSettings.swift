internal import CLibpq

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
    /// - Throws: `PostgresError.badConnectionString`, which never quotes the string: it may hold a
    ///   password where libpq did not expect one.
    func keywords() throws(PostgresError) -> [(keyword: String, value: String)] {
        let given = try given()
        let serverOptions = [
            "statement_timeout": options.statementTimeout,
            "lock_timeout": options.lockTimeout,
            "idle_in_transaction_session_timeout": options.idleInTransactionTimeout,
        ].map { "-c \($0.key)=\($0.value.milliseconds)" }.sorted().joined(separator: " ")
        return Self.keepalives + [
            ("fallback_application_name", options.applicationName),
            ("tcp_user_timeout", "\(options.connectTimeout.milliseconds)"),
            ("dbname", connectionString),
            (
                "options",
                [serverOptions, given["options"]].compactMap { $0 }.joined(separator: " ")
            ),
            ("client_encoding", "UTF8"),
        ]
    }

    /// How long connecting may take in all: one time-out for each host.
    func connectLimit() throws(PostgresError) -> Duration {
        let given = try given()
        let hosts = (given["host"] ?? given["hostaddr"] ?? "").split(separator: ",").count
        let perHost = given["connect_timeout"].flatMap(Int.init).map { Duration.seconds($0) }
        return (perHost ?? options.connectTimeout) * max(1, hosts)
    }

    /// What the connection string itself sets.
    private func given() throws(PostgresError) -> [String: String] {
        if connectionString.utf8.contains(0) {
            throw .badConnectionString(reason: "it holds a NUL byte")
        }
        var given: [String: String] = [:]
        // libpq takes anything without a `=` or a URI's scheme for a database name, but only when connecting.
        guard connectionString.contains("=") || connectionString.contains("://") else {
            return given
        }
        guard let parsed = PQconninfoParse(connectionString, nil) else {
            throw .badConnectionString(
                reason: "it is neither a postgresql:// URI nor a list of key=value")
        }
        defer { PQconninfoFree(parsed) }
        var option = parsed
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val {
                given[String(cString: keyword)] = String(cString: value)
            }
            option += 1
        }
        if given["host"]?.contains("@") == true {
            throw .badConnectionString(
                reason: "the host holds an @; write an @ in a password as %40")
        }
        return given
    }
}

extension Duration {
    var milliseconds: Int {
        Int(components.seconds) * 1000 + Int(components.attoseconds / 1_000_000_000_000_000)
    }
}
