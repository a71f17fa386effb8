import ArgumentParser
import EmbeddedPostgres
import Logging
import Postgres
import ServiceLifecycle

struct RunCommand: AsyncParsableCommand, FinishesItsWork {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Run the worker for every configured workspace.",
        discussion: """
            SIGTERM and SIGINT end it within ten seconds; requests in flight are finished. SIGHUP \
            makes it reload the rule files immediately.
            """)

    @Flag(help: "Run one complete sweep and everything that follows from it, then exit.")
    var once = false
    @OptionGroup var output: OutputOptions

    func run() async throws {
        var reader = SettingsReader()
        let settings = try reader.worker(output)
        let logger = makeLogger(level: settings.logLevel, format: settings.logFormat)
        let isComplete = try await withDatabase(settings, logger: logger) { database in
            try await withHTTPClients(settings.network) { http in
                let workers = try Workers(
                    settings.workspaces, database: database, http: http, alert: settings.alert,
                    logger: logger)
                try await cancelWhenGracefulShutdown { [output] in try await workers.prepare(output)
                }
                guard once else {
                    try await workers.run(beside: [ReloadOnHangup(workers: workers)])
                    return true
                }
                return try report(try await workers.runOnce(), format: output.format)
            }
        }
        guard isComplete else { throw ExitCode.failure }
    }
}

/// Opens the configured database, or the embedded one for as long as `body` runs.
func withDatabase<Result>(
    _ settings: Settings, logger: Logger, _ body: (Database) async throws -> Result
) async throws -> Result {
    guard let url = settings.databaseURL else {
        let embedded = try await cancelWhenGracefulShutdown {
            try await EmbeddedPostgres.start(
                stateDirectory: settings.stateDirectory, logger: logger)
        }
        do {
            let result = try await withDatabase(at: embedded.connectionString, logger: logger, body)
            try await embedded.stop()
            return result
        } catch {
            try? await embedded.stop()
            throw error
        }
    }
    return try await withDatabase(at: url, logger: logger, body)
}

private func withDatabase<Result>(
    at url: String, logger: Logger, _ body: (Database) async throws -> Result
) async throws -> Result {
    let database = try await cancelWhenGracefulShutdown {
        try await DatabaseAccess.open(url, logger: logger)
    }
    do {
        let result = try await body(database)
        await database.close()
        return result
    } catch {
        await database.close()
        throw error
    }
}
