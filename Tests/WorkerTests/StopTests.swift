import Foundation
import Postgres
import Sandbox
import TestSupport
import Testing
import Worker

/// SIGTERM ends every command within ten seconds, whatever the database does.
@Suite struct StopTests {
    private static let limit: Duration = .seconds(10)

    private func stop(
        _ process: CommandProcess, within limit: Duration = limit,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> CommandProcess.Ended {
        let start = ContinuousClock.now
        process.send(signal: SIGTERM)
        let ended = try await process.end()
        let took = ended.time - start
        #expect(took < limit, "\(took)", sourceLocation: sourceLocation)
        #expect(ended.status == 0, "\(ended.errors)", sourceLocation: sourceLocation)
        return ended
    }

    @Test func aWorkerWhoseDatabaseIsFrozenEndsInTimeAndInSilence() async throws {
        try await withWorld(rules: acmeAreAdmins, contacts: [person("ana@acme.com")]) { world in
            try await withCluster { cluster in
                let process = try CommandProcess(
                    ["run"],
                    environment: world.settings(["DATABASE_URL": cluster.connectionString()]),
                    in: world.rulesFolder)
                #expect(
                    await eventually {
                        world.sandbox.contacts.allSatisfy { $0.portalRole == "admin" }
                    })
                let before = process.errors.split(separator: "\n").count
                cluster.freeze()
                let ended = try await stop(process)
                cluster.thaw()
                #expect(ended.errors.split(separator: "\n").count - before < 5, "\(ended.errors)")
            }
        }
    }

    @Test func aWorkerThatWaitsForItsDatabaseEndsAtOnce() async throws {
        try await withWorld(rules: acmeAreAdmins, contacts: []) { world in
            // Nobody listens at the one, and the other never answers.
            let behind = try TCPProxy(to: 1)
            let silent = try TCPProxy(to: behind.port)
            defer { [behind, silent].forEach { $0.close() } }
            silent.set(.stalling)
            for port in [1, silent.port] {
                let url = "host=127.0.0.1 port=\(port)"
                let process = try CommandProcess(
                    ["run"], environment: world.settings(["DATABASE_URL": url]),
                    in: world.rulesFolder)
                #expect(
                    await eventually {
                        silent.connections > 0 || process.errors.contains("is waited for")
                    })
                _ = try await stop(process, within: .seconds(3))
            }
        }
    }

    @Test(arguments: [
        ["status"], ["status", "--check"], ["status", "--check", "--format", "json"], ["migrate"],
        ["plan"], ["run", "--once"],
    ])
    func aCommandWhoseDatabaseIsFrozenEndsInTime(arguments: [String]) async throws {
        try await withWorld(rules: acmeAreAdmins, contacts: []) { world in
            try await withCluster { cluster in
                let proxy = try TCPProxy(to: cluster.port)
                defer { proxy.close() }
                cluster.freeze()
                let url = "host=127.0.0.1 port=\(proxy.port) user=postgres dbname=postgres"
                let process = try CommandProcess(
                    arguments, environment: world.settings(["DATABASE_URL": url]),
                    in: world.rulesFolder)
                #expect(await eventually { proxy.connections > 0 })
                let ended = try await stop(process)
                cluster.thaw()
                let said = ended.output + ended.errors
                #expect(!said.contains("Cancel") && !said.contains("ExitCode"), "\(said)")
                if arguments[0] == "status" { #expect(said.isEmpty, "\(said)") }
            }
        }
    }

    /// Also while it still makes its database. What it introduces itself with is read line by line.
    @Test(arguments: [
        (["dev"], ""), (["dev"], "\naudit     psql "), (["sandbox", "--port", "0"], ""),
    ])
    func whatOneTriesUsherWithEndsInTime(arguments: [String], after text: String) async throws {
        let folder = try makeTemporaryDirectory()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try Data((acmeAreAdmins + "\n").utf8).write(to: URL(filePath: folder + "/rules.yaml"))
        let process = try CommandProcess(
            arguments,
            environment: [
                "USHER_STATE_DIR": folder + "/state", "USHER_RULES": folder + "/rules.yaml",
            ], in: folder)
        let isThere = await eventually(within: .seconds(60)) {
            let said = process.output + process.errors
            return !said.isEmpty && (text.isEmpty || said.contains(text))
        }
        #expect(isThere, "\(process.errors)")
        let ended = try await stop(process)
        let said = ended.output + ended.errors
        #expect(!said.contains("Cancel") && !said.contains("ExitCode"), "\(said)")
    }

    @Test(.enabled(if: PrivateCluster.canHaveOwnSpace, "the right to make a container is missing"))
    func asProcessOneOfAContainerItEndsAsWell() async throws {
        try await withWorld(rules: acmeAreAdmins, contacts: []) { world in
            let outer = try CommandProcess(
                ["--pid", "--fork", "--kill-child", CommandProcess.executable, "run"],
                environment: world.settings(["DATABASE_URL": "host=127.0.0.1 port=1"]),
                in: world.rulesFolder, program: "/usr/bin/unshare")
            #expect(await eventually { outer.errors.contains("is waited for") })
            let children = try String(
                contentsOfFile: "/proc/\(outer.pid)/task/\(outer.pid)/children", encoding: .utf8)
            let inner = try #require(children.split(separator: " ").first.flatMap { pid_t($0) })
            let start = ContinuousClock.now
            kill(inner, SIGTERM)
            let ended = try await outer.end()
            #expect(ended.time - start < Self.limit && ended.status == 0)
        }
    }
}
