import ArgumentParser
import Contacts
import EmbeddedPostgres
import Foundation
import Logging
import Postgres
import Store

/// Which workspace a command is about, in which database.
struct TargetOptions: ParsableArguments {
    @Option(help: "The workspace. (default: the only one in the database)")
    var workspace: String?

    /// Opens the database, finds the workspace and does `body` with it.
    func withStore<Result>(_ body: (Store) async throws -> Result) async throws -> Result {
        try await withOpenDatabase { database in
            try await body(
                Store(
                    database: database, workspace: try await name(in: database), holder: "command"))
        }
    }

    private func name(in database: Database) async throws -> WorkspaceName {
        let listings = try await Store.listings(in: database)
        if let workspace { return try listings.named(workspace) }
        let names = listings.names
        guard names.count == 1 else {
            throw ValidationError(
                names.isEmpty
                    ? "there is no workspace in the database\(listings.ended): start usher run or "
                        + "usher dev first"
                    : "the database holds several workspaces; name one with --workspace: "
                        + names.map(\.description).joined(separator: ", "))
        }
        return names[0]
    }
}

extension [WorkspaceListing] {
    /// Those that exist.
    var names: [WorkspaceName] {
        filter { $0.forgottenAt == nil }.compactMap { WorkspaceName($0.workspace) }
    }

    /// - Throws: `ValidationError` with the names that there are, or with the end of this one.
    func named(_ name: String) throws -> WorkspaceName {
        if let found = names.first(where: { $0.description == name }) { return found }
        if let gone = first(where: { $0.workspace == name }), let end = gone.forgottenAt {
            throw ValidationError(
                "the workspace \(name.quoted) was forgotten on \(end.formatted(.iso8601)); its log "
                    + "is in the views of the schema audit")
        }
        let known = names.map(\.description).joined(separator: ", ")
        throw ValidationError(
            "there is no workspace \(name.quoted) in the database; it has "
                + (known.isEmpty ? "none\(ended)" : known))
    }

    /// What to say of a database without a workspace.
    var ended: String {
        let gone = compactMap { listing in
            listing.forgottenAt.map { "\(listing.workspace) on \($0.formatted(.iso8601))" }
        }
        return gone.isEmpty
            ? " yet"
            : " (forgotten: \(gone.joined(separator: ", ")); their logs are in the views of the "
                + "schema audit)"
    }
}

/// Opens the configured database; an embedded one is used as it runs, or started meanwhile.
func withOpenDatabase<Result>(_ body: (Database) async throws -> Result) async throws -> Result {
    var reader = SettingsReader()
    let settings = reader.base()
    try reader.check()
    let logger = makeLogger(level: max(settings.logLevel, .warning), format: settings.logFormat)
    let running = try await EmbeddedPostgres.running(in: settings.stateDirectory, logger: logger)
    if let url = settings.databaseURL ?? running {
        let database = try await DatabaseAccess.openAsIs(url)
        do {
            let result = try await body(database)
            await database.close()
            return result
        } catch {
            await database.close()
            throw error
        }
    }
    guard FileManager.default.fileExists(atPath: settings.stateDirectory) else {
        throw ConfigurationProblems(problems: [
            "DATABASE_URL is not set, and there is no embedded database in "
                + "\(settings.stateDirectory): start usher dev first"
        ])
    }
    return try await withDatabase(settings, logger: logger, body)
}
