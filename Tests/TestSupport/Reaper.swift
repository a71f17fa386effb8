internal import EmbeddedPostgres
internal import Foundation

/// Waits for the end of this process, however it comes, and then ends the servers whose data lie in
/// a directory and removes it.
struct Reaper: Sendable {
    private let process: Process

    /// A server that a test has frozen is woken; one that does not end is killed.
    private static let reaping = """
        read -r _
        for file in "$0"/data/postmaster.pid "$0"/postgres/data/postmaster.pid; do
            [ -e "$file" ] || continue
            pid=$(head -n 1 "$file")
            kill -CONT "$pid" $(cat "/proc/$pid/task/$pid/children") 2>/dev/null
            kill -QUIT "$pid"
            tries=0
            while kill -0 "$pid" && [ "$tries" -lt 200 ]; do sleep 0.05; tries=$((tries + 1)); done
            kill -KILL "$pid"
        done 2>/dev/null
        umount "$0" 2>/dev/null
        rm -rf -- "$0"
        """

    init(removing directory: String) throws {
        process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", Self.reaping, directory]
        let lifeline = Pipe()
        // No server that outlives this process may hold it open.
        _ = fcntl(lifeline.fileHandleForWriting.fileDescriptor, F_SETFD, FD_CLOEXEC)
        process.standardInput = lifeline
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.runWithSignals()
    }

    /// Does it at once instead, and waits for it.
    func reap() async {
        try? (process.standardInput as? Pipe)?.fileHandleForWriting.close()
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                process.waitUntilExit()
                continuation.resume()
            }
        }
    }
}
