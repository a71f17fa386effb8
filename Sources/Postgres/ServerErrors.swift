internal import CLibpq

extension PostgresError {
    /// Reads the server's error from a result.
    ///
    /// - Returns: nil when it did not come with an SQLSTATE or ended the session: the connection is lost.
    init?(_ result: OpaquePointer, statement: Statement) {
        func field(_ code: Character) -> String? {
            PQresultErrorField(result, Int32(code.asciiValue!)).map { String(cString: $0) }
        }
        // V is the severity in English, whatever the server's language. Source: protocol-error-fields.
        guard let state = field("C"), let severity = field("V"), severity == "ERROR" else {
            return nil
        }
        let report = ServerReport(
            sqlState: state,
            message: Self.withoutValues(field("M") ?? "", sqlState: state),
            statement: statement.summary)
        self =
            switch state {
            case "40001", "40P01": .conflict(report)
            // A migration was in the way: the plan of a prepared statement does not fit any more.
            case "0A000" where field("R") == "RevalidateCachedQuery": .conflict(report)
            case "57014", "55P03": .timedOut(report)
            case _ where state.hasPrefix("23"): .violated(constraint: field("n") ?? "?", report)
            default: .rejected(report)
            }
    }

    /// The server quotes the offending value in errors about data (class 22); all else is ours.
    static func withoutValues(_ message: String, sqlState: String) -> String {
        guard sqlState.hasPrefix("22"), let first = message.firstIndex(of: "\""),
            let last = message.lastIndex(of: "\""), first < last
        else { return message }
        return message[..<first] + "…" + message[message.index(after: last)...]
    }
}

extension PostgresError {
    /// Whether a prepared statement does not fit the schema any more; a new session's will.
    var isStalePlan: Bool { isRetryable && sqlState == "0A000" }

    /// libpq's own words about the last failure of a connection, on one line.
    static func reason(of connection: OpaquePointer?) -> String {
        PQerrorMessage(connection).map { oneLine(String(cString: $0)) } ?? "out of memory"
    }

    static func message(of result: OpaquePointer) -> String {
        oneLine(String(cString: PQresultErrorMessage(result)))
    }

    private static func oneLine(_ text: String) -> String {
        text.split(whereSeparator: \.isNewline).joined(separator: " ")
    }
}
