/// The server's code for an error, and what it means for whoever gets it: the one table of that.
///
/// They do not depend on the server's language.
/// Source: https://www.postgresql.org/docs/current/errcodes-appendix.html
struct SQLState: Sendable, Equatable {
    let code: String

    init(_ code: String) { self.code = code }

    /// What a statement's error means.
    enum Meaning: Sendable, Equatable {
        /// Other transactions were in the way: the same one may go well at once.
        case conflict
        /// A limit of time was reached, and the statement undone.
        case timedOut
        /// The values break a constraint of the schema.
        case violated
        /// The values cannot be stored, or not by this statement, by anybody at any time.
        case unfitValues
        /// The server cannot do it at present; nothing is wrong with the statement.
        case unavailable
        /// Statement, schema or rights are wrong, and stay so until somebody mends them.
        case wrong
    }

    var meaning: Meaning {
        switch code {
        case "40001", "40P01": .conflict
        case "57014", "55P03": .timedOut
        // A server without room, a read-only one, a standby and one that no longer knows what this
        // session has prepared answer so.
        case "25006", "26000", "42P05", "55000", "55006": .unavailable
        default:
            switch code.prefix(2) {
            case "23": .violated
            case "21", "22", "54", "P0": .unfitValues
            // Connection, transaction state, resources, intervention, system.
            case "08", "25", "53", "57", "58": .unavailable
            default: .wrong
            }
        }
    }

    /// Whether a new connection may do what this one cannot: to another server, or in a new state.
    var needsNewSession: Bool {
        switch code {
        // A right or role that is missing may be one that this session looked up earlier.
        case "42501", "42704": true
        // Room on a disk is missing for every session; memory is freed with this one.
        case "53100", "53400", "55006": false
        // XX is the server's own mistake, which may be in what this session remembers.
        default: meaning == .unavailable || code.hasPrefix("XX")
        }
    }

    /// Whether a server that turned a login away for this will do so until somebody mends it.
    ///
    /// Full, starting, stopping, lagging or crashed servers are not meant, nor a pooler (08P01)
    /// that has no server behind it at present.
    var isDefiniteAtLogin: Bool {
        code == "55000" || ["0A", "22", "28", "3D", "42"].contains(String(code.prefix(2)))
    }
}
