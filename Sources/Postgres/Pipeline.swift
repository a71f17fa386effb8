internal import CLibpq

extension Session {
    /// How many statements a connection keeps prepared; more are parsed anew each time. All SQL is
    /// source code, so this is well above what one program has.
    static let maxPrepared = 256

    /// Which statements the server is asked to keep.
    enum Preparing {
        case untilFull
        /// For what is said once, perhaps to a pooler that keeps nothing.
        case none
    }

    /// What the server owes for one message.
    private struct PendingReply {
        let statement: Statement
        /// Set when the message was to prepare the statement, not to execute it.
        var preparedAs: String?
    }

    /// Sends statements together and returns their results in order: one round trip.
    ///
    /// The first that fails skips the others; those before it are undone only by a rollback.
    func roundTrip(
        _ statements: [Statement], within limit: Duration, preparing: Preparing = .untilFull
    ) throws(PostgresError) -> [ResultSet] {
        guard let first = statements.first else { return [] }
        let deadline = ContinuousClock.now + limit
        let replies = try send(statements, preparing)
        try check(PQpipelineSync(raw), first)
        return try receive(replies, by: deadline)
    }

    private func send(
        _ statements: [Statement], _ preparing: Preparing
    ) throws(PostgresError) -> [PendingReply] {
        var replies: [PendingReply] = []
        var new: [Statement.Shape: String] = [:]
        for statement in statements {
            let shape = statement.shape
            var name = prepared[shape] ?? new[shape]
            if name == nil, preparing == .untilFull, prepared.count + new.count < Self.maxPrepared {
                let newName = "\(namePrefix)\(prepared.count + new.count)"
                try check(prepare(statement, as: newName), statement)
                replies.append(PendingReply(statement: statement, preparedAs: newName))
                new[shape] = newName
                name = newName
            }
            try check(execute(statement, name: name), statement)
            replies.append(PendingReply(statement: statement))
        }
        return replies
    }

    private func receive(
        _ replies: [PendingReply], by deadline: ContinuousClock.Instant
    ) throws(PostgresError) -> [ResultSet] {
        var results: [ResultSet] = []
        var failure: PostgresError?
        for reply in replies {
            let statement = reply.statement
            do throws(PostgresError) {
                let set = try onlyResult(of: statement, by: deadline)
                // After the first error the server skips the rest.
                if failure != nil { continue }
                if let name = reply.preparedAs {
                    prepared[statement.shape] = name
                } else {
                    results.append(set)
                }
            } catch {
                failure = failure ?? error
                if case .connectionLost = error { throw error }
            }
        }
        // The answer to the Sync.
        PQclear(try nextResult(of: replies[0].statement, by: deadline))
        if let failure { throw failure }
        return results
    }

    /// The result of a statement, and the end of its results.
    private func onlyResult(
        of statement: Statement, by deadline: ContinuousClock.Instant
    ) throws(PostgresError) -> ResultSet {
        let outcome = Result { () throws(PostgresError) in
            try checked(try nextResult(of: statement, by: deadline), of: statement)
        }
        if !isBroken, let extra = try nextResult(of: statement, by: deadline) {
            PQclear(extra)
            throw lost(at: statement, reason: "the server answered more than was asked")
        }
        return try outcome.get()
    }

    private func prepare(_ statement: Statement, as name: String) -> Int32 {
        let types = statement.parameters.map(\.type.oid)
        return PQsendPrepare(raw, name, statement.sql, Int32(types.count), types)
    }

    private func execute(_ statement: Statement, name: String?) -> Int32 {
        let parameters = statement.parameters
        return parameters.withLibpqValues { values, lengths in
            let formats = [Int32](repeating: Self.binaryFormat, count: values.count)
            let count = Int32(values.count)
            guard let name else {
                return PQsendQueryParams(
                    raw, statement.sql, count, parameters.map(\.type.oid), values, lengths, formats,
                    Self.binaryFormat)
            }
            return PQsendQueryPrepared(
                raw, name, count, values, lengths, formats, Self.binaryFormat)
        }
    }

    private static let binaryFormat: Int32 = 1
}

extension [Statement.Parameter] {
    /// Lends the values as the arrays that libpq wants: addresses (nil for NULL) and sizes.
    fileprivate func withLibpqValues<Result>(
        _ body: ([UnsafePointer<CChar>?], [Int32]) -> Result
    ) -> Result {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(reduce(1) { $0 + ($1.binding.bytes?.count ?? 0) })
        let starts = map { parameter -> Int? in
            defer { bytes.append(contentsOf: parameter.binding.bytes ?? []) }
            return parameter.binding.bytes == nil ? nil : bytes.count
        }
        // So that an empty value has an address too.
        bytes.append(0)
        return bytes.withUnsafeBytes { buffer in
            let base = buffer.assumingMemoryBound(to: CChar.self).baseAddress!
            return body(
                starts.map { $0.map { base + $0 } },
                map { Int32($0.binding.bytes?.count ?? 0) })
        }
    }
}
