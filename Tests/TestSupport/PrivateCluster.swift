internal import EmbeddedPostgres
internal import Foundation

/// A PostgreSQL server that one test may break: stop, freeze, fill or promote it.
///
/// It listens on a port of 127.0.0.1 and lets everybody in, unless its access rules say otherwise.
/// It and its files go with the test process at the latest.
package final class PrivateCluster: Sendable {
    /// What it is made with.
    package struct Options: Sendable {
        package var programs = ServerPrograms.oldest
        /// Lines of `postgresql.conf`.
        package var settings: [String: String] = [:]
        /// Lines of `pg_hba.conf`.
        package var accessRules = ["local all all trust", "host all all 127.0.0.1/32 trust"]
        /// The size in MiB of a file system of its own, which `fill` can fill; nil shares one with
        /// the other tests. Needs the right to mount: see `canHaveOwnSpace`.
        package var ownSpace: Int?
        /// Whether `setClock` can put its clock wrong. Needs libfaketime: see `canFakeClock`.
        package var hasFakeClock = false

        package init() {}
    }

    /// How a server is asked to stop.
    /// Source: https://www.postgresql.org/docs/current/server-shutdown.html
    package enum Stop: Sendable {
        case fast, immediate

        fileprivate var signal: Int32 { self == .fast ? SIGINT : SIGQUIT }
    }

    package let port: UInt16
    private let options: Options
    private let user: ServerUser
    private let directory: String
    private let reaper: Reaper

    private var data: String { directory + "/data" }
    private var filler: String { directory + "/filler" }

    private init(_ options: Options) async throws {
        self.options = options
        user = try ServerUser.current()
        directory = try makeTemporaryDirectory()
        reaper = try Reaper(removing: directory)
        port = try freePort()
        if let size = options.ownSpace {
            try await Command.run(
                ["/usr/bin/mount", "-t", "tmpfs", "-o", "size=\(size)m", "tmpfs", directory])
        }
        // The server's user makes its data in it.
        chown(directory, user.uid, user.gid)
    }

    /// Makes an empty cluster and starts it.
    package static func start(_ options: Options = Options()) async throws -> PrivateCluster {
        let cluster = try await PrivateCluster(options)
        let template = try await ClusterTemplates.shared.directory(for: options.programs)
        try await cluster.runAsServer("/usr/bin/cp", "--archive", template, cluster.data)
        try cluster.configure()
        if options.hasFakeClock { try cluster.setClock(ahead: .zero) }
        try await cluster.start()
        return cluster
    }

    /// Makes a standby that follows this cluster.
    package func makeStandby() async throws -> PrivateCluster {
        let standby = try await PrivateCluster(options)
        try await runAsServer(
            options.programs.path(of: "pg_basebackup"), "--pgdata=\(standby.data)",
            "--dbname=\(connectionString())", "--wal-method=stream", "--checkpoint=fast",
            "--write-recovery-conf", "--no-sync")
        try standby.configure()
        try await standby.start()
        return standby
    }

    private func configure() throws {
        var settings = [
            "listen_addresses": "'127.0.0.1'", "port": "\(port)",
            "unix_socket_directories": "'\(directory)'", "fsync": "off", "shared_buffers": "16MB",
            "min_wal_size": "2MB", "max_wal_size": "16MB",
        ]
        settings.merge(options.settings) { $1 }
        let lines = settings.map { "\($0.key) = \($0.value)\n" }.joined()
        try append(lines, to: data + "/postgresql.conf")
        let rules = ["host replication all 127.0.0.1/32 trust"] + options.accessRules
        try Data(rules.map { $0 + "\n" }.joined().utf8)
            .write(to: URL(filePath: data + "/pg_hba.conf"))
    }

    private func append(_ text: String, to path: String) throws {
        let file = try FileHandle(forWritingTo: URL(filePath: path))
        try file.seekToEnd()
        try file.write(contentsOf: Data(text.utf8))
        try file.close()
    }

    // MARK: - Reaching it

    package func connectionString(to database: String = "postgres", as login: String = "postgres")
        -> String
    {
        "host=127.0.0.1 port=\(port) user=\(login) dbname=\(database)"
    }

    /// Runs a statement that no transaction can hold, as the superuser.
    package func execute(_ sql: String, in database: String = "postgres") async throws {
        try await runAlone(sql, at: connectionString(to: database))
    }

    // MARK: - What befalls it

    package func start() async throws {
        // Set by the server's own user: the clock's semaphore would be root's otherwise.
        let commandLine = user.commandLine(
            "/usr/bin/env",
            clockEnvironment.map { "\($0.key)=\($0.value)" }
                + [options.programs.path(of: "postgres"), "-D", data])
        let server = Process()
        server.executableURL = URL(filePath: commandLine[0])
        server.arguments = Array(commandLine.dropFirst())
        server.environment = Command.environment
        server.currentDirectoryURL = URL(filePath: "/")
        server.standardInput = FileHandle.nullDevice
        let log = directory + "/log"
        _ = FileManager.default.createFile(atPath: log, contents: nil)
        server.standardOutput = try FileHandle(forWritingTo: URL(filePath: log))
        server.standardError = server.standardOutput
        try server.runWithSignals()
        // `LOCK_FILE_LINE_PM_STATUS`. Source:
        // https://github.com/postgres/postgres/blob/REL_15_STABLE/src/include/miscadmin.h
        try await until { lines in
            lines.count > 7
                && ["ready", "standby"].contains(lines[7].trimmingCharacters(in: .whitespaces))
        }
    }

    package func stop(_ how: Stop = .fast) async throws {
        guard let pid = pidLines.first.flatMap({ pid_t($0) }) else { return }
        kill(pid, how.signal)
        try await until { $0.isEmpty }
    }

    /// Makes a primary of a standby.
    package func promote() async throws { try await execute("SELECT pg_promote()") }

    /// Applies settings to the running server, such as `["default_transaction_read_only": "on"]`.
    package func set(_ settings: [String: String]) async throws {
        for (name, value) in settings { try await execute("ALTER SYSTEM SET \(name) = \(value)") }
        try await execute("SELECT pg_reload_conf()")
    }

    /// Stops every process of the server where it stands: connections stay and nobody answers.
    package func freeze() { signal(SIGSTOP) }

    package func thaw() { signal(SIGCONT) }

    /// Takes all the room there is in the cluster's own space.
    package func fill() throws {
        precondition(options.ownSpace != nil, "only a file system of its own is filled")
        _ = FileManager.default.createFile(atPath: filler, contents: nil)
        let file = try FileHandle(forWritingTo: URL(filePath: filler))
        let block = Data(count: 4096)
        while (try? file.write(contentsOf: block)) != nil {}
        try? file.close()
    }

    package func makeRoom() throws { try FileManager.default.removeItem(atPath: filler) }

    /// Puts the server's clock ahead of the true time, or behind it where that is less than nothing.
    package func setClock(ahead: Duration) throws {
        precondition(options.hasFakeClock, "only a fake clock can be set")
        let seconds = ahead.components.seconds
        // The server reads it whenever it looks at its clock: it is there and whole at every moment.
        let new = clockFile + ".new"
        try Data("\(seconds < 0 ? "" : "+")\(seconds)\n".utf8).write(to: URL(filePath: new))
        guard chmod(new, 0o644) == 0, rename(new, clockFile) == 0 else { throw POSIXError(.EIO) }
    }

    private var clockFile: String { directory + "/clock" }

    /// Where Debian puts libfaketime, which stands in for the C library's clock.
    private static let clockLibrary: String? = {
        let folders = (try? FileManager.default.contentsOfDirectory(atPath: "/usr/lib")) ?? []
        return folders.map { "/usr/lib/\($0)/faketime/libfaketime.so.1" }
            .first { FileManager.default.fileExists(atPath: $0) }
    }()

    /// Whether a cluster can have a fake clock.
    package static let canFakeClock = clockLibrary != nil

    private var clockEnvironment: [String: String] {
        guard options.hasFakeClock, let library = Self.clockLibrary else { return [:] }
        // Read at each look; what a server waits for goes by the true, monotonic clock.
        return [
            "LD_PRELOAD": library, "FAKETIME_TIMESTAMP_FILE": clockFile, "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        ]
    }

    /// Ends the server and removes its files.
    package func remove() async { await reaper.reap() }

    /// Whether this process may give a cluster a file system of its own.
    package static let canHaveOwnSpace = mayMount()

    /// `CAP_SYS_ADMIN` is number 21. Source: capabilities(7).
    private static func mayMount() -> Bool {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        guard let line = status.split(separator: "\n").first(where: { $0.hasPrefix("CapEff:") }),
            let mask = UInt64(line.dropFirst("CapEff:\t".count), radix: 16)
        else { return false }
        return mask & (1 << 21) != 0
    }

    private func signal(_ signal: Int32) {
        guard let first = pidLines.first.flatMap({ pid_t($0) }) else { return }
        kill(first, signal)
        let children = "/proc/\(first)/task/\(first)/children"
        let pids = (try? String(contentsOfFile: children, encoding: .utf8)) ?? ""
        for pid in pids.split(separator: " ").compactMap({ pid_t($0) }) { kill(pid, signal) }
    }

    /// The lines of the server's own PID file; none when it does not run.
    private var pidLines: [String] {
        let text = try? String(contentsOfFile: data + "/postmaster.pid", encoding: .utf8)
        return (text ?? "").split(separator: "\n").map(String.init)
    }

    private static let limit: Duration = .seconds(30)

    private func until(_ isSo: ([String]) -> Bool) async throws {
        let deadline = ContinuousClock.now + Self.limit
        while !isSo(pidLines) {
            guard .now < deadline else {
                let log = try? String(contentsOfFile: directory + "/log", encoding: .utf8)
                throw ServerStuck(log: log ?? "")
            }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    private struct ServerStuck: Error {
        let log: String
    }

    private func runAsServer(_ program: String, _ arguments: String...) async throws {
        try await Command.run(user.commandLine(program, arguments))
    }
}

/// Lends a test a cluster of its own.
package func withCluster<Result>(
    _ options: PrivateCluster.Options = .init(), _ body: (PrivateCluster) async throws -> Result
) async throws -> Result {
    let cluster = try await PrivateCluster.start(options)
    do {
        let result = try await body(cluster)
        await cluster.remove()
        return result
    } catch {
        await cluster.remove()
        throw error
    }
}

/// An empty cluster of each version, made once in the process and copied.
private actor ClusterTemplates {
    static let shared = ClusterTemplates()
    private var templates: [ServerPrograms: Task<String, any Error>] = [:]
    private var reapers: [Reaper] = []

    func directory(for programs: ServerPrograms) async throws -> String {
        let template =
            templates[programs]
            ?? Task {
                let user = try ServerUser.current()
                let directory = try makeTemporaryDirectory()
                reapers.append(try Reaper(removing: directory))
                chown(directory, user.uid, user.gid)
                try await Command.run(
                    user.commandLine(
                        programs.path(of: "initdb"),
                        [
                            "--pgdata=\(directory)/template", "--username=postgres",
                            "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync",
                            "--wal-segsize=1", "--no-instructions",
                        ]))
                return directory + "/template"
            }
        templates[programs] = template
        return try await template.value
    }
}
