internal import Foundation

/// The processes of a cluster's server, whoever started them.
struct ServerProcesses: Sendable {
    let files: ClusterFiles

    func running() -> [pid_t] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { pid_t($0) }.filter { worksInData($0) || wasStartedOnData($0) }
    }

    /// True of all of PostgreSQL's processes, but root in a container may not see it.
    private func worksInData(_ pid: pid_t) -> Bool {
        link("/proc/\(pid)/cwd") == files.data
            && link("/proc/\(pid)/exe")?.contains("/postgres") == true
    }

    /// True of the first process, and everybody may see it.
    private func wasStartedOnData(_ pid: pid_t) -> Bool {
        guard let line = try? Data(contentsOf: URL(filePath: "/proc/\(pid)/cmdline")) else {
            return false
        }
        let words = String(decoding: line, as: UTF8.self).split(separator: "\0")
        return words.count > 2 && words[0].hasSuffix("/postgres") && words[1] == "-D"
            && words[2] == files.data
    }

    private func link(_ path: String) -> String? {
        try? FileManager.default.destinationOfSymbolicLink(atPath: path)
    }

    /// How long each way of stopping may take: a fast shutdown with its checkpoint, an immediate
    /// one without, and the kernel's.
    private static let limits: [(signal: Int32, limit: Duration)] = [
        (SIGINT, .seconds(5)), (SIGQUIT, .seconds(2)), (SIGKILL, .seconds(1)),
    ]

    /// How often is looked at what cannot be waited for: a process that is no child, a file.
    static let pollInterval: DispatchTimeInterval = .milliseconds(10)

    /// Stops all of them, gently first; also when the task is cancelled.
    func stop() async throws {
        // One that somebody has frozen would not notice.
        for pid in running() { kill(pid, SIGCONT) }
        for (signal, limit) in Self.limits {
            // Only the first process knows SIGINT as “shut down”.
            let first = files.pidLines.first.flatMap { pid_t($0) }
            for pid in running() where signal != SIGINT || pid == first { kill(pid, signal) }
            let deadline = ContinuousClock.now + limit
            while ContinuousClock.now < deadline {
                if running().isEmpty { return }
                await Self.pause()
            }
        }
        throw EmbeddedPostgresError.failed(
            program: "stopping PostgreSQL", output: "still running: \(running())")
    }

    static func pause() async {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().asyncAfter(deadline: .now() + pollInterval) {
                continuation.resume()
            }
        }
    }

    /// Removes what a killed server leaves, whose PID another process may have by now.
    func removeTraces() {
        let socket = "\(files.socketDirectory)/\(ClusterFiles.socketName)"
        for path in [files.pidFile, socket, socket + ".lock"] { unlink(path) }
    }
}
