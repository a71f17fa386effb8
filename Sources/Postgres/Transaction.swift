/// A transaction under way; it lives as long as the closure that it was given to.
///
/// After a statement failed, nothing else runs and nothing is committed, even if the closure
/// catches the error: every further statement throws it again.
package final class Transaction {
    let session: Session
    private(set) var answerLimit: Duration
    private var hasBegun = false
    private(set) var failure: PostgresError?

    init(_ session: Session, answerLimit: Duration) {
        self.session = session
        self.answerLimit = answerLimit
    }

    package func rows<Value>(
        _ statement: Statement, decode: (Row) throws -> Value
    ) throws -> [Value] {
        try pipeline([statement])[0].rows(decode: decode)
    }

    /// The one row of a statement's answer, or nil; more than one is an error.
    package func row<Value>(
        _ statement: Statement, decode: (Row) throws -> Value
    ) throws -> Value? {
        let rows = try rows(statement, decode: decode)
        guard rows.count <= 1 else {
            throw PostgresError.mismatch(
                statement: statement.summary, reason: "\(rows.count) rows instead of at most one")
        }
        return rows.first
    }

    /// Returns the number of rows affected.
    @discardableResult
    package func execute(_ statement: Statement) throws -> Int {
        try pipeline([statement])[0].rowsAffected
    }

    /// Runs statements in one round trip.
    ///
    /// They are sent together, so none can use another's answer. When one fails, its error is
    /// thrown and those after it do not run.
    @discardableResult
    package func pipeline(_ statements: [Statement]) throws -> [StatementResult] {
        try run { () throws(PostgresError) in
            for statement in statements {
                guard let problem = statement.problem else { continue }
                throw .mismatch(statement: statement.summary, reason: problem)
            }
            // BEGIN travels with the first statements.
            let isFirst = !hasBegun
            hasBegun = true
            let results = try session.roundTrip(
                isFirst ? ["BEGIN"] + statements : statements, within: answerLimit)
            return results.dropFirst(isFirst ? 1 : 0).map(StatementResult.init)
        }
    }

    /// Remembers the first failure and lets nothing run after it.
    func run<Result>(
        _ body: () throws(PostgresError) -> Result
    ) throws(PostgresError) -> Result {
        if let failure { throw failure }
        do {
            return try body()
        } catch {
            failure = error
            throw error
        }
    }

    /// Runs a whole file of SQL as it is; for migrations and the like, never with data in it.
    package func run(script: String) throws {
        try pipeline([])
        try run { () throws(PostgresError) in
            let statement = Statement(sql: script)
            try session.run(script: statement, within: answerLimit)
            guard session.isInTransaction else {
                throw .mismatch(
                    statement: statement.summary, reason: "the script ended the transaction")
            }
        }
    }

    /// Sets other time limits for the rest of this transaction.
    package func limit(statements: Duration, locks: Duration) throws {
        answerLimit = statements + Database.Options.answerGrace
        try pipeline([
            "SELECT set_config('statement_timeout', \("\(statements.milliseconds)"), true)",
            "SELECT set_config('lock_timeout', \("\(locks.milliseconds)"), true)",
        ])
    }

    func commit() throws(PostgresError) {
        try run { () throws(PostgresError) in
            guard hasBegun else { return }
            do throws(PostgresError) {
                _ = try session.roundTrip(["COMMIT"], within: answerLimit)
            } catch .connectionLost(_, let reason) {
                throw .commitUnknown(reason: reason)
            }
        }
    }

    /// Undoes everything; when even that fails, the connection is broken and the server does it.
    func rollBack() {
        guard hasBegun, !session.isBroken, session.isInTransaction else { return }
        do throws(PostgresError) {
            _ = try session.roundTrip(["ROLLBACK"], within: answerLimit)
        } catch {
            session.abandon()
        }
    }
}
