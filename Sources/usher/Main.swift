import ArgumentParser
import Contacts
import Foundation

/// The beginning and the end of every process of Usher.
@main
enum Main {
    static func main() async {
        do {
            try StandardDescriptors.prepare()
            try await runCommand()
            try StandardOutput.shared.flush()
        } catch {
            exit(end(with: error))
        }
    }

    private static func runCommand() async throws {
        let arguments = Array(CommandLine.arguments.dropFirst())
        let command: any ParsableCommand
        do { command = try Usher.parseAsRoot(arguments) } catch {
            throw ValidationError(unknownCommandIn: arguments, of: Usher.self) ?? error
        }
        try await Stopping.run(command)
    }

    /// Says why a command ended as it did, and with which exit code that is.
    private static func end(with error: any Error) -> Int32 {
        if let failure = error as? WriteFailure { return status(of: failure, else: 0) }
        let status = Usher.exitCode(for: error).rawValue
        let message = Usher.fullMessage(for: error)
        // Help and the version are what was asked for.
        if status == 0, !message.isEmpty { print(document: message) }
        do { try StandardOutput.shared.flush() } catch {
            return Self.status(of: error, else: status)
        }
        if status != 0, !message.isEmpty { tell(message, of: error, status) }
        return status
    }

    /// Only the argument parser, and what says so, speaks in several lines: another error quotes
    /// what it is about as it is.
    private static func tell(_ message: String, of error: any Error, _ status: Int32) {
        if status == ExitCode.validationFailure.rawValue || error is any TextLines {
            note(document: message)
        } else {
            note(message)
        }
    }

    /// A result that did not arrive is a failure, unless whoever reads it has enough.
    private static func status(of failure: WriteFailure, else status: Int32) -> Int32 {
        guard !failure.isClosedPipe else { return status }
        note("Error: \(failure)")
        return EXIT_FAILURE
    }
}
