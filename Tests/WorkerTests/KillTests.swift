import Contacts
import Foundation
import Postgres
import Pylon
import RuleLint
import Rules
import Sandbox
import Testing
import Worker

/// `kill -9` at random moments, with answers lost on the way.
@Suite(.serialized, .timeLimit(.minutes(3))) struct KillTests {
    /// Nothing here sets what another rule of it reads and people change meanwhile.
    private static let rules = """
        version: 1
        fields: { status: { type: text }, tier: { type: text } }
        lists:
          staff_domains: [acme.com, acme.co.uk]
        rules:
          - id: staff-are-admins
            priority: 200
            mode: enforce
            when: { email.domain: { in_list: staff_domains } }
            set: { portal_role: admin, custom_fields.department: Staff }
          - id: gold-customers-are-members
            mode: enforce
            when: { custom_fields.tier: gold, portal_role: [no_access] }
            set: { portal_role: member }
          - id: leavers-lose-access
            priority: 900
            mode: enforce
            when: { custom_fields.status: left }
            set: { portal_role: no_access }
        """

    /// Eight in a hundred of each, on the way to a PATCH; fewer on the way to a read.
    private static let faults = [
        SandboxFault(.latency, endpoints: [.update], milliseconds: 5...300),
        SandboxFault(.dropBefore, probability: 0.08, endpoints: [.update]),
        SandboxFault(.dropAfter, probability: 0.08, endpoints: [.update]),
        SandboxFault(.error500Before, probability: 0.08, endpoints: [.update]),
        SandboxFault(.error500After, probability: 0.08, endpoints: [.update]),
        SandboxFault(.dropBefore, probability: 0.04, endpoints: [.list, .get]),
        SandboxFault(.error500After, probability: 0.04, endpoints: [.list, .get]),
    ]

    private static let kills = 20

    @Test(arguments: [UInt64(1)])
    func aWorkerKilledTwentyTimesLosesNothingAndDoesNothingTwice(seed: UInt64) async throws {
        var random = Dice(seed: seed)
        try await withWorld(
            rules: Self.rules, generated: 250, faults: FaultPlan(seed: seed, Self.faults)
        ) { world in
            var unedited = world.sandbox.contacts.map(\.id).shuffled(using: &random)[...]
            for _ in 0..<Self.kills {
                try await runAndKill(in: world, &random)
                try await letTimePass(in: world)
                for id in unedited.prefix(6) { edit(id, in: world) }
                unedited = unedited.dropFirst(6)
            }
            let last = try await world.usher("run", "--once", "--format", "json")
            #expect(last.status == 0, "\(last.errors.suffix(2000))")
            try expectContract(try last.summary, contacts: 250)
            try await expectEverythingInOrder(in: world)
        }
    }

    /// Starts the worker and kills it after a random number of PATCHes or a random time.
    private func runAndKill(in world: World, _ random: inout Dice) async throws {
        let sent = world.sandbox.requests(to: .update).requests.count
        let patches = sent + Int.random(in: 1...60, using: &random)
        let time = Duration.milliseconds(Int.random(in: 300...2500, using: &random))
        let process = try CommandProcess(
            ["run"], environment: world.settings(["LOG_LEVEL": "warning"]), in: world.rulesFolder)
        _ = await eventually(within: time) {
            world.sandbox.requests(to: .update).requests.count >= patches
        }
        process.send(signal: SIGKILL)
        #expect(try await process.end().status == -SIGKILL)
    }

    /// Thirteen seconds pass for everything that waits for the dead: more than a request may take to
    /// land here, and less than a lease.
    private func letTimePass(in world: World) async throws {
        try await world.asOwner { db in
            try db.run(
                script: """
                    UPDATE usher.lease SET until = until - interval '13 s';
                    UPDATE usher.action
                    SET lease_until = lease_until - interval '13 s',
                        due_at = due_at - interval '13 s';
                    """)
        }
    }

    /// Changes what no rule sets, as a person would.
    private func edit(_ id: String, in world: World) {
        world.sandbox.editContact(id: id) { contact in
            let hasLeft = contact.customFields["status"] == .single("left")
            contact.customFields["status"] = .single(hasLeft ? "active" : "left")
        }
    }

    private func expectContract(_ summary: [String: Any], contacts: Int) throws {
        #expect(
            Set(summary.keys) == [
                "contacts", "events", "decisions", "actions", "held", "blocked", "requests",
                "seconds",
            ])
        #expect(summary["contacts"] as? Int == contacts)
        #expect(summary["held"] as? Int == 0)
        #expect(summary["blocked"] as? Int == 0)
        let requests = try #require(summary["requests"] as? [String: [String: Int]])
        #expect(Set(requests.keys) == Set(SandboxEndpoint.allCases.map(\.rawValue)))
        #expect(requests.values.allSatisfy { Set($0.keys) == ["sent", "throttled"] })
    }

    private func expectEverythingInOrder(in world: World) async throws {
        let ruleset = try Ruleset(sources: [RuleSource(path: "rules.yaml", text: Self.rules)])
        for contact in world.sandbox.contacts {
            let json = try #require(world.sandbox.json(ofContact: contact.id))
            let decision = ruleset.decide(try ContactDocument(json).contact)
            #expect(decision.changes.isEmpty, "\(contact.id) is not as the rules say")
        }
        try await world.expectRest()
        let evidence = try await Evidence(world)
        evidence.expectComplete()
        // It was worth it: requests were sent, lost and settled in every way.
        for kind in ["patch.applied", "patch.unknown", "patch.confirmed", "patch.not_applied"] {
            #expect(evidence.count(kind) > 0, "\(kind)")
        }
        let open = try await world.count(
            "SELECT count(*) AS count FROM audit.actions WHERE outcome IS NULL")
        #expect(open == 0)
    }
}

/// A small generator of random numbers: the same seed gives the same numbers.
struct Dice: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let mixed = (state ^ (state >> 33)) &* 0xFF51_AFD7_ED55_8CCD
        return mixed ^ (mixed >> 29)
    }

    mutating func happens(_ percent: Int) -> Bool {
        Int.random(in: 0..<100, using: &self) < percent
    }
}
