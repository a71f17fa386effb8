internal import Synchronization

/// Lends a bounded set of connections, to waiting tasks in the order in which they came.
final class ConnectionPool: Sendable {
    private let settings: ConnectionSettings
    private let generation = ServerGeneration()
    private let state = Mutex(State())

    private struct State {
        var all: [Connection] = []
        /// The last one used is the first one lent.
        var idle: [Connection] = []
        var waiters: [Waiter] = []
        var nextTicket = 0
        var isClosed = false
    }

    private struct Waiter {
        let ticket: Int
        let continuation: CheckedContinuation<Connection, any Error>
    }

    /// How many tasks may wait for a connection.
    static let maxWaiters = 10_000

    init(_ settings: ConnectionSettings) { self.settings = settings }

    /// Waits for a connection, which must be released.
    func borrow() async throws -> Connection {
        try Task.checkCancellation()
        if let connection = try state.withLock({ try free(in: &$0) }) { return connection }
        let ticket = state.withLock { state in
            state.nextTicket += 1
            return state.nextTicket
        }
        let limit = settings.options.waitLimit
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await Task.sleep(for: limit)
                self.endWait(of: ticket, with: PostgresError.busy(reason: "waited \(limit)"))
            }
            defer { group.cancelAll() }
            return try await self.wait(with: ticket)
        }
    }

    func release(_ connection: Connection) {
        let next = state.withLock { state -> Waiter? in
            if state.waiters.isEmpty {
                state.idle.append(connection)
                return nil
            }
            return state.waiters.removeFirst()
        }
        next?.continuation.resume(returning: connection)
    }

    /// Turns waiting tasks away and disconnects, after the transactions under way.
    func close() async {
        let (connections, waiters) = state.withLock { state in
            defer { state.waiters = [] }
            state.isClosed = true
            return (state.all, state.waiters)
        }
        for waiter in waiters { waiter.continuation.resume(throwing: PostgresError.closed) }
        for connection in connections { await connection.close() }
    }

    /// A connection that nobody uses, or a new one while there may be more.
    private func free(in state: inout State) throws(PostgresError) -> Connection? {
        if state.isClosed { throw .closed }
        if let connection = state.idle.popLast() { return connection }
        guard state.all.count < settings.options.maxConnections else { return nil }
        let connection = Connection(settings, generation)
        state.all.append(connection)
        return connection
    }

    private func wait(with ticket: Int) async throws -> Connection {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                do {
                    let connection = try state.withLock { state -> Connection? in
                        // A cancellation after this line finds the waiter in the list.
                        try Task.checkCancellation()
                        if let connection = try free(in: &state) { return connection }
                        if state.waiters.count == Self.maxWaiters {
                            throw PostgresError.busy(
                                reason: "\(Self.maxWaiters) tasks wait already")
                        }
                        state.waiters.append(Waiter(ticket: ticket, continuation: continuation))
                        return nil
                    }
                    if let connection { continuation.resume(returning: connection) }
                } catch {
                    continuation.resume(throwing: error)
                }
            }
        } onCancel: {
            endWait(of: ticket, with: CancellationError())
        }
    }

    private func endWait(of ticket: Int, with error: any Error) {
        let waiter = state.withLock { state -> Waiter? in
            guard let index = state.waiters.firstIndex(where: { $0.ticket == ticket }) else {
                return nil
            }
            return state.waiters.remove(at: index)
        }
        waiter?.continuation.resume(throwing: error)
    }
}
