import Foundation
import Postgres
import Sandbox
import Testing

/// Four workers on one database, one of which is killed every moment.
@Suite(.serialized, .timeLimit(.minutes(2))) struct LimitKillTests {
    private static let limit = 40
    private static let rules = """
        version: 1
        limits: { per_hour: \(limit), percent_of_contacts: 100 }
        rules:
          - id: acme
            mode: enforce
            when: { email.domain: acme.com, portal_role: [no_access] }
            set: { portal_role: member }
        """

    @Test(arguments: [UInt64(1)])
    func noLimitIsEverExceeded(seed: UInt64) async throws {
        var random = Dice(seed: seed)
        try await withWorld(rules: Self.rules, contacts: []) { world in
            // Before the first complete sweep everything would count as one.
            try await world.runOnce()
            var workers = try (0..<4).map { _ in try start(in: world) }
            for number in 0..<12 {
                for person in 0..<6 { world.sandbox.addContact(somebody(number * 6 + person)) }
                let rest = Duration.milliseconds(Int.random(in: 100...900, using: &random))
                _ = await eventually(within: rest) { false }
                let victim = Int.random(in: workers.indices, using: &random)
                workers[victim].send(signal: SIGKILL)
                #expect(try await workers[victim].end().status == -SIGKILL)
                workers[victim] = try start(in: world)
                try await letLeasesLapse(in: world)
                #expect(changed(in: world) <= Self.limit)
            }
            for worker in workers {
                worker.send(signal: SIGKILL)
                _ = try await worker.end()
            }
            try await letLeasesLapse(in: world)
            let last = try await world.usher("run", "--once", "--format", "json")
            #expect(last.status == 0, "\(last.errors.suffix(2000))")
            #expect(changed(in: world) == Self.limit)
            #expect(try last.summary["held"] as? Int == 72 - Self.limit)
            try await world.expectRest()
        }
    }

    private func somebody(_ number: Int) -> SandboxContact {
        person("p\(number)@acme.com", role: "no_access")
    }

    private func changed(in world: World) -> Int {
        Set(world.sandbox.requests(to: .update).requests.map(\.contactID)).count
    }

    private func start(in world: World) throws -> CommandProcess {
        try CommandProcess(
            ["run"], environment: world.settings(["LOG_LEVEL": "critical"]), in: world.rulesFolder)
    }

    /// Fifteen seconds pass for everything that waits for the dead.
    private func letLeasesLapse(in world: World) async throws {
        try await world.asOwner { db in
            try db.run(
                script: """
                    UPDATE usher.lease SET until = until - interval '15 s';
                    UPDATE usher.action
                    SET lease_until = lease_until - interval '15 s',
                        due_at = due_at - interval '15 s'
                    WHERE state <> 'sending' OR lease_until < clock_timestamp() + interval '5 s';
                    """)
        }
    }
}
