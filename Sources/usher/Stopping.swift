import ArgumentParser
import Foundation
import Logging
import Postgres
import ServiceLifecycle
import Synchronization
import UnixSignals

/// A command that heeds a graceful shutdown by itself, since work under way is finished first.
protocol FinishesItsWork {}

/// Runs commands so that SIGTERM and SIGINT end them in time, whatever they wait for.
///
/// The signals are taken from the first moment on: as process 1 of a container, a program that does
/// not take them is never ended by them.
enum Stopping {
    /// From the signal to the process's end, whatever hangs.
    /// Source: docs/operations.md, “Commands”.
    static let limit: TimeInterval = 9.5

    /// - Throws: What the command throws, unless a signal has stopped it.
    static func run(_ command: any ParsableCommand) async throws {
        let service = CommandService(command: command)
        let group = ServiceGroup(
            configuration: .init(
                services: [
                    .init(
                        service: service, successTerminationBehavior: .gracefullyShutdownGroup,
                        failureTerminationBehavior: .gracefullyShutdownGroup)
                ], gracefulShutdownSignals: [.sigterm, .sigint],
                logger: Logger(label: "usher.stopping") { _ in SwiftLogNoOpLogHandler() }))
        do { try await group.run() } catch  where service.isStopped {
            // What a stop cuts short is no failure; what else went wrong meanwhile is still told.
            if error is CancellationError || error is PostgresError || error is ExitCode { return }
            note(document: "\(error)")
        }
    }
}

private final class CommandService: Service {
    /// Used by the one task that runs the service, and no other.
    nonisolated(unsafe) private let command: any ParsableCommand
    private let stop = Mutex(false)

    init(command: any ParsableCommand) { self.command = command }

    var isStopped: Bool { stop.withLock(\.self) }

    func run() async throws {
        try await withGracefulShutdownHandler {
            if command is any FinishesItsWork {
                try await runCommand()
            } else {
                try await cancelWhenGracefulShutdown { try await self.runCommand() }
            }
        } onGracefulShutdown: {
            self.stop.withLock { $0 = true }
            Self.endProcess(after: Stopping.limit)
        }
    }

    private func runCommand() async throws {
        if var asynchronous = command as? any AsyncParsableCommand {
            try await asynchronous.run()
        } else {
            var command = command
            try command.run()
        }
    }

    /// Ends the process if something still hangs then, such as a look-up of a name. Whatever is
    /// left undone is done by the next start, as after a crash.
    private static func endProcess(after limit: TimeInterval) {
        Thread.detachNewThread {
            Thread.sleep(forTimeInterval: limit)
            note("stopped without waiting any longer")
            _exit(EXIT_SUCCESS)
        }
    }
}
