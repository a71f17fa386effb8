internal import Foundation

/// A running server, which ends with us, however we end.
final class Server: Sendable {
    private let processes: ServerProcesses
    private let supervisor: Process
    /// Open as long as we live; its end tells the supervisor to shut the server down.
    private let lifeline: FileHandle
    private let log: LogFile

    /// Recovery after a crash may replay gigabytes.
    static let startLimit: Duration = .seconds(120)

    /// Waits in the background for the end of its input and then shuts the server down, fast.
    ///
    /// Source: https://www.postgresql.org/docs/current/server-shutdown.html
    private static let supervision = """
        exec 3<&0 </dev/null
        "$@" 3<&- &
        server=$!
        (read -r _ <&3; kill -INT "$server") 2>/dev/null &
        watcher=$!
        exec 3<&-
        wait "$server"
        status=$?
        kill "$watcher" 2>/dev/null
        exit "$status"
        """

    init(
        _ installation: Installation, _ files: ClusterFiles, as user: ServerUser,
        durability: EmbeddedPostgres.Durability, log: LogFile
    ) throws {
        self.log = log
        processes = ServerProcesses(files: files)
        let commandLine = user.commandLine(
            "/bin/sh",
            ["-c", Self.supervision, "sh", installation.program("postgres")]
                + files.serverArguments(durability: durability))
        let (input, output) = (Pipe(), Pipe())
        lifeline = input.fileHandleForWriting
        // Other programs that we start must not hold it open after us.
        _ = fcntl(lifeline.fileDescriptor, F_SETFD, FD_CLOEXEC)
        output.fileHandleForReading.readabilityHandler = { handle in
            let bytes = handle.availableData
            guard bytes.isEmpty else { return log.append(bytes) }
            handle.readabilityHandler = nil
            log.end()
        }
        supervisor = Process()
        supervisor.executableURL = URL(filePath: commandLine[0])
        supervisor.arguments = Array(commandLine.dropFirst())
        supervisor.environment = Command.environment
        supervisor.currentDirectoryURL = URL(filePath: "/")
        supervisor.standardInput = input
        supervisor.standardOutput = output
        supervisor.standardError = output
        try supervisor.runWithSignals()
    }

    // `supervisor` keeps it open otherwise.
    deinit { try? lifeline.close() }

    /// Waits until the server takes connections.
    func untilReady() async throws {
        let deadline = ContinuousClock.now + Self.startLimit
        while supervisor.isRunning, ContinuousClock.now < deadline {
            let lines = processes.files.pidLines
            // `LOCK_FILE_LINE_PM_STATUS`. Source:
            // https://github.com/postgres/postgres/blob/REL_15_STABLE/src/include/miscadmin.h
            if lines.count > 7, lines[7].hasPrefix("ready") { return }
            try Task.checkCancellation()
            await ServerProcesses.pause()
        }
        if !supervisor.isRunning { await log.untilComplete() }
        throw EmbeddedPostgresError.failed(program: "starting PostgreSQL", output: log.tail)
    }

    func stop() async throws {
        try? lifeline.close()
        try await processes.stop()
        rmdir(processes.files.socketDirectory)
    }
}
