internal import CLibpq
private import Glibc

/// One libpq connection; every call blocks its thread, none longer than its limit.
///
/// Between calls it is in pipeline mode and the server owes it nothing.
final class Session {
    let raw: OpaquePointer
    /// The process of the server that answered last.
    var serverProcess: Int32 = 0
    /// The names of the statements that the server keeps prepared for this connection.
    var prepared: [Statement.Shape: String] = [:]
    /// Set when the connection is lost, or in a state that cannot be known.
    private(set) var isBroken = false
    /// Set when the server is in a state that only a new connection heals.
    private(set) var isOutlived = false
    /// Whom the waits of the transaction under way ask how long they may last.
    var interruption: Interruption
    /// Begins the names of its prepared statements: behind a pooler, another session may have left
    /// some on the same connection to the server.
    let namePrefix = "usher_\(UInt32.random(in: .min ... .max))_"

    /// Takes over `raw`, an established connection.
    init(_ raw: OpaquePointer, interruption: Interruption) {
        self.raw = raw
        self.interruption = interruption
        PQsetnonblocking(raw, 1)
        PQenterPipelineMode(raw)
    }

    deinit { PQfinish(raw) }

    /// Whether the server holds a transaction open.
    var isInTransaction: Bool { PQtransactionStatus(raw) != PQTRANS_IDLE }

    /// Whether the server said nothing unasked; otherwise it said goodbye.
    var isQuiet: Bool {
        var descriptor = pollfd(fd: PQsocket(raw), events: Int16(POLLIN), revents: 0)
        return poll(&descriptor, 1, 0) == 0
    }

    /// The connection is of no use any more.
    func lost(at statement: Statement, reason: String? = nil) -> PostgresError {
        isBroken = true
        return .connectionLost(
            statement: statement.summary, reason: reason ?? PostgresError.reason(of: raw))
    }

    /// Gives up a connection whose state is not known.
    func abandon() { isBroken = true }

    /// Checks the return value of a libpq call that only fails when the connection is lost.
    func check(_ succeeded: Int32, _ statement: Statement) throws(PostgresError) {
        if succeeded != 1 { throw lost(at: statement) }
    }

    /// The next result that the server owes, or nil at the end of a statement's results.
    func nextResult(
        of statement: Statement, by deadline: ContinuousClock.Instant
    ) throws(PostgresError) -> OpaquePointer? {
        var unsent = PQflush(raw)
        while PQisBusy(raw) == 1 || unsent == 1 {
            let readable = try wait(toSend: unsent == 1, for: statement, by: deadline)
            // When this fails, what the server said last is still to be had from PQgetResult.
            if readable, PQconsumeInput(raw) == 0 { break }
            unsent = PQflush(raw)
        }
        return PQgetResult(raw)
    }

    /// Waits until there is something to read, or room to send.
    func wait(
        toSend: Bool, for statement: Statement, by deadline: ContinuousClock.Instant
    ) throws(PostgresError) -> Bool {
        let events = toSend ? POLLIN | POLLOUT : POLLIN
        switch PQsocket(raw).poll(for: events, by: deadline, unless: interruption) {
        case .none: throw lost(at: statement, reason: "the server did not answer in time")
        case .some(let ready): return ready & ~POLLOUT != 0
        }
    }

    /// Takes over a result and checks that it is not an error.
    func checked(
        _ result: OpaquePointer?, of statement: Statement
    ) throws(PostgresError) -> ResultSet {
        guard let result else { throw lost(at: statement) }
        let set = ResultSet(result, statement: statement)
        guard PQresultStatus(result) == PGRES_FATAL_ERROR else { return set }
        guard let error = PostgresError(result, statement: statement) else {
            throw lost(at: statement, reason: PostgresError.message(of: result))
        }
        if error.needsNewSession { isOutlived = true }
        throw error
    }
}

extension Int32 {
    /// Polls this descriptor until one of the events, an error, the deadline or the interruption's
    /// end (nil for both).
    func poll(
        for events: Int32, by deadline: ContinuousClock.Instant, unless interruption: Interruption
    ) -> Int32? {
        while true {
            let left = interruption.limit(deadline) - .now
            let slice = Swift.min(Swift.max(.zero, left), Interruption.slice)
            var descriptor = pollfd(fd: self, events: Int16(events), revents: 0)
            let ready = Glibc.poll(&descriptor, 1, Int32(clamping: slice.milliseconds + 1))
            if ready > 0 { return Int32(descriptor.revents) }
            if ready < 0 && errno != EINTR { return Int32(POLLERR) }
            if left <= .zero { return nil }
        }
    }
}
