import Contacts
import Foundation
import Planning
import Postgres
import Reconciler
import Sandbox
import Store
import Testing
import Worker

/// Once everything is settled, nothing is left to do: a decision is a fixpoint of what then is.
@Suite struct FixpointTests {
    /// What the walks have to have met before they came to rest.
    private static let hard: Set = [
        "drift.found", "hold.placed", "patch.unknown", "operator.acted",
    ]

    @Test func afterAWalkNothingIsLeftToDo() async throws {
        try await expectWalks(seeds: 41...48, toMeet: Self.hard, Self.walk)
    }

    /// - Returns: The kinds of events that it met.
    private static func walk(seed: UInt64) async throws -> Set<String> {
        try await withWorld(rules: acmeAreAdmins, generated: 40) { world in
            var walk = try RandomWalk(world, seed: seed)
            try await walk.begin()
            for _ in 0..<80 { try await walk.step() }
            // Rules and exceptions of a walk end within three seconds.
            _ = await eventually(within: .seconds(4)) { false }
            try await walk.stepwise.settle()
            #expect(try await world.runOnce().failure == nil)
            try await world.retryWhatIsBlocked()
            #expect(try await world.runOnce().failure == nil)
            try await world.expectRest()
            try await world.expectNothingPlanned("seed \(seed)")

            world.sandbox.forgetRequests()
            let actions = try await world.count(began)
            let rules = try String(
                contentsOfFile: world.rulesFolder + "/rules.yaml", encoding: .utf8)
            try world.write(rules: rules + "\n# Saved again, with limits as they were.\n")
            #expect(try await world.runOnce().failure == nil)
            try await world.asOwner { db in
                try db.run(script: "UPDATE usher.workspace SET recheck_at = clock_timestamp()")
            }
            try await walk.stepwise.makeEverythingDue()
            try await walk.stepwise.recheck()
            try await walk.stepwise.evaluate()
            #expect(try await world.count(began) == actions, "seed \(seed)")
            #expect(world.sandbox.requests(to: .update).requests.isEmpty, "seed \(seed)")
            try await world.expectNothingPlanned("seed \(seed), evaluated again")
            return Set(
                try await world.rows("SELECT DISTINCT kind FROM usher.event") {
                    try $0.get("kind", as: String.self)
                })
        }
    }

    private static let began: Statement = """
        SELECT count(*) AS count FROM usher.event WHERE kind = 'decision.made' AND action_id = seq
        """

    /// A guardrail that is unknown before Usher's own change and false after it.
    @Test func whatAGuardrailForbadeBeforeOurOwnChangeIsDoneAfterIt() async throws {
        let rules = """
            version: 1
            fields: { status: { type: text } }
            rules:
              - { id: active, mode: enforce, when: { email.domain: acme.com }, set: { custom_fields.status: active } }
              - { id: staff, mode: enforce, when: { email.domain: acme.com }, set: { portal_role: admin } }
            guardrails:
              - { id: left, deny: { portal_role: admin }, when: { custom_fields.status: left }, reason: They left. }
            """
        try await withWorld(rules: rules, contacts: [person("ana@acme.com")]) { world in
            try await world.runOnce()
            #expect(world.sandbox.contacts[0].portalRole == "admin")
            #expect(world.sandbox.requests(to: .update).requests.count == 2)
            try await world.expectNothingPlanned("after one run")
            try await world.expectRest()
        }
    }

    /// A rule that is true only before another rule's change in the same request.
    @Test func whatWasTrueOnlyBeforeOurOwnChangeIsGivenBack() async throws {
        let rules = """
            version: 1
            limits: \(wideLimits)
            fields: { tier: { type: text }, status: { type: text } }
            rules:
              - { id: gold, mode: enforce, on_unmatch: revert, when: { custom_fields.tier: gold }, set: { portal_role: admin } }
              - { id: ended, mode: enforce, when: { custom_fields.status: left }, set: { custom_fields.tier: silver } }
            """
        for status in [nil, "left"] as [String?] {
            var ana = person("ana@acme.com", role: "member", tier: "gold")
            ana.customFields["status"] = status.map { .single($0) }
            try await withWorld(rules: rules, contacts: [ana]) { world in
                try await world.runOnce()
                world.sandbox.editContact(id: ana.id) {
                    $0.customFields["status"] = .single("left")
                }
                try await world.runOnce()
                let contact = try #require(world.sandbox.contact(id: ana.id))
                #expect(contact.customFields["tier"] == .single("silver"))
                #expect(contact.portalRole == "member", "status at first: \(status ?? "none")")
                try await world.expectNothingPlanned("after one run")
                try await world.expectRest()
            }
        }
    }
}

extension World {
    /// No change of a plan goes on; some may wait for a person.
    fileprivate func expectNothingPlanned(
        _ what: String, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let path = rulesFolder + "/plan.json"
        let plan = try await plan(into: PlanWriter(path))
        #expect(plan.changed == plan.held, "\(what)", sourceLocation: sourceLocation)
        let going = try String(contentsOfFile: path, encoding: .utf8)
            .split(separator: "\n").filter {
                $0.contains(#""rules":["#) && !$0.contains(#""held":""#)
            }
        #expect(going.isEmpty, "\(what)", sourceLocation: sourceLocation)
    }

    /// Has everything tried again that the API is said to have refused.
    fileprivate func retryWhatIsBlocked() async throws {
        let blocked = try await rows("SELECT contact_id FROM usher.action") {
            try $0.get("contact_id", as: String.self)
        }
        let store = try worker().store
        for id in blocked {
            _ = try await store.release(
                .contact(id, field: nil), by: OperatorAct(who: "tester", reason: "try again"))
        }
    }
}
