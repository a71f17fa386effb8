/// Why the database did not do what was asked of it.
package enum PostgresError: Error, Sendable, Equatable {
    /// No connection could be made: nothing was done, try later.
    case unreachable(reason: String)
    /// The connection string is wrong and will stay wrong.
    case badConnectionString(reason: String)
    /// The server, or libpq before it asked one, turns the login away until somebody mends what the
    /// reason says. The state is the server's, where it said one.
    case refused(reason: String, sqlState: String?)
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
    /// The server cannot do it at present: it takes no writes, has no room or shuts down. Nothing
    /// was applied, and where another session may be better off, the next use has a new one.
    case unavailable(ServerReport)
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
        case .unreachable, .connectionLost, .conflict, .timedOut, .unavailable, .busy: true
        default: false
        }
    }

    /// Whether it is the database or the way to it, whatever was asked of it.
    package var isAboutDatabase: Bool {
        switch self {
        case .unreachable, .badConnectionString, .refused, .connectionLost, .commitUnknown,
            .unavailable:
            true
        default: false
        }
    }

    /// Whether it may have been applied or not.
    package var isCommitUnknown: Bool {
        if case .commitUnknown = self { true } else { false }
    }

    /// Whether the values are at fault, and will be with any server at any time.
    package var isDefinite: Bool {
        switch self {
        case .violated, .mismatch: true
        case .rejected(let report): SQLState(report.sqlState).meaning == .unfitValues
        default: false
        }
    }

    /// SQLSTATE of a lock wait that timed out.
    /// Source: https://www.postgresql.org/docs/current/errcodes-appendix.html
    package static let lockNotAvailable = "55P03"
    /// SQLSTATE of a missing right.
    /// Source: https://www.postgresql.org/docs/current/errcodes-appendix.html
    package static let insufficientPrivilege = "42501"

    /// The server's code for the error, if it came from the server.
    package var sqlState: String? {
        switch self {
        case .conflict(let report), .timedOut(let report), .violated(_, let report),
            .unavailable(let report), .rejected(let report):
            report.sqlState
        case .refused(_, let sqlState): sqlState
        default: nil
        }
    }
}

extension PostgresError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unreachable(let reason): "cannot connect to the database: \(reason)"
        case .badConnectionString(let reason): "the connection string is wrong: \(reason)"
        case .refused(let reason, _): "cannot log in to the database: \(reason)"
        case .connectionLost(let statement, let reason):
            "the connection was lost at “\(statement)”, nothing was applied: \(reason)"
        case .commitUnknown(let reason):
            "the connection was lost at COMMIT, it may or may not be applied: \(reason)"
        case .conflict(let report): "conflicting transactions, \(report)"
        case .timedOut(let report) where report.sqlState == Self.lockNotAvailable:
            "another session holds a lock for too long, \(report); pg_locks tells which"
        case .timedOut(let report): "time limit reached, \(report)"
        case .violated(let constraint, let report): "constraint \(constraint) broken, \(report)"
        case .unavailable(let report): "the database cannot do it at present, \(report)"
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
