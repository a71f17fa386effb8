package import Foundation
package import Postgres

/// The name that operators give a workspace; it is in every row about it.
package struct WorkspaceName: Hashable, Sendable, CustomStringConvertible {
    package let description: String

    /// - Parameter text: 1–63 of `a-z 0-9 _ -`, not beginning with `_` or `-`.
    package init?(_ text: String) {
        guard text.utf8.count <= 63, text.wholeMatch(of: /[a-z0-9][a-z0-9_-]*/) != nil
        else { return nil }
        description = text
    }
}

/// Every statement about one workspace's tables.
///
/// All times are the database's. Locks are taken in one order everywhere: lease, permits, actions,
/// contacts by id, workspace, alerts.
package struct Store: Sendable {
    package let database: Database
    package let workspace: WorkspaceName
    /// Names this process in leases, claims and permits.
    package let holder: String
    let clockGuard = ClockGuard()

    package init(database: Database, workspace: WorkspaceName, holder: String) {
        self.database = database
        self.workspace = workspace
        self.holder = holder
    }

    /// Makes the workspace's row.
    package func register() async throws {
        try await database.transaction { [workspace] db in
            let now = try db.now()
            try db.execute(
                """
                INSERT INTO usher.workspace (workspace, created_at) VALUES (\(workspace), \(now))
                -- One that was forgotten begins anew, in the log that it had.
                ON CONFLICT (workspace) DO UPDATE SET forgotten_at = NULL, created_at = \(now)
                WHERE usher.workspace.forgotten_at IS NOT NULL
                """)
        }
    }

    /// Makes the missing partitions of the event log for this month and the next two.
    ///
    /// - Returns: Whether they could be made; not while another session keeps the log locked.
    package func makePartitions() async throws -> Bool {
        do {
            try await database.transaction { db in
                try db.execute("SELECT usher.make_event_partitions(2)")
            }
            return true
        } catch let error as PostgresError where error.sqlState == PostgresError.lockNotAvailable {
            return false
        }
    }

    /// The number of the newest event: what a read that is asked for now cannot be older than.
    package func lastSeq() async throws -> Int {
        try await transaction { db in try db.lastSeq() }
    }
}

/// When something was asked for.
package struct ReadMark: Sendable, Equatable {
    /// The newest event of then.
    package let seq: Int
    /// The database's time of then.
    package let at: Date

    package init(seq: Int, at: Date) {
        self.seq = seq
        self.at = at
    }
}

extension WorkspaceName: Bindable {
    package static var postgresType: PostgresType { .text }
    package var binding: Binding { description.binding }
}

extension Transaction {
    /// The database's time at this moment, not at the transaction's start.
    func now() throws -> Date {
        try row("SELECT clock_timestamp() AS now") { try $0.get("now") }!
    }
}

extension Row {
    /// The value that a column names.
    func named<Value: RawRepresentable<String>>(_ column: String) throws -> Value {
        let name: String = try get(column)
        guard let value = Value(rawValue: name) else {
            throw StoreError.unknownName(column: column, name: name)
        }
        return value
    }
}
