internal import Foundation
internal import Postgres

/// A transaction about one workspace: it binds the workspace's name where statements ask for it.
package struct WorkspaceTransaction {
    let database: Transaction
    package let workspace: WorkspaceName
    /// Names this process in leases, claims and permits.
    let holder: String

    /// The database's time at this moment, not at the transaction's start.
    func now() throws -> Date {
        try row("SELECT clock_timestamp() AS now") { try $0.get("now") }!
    }

    func rows<Value>(_ statement: Statement, decode: (Row) throws -> Value) throws -> [Value] {
        try database.rows(statement, decode: decode)
    }

    /// The one row of a statement's answer, or nil; more than one is an error.
    func row<Value>(_ statement: Statement, decode: (Row) throws -> Value) throws -> Value? {
        try database.row(statement, decode: decode)
    }

    /// Returns the number of rows affected.
    @discardableResult
    func execute(_ statement: Statement) throws -> Int { try database.execute(statement) }

    /// Sets other time limits for the rest of this transaction.
    func limit(statements: Duration, locks: Duration) throws {
        try database.limit(statements: statements, locks: locks)
    }

    /// Runs statements in one round trip.
    @discardableResult
    func pipeline(_ statements: [Statement]) throws -> [StatementResult] {
        try database.pipeline(statements)
    }
}

extension Store {
    /// Runs `body` in one transaction about this workspace; see `Database.transaction`.
    func transaction<Result: Sendable>(
        _ body: @escaping @Sendable (WorkspaceTransaction) throws -> Result
    ) async throws -> Result {
        try await database.transaction { [workspace, holder] db in
            try body(WorkspaceTransaction(database: db, workspace: workspace, holder: holder))
        }
    }
}
