import Foundation
import Postgres
import Sandbox
import Store
import Testing
import Worker

/// Several workspaces in one process, each with troubles of its own.
@Suite struct WorkspacesTests {
    @Test func aSlowAndAPausedWorkspaceHoldUpNoOther() async throws {
        let slow = SandboxFault(.latency, milliseconds: 2000...2000)
        let people = (0..<100).map { person("p\($0)@acme.com") }
        try await withWorld(rules: acmeAreAdmins, contacts: people) { world in
            var options = SandboxOptions()
            (options.contacts, options.limits, options.faults) = (0, .off, FaultPlan([slow]))
            try await SandboxServer.withRunning(options) { slowSandbox in
                people.forEach(slowSandbox.addContact)
                let file = """
                    workspaces:
                      - { name: quick, base_url: "\(world.sandbox.baseURL)", token_env: GOOD, rules: "\(world.rulesFolder)/rules.yaml", limits: "\(Self.off)" }
                      - { name: slow, base_url: "\(slowSandbox.baseURL)", token_env: GOOD, rules: "\(world.rulesFolder)/rules.yaml", limits: "\(Self.off)" }
                      - { name: paused, base_url: "\(world.sandbox.baseURL)", token_env: BAD, rules: "\(world.rulesFolder)/rules.yaml", limits: "\(Self.off)" }
                    """
                let path = world.rulesFolder + "/usher.config.yaml"
                try Data(file.utf8).write(to: URL(filePath: path))
                let settings = world.settings([
                    "PYLON_API_TOKEN": "", "USHER_CONFIG": path, "GOOD": world.sandbox.token,
                    "BAD": "another-token",
                ])
                let worker = try CommandProcess(
                    ["run"], environment: settings, in: world.rulesFolder)
                #expect(
                    await eventually {
                        world.sandbox.contacts.allSatisfy { $0.portalRole == "admin" }
                    }, "\(worker.errors.suffix(2000))")
                // The slow one has not been through its first sweep and its first requests yet.
                #expect(slowSandbox.contacts.contains { $0.portalRole != "admin" })
                #expect(
                    await eventually {
                        slowSandbox.contacts.allSatisfy { $0.portalRole == "admin" }
                    })
                worker.send(signal: SIGTERM)
                #expect(try await worker.end(within: .seconds(10)).status == 0)
                let paused = try await world.rows(
                    "SELECT workspace FROM usher.event WHERE body ->> 'code' = 'unauthorized'"
                ) { try $0.get("workspace", as: String.self) }
                #expect(paused == ["paused"])
                try await world.expectRest()
            }
        }
    }

    @Test func aReplacedTokenFileEndsThePauseWithoutARestart() async throws {
        try await withWorld(rules: acmeAreAdmins, contacts: [person("ana@acme.com")]) { world in
            let path = world.rulesFolder + "/token"
            try Data("expired\n".utf8).write(to: URL(filePath: path))
            let worker = try CommandProcess(
                ["run"],
                environment: world.settings([
                    "PYLON_API_TOKEN": "", "PYLON_API_TOKEN_FILE": path,
                ]), in: world.rulesFolder)
            #expect(
                await eventually { worker.errors.contains("unauthorized") }, "\(worker.errors)")
            try Data((world.sandbox.token + "\n").utf8).write(to: URL(filePath: path))
            #expect(
                await eventually(within: .seconds(40)) {
                    world.sandbox.contacts[0].portalRole == "admin"
                }, "\(worker.errors)")
            worker.send(signal: SIGTERM)
            #expect(try await worker.end(within: .seconds(10)).status == 0)
            // One message, not a storm.
            let alerts = try await world.count(
                "SELECT count(*) AS count FROM usher.event WHERE kind = 'alert.raised'")
            #expect(alerts == 1)
        }
    }

    private static let off = "update=off,list=off,get=off,me=off"
}
