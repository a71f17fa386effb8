import EmbeddedPostgres
import Foundation
import Logging
import Postgres
import Store
import Worker

/// The database as commands use it: migrated where that is possible, and worked in as the
/// application role.
enum DatabaseAccess {
    /// How long a database that is away at the start is waited for.
    static let startTimeout: Duration = .seconds(60)
    static let firstRetry: Duration = .milliseconds(250)
    static let lastRetry: Duration = .seconds(5)

    /// Brings the database up to date and opens it for a worker.
    ///
    /// Waits for a database that is away, up to `startTimeout`.
    static func open(_ url: String, logger: Logger) async throws -> Database {
        let rights = try await withLogin(url) { login in
            try await whileAway(logger: logger) {
                try await migrate(login, at: url, logger: logger).rights
            }
        }
        if let risk = rights.logRisk { logger.warning("\(risk)") }
        return worker(url, role: rights.role)
    }

    /// Opens the database as it is, for commands that read it or write a line; where no server
    /// takes writes, one that can be read.
    static func openAsIs(_ url: String) async throws -> Database {
        let rights = try await withLogin(url, server: .any) { login in
            guard try await Migrator(Store.migrations).isRecorded(in: login) else {
                throw NeverMigrated()
            }
            return try await Self.rights(of: login)
        }
        return worker(url, role: rights.role, server: .any)
    }

    /// Lends the database with the rights of the login itself.
    private static func withLogin<Result>(
        _ url: String, server: Database.Options.ServerKind = .takingWrites,
        _ body: (Database) async throws -> Result
    ) async throws -> Result {
        var options = Database.Options()
        options.server = server
        let login = Database(url, options: options)
        do {
            let result = try await body(login)
            await login.close()
            return result
        } catch {
            await login.close()
            throw error
        }
    }

    private static func rights(of login: Database) async throws -> LoginRights {
        try await login.transaction { try LoginRights(of: $0) }
    }

    private static func worker(
        _ url: String, role: String?, server: Database.Options.ServerKind = .takingWrites
    ) -> Database {
        var options = Database.Options()
        options.server = server
        options.role = role
        return Database(url, options: options)
    }

    /// What a migration did.
    struct Migrated {
        let applied: [String]
        /// What the login may do after it.
        let rights: LoginRights
    }

    /// Applies the migrations, the roles and their rights, as far as the login may.
    ///
    /// - Throws: `SchemaBehind` when something is left to do and the schema is another login's.
    static func migrate(_ url: String, logger: Logger) async throws -> Migrated {
        try await withLogin(url) { try await migrate($0, at: url, logger: logger) }
    }

    private static func migrate(
        _ login: Database, at url: String, logger: Logger
    ) async throws -> Migrated {
        let before = try await rights(of: login)
        if case .of(let owner) = before.schema {
            try await checkUpToDate(url, before, owner: owner)
            return Migrated(applied: [], rights: before)
        }
        let applied: [String]
        do {
            applied = try await Migrator(Store.migrations).migrate(login)
        } catch MigrationError.failed(_, let error)
            where error.sqlState == PostgresError.insufficientPrivilege
        {
            throw MayNotMigrate(error: error)
        }
        for name in applied { logger.info("migration applied", metadata: ["migration": "\(name)"]) }
        let isAsBefore = applied.isEmpty && before.application == .granted
        try await grantRights(with: login, mayBeSkipped: isAsBefore, logger: logger)
        return Migrated(applied: applied, rights: try await rights(of: login))
    }

    /// - Parameter mayBeSkipped: Whether the roles have had their rights from this schema before.
    private static func grantRights(
        with login: Database, mayBeSkipped: Bool, logger: Logger
    ) async throws {
        do {
            try await login.transaction { try $0.run(script: Store.rolesScript) }
        } catch let error as PostgresError
            where mayBeSkipped && error.sqlState == PostgresError.lockNotAvailable
        {
            logger.warning(
                "the rights of the roles are unchanged", metadata: ["error": "\(error)"])
        }
    }

    /// - Throws: `SchemaBehind`, `NoRights`.
    private static func checkUpToDate(
        _ url: String, _ rights: LoginRights, owner: String
    ) async throws {
        let database = worker(url, role: rights.role)
        let pending: [String]
        do {
            pending = try await Migrator(Store.migrations).pending(in: database)
            await database.close()
        } catch {
            await database.close()
            guard (error as? PostgresError)?.sqlState == PostgresError.insufficientPrivilege else {
                throw error
            }
            throw NoRights(rights: rights, owner: owner)
        }
        guard pending.isEmpty else {
            throw SchemaBehind(login: rights.login, owner: owner, pending: pending)
        }
    }

    /// Does it as soon as the database is there; what waiting does not mend is thrown at once.
    private static func whileAway<Result>(
        logger: Logger, _ work: () async throws -> Result
    ) async throws -> Result {
        let deadline = ContinuousClock.now + startTimeout
        let outage = DatabaseOutage(logger: logger)
        var wait = firstRetry
        while true {
            do {
                let result = try await work()
                outage.end()
                return result
            } catch let error as PostgresError where error.isPassing {
                guard .now < deadline else { throw DatabaseAway(error: error) }
                outage.note(error)
                try await Task.sleep(for: wait)
                wait = min(wait * 2, lastRetry)
            }
        }
    }
}

/// The schema belongs to another login, which has not let this one in.
private struct NoRights: Error, CustomStringConvertible {
    let rights: LoginRights
    let owner: String

    var description: String {
        let remedy =
            rights.application == .granted ? "run usher migrate as \(owner)" : rights.remedy
        return "\(rights.login) may not use the schema usher, which belongs to \(owner): \(remedy)"
    }
}

/// The schema is older than this version, and belongs to another login.
private struct SchemaBehind: Error, CustomStringConvertible {
    let login: String
    let owner: String
    let pending: [String]

    var description: String {
        "the database lacks \(pending.joined(separator: ", ")), and its schema belongs to "
            + "\(owner), not to \(login): run usher migrate of this version as \(owner), then "
            + "start again"
    }
}

/// The database did not answer for as long as it is waited for at the start.
private struct DatabaseAway: Error, CustomStringConvertible {
    let error: PostgresError

    var description: String {
        "gave up after \(DatabaseAccess.startTimeout.components.seconds) s: \(error)"
            // What the server itself says needs no start of it.
            + (error.sqlState == nil ? "; start the database or correct DATABASE_URL" : "")
    }
}

/// The login may not make the schema, or not change it.
private struct MayNotMigrate: Error, CustomStringConvertible {
    let error: PostgresError

    var description: String {
        "the login of DATABASE_URL may not migrate the schema (\(error)): run usher migrate with "
            + "the login that owns the database"
    }
}

/// Usher has never worked in this database.
private struct NeverMigrated: Error, CustomStringConvertible {
    let description = """
        the database of DATABASE_URL has no Usher schema: run usher migrate or usher run, or \
        correct DATABASE_URL
        """
}
