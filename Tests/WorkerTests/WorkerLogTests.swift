import Foundation
import Postgres
internal import Reconciler
import Sandbox
import Store
import Testing
import Worker

/// What a worker's log tells of its beginning, of signals, and of rule files.
@Suite struct WorkerLogTests {
    private static func lines(_ text: String, _ message: String) -> [[String: String]] {
        text.split(separator: "\n").compactMap {
            try? JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: String]
        }.filter { $0["message"]?.hasPrefix(message) == true }
    }

    @Test func aWorkerSaysWhatItBeginsWithWhatItWasToldAndWhatItStopsWith() async throws {
        let password = "Sesam-" + UUID().uuidString
        try await withWorld(rules: acmeAreAdmins, contacts: [person("ana@acme.com")]) { world in
            let settings = world.settings([
                "DATABASE_URL": world.connectionString + " password=\(password)",
                "USHER_LIMITS": "list=60/60s,update=off,get=off,me=off",
            ])
            let worker = try CommandProcess(
                ["run"], environment: settings, in: world.rulesFolder)
            #expect(await eventually { worker.errors.contains("sweep completed") })
            try world.write(rules: "version: 1")
            worker.send(signal: SIGHUP)
            #expect(await eventually { worker.errors.contains("rule files refused") })
            try world.write(rules: acmeAreAdmins)
            worker.send(signal: SIGHUP)
            #expect(await eventually { worker.errors.contains("rule files accepted again") })
            worker.send(signal: SIGTERM)
            let log = try await worker.end().errors
            let start = try #require(Self.lines(log, "usher starts").first)
            #expect(start["version"] == "0.1.0" && start["workspaces"] == "1")
            #expect(start["database"]?.hasPrefix("test_") == true)
            #expect(start["postgresql"]?.isEmpty == false)
            let workspace = try #require(Self.lines(log, "workspace starts").first)
            #expect(workspace["workspace"] == "default")
            #expect(workspace["base_url"] == world.sandbox.baseURL)
            #expect(workspace["limits"]?.hasPrefix("list=60/60s,get=off") == true, "\(workspace)")
            #expect(workspace["rules"] == "1" && workspace["ruleset"]?.count == 64)
            #expect(Self.lines(log, "SIGHUP").count == 2)
            #expect(Self.lines(log, "usher stops").count == 1)
            #expect(!log.contains(password) && !log.contains(world.sandbox.token))
        }
    }

    @Test func anotherOrganisationIsNamedBesideTheOneBefore() async throws {
        try await withWorld(rules: acmeAreAdmins, contacts: []) { world in
            try await world.runOnce()
            world.sandbox.setFaults(FaultPlan([SandboxFault(.otherOrganisation)]))
            _ = try await world.runOnce()
            let organisations = try await world.rows(
                "SELECT organisation_id, organisation_name FROM usher.workspace"
            ) { row in
                KnownOrganisation(
                    id: try row.get("organisation_id"), name: try row.get("organisation_name"))
            }
            let own = try #require(organisations.first)
            #expect(own.name?.isEmpty == false)
            let message = try #require(world.alerts.all.first).alert.message
            #expect(message.contains("and the workspace to \(own)"), "\(message)")
            #expect(message.split(separator: "“").count == 3, "\(message)")
        }
    }
}
