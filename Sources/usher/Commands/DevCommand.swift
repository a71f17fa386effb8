import ArgumentParser
import EmbeddedPostgres
import Foundation
import Logging
import Sandbox
import ServiceLifecycle
import Store
import Worker

struct DevCommand: AsyncParsableCommand, FinishesItsWork {
    static let configuration = CommandConfiguration(
        commandName: "dev", abstract: "Try Usher on this machine, with sample contacts.",
        discussion: """
            Starts a private PostgreSQL and a sandbox, and runs the worker with the rules in \
            USHER_RULES (default: rules) against them. Ctrl-C stops everything; the next start \
            resumes. To start over, delete the state directory (USHER_STATE_DIR, default: .usher).
            """)

    @Flag(help: "Run one complete sweep and everything that follows from it, then exit.")
    var once = false
    @Option(help: "Number of sample contacts to generate on the first start.")
    var contacts = 250
    @Option(help: "Seed of the sample contacts; the same seed generates the same contacts.")
    var seed: UInt64 = 1
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard (0...1_000_000).contains(contacts) else {
            throw ValidationError("--contacts is 0 to 1000000")
        }
    }

    func run() async throws {
        var reader = SettingsReader()
        var settings = reader.dev()
        settings.databaseURL = nil
        try reader.checkStart(settings, output)
        let logger = makeLogger(level: settings.logLevel, format: settings.logFormat)
        let embedded = try await cancelWhenGracefulShutdown { [settings] in
            try await EmbeddedPostgres.start(
                stateDirectory: settings.stateDirectory, logger: logger)
        }
        do {
            settings.databaseURL = embedded.connectionString
            let isComplete = try await work(with: settings, embedded: embedded, logger: logger)
            try await embedded.stop()
            guard isComplete else { throw ExitCode.failure }
        } catch {
            try? await embedded.stop()
            throw error
        }
    }

    private func work(
        with settings: Settings, embedded: EmbeddedPostgres, logger: Logger
    ) async throws -> Bool {
        var options = SandboxOptions()
        (options.contacts, options.seed) = (contacts, seed)
        options.stateFile = settings.stateDirectory + "/sandbox.json"
        var quiet = logger
        quiet.logLevel = .critical
        return try await withDatabase(settings, logger: logger) { database in
            try await SandboxServer.withRunning(options, logger: quiet) { sandbox in
                try await withHTTPClients(settings.network) { http in
                    var workspace = settings.workspaces[0]
                    workspace.baseURL = sandbox.baseURL
                    workspace.token = .value(sandbox.token)
                    let workers = try Workers(
                        [workspace], database: database, http: http, alert: settings.alert,
                        logger: logger)
                    try await cancelWhenGracefulShutdown { [output] in
                        try await workers.prepare(output)
                    }
                    introduce(embedded, sandbox, rules: workspace.rules)
                    let progress = DevProgress(store: workers.workers[0].store)
                    guard once else {
                        try await workers.run(beside: [progress])
                        return true
                    }
                    let results = try await workers.runOnce(beside: [progress])
                    return try report(results, format: output.format)
                }
            }
        }
    }

    private func introduce(_ embedded: EmbeddedPostgres, _ sandbox: RunningSandbox, rules: String) {
        let audit =
            embedded.psqlCommand
            + #" -c "SELECT email, rule_ids, before, after, outcome FROM audit.actions "#
            + #"ORDER BY decided_at DESC LIMIT 10""#
        note("database  \(embedded.psqlCommand)")
        note(
            "sandbox   \(sandbox.baseURL) with \(sandbox.contacts.count) contacts; token "
                + sandbox.token)
        note("rules     \(rules)")
        note("audit     \(audit)")
    }
}
