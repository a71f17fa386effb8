/// One of the database's connections; it connects on first use and again after a loss.
actor Connection {
    private let settings: ConnectionSettings
    private var session: Session?
    private var isClosed = false
    private let executor = QueueExecutor(label: "postgres")

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(_ settings: ConnectionSettings) { self.settings = settings }

    /// Runs `body` in one transaction: committed when it returns, rolled back when it throws.
    func transaction<Result: Sendable>(
        _ body: @Sendable (Transaction) throws -> Result
    ) throws -> Result {
        let session = try readySession()
        defer { if session.isBroken || session.isStale { self.session = nil } }
        let transaction = Transaction(session, answerLimit: settings.options.answerLimit)
        do {
            let result = try body(transaction)
            try transaction.commit()
            return result
        } catch {
            transaction.rollBack()
            // Even if the closure made another error of it, the conflict is what happened.
            if let failure = transaction.failure, failure.isRetryable { throw failure }
            throw error
        }
    }

    /// Waits for the transaction under way and then disconnects for good.
    func close() {
        isClosed = true
        session = nil
    }

    private func readySession() throws(PostgresError) -> Session {
        if isClosed { throw .closed }
        if let session, session.isQuiet { return session }
        session = nil
        let new = try Session(connectingWith: settings)
        session = new
        return new
    }
}
