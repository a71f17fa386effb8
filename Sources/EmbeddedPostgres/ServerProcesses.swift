internal import Foundation

/// The processes of a cluster's server, whoever started them.
struct ServerProcesses: Sendable {
    let files: ClusterFiles

    /// PostgreSQL works in its data directory, which no other program of that name does.
    func running() -> [pid_t] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { pid_t($0) }.filter { pid in
            link("/proc/\(pid)/cwd") == files.data
                && link("/proc/\(pid)/exe")?.contains("/postgres") == true
        }
    }

    private func link(_ path: String) -> String? {
        try? FileManager.default.destinationOfSymbolicLink(atPath: path)
    }

    /// How long each way of stopping may take: a fast shutdown with its checkpoint, an immediate one
    /// without, and the kernel's.
    private static let limits: [(signal: Int32, limit: Duration)] = [
        (SIGINT, .seconds(6)), (SIGQUIT, .seconds(2)), (SIGKILL, .seconds(2)),
    ]

    /// How often is looked whether they have stopped; a process that is no child cannot be waited for.
    static let pollInterval: Duration = .milliseconds(10)

    /// Stops all of them, gently first.
    func stop() async throws {
        for (signal, limit) in Self.limits {
            let pids = running()
            // Only the first process knows SIGINT as “shut down”.
            let first = files.pidLines.first.flatMap { pid_t($0) }
            for pid in pids where signal != SIGINT || pid == first { kill(pid, signal) }
            let deadline = ContinuousClock.now + limit
            while ContinuousClock.now < deadline {
                if running().isEmpty { return }
                try? await Task.sleep(for: Self.pollInterval)
            }
        }
        throw EmbeddedPostgresError.failed(
            program: "stopping PostgreSQL", output: "still running: \(running())")
    }

    /// Removes what a killed server leaves, whose PID another process may have by now.
    func removeTraces() {
        let socket = "\(files.socketDirectory)/\(ClusterFiles.socketName)"
        for path in [files.pidFile, socket, socket + ".lock"] { unlink(path) }
    }
}
