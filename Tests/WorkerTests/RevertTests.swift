import Contacts
import Foundation
import Postgres
import Reconciler
import Sandbox
import Store
import Testing
import Worker

/// What is given back when a rule is not true any more, and what is set again.
@Suite struct RevertTests {
    private static func rules(_ more: String, set: String = "{ portal_role: admin }") -> String {
        """
        version: 1
        fields: { tier: { type: text } }
        rules:
          - id: gold
            mode: enforce
            when: { custom_fields.tier: gold }
            set: \(set)
            \(more)
        """
    }

    private func edit(_ world: World, _ change: (inout SandboxContact) -> Void) {
        world.sandbox.editContact(id: world.sandbox.contacts[0].id, change)
    }

    private func role(_ world: World) -> String? { world.sandbox.contacts[0].portalRole }

    @Test(arguments: ["silver", nil])
    func aRoleIsGivenBackOnceAndIsNobodysThen(tier: String?) async throws {
        let ana = person("ana@acme.com", role: "member", tier: "gold")
        try await withWorld(rules: Self.rules("on_unmatch: revert"), contacts: [ana]) { world in
            try await world.runOnce()
            #expect(role(world) == "admin")
            edit(world) { $0.customFields["tier"] = tier.map { .single($0) } }
            try await world.runOnce()
            #expect(role(world) == "member")
            let reverted = try await world.rows(
                "SELECT reverted -> 0 ->> 'rule' AS rule FROM audit.decisions WHERE reverted IS NOT NULL"
            ) { try $0.get("rule", as: String.self) }
            #expect(reverted == ["gold"])
            // A person's later word is not touched.
            edit(world) { $0.portalRole = "admin" }
            try await world.runOnce()
            #expect(role(world) == "admin")
            // True again: the same way, however often within the hour, as long as it takes away.
            edit(world) {
                $0.portalRole = "member"; $0.customFields["tier"] = .single("gold")
            }
            try await world.runOnce()
            #expect(role(world) == "admin")
            edit(world) { $0.customFields["tier"] = tier.map { .single($0) } }
            try await world.runOnce()
            #expect(role(world) == "member")
            edit(world) { $0.customFields["tier"] = .single("gold") }
            try await world.runOnce()
            #expect(role(world) == "member")
            #expect(
                try await world.worker().store.holds().map(\.reason) == ["own_changes"])
            try await world.expectRest()
            try await Evidence(world).expectComplete()
        }
    }

    @Test func aRuleThatIsSwitchedOffOrGoneLeavesWhatItDid() async throws {
        let ana = person("ana@acme.com", role: "member", tier: "gold")
        for other in [
            Self.rules("mode: off").replacing("    mode: enforce\n", with: ""), acmeAreMembers,
        ] {
            try await withWorld(rules: Self.rules("on_unmatch: revert"), contacts: [ana]) { world in
                try await world.runOnce()
                try world.write(rules: other)
                edit(world) { $0.customFields["tier"] = nil }
                try await world.runOnce()
                #expect(role(world) == "admin")
            }
        }
    }

    @Test func whatWouldRaiseWaitsForAPerson() async throws {
        let ana = person("ana@acme.com", role: "admin", tier: "gold")
        let rules = Self.rules("on_unmatch: revert", set: "{ portal_role: no_access }")
        try await withWorld(rules: rules, contacts: [ana]) { world in
            try await world.runOnce()
            #expect(role(world) == "no_access")
            edit(world) { $0.customFields["tier"] = nil }
            try await world.runOnce()
            #expect(role(world) == "no_access" && world.alerts.codes == [.revert])
            let store = try world.worker().store
            let holds = try await store.holds()
            #expect(
                holds.map(\.reason) == ["revert"] && holds.map(\.detail) == ["portal_role: admin"])
            let approval = try await store.approve(
                try #require(ApprovalID(holds[0].id)), meanings: [:],
                by: OperatorAct(who: "tester", reason: "still with us"))
            #expect(approval.contacts == 1)
            try await world.runOnce()
            #expect(role(world) == "admin")
            try await world.expectRest()
        }
    }

    /// Both would be held: whatever a rule wants comes before what is given back.
    @Test func whatARuleWantsComesBeforeWhatIsGivenBack() async throws {
        let ana = person("ana@acme.com", role: "admin", tier: "gold")
        let rules = Self.rules("on_unmatch: revert", set: "{ portal_role: no_access }")
        try await withWorld(rules: rules, contacts: [ana]) { world in
            try await world.runOnce()
            #expect(role(world) == "no_access")
            edit(world) { $0.customFields["tier"] = nil }
            try await world.runOnce()
            #expect(try await world.worker().store.holds().map(\.reason) == ["revert"])
            // As if it had been changed three times within the hour.
            try await world.asOwner {
                try $0.run(
                    script: """
                        UPDATE usher.contact SET grants = jsonb_set(
                            grants, '{portal_role,times}', times || times || times)
                        FROM (SELECT grants #> '{portal_role,times}' AS times FROM usher.contact) AS g
                        """)
            }
            try world.write(
                rules: rules + """

                      - id: acme
                        mode: enforce
                        when: { email.domain: acme.com }
                        set: { portal_role: member }
                    """)
            try await StepwiseWorker(world).prepare()
            try await StepwiseWorker(world).evaluate()
            #expect(
                try await world.worker().store.holds().map(\.reason) == ["own_changes"])
        }
    }

    /// Three times a day, and then a person has to look.
    @Test func whatSomebodyChangesIsSetAgainThreeTimes() async throws {
        let ana = person("ana@acme.com", role: "no_access", tier: "gold")
        try await withStepwiseWorker(rules: Self.rules("on_drift: reassert"), contacts: [ana]) {
            stepwise, ids in
            for change in 0..<5 {
                _ = stepwise.world.sandbox.editContact(id: ids[0]) { $0.portalRole = "member" }
                try await stepwise.see(ids[0])
                // The bound of the hour is another one.
                try await stepwise.world.asOwner {
                    try $0.run(
                        script: """
                            UPDATE usher.contact SET grants = jsonb_set(
                                grants, '{portal_role,times}', '[]')
                            WHERE grants ? 'portal_role';
                            """)
                }
                try await stepwise.evaluate()
                try await stepwise.send()
                let role = stepwise.world.sandbox.contact(id: ids[0])?.portalRole
                #expect(role == (change < 4 ? "admin" : "member"), "change \(change)")
            }
            #expect(try await stepwise.store.holds().map(\.reason) == ["reasserted"])
        }
    }
}

private let acmeAreMembers = """
    version: 1
    rules:
      - { id: acme, mode: enforce, when: { email.domain: acme.com, portal_role: [no_access] }, set: { portal_role: member } }
    """
