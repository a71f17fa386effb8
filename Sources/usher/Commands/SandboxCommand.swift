import ArgumentParser
import Contacts
import Sandbox
import ServiceLifecycle
import UnixSignals

struct SandboxCommand: AsyncParsableCommand, FinishesItsWork {
    static let configuration = CommandConfiguration(
        commandName: "sandbox", abstract: "Run a local contacts API with sample contacts.",
        discussion: """
            It emulates Pylon's contacts API, including rate limits. GET /_sandbox/requests lists \
            every request; PUT /_sandbox/faults makes it misbehave.
            """)

    @Option(help: "The port to listen on; 0 takes any free one.")
    var port: Int
    @Option(help: "The address to listen on.")
    var host = "127.0.0.1"
    @Option(help: "Number of sample contacts to generate.")
    var contacts = 250
    @Option(help: "Seed of the sample contacts; the same seed generates the same contacts.")
    var seed: UInt64 = 1
    @Option(
        help: "Request limits: seed (Usher's defaults), 2026-10 (Pylon's in autumn 2026) or off.")
    var limits = "seed"
    @Option(help: "Length of a limit's window, such as 60s.")
    var window: Window?
    @Flag(help: "Start windows at multiples of their length instead of sliding them.")
    var fixedWindows = false
    @Option(help: "The token that requests must carry.")
    var token = "sandbox-token"
    @Option(help: "File in which to store the contacts between runs.")
    var state: String?

    struct Window: ExpressibleByArgument {
        let duration: Duration
        init?(argument: String) {
            guard let duration = parseDuration(argument), duration > .zero else { return nil }
            self.duration = duration
        }
    }

    func validate() throws {
        guard SandboxLimits.profiles[limits] != nil else {
            let known = SandboxLimits.profiles.keys.sorted().joined(separator: ", ")
            throw ValidationError("invalid --limits \(limits.quoted); use one of \(known)")
        }
        guard (0...65535).contains(port) else { throw ValidationError("--port is 0 to 65535") }
        guard (0...1_000_000).contains(contacts) else {
            throw ValidationError("--contacts is 0 to 1000000")
        }
    }

    func run() async throws {
        var reader = SettingsReader()
        let settings = reader.base()
        try reader.check()
        let logger = makeLogger(level: settings.logLevel, format: settings.logFormat)
        var options = SandboxOptions()
        (options.host, options.port, options.token) = (host, port, token)
        (options.contacts, options.seed, options.stateFile) = (contacts, seed, state)
        var limits = SandboxLimits.profiles[limits] ?? .seed
        limits.window = window?.duration ?? limits.window
        limits.alignment = fixedWindows ? .fixed : .sliding
        options.limits = limits
        let server = try SandboxServer(options: options, logger: logger)
        let service = ClosureService {
            try await server.run { running in note("sandbox at \(running.baseURL)") }
        }
        try await ServiceGroup(services: [service], logger: logger).run()
    }
}

private struct ClosureService: Service {
    let work: @Sendable () async throws -> Void

    func run() async throws { try await work() }
}
