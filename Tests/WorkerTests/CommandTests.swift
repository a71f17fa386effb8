import EmbeddedPostgres
import Foundation
import Logging
import Postgres
import Sandbox
import Store
import TestSupport
import Testing
import Worker

/// `usher` as people and scripts call it.
@Suite struct CommandTests {
    @Test func everythingWrongWithTheSettingsIsSaidAtOnce() async throws {
        try await withWorld(rules: acmeAreAdmins, contacts: []) { world in
            let ended = try await world.usher(
                "run",
                settings: [
                    "USHER_LIMITS": "update=sixty", "USHER_POLL_INTERVAL": "soon",
                    "PYLON_BASE_URL": "http://api.example.com", "PYLON_API_TOKEN": "two words",
                    "LOG_LEVEL": "loud", "LOG_FORMAT": "pretty",
                ])
            #expect(ended.status == 1)
            #expect(ended.output.isEmpty)
            for setting in [
                "USHER_LIMITS", "USHER_POLL_INTERVAL", "PYLON_BASE_URL", "PYLON_API_TOKEN",
                "LOG_LEVEL", "LOG_FORMAT",
            ] {
                #expect(ended.errors.contains(setting), "\(setting) in \(ended.errors)")
            }
            #expect(world.sandbox.requests().requests.isEmpty)
        }
    }

    @Test(arguments: [["run", "--twice"], ["sweep"], ["release"], ["sandbox", "--port", "x"]])
    func wrongUsageExitsWith64(arguments: [String]) async throws {
        try await withWorld(rules: acmeAreAdmins, contacts: []) { world in
            let ended = try await CommandProcess(
                arguments, environment: world.settings(), in: world.rulesFolder
            ).end()
            #expect(ended.status == 64)
            #expect(ended.output.isEmpty && !ended.errors.isEmpty)
        }
    }

    @Test func aBadRuleFileFailsItsCheckAndKeepsTheWorkerFromStarting() async throws {
        let bad = "version: 1\nrules:\n  - { id: x, when: {}, set: { portal_rule: admin } }\n"
        try await withWorld(rules: bad, contacts: [person("ana@acme.com")]) { world in
            let path = world.rulesFolder + "/rules.yaml"
            let checked = try await world.usher("rules", "check", path)
            #expect(checked.status == 2)
            #expect((checked.output + checked.errors).contains("rules.yaml:3:"))
            let run = try await world.usher("run", "--once")
            #expect(run.status == 1)
            #expect(run.errors.contains("rules.yaml:3:"))
            #expect(world.sandbox.requests(to: .list).requests.isEmpty)
        }
    }

    @Test func aWorkerWithABadRulesetKeepsTheLastGoodOne() async throws {
        try await withWorld(rules: acmeAreAdmins, contacts: [person("ana@acme.com")]) { world in
            #expect(try await world.usher("run", "--once").status == 0)
            try world.write(rules: "version: 1\nrules: [")
            world.sandbox.addContact(person("bob@acme.com"))
            let run = try await world.usher("run", "--once")
            #expect(run.status == 0, "\(run.errors)")
            #expect(run.errors.contains("ruleset_refused"))
            #expect(world.sandbox.contacts.allSatisfy { $0.portalRole == "admin" })
        }
    }

    @Test func aRefusedFileIsNamedFromTheCurrentDirectoryAndOnRecordByItsName() async throws {
        try await withWorld(rules: acmeAreAdmins, contacts: []) { world in
            let folder = world.rulesFolder + "/policy"
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: false)
            for rules in [acmeAreAdmins, "version: 2\n"] {
                try Data(rules.utf8).write(to: URL(filePath: folder + "/rules.yaml"))
                let run = try await world.usher(
                    "run", "--once", settings: ["USHER_RULES": "policy"])
                #expect(run.status == 0, "\(run.errors)")
                let isNamed = run.errors.contains("policy/rules.yaml:1:10: error: ")
                #expect(isNamed == (rules != acmeAreAdmins))
            }
            let recorded = try await world.rows(
                """
                SELECT body -> 'problems' ->> 0 AS problem FROM usher.event
                WHERE kind = 'ruleset.refused'
                """
            ) { try $0.get("problem", as: String.self) }
            #expect(recorded.count == 1 && recorded[0].hasPrefix("rules.yaml:1:10: error: "))
        }
    }

    @Test(arguments: [SIGTERM, SIGINT])
    func aSignalLetsTheRequestInFlightFinishAndEndsTheWorker(signal: Int32) async throws {
        let slow = SandboxFault(.latency, endpoints: [.update], milliseconds: 3000...3000)
        try await withWorld(
            rules: acmeAreAdmins, contacts: [person("ana@acme.com")], faults: FaultPlan([slow])
        ) { world in
            let worker = try CommandProcess(
                ["run"], environment: world.settings(), in: world.rulesFolder)
            #expect(
                await eventually { world.sandbox.requests(to: .update).requests.count == 1 },
                "\(worker.errors)")
            let asked = ContinuousClock.now
            worker.send(signal: signal)
            let ended = try await worker.end(within: .seconds(10))
            #expect(ended.status == 0, "\(ended.errors)")
            #expect(ContinuousClock.now - asked < .seconds(10))
            let outcomes = try await world.rows(
                "SELECT outcome, request_id FROM audit.attempts"
            ) {
                [try $0.get("outcome", as: String.self), try $0.get("request_id", as: String.self)]
            }
            let seen = world.sandbox.requests(to: .update).requests
            #expect(outcomes == [["applied", seen[0].requestID]])
            try await world.expectRest()
        }
    }

    @Test func aSignalEndsAWorkerThatWaitsForPermits() async throws {
        try await withWorld(rules: acmeAreAdmins, generated: 30) { world in
            let worker = try CommandProcess(
                ["run"],
                environment: world.settings([
                    "USHER_LIMITS": "list=1/60s,update=1/60s,get=1/60s,me=off"
                ]), in: world.rulesFolder)
            #expect(
                await eventually { world.sandbox.requests(to: .update).requests.count == 1 },
                "\(worker.errors)")
            worker.send(signal: SIGTERM)
            let ended = try await worker.end(within: .seconds(10))
            #expect(ended.status == 0, "\(ended.errors)")
        }
    }

    @Test func aDatabaseThatGoesAwayIsWaitedForAndNothingIsLost() async throws {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let folder = try makeTemporaryDirectory()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let slow = SandboxFault(.latency, endpoints: [.update], milliseconds: 500...1500)
        try await withWorld(
            rules: acmeAreAdmins, contacts: (0..<40).map { person("p\($0)@acme.com") },
            faults: FaultPlan([slow])
        ) { world in
            func start() async throws -> EmbeddedPostgres {
                try await EmbeddedPostgres.start(
                    stateDirectory: folder + "/state", durability: .off, logger: logger)
            }
            var database: EmbeddedPostgres? = try await start()
            let url = try #require(database).connectionString
            let settings = world.settings([
                "DATABASE_URL": url, "USHER_LIMITS": "update=20/1s,list=off,get=off,me=off",
            ])
            let worker = try CommandProcess(["run"], environment: settings, in: world.rulesFolder)
            #expect(
                await eventually { world.sandbox.requests(to: .update).requests.count >= 10 },
                "\(worker.errors)")
            try await database?.stop()
            // The lock on the state directory goes with the object.
            database = nil
            database = try await start()
            #expect(
                await eventually(within: .seconds(45)) {
                    world.sandbox.contacts.allSatisfy { $0.portalRole == "admin" }
                }, "\(worker.errors.suffix(3000))")
            worker.send(signal: SIGTERM)
            #expect(try await worker.end().status == 0)
            let last = try await CommandProcess(
                ["run", "--once"], environment: settings, in: world.rulesFolder
            ).end()
            #expect(last.status == 0, "\(last.errors.suffix(3000))")
            let there = World(
                sandbox: world.sandbox, connectionString: url, database: Database(url),
                http: world.http, rulesFolder: world.rulesFolder)
            try await there.expectRest()
            let evidence = try await Evidence(there)
            evidence.expectComplete()
            // What had been answered while the database was away is on record as answered.
            #expect(evidence.seen.count == 40 && evidence.count("patch.applied") == 40)
            await there.database.close()
            try await database?.stop()
        }
    }
}
