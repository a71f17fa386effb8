internal import CLibpq

extension PostgresError {
    /// Reads the server's error from a result.
    ///
    /// - Returns: nil when it has no SQLSTATE or ended the session: the connection is lost.
    init?(_ result: OpaquePointer, statement: Statement) {
        func field(_ code: Character) -> String? {
            PQresultErrorField(result, Int32(code.asciiValue!)).map { String(cString: $0) }
        }
        // V is the severity in English, whatever the server's language.
        // Source: https://www.postgresql.org/docs/current/protocol-error-fields.html
        guard let state = field("C"), let severity = field("V"), severity == "ERROR" else {
            return nil
        }
        let report = ServerReport(
            sqlState: state,
            message: Self.withoutValues(field("M") ?? "", sqlState: state),
            statement: statement.summary)
        if Self.conflictingRoutines[field("R") ?? ""] == state {
            self = .conflict(report)
            return
        }
        self =
            switch SQLState(state).meaning {
            case .conflict: .conflict(report)
            case .timedOut: .timedOut(report)
            case .violated: .violated(constraint: field("n") ?? "?", report)
            case .unavailable: .unavailable(report)
            case .unfitValues, .wrong: .rejected(report)
            }
    }

    /// Routines of the server, and the code with which they report a conflict without its own.
    private static let conflictingRoutines = [
        // A migration was in the way: the plan of a prepared statement does not fit any more.
        "RevalidateCachedQuery": featureNotSupported,
        // Another login changed the same role or right at the same time.
        "simple_heap_update": internalError, "simple_heap_delete": internalError,
    ]

    private static let featureNotSupported = "0A000"
    private static let internalError = "XX000"

    /// The server quotes the offending value in errors about data (class 22); all else is ours.
    static func withoutValues(_ message: String, sqlState: String) -> String {
        guard sqlState.hasPrefix("22"), let first = message.firstIndex(of: "\""),
            let last = message.lastIndex(of: "\""), first < last
        else { return message }
        return message[..<first] + "…" + message[message.index(after: last)...]
    }
}

extension PostgresError {
    /// Whether the session that got this error is of no use any more, while a new one may be.
    var needsNewSession: Bool {
        switch self {
        // The plan of a prepared statement does not fit the schema; a new session's will.
        case .conflict(let report): report.sqlState == Self.featureNotSupported
        default: sqlState.map { SQLState($0).needsNewSession } ?? false
        }
    }

    /// libpq's own words about the last failure of a connection, on one line.
    static func reason(of connection: OpaquePointer?) -> String {
        PQerrorMessage(connection).map { oneLine(String(cString: $0)) } ?? "out of memory"
    }

    static func message(of result: OpaquePointer) -> String {
        oneLine(String(cString: PQresultErrorMessage(result)))
    }

    static func oneLine(_ text: String) -> String {
        text.split(whereSeparator: \.isNewline).joined(separator: " ")
    }
}
