internal import CLibpq

extension Session {
    /// Whether a pooler such as pgbouncer is between us and the server: it makes up the process
    /// that the protocol names to a client.
    var isBehindPooler: Bool { PQbackendPID(raw) != serverProcess }

    /// Refuses a pooler that lends a connection to the server for a transaction or a statement
    /// only: what a session sets for itself, `synchronous_commit` and the role above all, would
    /// then hold for whoever comes next and not for us.
    ///
    /// Whatever the pooler's order: one that lends what lay idle longest has another process for us
    /// now, and one that lends what was used last has ours for a second session. In session mode
    /// neither can be. A pooler that connects to the server meanwhile may give the second session
    /// the new connection: then one of two more looks shows that one to us, whatever the order.
    func requireOwnServerProcess(with settings: ConnectionSettings) throws(PostgresError) {
        let own = serverProcess
        let later = try currentProcess()
        let other = try processOfAnotherSession(with: settings)
        let last = [try currentProcess(), try currentProcess()]
        if later != own || other == own || last != [own, own] {
            throw .refused(reason: Self.sharing("transaction"), sqlState: nil)
        }
    }

    /// - Returns: nil where no second connection to the server was free in time.
    private func processOfAnotherSession(
        with settings: ConnectionSettings
    ) throws(PostgresError) -> Int32? {
        guard let raw = try? Self.established(with: settings, until: interruption) else {
            return nil
        }
        do throws(PostgresError) {
            // A pooler in statement mode takes no transaction that is longer than one.
            return try Session(raw, interruption: interruption).currentProcess(in: ["BEGIN"])
        } catch  where "\(error)".contains("statement pooling") {
            throw .refused(reason: Self.sharing("statement"), sqlState: nil)
        } catch {
            return nil
        }
    }

    /// How long a second session may wait for a connection to the server.
    private static let probeLimit: Duration = .seconds(2)

    private static func sharing(_ mode: String) -> String {
        """
        the connection pooler is in \(mode) mode, and Usher needs session mode: set \
        pool_mode = session for this database, or connect to the server itself
        """
    }

    private func currentProcess(in before: [Statement] = []) throws(PostgresError) -> Int32 {
        let results = try roundTrip(
            before + ["SELECT pg_backend_pid() AS process"], within: Self.probeLimit,
            preparing: .none)
        return try results[before.count].onlyRow { try $0.get("process") }
    }
}
