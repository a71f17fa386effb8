internal import CLibpq

extension Session {
    /// Whether a pooler such as pgbouncer is between us and the server: it makes up the process that
    /// the protocol names to a client.
    var isBehindPooler: Bool { PQbackendPID(raw) != serverProcess }

    /// Refuses a pooler that lends a connection to the server for a transaction or a statement only:
    /// what a session sets for itself, `synchronous_commit` and the role above all, would then hold
    /// for whoever comes next and not for us.
    ///
    /// Further sessions begin transactions. If one of them gets our server process while we are still
    /// here, or we get another one, sessions share processes: a pooler lends the idle ones first.
    func requireOwnServerProcess(with settings: ConnectionSettings) throws(PostgresError) {
        var others: [Session] = []
        while others.count < Self.maxProbes {
            guard let raw = try? Self.established(with: settings, until: interruption) else {
                return
            }
            let other = Session(raw, interruption: interruption)
            others.append(other)
            do throws(PostgresError) {
                let isShared = try other.currentProcess(in: ["BEGIN"]) == serverProcess
                if isShared { throw .refused(reason: Self.sharing("transaction"), sqlState: nil) }
            } catch {
                if case .refused = error { throw error }
                if "\(error)".contains("statement pooling") {
                    throw .refused(reason: Self.sharing("statement"), sqlState: nil)
                }
                // No further connection to the server was free in time: they are not shared.
                return
            }
            if try currentProcess() != serverProcess {
                throw .refused(reason: Self.sharing("transaction"), sqlState: nil)
            }
        }
    }

    /// How many connections to the server a pooler may hold idle and still be recognised.
    private static let maxProbes = 4

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
