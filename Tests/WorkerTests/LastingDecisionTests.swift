import Contacts
import Foundation
import Postgres
internal import Reconciler
import Sandbox
import Store
import Testing
import Worker

/// What a person decides for a contact outlasts whatever else is written there.
@Suite struct LastingDecisionTests {
    private static let rules = """
        version: 1
        limits: \(wideLimits)
        fields: { tier: { type: text }, status: { type: text } }
        rules:
          - { id: staff, priority: 200, mode: enforce, when: { email.domain: acme.com }, set: { portal_role: admin } }
          - { id: gold, priority: 300, mode: enforce, when: { custom_fields.tier: gold }, set: { portal_role: { at_least: member } } }
          - { id: left, priority: 900, mode: enforce, when: { custom_fields.status: left }, set: { portal_role: no_access } }
        """

    private func role(_ world: World) -> String? { world.sandbox.contacts[0].portalRole }

    private func edit(_ world: World, _ change: (inout SandboxContact) -> Void) {
        world.sandbox.editContact(id: world.sandbox.contacts[0].id, change)
    }

    /// Another rule's floor writes there, the contact is renamed, rules are saved again; each pass is
    /// that of a process that has just begun.
    @Test func aPersonsLoweringOutlastsWhatElseIsWritten() async throws {
        try await withWorld(rules: Self.rules, contacts: [person("ana@acme.com")]) { world in
            let id = world.sandbox.contacts[0].id
            try await world.runOnce()
            #expect(role(world) == "admin")
            edit(world) {
                $0.portalRole = "no_access"
                $0.customFields["tier"] = .single("gold")
            }
            try await world.runOnce()
            #expect(role(world) == "member")
            edit(world) { $0.name = "Renamed" }
            try await world.runOnce()
            #expect(role(world) == "member")
            try world.write(rules: "# A remark.\n" + Self.rules)
            try await world.runOnce()
            #expect(role(world) == "member")
            // Another rule's word counts all the same, and what comes after it is decided as before.
            edit(world) { $0.customFields["status"] = .single("left") }
            try await world.runOnce()
            #expect(role(world) == "no_access")
            // The bound of the hour is another one.
            try await world.asOwner {
                try $0.run(
                    script: """
                        UPDATE usher.contact
                        SET grants = jsonb_set(grants, '{portal_role,times}', '[]')
                        """)
            }
            edit(world) { $0.customFields["status"] = .single("active") }
            try await world.runOnce()
            #expect(role(world) == "member")
            edit(world) { $0.name = "Renamed again" }
            try await world.runOnce()
            #expect(role(world) == "member")
            #expect(try await world.kinds(of: id).count { $0 == "drift.found" } == 1)
            let drifts = try await world.rows("SELECT drifts FROM usher.contact") {
                try $0.get("drifts", as: JSON.self).decode(as: [String: [String: Remembered]].self)
            }
            #expect(drifts == [["portal_role": ["staff": Remembered(value: "admin")]]])
            // Until somebody says otherwise.
            let released = try await world.usher("release", id, "--reason", "she is staff again")
            #expect(released.status == 0, "\(released.errors)")
            try await world.runOnce()
            #expect(role(world) == "admin")
            try await world.expectRest()
            try await Evidence(world).expectComplete()
        }
    }

    private struct Remembered: Decodable, Equatable {
        let value: String
    }

    /// It ends with the rule's own wish, and begins anew with the rule's next one.
    @Test func aDecisionLastsForAsLongAsTheRuleWantsIt() async throws {
        let rules = Self.rules.replacing("acme.com }", with: "acme.com, custom_fields.tier: gold }")
        let ana = person("ana@acme.com", tier: "gold")
        try await withWorld(rules: rules, contacts: [ana]) { world in
            try await world.runOnce()
            #expect(role(world) == "admin")
            edit(world) { $0.portalRole = "member" }
            try await world.runOnce()
            #expect(role(world) == "member")
            edit(world) { $0.customFields["tier"] = nil }
            try await world.runOnce()
            edit(world) { $0.customFields["tier"] = .single("gold") }
            try await world.runOnce()
            #expect(role(world) == "admin")
        }
    }

    /// By the rule's value or by a bound that shaped it, once each time.
    @Test(arguments: ["no_access", "{ at_most: no_access }"])
    func whoGivesBackAccessThatRulesTookIsTold(set: String) async throws {
        let rules = """
            version: 1
            fields: { status: { type: text } }
            rules:
              - { id: left, mode: enforce, when: { custom_fields.status: left }, set: { portal_role: \(set) } }
            """
        var eve = person("eve@acme.com", role: "admin")
        eve.customFields["status"] = .single("left")
        try await withWorld(rules: rules, contacts: [eve]) { world in
            try await world.runOnce()
            #expect(role(world) == "no_access" && world.alerts.codes.isEmpty)
            edit(world) { $0.portalRole = "member" }
            try await world.runOnce()
            #expect(role(world) == "member" && world.alerts.codes == [.drift])
            edit(world) { $0.name = "Renamed" }
            try await world.runOnce()
            #expect(role(world) == "member" && world.alerts.codes == [.drift])
        }
    }
}
