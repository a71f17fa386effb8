internal import CLibpq
private import Glibc

extension Session {
    /// Connects, within the settings' limit.
    convenience init(connectingWith settings: ConnectionSettings) throws(PostgresError) {
        let deadline = ContinuousClock.now + (try settings.connectLimit())
        let keywords = try settings.keywords()
        // Not PQconnectdb: it would print what the server says while connecting to stderr.
        let raw = keywords.map(\.keyword).withCStrings { names in
            keywords.map(\.value).withCStrings { values in PQconnectStartParams(names, values, 1) }
        }
        guard let raw else { throw .unreachable(reason: "out of memory") }
        do throws(PostgresError) {
            PQsetNoticeProcessor(raw, { _, _ in }, nil)
            try Self.finishConnecting(raw, by: deadline)
        } catch {
            PQfinish(raw)
            throw error
        }
        self.init(raw)
        if let role = settings.options.role {
            _ = try roundTrip(
                ["SELECT set_config('role', \(role), false)"], within: settings.options.answerLimit)
        }
    }

    private static func finishConnecting(
        _ raw: OpaquePointer, by deadline: ContinuousClock.Instant
    ) throws(PostgresError) {
        // Source: libpq-connect, “PQconnectPoll”: at first as if it had asked to write.
        var status = PQstatus(raw) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING
        while status != PGRES_POLLING_OK {
            let events = status == PGRES_POLLING_READING ? POLLIN : POLLOUT
            guard status != PGRES_POLLING_FAILED else {
                throw .unreachable(reason: PostgresError.reason(of: raw))
            }
            guard PQsocket(raw).poll(for: events, by: deadline) != nil else {
                throw .unreachable(reason: "no answer in time")
            }
            status = PQconnectPoll(raw)
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
