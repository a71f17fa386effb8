internal import Foundation
internal import Hummingbird
package import Logging

/// A local Pylon: the contacts API over HTTP, with contacts of its own.
package struct SandboxServer: Sendable {
    private let options: SandboxOptions
    private let logger: Logger
    private let pylon: LocalPylon

    /// How long a connection may be silent.
    private static let idleTimeout = 60
    /// How many contacts the fault `other_organisation` shows.
    private static let otherContacts = 10
    /// A crash loses at most the changes of one interval and of one save.
    private static let saveInterval = Duration.milliseconds(500)

    /// Reads the state file, or generates contacts when there is none.
    ///
    /// - Throws: `StateFileError` when there is one that cannot be used.
    package init(options: SandboxOptions, logger: Logger) throws {
        self.options = options
        self.logger = logger
        let saved = try options.stateFile.flatMap { try StateFile(path: $0).read() }
        let book =
            saved
            ?? ContactGenerator.book(
                organisationID: options.organisationID, name: options.organisationName,
                contacts: options.contacts, seed: options.seed)
        let other = ContactGenerator.book(
            organisationID: "00000000-0000-4000-8000-00000000071e", name: "Other Organisation",
            contacts: Self.otherContacts, seed: ~options.seed)
        pylon = LocalPylon(options: options, book: book, other: other)
    }

    /// Serves until the task is cancelled or the service group shuts down, then saves.
    ///
    /// - Parameter onRunning: Called once, when requests can be made.
    package func run(
        onRunning: @escaping @Sendable (RunningSandbox) async -> Void = { _ in }
    ) async throws {
        let application = Application(
            responder: SandboxResponder(pylon: pylon),
            server: .http1(configuration: .init(idleTimeout: .seconds(Int64(Self.idleTimeout)))),
            configuration: .init(address: .hostname(options.host, port: options.port)),
            onServerRunning: { channel in
                let port = channel.localAddress?.port ?? options.port
                await onRunning(
                    RunningSandbox(
                        host: options.host, port: port, token: options.token, pylon: pylon))
            },
            logger: logger)
        let saver = options.stateFile.map { Saver(file: StateFile(path: $0), pylon: pylon) }
        defer { saver?.save(logger) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await application.run() }
            if let saver {
                group.addTask { await saver.saveRepeatedly(every: Self.saveInterval, logger) }
            }
            try await group.next()
            group.cancelAll()
        }
    }

    /// Runs a sandbox for as long as `body` takes; for tests.
    package static func withRunning<Value: Sendable>(
        _ options: SandboxOptions = SandboxOptions(),
        logger: Logger = Logger(label: "sandbox", factory: { _ in SwiftLogNoOpLogHandler() }),
        body: (RunningSandbox) async throws -> Value
    ) async throws -> Value {
        let server = try SandboxServer(options: options, logger: logger)
        let (started, starting) = AsyncStream.makeStream(of: RunningSandbox.self)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { starting.finish() }
                try await server.run { starting.yield($0) }
            }
            guard let sandbox = await started.first(where: { _ in true }) else {
                try await group.waitForAll()
                throw CancellationError()
            }
            let value = try await body(sandbox)
            group.cancelAll()
            try? await group.waitForAll()
            return value
        }
    }
}
