import Foundation
import Testing

@testable import EmbeddedPostgres

@Suite(.serialized)
struct EmbeddedPostgresTests {
    /// Below a directory that everybody may enter: plain; its socket's path too long; with characters
    /// that shells and PostgreSQL treat as special.
    static let names = [
        "state", String(repeating: "long/", count: 30) + "state", #"it's "odd", $HOME\ %20"#,
    ]

    @Test(arguments: names)
    func dataAreKeptFromOneStartToTheNext(name: String) async throws {
        try await StateDirectory.with(name) { directory in
            try await directory.run { server in
                let made = try await server.psql("CREATE TABLE kept AS SELECT 42 AS answer")
                #expect(made.isGood, "\(made.output)")
            }
            #expect(directory.processes.isEmpty)
            try await directory.run { server in
                try await server.expect("SELECT answer FROM kept", "42\n")
            }
        }
    }

    @Test func aClusterHasChecksumsUTF8AndNoNetwork() async throws {
        try await StateDirectory.with { directory in
            try await directory.run { server in
                let settings = try await server.psql(
                    """
                    SELECT current_setting('data_checksums'), current_setting('server_encoding'),
                           (SELECT datcollate FROM pg_database WHERE datname = current_database()),
                           current_setting('listen_addresses') = '';
                    """)
                #expect(settings.output == "on|UTF8|C|t\n")
            }
        }
    }

    @Test func aSecondStartIsRefusedAndNamesTheProcess() async throws {
        try await StateDirectory.with { directory in
            try await directory.run { server in
                let error = await #expect(throws: EmbeddedPostgresError.self) {
                    _ = try await directory.start()
                }
                guard case .inUse(_, let pid) = error else {
                    Issue.record("\(String(describing: error))")
                    return
                }
                #expect(pid == getpid())
                #expect(error?.description.contains("in use by process \(getpid())") == true)
                try await server.expect("SELECT 1", "1\n")
            }
        }
    }

    /// Kills processes of a running cluster, as if with us, and forgets it.
    private func crash(_ directory: StateDirectory, killing isKilled: (pid_t) -> Bool) async throws
    {
        let server = try await directory.start(durability: .on)
        let made = try await server.psql("CREATE TABLE kept AS SELECT 42 AS answer")
        #expect(made.isGood, "\(made.output)")
        for pid in try directory.supervisors + directory.processes where isKilled(pid) {
            kill(pid, SIGKILL)
        }
    }

    @Test func aStartGoesOnAfterEverythingWasKilled() async throws {
        try await StateDirectory.with { directory in
            try await crash(directory) { _ in true }
            #expect(FileManager.default.fileExists(atPath: directory.base + "/data/postmaster.pid"))
            try await directory.run { server in
                try await server.expect("SELECT answer FROM kept", "42\n")
            }
        }
    }

    @Test func aServerLeftRunningIsShutDownAndStartedAgain() async throws {
        try await StateDirectory.with { directory in
            try await crash(directory) { !directory.processes.contains($0) }
            let left = Set(directory.processes)
            #expect(!left.isEmpty)
            try await directory.run { server in
                #expect(left.isDisjoint(with: directory.processes))
                try await server.expect("SELECT answer FROM kept", "42\n")
            }
        }
    }

    @Test func thePIDOfAKilledServerMayBeAnotherProcesssByNow() async throws {
        try await StateDirectory.with { directory in
            try await directory.run { _ in }
            // PostgreSQL only minds processes of its own user.
            let other = try Process.sleeping(as: ServerUser.current())
            defer { other.terminate() }
            try "\(other.processIdentifier)\n".write(
                toFile: directory.base + "/data/postmaster.pid", atomically: true, encoding: .utf8)
            try await directory.run { server in
                try await server.expect("SELECT 1", "1\n")
            }
            #expect(other.isRunning)
        }
    }

    @Test func aClusterHalfMadeIsMadeAnew() async throws {
        try await StateDirectory.with { directory in
            try await directory.run { _ in }
            try FileManager.default.moveItem(
                atPath: directory.base + "/data", toPath: directory.base + "/data.new")
            try await directory.run { server in
                try await server.expect("SELECT 1", "1\n")
            }
        }
    }

    @Test func theServerEndsWhenNobodyHoldsIt() async throws {
        try await StateDirectory.with { directory in
            _ = try await directory.start()
            #expect(try await directory.untilNothingRuns())
        }
    }

    @Test func theServerIsInAProcessGroupOfItsOwn() async throws {
        try await StateDirectory.with { directory in
            try await directory.run { _ in
                for pid in try directory.supervisors + directory.processes {
                    #expect(getpgid(pid) != getpgrp())
                }
            }
        }
    }

    @Test func aVersionThatIsNotInstalledIsNamedWithItsPackage() {
        let error = #expect(throws: EmbeddedPostgresError.self) {
            try Installation.find(version: 9)
        }
        #expect(error?.description.contains("apt-get install postgresql-9") == true)
    }

    @Test func aServerThatDoesNotStartSaysWhatItsLogSays() async throws {
        try await StateDirectory.with { directory in
            try await directory.run { _ in }
            try "nonsense".write(
                toFile: directory.base + "/data/postgresql.conf", atomically: true, encoding: .utf8)
            let error = await #expect(throws: EmbeddedPostgresError.self) {
                _ = try await directory.start()
            }
            #expect(error?.description.contains("syntax error") == true)
        }
    }

    @Test func theLogIsBounded() async throws {
        try await StateDirectory.with { directory in
            let path = directory.root + "/log"
            let log = try LogFile(path)
            let line = Data(repeating: 65, count: 1 << 20)
            for _ in 0..<20 { log.append(line) }
            let sizes = [path, path + ".1"].compactMap {
                try? FileManager.default.attributesOfItem(atPath: $0)[.size] as? Int
            }
            #expect(sizes.count == 2)
            #expect(sizes.allSatisfy { $0 <= LogFile.maxSize + line.count })
        }
    }
}

extension StateDirectory {
    /// Starts the cluster for as long as `body` runs.
    func run(_ body: (EmbeddedPostgres) async throws -> Void) async throws {
        let server = try await start()
        do {
            try await body(server)
        } catch {
            try await server.stop()
            throw error
        }
        try await server.stop()
    }
}
