extension Database {
    /// How a database is used. The connection string wins over the time limits here.
    package struct Options: Sendable {
        /// The name in `pg_stat_activity`.
        package var applicationName = "usher"
        package var maxConnections = 8
        /// How long connecting to one host may take.
        package var connectTimeout: Duration = .seconds(10)
        package var statementTimeout: Duration = .seconds(30)
        package var lockTimeout: Duration = .seconds(10)
        package var idleInTransactionTimeout: Duration = .seconds(30)
        /// How long to wait for one of the connections.
        package var waitLimit: Duration = .seconds(30)
        /// The role to work as after logging in.
        package var role: String?
        /// Which of the servers that the connection string names will do, unless it says so itself.
        package var server = ServerKind.takingWrites

        package enum ServerKind: Sendable {
            case takingWrites
            /// One that takes writes, else any: a standby, or a read-only one.
            case any
        }

        package init() {}

        /// How much longer than the statement time-out the server may be silent before the
        /// connection is given up.
        static let answerGrace: Duration = .seconds(5)

        var answerLimit: Duration { statementTimeout + Self.answerGrace }
    }
}
