import EmbeddedPostgres
import Foundation
import Logging
import Postgres
import Store

/// The database as commands use it: migrated where that is possible, and worked in as the
/// application role.
enum DatabaseAccess {
    /// How long a database that is away at the start is waited for.
    static let startPatience: Duration = .seconds(60)
    static let firstRetry: Duration = .milliseconds(250)
    static let lastRetry: Duration = .seconds(5)
    static let applicationRole = "usher_app"

    /// Brings the database up to date and opens it for a worker.
    ///
    /// Waits for a database that is away, up to `startPatience`.
    static func open(_ url: String, logger: Logger) async throws -> Database {
        let owner = Database(url)
        do {
            try await patiently(logger: logger) { try await migrate(owner, logger: logger) }
            let role = try await mayBecomeApplication(owner) ? applicationRole : nil
            if role == nil {
                logger.warning(
                    """
                    the login works without the role \(applicationRole), so the database does not keep \
                    it from changing the log; run: usher migrate
                    """)
            }
            await owner.close()
            return worker(url, role: role)
        } catch {
            await owner.close()
            throw error
        }
    }

    /// Opens the database as it is, for commands that read it or write a line.
    static func openAsIs(_ url: String) async throws -> Database {
        let login = Database(url)
        do {
            let role = try await mayBecomeApplication(login) ? applicationRole : nil
            await login.close()
            return worker(url, role: role)
        } catch {
            await login.close()
            throw error
        }
    }

    private static func worker(_ url: String, role: String?) -> Database {
        var options = Database.Options()
        options.role = role
        return Database(url, options: options)
    }

    /// What a migration did.
    struct Migrated {
        let applied: [String]
        /// For whoever may create roles, where the login may not.
        let missingRoles: String?
    }

    /// Applies the migrations, the roles and their rights, as far as the login may.
    @discardableResult
    static func migrate(_ database: Database, logger: Logger) async throws -> Migrated {
        let applied = try await Migrator(Store.migrations).migrate(database)
        for name in applied { logger.info("migration applied", metadata: ["migration": "\(name)"]) }
        do {
            try await database.transaction { try $0.run(script: Store.rolesScript) }
            return Migrated(applied: applied, missingRoles: nil)
        } catch let error as PostgresError where error.sqlState == insufficientPrivilege {
            let login = try await database.transaction { db in
                try db.row("SELECT quote_ident(current_user) AS login") {
                    try $0.get("login", as: String.self)
                } ?? ""
            }
            return Migrated(
                applied: applied,
                missingRoles: Store.rolesScript + "\nGRANT \(applicationRole) TO \(login);\n")
        }
    }

    /// SQLSTATE of a login that may not. Source: PostgreSQL, appendix A.
    private static let insufficientPrivilege = "42501"

    private static func mayBecomeApplication(_ database: Database) async throws -> Bool {
        try await database.transaction { db in
            try db.row(
                """
                -- Since version 16 membership alone does not allow SET ROLE.
                SELECT coalesce(bool_or(pg_has_role(
                           current_user, oid,
                           CASE WHEN current_setting('server_version_num')::integer >= 160000
                           THEN 'SET' ELSE 'MEMBER' END)), false) AS may
                FROM pg_roles
                WHERE rolname = \(applicationRole)
                """
            ) { try $0.get("may") } ?? false
        }
    }

    private static func patiently(logger: Logger, _ work: () async throws -> Migrated) async throws
    {
        let deadline = ContinuousClock.now + startPatience
        var wait = firstRetry
        while true {
            do {
                _ = try await work()
                return
            } catch let error as PostgresError where error.isUnreachable {
                guard .now < deadline else { throw DatabaseAway(error: error) }
                logger.warning(
                    "the database does not answer; waiting for it",
                    metadata: ["error": "\(error)", "for_at_most": "\(startPatience)"])
                try await Task.sleep(for: wait)
                wait = min(wait * 2, lastRetry)
            }
        }
    }
}

/// The database did not answer for as long as it is waited for at the start.
private struct DatabaseAway: Error, CustomStringConvertible {
    let error: PostgresError

    var description: String {
        "gave up after \(DatabaseAccess.startPatience.components.seconds) s: \(error); start the "
            + "database or mend DATABASE_URL"
    }
}

extension PostgresError {
    /// The server may be away for a while only.
    fileprivate var isUnreachable: Bool {
        switch self {
        case .unreachable, .connectionLost: true
        default: false
        }
    }
}
