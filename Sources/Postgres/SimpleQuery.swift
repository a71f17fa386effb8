internal import CLibpq
private import Glibc

/// What libpq cannot do in pipeline mode.
extension Session {
    /// Runs a whole script, which may hold many statements.
    func run(script: Statement, within limit: Duration) throws(PostgresError) {
        let deadline = ContinuousClock.now + limit
        try outsidePipeline { () throws(PostgresError) in
            try check(PQsendQuery(raw, script.sql), script)
            _ = try lastResult(of: script, by: deadline)
        }
    }

    /// Runs a `COPY … FROM STDIN` and returns its result.
    ///
    /// - Parameter nextChunk: The next bytes, nil at the end; what it throws is thrown on, and the
    ///   transaction must be undone.
    func copy(
        _ statement: Statement, within limit: Duration,
        nextChunk: () throws(PostgresError) -> [UInt8]?
    ) throws(PostgresError) -> ResultSet {
        let deadline = ContinuousClock.now + limit
        return try outsidePipeline { () throws(PostgresError) in
            try check(PQsendQuery(raw, statement.sql), statement)
            let opening = try nextResult(of: statement, by: deadline)
            guard PQresultStatus(opening) == PGRES_COPY_IN else {
                return try lastResult(of: statement, after: opening, by: deadline)
            }
            PQclear(opening)
            let sent = Result { () throws(PostgresError) in
                while let chunk = try nextChunk() {
                    try put(statement, by: deadline) { connection in
                        chunk.withUnsafeBytes {
                            PQputCopyData(connection, $0.baseAddress, Int32($0.count))
                        }
                    }
                }
            }
            if isBroken { try sent.get() }
            try put(statement, by: deadline) { PQputCopyEnd($0, nil) }
            let result = Result { () throws(PostgresError) in
                try lastResult(of: statement, by: deadline)
            }
            try sent.get()
            return try result.get()
        }
    }

    private func outsidePipeline<Value>(
        _ body: () throws(PostgresError) -> Value
    ) throws(PostgresError) -> Value {
        PQexitPipelineMode(raw)
        defer { PQenterPipelineMode(raw) }
        return try body()
    }

    /// Repeats a call that answers 0 while there is no room to send.
    private func put(
        _ statement: Statement, by deadline: ContinuousClock.Instant,
        _ call: (OpaquePointer) -> Int32
    ) throws(PostgresError) {
        while true {
            let outcome = call(raw)
            if outcome == 1 { return }
            guard outcome == 0 else { throw lost(at: statement) }
            if try wait(toSend: true, for: statement, by: deadline) { PQconsumeInput(raw) }
        }
    }

    /// Reads results to their end; the first error is thrown, else the last result returned.
    private func lastResult(
        of statement: Statement, after first: OpaquePointer? = nil,
        by deadline: ContinuousClock.Instant
    ) throws(PostgresError) -> ResultSet {
        var next = first
        if next == nil { next = try nextResult(of: statement, by: deadline) }
        var outcome: Result<ResultSet, PostgresError>?
        while let result = next {
            let isCopy = [PGRES_COPY_IN, PGRES_COPY_OUT].contains(PQresultStatus(result))
            let latest = Result { () throws(PostgresError) in try checked(result, of: statement) }
            if isCopy { throw lost(at: statement, reason: "COPY has no place in a script") }
            if case .failure = outcome {} else { outcome = latest }
            next = isBroken ? nil : try nextResult(of: statement, by: deadline)
        }
        guard let outcome else { throw lost(at: statement) }
        return try outcome.get()
    }
}
