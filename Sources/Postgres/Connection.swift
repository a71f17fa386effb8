/// One of the database's connections; it connects on first use and again after a loss.
actor Connection {
    private let settings: ConnectionSettings
    private let generation: ServerGeneration
    private var session: Session?
    /// The generation in which the session was made.
    private var madeIn = 0
    private var isClosed = false
    private let executor = QueueExecutor(label: "postgres")

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(_ settings: ConnectionSettings, _ generation: ServerGeneration) {
        self.settings = settings
        self.generation = generation
    }

    /// Runs `body` in one transaction: committed when it returns, rolled back when it throws.
    func transaction<Result: Sendable>(
        until interruption: Interruption, _ body: @Sendable (Transaction) throws -> Result
    ) throws -> Result {
        let session = try readySession(until: interruption)
        defer { if session.isBroken || session.isOutlived { discardSession() } }
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

    private func readySession(
        until interruption: Interruption
    ) throws(PostgresError) -> Session {
        if isClosed { throw .closed }
        if let session, madeIn == generation.current, session.isQuiet {
            session.interruption = interruption
            return session
        }
        session = nil
        madeIn = generation.current
        let new = try Session(
            connectingWith: settings, until: interruption,
            probing: generation.claimProbe(of: madeIn) ? .poolers : .nothing)
        session = new
        return new
    }

    private func discardSession() {
        session = nil
        generation.end(madeIn)
    }
}
