/// Why no session could be made, from the words that libpq left behind.
///
/// libpq tells no SQLSTATE of a login that failed, but writes it into its words when it is asked to
/// be verbose: `FATAL:  28P01: …`. The server's own words may be in any language.
struct LoginFailure {
    /// What may be shown.
    let words: String
    /// The last one that a server gave: after it, libpq asks no other server.
    let sqlState: String?

    /// - Parameters:
    ///   - text: libpq's words, verbose.
    ///   - values: What the connection string sets.
    init(_ text: String, of values: [String: String]) {
        let verbose = PostgresError.oneLine(text)
        // After the severity come two blanks and the code.
        let states = verbose.matches(of: #/\S+: {1,2}(?<state>(?=[A-Z]*[0-9])[0-9A-Z]{5}): /#)
        sqlState = states.last.map { String($0.output.state) }
        words = Self.withoutValues(
            verbose.replacing(#/(?<severity>\S+: {1,2})(?=[A-Z]*[0-9])[0-9A-Z]{5}: /#) {
                $0.output.severity
            }
            .replacing(#/\s*\S+: {1,2}\w+, \w+\.c:\d+/#, with: ""),
            of: values)
    }

    /// What to do about it where waiting is of no use; nil where it may pass by itself.
    var remedy: String? {
        guard let sqlState else {
            return Self.definiteWords.first { $0.any.contains { words.contains($0) } }?.remedy
        }
        guard
            SQLState(sqlState).isDefiniteAtLogin
                || (sqlState == "08P01" && Self.isPoolerRefusal(words))
        else { return nil }
        return Self.remedies[sqlState] ?? "correct DATABASE_URL, or fix what the server reports"
    }

    private static let remedies = [
        "28P01": "correct the password: in DATABASE_URL, PGPASSWORD or the password file",
        "28000":
            "allow this login from this machine in pg_hba.conf, or correct the user or sslmode in "
            + "DATABASE_URL",
        "3D000":
            "create the database (CREATE DATABASE … ENCODING 'UTF8'), or correct its name in "
            + "DATABASE_URL",
        "42501": "GRANT CONNECT ON DATABASE … to this login",
        "55000": "have the database take connections (ALTER DATABASE … ALLOW_CONNECTIONS true)",
        "08P01": "correct the database or user in pgbouncer's configuration, or DATABASE_URL",
    ]

    /// pgbouncer has one code for all it says, and says it in English.
    private static func isPoolerRefusal(_ words: String) -> Bool {
        ["no such user", "no such database", "unsupported startup parameter", "not allowed"]
            .contains { words.contains($0) }
    }

    /// Words of libpq's own, of `fe-connect.c`, `fe-auth.c` and `fe-secure-openssl.c`, that are
    /// about settings and files here. They are English: no locale is set.
    private static let definiteWords: [(any: [String], remedy: String)] = [
        (
            ["no password supplied", "empty password returned"],
            "give a password: in DATABASE_URL, PGPASSWORD or a password file"
        ),
        (
            ["does not support SSL", "SSL was required"],
            "turn TLS on at the server, or choose another sslmode"
        ),
        (
            [
                "certificate verify failed", "server certificate", "root certificate",
                "certificate file", "private key",
            ], "correct sslrootcert, sslcert or sslkey, or the server's certificate"
        ),
        (
            ["channel binding", "authentication method", "SCRAM"],
            "correct what DATABASE_URL requires of the authentication, or what the server offers"
        ),
        (
            ["service file", "definition of service"],
            "correct the service file, or the service's name in DATABASE_URL"
        ),
        (
            [
                "invalid response to SSL negotiation", "expected authentication request",
                "unsupported frontend protocol",
            ], "mend host and port in DATABASE_URL: what answers there is no PostgreSQL"
        ),
        (
            [
                "invalid port number", "invalid integer value", "could not match",
                "value “…” invalid", "invalid sslmode value", "invalid channel_binding value",
                "invalid target_session_attrs value", "invalid gssencmode value",
                "invalid SSL protocol version", "is not supported by this build", "is too long",
            ], "mend that option in DATABASE_URL"
        ),
    ]

    private static let shown = ["host", "hostaddr", "port"]

    /// As servers in various languages quote names.
    private static let quotes = [
        ("\"", "\""), ("'", "'"), ("`", "'"), ("«", "»"), ("»", "«"), ("„", "“"), ("“", "”"),
        ("‘", "’"), ("‚", "‘"), ("『", "』"), ("「", "」"),
    ]

    /// Takes out what the connection string sets, all but where the server is: a password in the
    /// wrong place is not to be shown.
    private static func withoutValues(_ words: String, of values: [String: String]) -> String {
        var words = words
        // Before it asks a server, libpq quotes whatever it does not understand.
        if !words.hasPrefix("connection to server") && !words.hasPrefix("could not translate") {
            words.replace(#/"[^"]*"/#, with: "“…”")
        }
        for (keyword, value) in values where !Self.shown.contains(keyword) {
            for (open, close) in Self.quotes {
                words.replace(open + value + close, with: open + "…" + close)
            }
        }
        return words
    }
}
