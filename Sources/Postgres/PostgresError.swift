/// Why the database did not do what was asked of it.
package enum PostgresError: Error, Sendable, Equatable {
    /// No connection could be made: nothing was done, try later.
    case unreachable(reason: String)
    /// The connection string is wrong and will stay wrong.
    case badConnectionString(reason: String)
    /// The connection broke before COMMIT was sent: nothing was applied, the next use reconnects.
    case connectionLost(statement: String, reason: String)
    /// The connection broke while COMMIT was under way: look whether it was applied.
    case commitUnknown(reason: String)
    /// Other transactions were in the way, each time it was tried: try the whole again later.
    case conflict(ServerReport)
    /// A statement or the wait for a lock took longer than its limit and was undone.
    case timedOut(ServerReport)
    /// The data break a constraint of the schema.
    case violated(constraint: String, ServerReport)
    /// The server refused a statement, which is wrong and will stay wrong.
    case rejected(ServerReport)
    /// A statement and the code around it do not fit together.
    case mismatch(statement: String, reason: String)
    /// No connection of this process became free in time.
    case busy(reason: String)
    /// The database was closed by this process.
    case closed

    /// What the server said about a statement.
    package struct ServerReport: Sendable, Equatable {
        package let sqlState: String
        /// The server's own sentence, without values.
        package let message: String
        /// The beginning of the statement, without values.
        package let statement: String
    }

    /// Whether running the same transaction again at once may go well.
    package var isRetryable: Bool {
        if case .conflict = self { true } else { false }
    }

    /// Whether nothing was applied and the same transaction may go well later.
    package var isPassing: Bool {
        switch self {
        case .unreachable, .connectionLost, .conflict, .timedOut, .busy: true
        default: false
        }
    }

    /// Whether it may have been applied or not.
    package var isCommitUnknown: Bool {
        if case .commitUnknown = self { true } else { false }
    }

    /// Whether the same statements with the same values will fail again.
    package var isDefinite: Bool {
        switch self {
        case .rejected, .violated, .mismatch: true
        default: false
        }
    }

    /// The server's code for the error, if it came from the server.
    package var sqlState: String? {
        switch self {
        case .conflict(let report), .timedOut(let report), .violated(_, let report),
            .rejected(let report):
            report.sqlState
        default: nil
        }
    }
}

extension PostgresError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unreachable(let reason): "cannot connect to the database: \(reason)"
        case .badConnectionString(let reason): "the connection string is wrong: \(reason)"
        case .connectionLost(let statement, let reason):
            "the connection was lost at “\(statement)”, nothing was applied: \(reason)"
        case .commitUnknown(let reason):
            "the connection was lost at COMMIT, it may or may not be applied: \(reason)"
        case .conflict(let report): "conflicting transactions, \(report)"
        case .timedOut(let report): "time limit reached, \(report)"
        case .violated(let constraint, let report): "constraint \(constraint) broken, \(report)"
        case .rejected(let report): "the database refused, \(report)"
        case .mismatch(let statement, let reason): "\(reason) at “\(statement)”"
        case .busy(let reason): "no database connection became free: \(reason)"
        case .closed: "the database was closed"
        }
    }
}

extension PostgresError.ServerReport: CustomStringConvertible {
    package var description: String { "\(sqlState) \(message) at “\(statement)”" }
}
