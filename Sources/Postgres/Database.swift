/// A PostgreSQL database, used through a bounded set of connections.
package final class Database: Sendable {
    /// How often a transaction is tried when others are in its way.
    package static let maxAttempts = 5

    /// The wait before the second attempt is random below this, and the bound doubles each time.
    static let firstBackOff: Duration = .milliseconds(10)

    private let settings: ConnectionSettings
    private let pool: ConnectionPool

    /// - Parameter connectionString: As libpq takes it, a URI or `key=value …`; TLS and everything
    ///   else about reaching the server comes from here. It is looked at when first connecting.
    package init(_ connectionString: String, options: Options = Options()) {
        settings = ConnectionSettings(connectionString: connectionString, options: options)
        pool = ConnectionPool(settings)
    }

    /// The same database through connections of its own, which other work does not use.
    package func apart(_ change: (inout Options) -> Void) -> Database {
        var options = settings.options
        change(&options)
        return Database(settings.connectionString, options: options)
    }

    /// Runs `body` in one transaction, on a connection's own thread.
    ///
    /// Committed when `body` returns, rolled back when it throws. Transactions that others got in
    /// the way of (40001, 40P01) are run again, up to `maxAttempts` times, so `body` must do
    /// nothing that a rollback does not undo. A cancelled task stops waiting, and a statement under
    /// way has one second to end; a connection whose statement takes longer is given up.
    @discardableResult
    package func transaction<Result: Sendable>(
        _ body: @escaping @Sendable (Transaction) throws -> Result
    ) async throws -> Result {
        var bound = Self.firstBackOff
        for _ in 1..<Self.maxAttempts {
            do {
                return try await attempt(body)
            } catch let error as PostgresError where error.isRetryable {
                try await Task.sleep(for: bound * Double.random(in: 0..<1))
                bound *= 2
            }
        }
        return try await attempt(body)
    }

    /// Disconnects, after the transactions under way; those that wait are turned away.
    package func close() async { await pool.close() }

    private func attempt<Result: Sendable>(
        _ body: @escaping @Sendable (Transaction) throws -> Result
    ) async throws -> Result {
        let connection = try await pool.borrow()
        defer { pool.release(connection) }
        let interruption = Interruption()
        do {
            return try await withTaskCancellationHandler {
                try await connection.transaction(until: interruption, body)
            } onCancel: {
                interruption.begin()
            }
        } catch let error as PostgresError where interruption.hasEndedWaits {
            throw error.isCommitUnknown ? error : CancellationError()
        }
    }
}
