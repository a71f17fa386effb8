import Foundation
import Postgres
import Sandbox
import Store
import TestSupport
import Testing
import Worker

/// What a worker does while servers of PostgreSQL come and go.
@Suite struct DatabaseFailureTests {
    private func isAdmin(_ world: World) -> Bool {
        world.sandbox.contacts.allSatisfy { $0.portalRole == "admin" }
    }

    /// A new contact, and whether the worker finds and changes it.
    private func works(in world: World, _ email: String) async -> Bool {
        world.sandbox.addContact(person(email))
        return await eventually(within: .seconds(30)) { isAdmin(world) }
    }

    @Test func aWorkerGoesOnByItselfOnThePromotedStandby() async throws {
        try await withWorld(rules: acmeAreAdmins, contacts: [person("ana@acme.com")]) { world in
            try await withCluster { primary in
                let standby = try await primary.makeStandby()
                // What is committed is on the standby.
                try await primary.set(["synchronous_standby_names": "'*'"])
                let process = try CommandProcess(
                    ["run"],
                    environment: world.settings([
                        "DATABASE_URL":
                            "host=127.0.0.1,127.0.0.1 port=\(primary.port),\(standby.port) user=postgres dbname=postgres"
                    ]), in: world.rulesFolder)
                #expect(await works(in: world, "bob@acme.com"), "\(process.errors)")
                try await primary.stop(.immediate)
                try await standby.promote()
                try await standby.set(["synchronous_standby_names": "''"])
                #expect(await works(in: world, "cleo@acme.com"), "\(process.errors)")
                process.send(signal: SIGTERM)
                #expect(try await process.end().status == 0)
                await standby.remove()
            }
        }
    }

    @Test func aWorkerGoesOnByItselfOnAServerThatTakesWritesAgain() async throws {
        try await withWorld(rules: acmeAreAdmins, contacts: [person("ana@acme.com")]) { world in
            try await withCluster { cluster in
                let process = try CommandProcess(
                    ["run"],
                    environment: world.settings(["DATABASE_URL": cluster.connectionString()]),
                    in: world.rulesFolder)
                #expect(await works(in: world, "bob@acme.com"), "\(process.errors)")
                try await cluster.set(["default_transaction_read_only": "on"])
                #expect(await eventually { process.errors.contains("cannot be used") })
                try await Task.sleep(for: .seconds(3))
                let lines = process.errors.split(separator: "\n")
                // One that it begins, and at most what was under way.
                #expect(lines.count(where: { $0.contains("read-only") }) < 5, "\(process.errors)")
                try await cluster.set(["default_transaction_read_only": "off"])
                #expect(await works(in: world, "cleo@acme.com"), "\(process.errors)")
                #expect(await eventually { process.errors.contains("can be used again") })
                process.send(signal: SIGTERM)
                #expect(try await process.end().status == 0)
            }
        }
    }

    @Test func aDatabaseThatIsAwayAtTheStartIsWaitedForWithTwoLines() async throws {
        try await withWorld(rules: acmeAreAdmins, contacts: [person("ana@acme.com")]) { world in
            try await withCluster { cluster in
                let proxy = try TCPProxy(to: cluster.port)
                defer { proxy.close() }
                proxy.set(.refusing)
                try await Task.sleep(for: .milliseconds(50))
                let process = try CommandProcess(
                    ["run"],
                    environment: world.settings([
                        "DATABASE_URL":
                            "host=127.0.0.1 port=\(proxy.port) user=postgres dbname=postgres"
                    ]), in: world.rulesFolder)
                #expect(await eventually { process.errors.contains("cannot be used") })
                try await Task.sleep(for: .seconds(2))
                proxy.set(.forwarding)
                #expect(await eventually { isAdmin(world) }, "\(process.errors)")
                let lines = process.errors.split(separator: "\n")
                #expect(lines.count(where: { $0.contains("cannot be used") }) == 1)
                #expect(lines.count(where: { $0.contains("can be used again") }) == 1)
                process.send(signal: SIGTERM)
                #expect(try await process.end().status == 0)
            }
        }
    }

    @Test(arguments: [["run"], ["status"], ["migrate"]])
    func aDefiniteErrorEndsACommandAtOnce(arguments: [String]) async throws {
        try await withWorld(rules: acmeAreAdmins, contacts: []) { world in
            try await withCluster { cluster in
                let start = ContinuousClock.now
                let ended = try await world.usher(
                    arguments,
                    settings: ["DATABASE_URL": cluster.connectionString(to: "missing")])
                #expect(ContinuousClock.now - start < .seconds(8))
                #expect(ended.status == 1)
                #expect(ended.errors.contains("CREATE DATABASE"), "\(ended.errors)")
                #expect(!ended.errors.contains("waited for"))
            }
        }
    }

    @Test func aDatabaseWithoutASchemaIsToldAsThat() async throws {
        try await withWorld(rules: acmeAreAdmins, contacts: []) { world in
            try await withCluster { cluster in
                let ended = try await world.usher(
                    "status", settings: ["DATABASE_URL": cluster.connectionString()])
                #expect(ended.status == 1)
                #expect(ended.errors.contains("usher migrate"), "\(ended.errors)")
                try await cluster.execute("CREATE ROLE guest LOGIN")
                let run = try await world.usher(
                    "run",
                    settings: ["DATABASE_URL": cluster.connectionString(as: "guest")])
                #expect(run.status == 1)
                #expect(run.errors.contains("usher migrate"), "\(run.errors)")
            }
        }
    }
}
