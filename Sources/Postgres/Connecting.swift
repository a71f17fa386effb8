internal import CLibpq
private import Glibc

extension Session {
    /// What is looked for between us and the server.
    enum Probe {
        case poolers, nothing
    }

    /// Connects, within the settings' limit, and makes the session ours.
    convenience init(
        connectingWith settings: ConnectionSettings, until interruption: Interruption,
        probing probe: Probe
    ) throws(PostgresError) {
        let raw = try Self.established(with: settings, until: interruption)
        self.init(raw, interruption: interruption)
        try prepare(with: settings)
        guard probe == .poolers, isBehindPooler else { return }
        try requireOwnServerProcess(with: settings)
    }

    /// A connection to the first server that will do.
    static func established(
        with settings: ConnectionSettings, until interruption: Interruption
    ) throws(PostgresError) -> OpaquePointer {
        let targets = try settings.targets()
        for target in targets.dropLast() {
            do throws(PostgresError) {
                return try connection(with: settings, to: target, until: interruption)
            } catch .unreachable(let reason) where takesNoWrites(reason) {
                continue
            }
        }
        return try connection(with: settings, to: targets[targets.count - 1], until: interruption)
    }

    /// libpq's words about a server that it skips. Source:
    /// https://github.com/postgres/postgres/blob/REL_15_STABLE/src/interfaces/libpq/fe-connect.c
    private static func takesNoWrites(_ words: String) -> Bool {
        words.contains("session is read-only") || words.contains("server is in hot standby mode")
    }

    private static func connection(
        with settings: ConnectionSettings, to target: String?, until interruption: Interruption
    ) throws(PostgresError) -> OpaquePointer {
        let deadline = ContinuousClock.now + (try settings.connectLimit())
        let keywords = try settings.keywords(targeting: target)
        // Not PQconnectdb: it would print what the server says while connecting to stderr.
        let raw = keywords.map(\.keyword).withCStrings { names in
            keywords.map(\.value).withCStrings { values in PQconnectStartParams(names, values, 1) }
        }
        guard let raw else { throw .unreachable(reason: "out of memory") }
        do throws(PostgresError) {
            PQsetNoticeProcessor(raw, { _, _ in }, nil)
            // So that the words about a failed login hold the SQLSTATE.
            PQsetErrorVerbosity(raw, PQERRORS_VERBOSE)
            try finishConnecting(raw, with: settings, by: deadline, until: interruption)
            PQsetErrorVerbosity(raw, PQERRORS_DEFAULT)
            return raw
        } catch {
            PQfinish(raw)
            throw error
        }
    }

    private static func finishConnecting(
        _ raw: OpaquePointer, with settings: ConnectionSettings,
        by deadline: ContinuousClock.Instant, until interruption: Interruption
    ) throws(PostgresError) {
        // At first as if it had asked to write, as PQconnectPoll's documentation says.
        // Source: https://www.postgresql.org/docs/current/libpq-connect.html
        var status = PQstatus(raw) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING
        while status != PGRES_POLLING_OK {
            let events = status == PGRES_POLLING_READING ? POLLIN : POLLOUT
            guard status != PGRES_POLLING_FAILED else {
                throw PostgresError(
                    LoginFailure(
                        PQerrorMessage(raw).map { String(cString: $0) } ?? "out of memory",
                        of: try settings.given()))
            }
            guard PQsocket(raw).poll(for: events, by: deadline, unless: interruption) != nil else {
                throw .unreachable(reason: "no answer in time")
            }
            status = PQconnectPoll(raw)
        }
    }
}

extension PostgresError {
    init(_ failure: LoginFailure) {
        if let remedy = failure.remedy {
            self = .refused(reason: "\(failure.words); \(remedy)", sqlState: failure.sqlState)
        } else {
            self = .unreachable(reason: failure.words)
        }
    }
}

extension [String] {
    /// Lends the strings as a NULL-terminated array of C strings.
    fileprivate func withCStrings<Result>(
        _ body: ([UnsafePointer<CChar>?]) -> Result
    ) -> Result {
        let copies = map { strdup($0) }
        defer { copies.forEach { free($0) } }
        return body(copies.map { UnsafePointer($0) } + [nil])
    }
}
