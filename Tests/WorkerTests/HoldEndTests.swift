import Contacts
import Foundation
import Postgres
import Sandbox
import Store
import Testing
import Worker

/// How holds end by themselves.
@Suite struct HoldEndTests {
    private static func rules(_ more: String = "") -> String {
        """
        version: 1
        limits: { percent_of_contacts: 100, privileged: { per_hour: 0 } }
        fields: { tier: { type: text } }
        rules:
          - id: gold
            mode: enforce
            when: { custom_fields.tier: gold }
            set: { portal_role: admin }
            \(more)
        """
    }

    private static func people(_ count: Int) -> [SandboxContact] {
        (0..<count).map { person("p\($0)@acme.com", tier: "gold") }
    }

    private func age(_ table: String, byDays days: Int, in world: World) async throws {
        try await world.asOwner {
            try $0.run(
                script: """
                    UPDATE usher.\(table) SET placed_at = placed_at - interval '\(days) days'
                    """)
        }
    }

    /// Somebody did by hand what it kept back, or it is not wanted any more.
    @Test(arguments: ["admin", "member"], ["", "approval: required"])
    func aHoldThatKeepsNothingBackIsWithdrawn(role: String, terms: String) async throws {
        try await withPuppet(rules: Self.rules(terms), contacts: Self.people(2)) { puppet, ids in
            try await puppet.see(ids)
            try await puppet.evaluate()
            #expect(try await puppet.store.heldWork().map(\.contacts) == [2])
            for (number, id) in ids.enumerated() {
                puppet.world.sandbox.editContact(id: id) {
                    $0.portalRole = role
                    if role == "member" { $0.customFields["tier"] = nil }
                }
                try await puppet.see(id)
                try await puppet.evaluate()
                #expect(
                    try await puppet.store.heldWork().map(\.contacts) == (number == 0 ? [1] : []))
            }
            let ended = try await puppet.world.rows("SELECT ended, ended_why FROM audit.holds") {
                "\(try $0.get("ended", as: String.self)): \(try $0.get("ended_why", as: String.self))"
            }
            #expect(ended == ["withdrawn: it keeps nothing back any more"])
            try await puppet.world.expectRest()
        }
    }

    @Test func aHoldEndsWithItsContacts() async throws {
        let others = (0..<20).map { person("p\($0)@globex.com") }
        try await withWorld(rules: Self.rules(), contacts: Self.people(1) + others) { world in
            try await world.runOnce()
            let store = try world.worker().store
            #expect(try await store.heldWork().map(\.contacts) == [1])
            let gold = world.sandbox.contacts.filter { $0.email == "p0@acme.com" }
            _ = world.sandbox.deleteContact(id: gold[0].id)
            try await world.runOnce()
            #expect(try await store.heldWork().isEmpty)
            try await world.expectRest()
        }
    }

    /// What was held then is declined; somebody new is held anew.
    @Test func whatComesAfterAnExpiryIsHeldAnew() async throws {
        let rules = Self.rules("approval: required")
        try await withPuppet(rules: rules, contacts: Self.people(2)) { puppet, ids in
            try await puppet.see(ids)
            try await puppet.evaluate()
            try await age("rule_hold", byDays: 7, in: puppet.world)
            #expect(try await puppet.store.expireHolds().map(\.code) == [.holdExpiry])
            #expect(try await puppet.store.expireHolds().isEmpty)
            // Looked at once more, they stay as they are.
            puppet.world.sandbox.editContact(id: ids[0]) { $0.name = "Renamed" }
            puppet.world.sandbox.addContact(person("new@acme.com", tier: "gold"))
            try await puppet.see(puppet.world.sandbox.contacts.map(\.id))
            try await puppet.prepare(rules: "# A remark.\n" + rules)
            try await puppet.evaluate()
            #expect(try await puppet.claim().isEmpty)
            #expect(try await puppet.store.heldWork().map(\.contacts) == [1])
            let ended = try await puppet.world.rows(
                "SELECT ended FROM audit.holds ORDER BY hold_id"
            ) { try $0.get("ended", as: String?.self) }
            #expect(ended == ["expired", nil])
            // Another meaning is another rule.
            try await puppet.prepare(
                rules: rules.replacing("tier: gold }", with: "tier: [gold, platinum] }"))
            try await puppet.evaluate()
            #expect(try await puppet.store.heldWork().map(\.contacts) == [3])
        }
    }

    @Test func aHoldOnOneContactExpiresAlone() async throws {
        let rules = """
            version: 1
            limits: \(wideLimits)
            fields: { tier: { type: text } }
            rules:
              - { id: gold, mode: enforce, on_unmatch: revert, when: { custom_fields.tier: gold }, set: { portal_role: no_access } }
            """
        let people = (0..<2).map { person("p\($0)@acme.com", role: "admin", tier: "gold") }
        try await withPuppet(rules: rules, contacts: people) { puppet, ids in
            try await puppet.see(ids)
            try await puppet.evaluate()
            try await puppet.send()
            func giveBack(_ id: String) async throws {
                puppet.world.sandbox.editContact(id: id) { $0.customFields["tier"] = nil }
                try await puppet.see(id)
                try await puppet.evaluate()
            }
            try await giveBack(ids[0])
            #expect(try await puppet.store.heldWork().map(\.reason) == ["revert"])
            try await age("hold", byDays: 6, in: puppet.world)
            #expect(try await puppet.store.expireHolds().map(\.code) == [.holdExpiry])
            #expect(try await puppet.kinds(of: ids[0]).last != "hold.expired")
            try await age("hold", byDays: 1, in: puppet.world)
            #expect(try await puppet.store.expireHolds().map(\.code) == [.holdExpiry])
            #expect(try await puppet.store.expireHolds().isEmpty)
            #expect(try await puppet.kinds(of: ids[0]).last == "hold.expired")
            #expect(try await puppet.store.heldWork().compactMap(\.expiredAt).count == 1)
            // The same rule's other contact is held anew; this one stays as it is.
            try await giveBack(ids[1])
            puppet.world.sandbox.editContact(id: ids[0]) { $0.name = "Renamed" }
            try await puppet.see(ids)
            try await puppet.evaluate()
            #expect(try await puppet.claim().isEmpty)
            let waiting = try await puppet.store.heldWork().filter { $0.expiredAt == nil }
            #expect(waiting.map(\.contact) == [ids[1]])
            // A person may still agree.
            let expired = try #require(
                try await puppet.store.heldWork().first { $0.contact == ids[0] })
            _ = try await puppet.store.approve(
                .hold(expired.hold), meanings: [:],
                by: OperatorAct(who: "tester", reason: "still with us"))
            try await puppet.evaluate()
            #expect(try await puppet.claim().map(\.contactID) == [ids[0]])
        }
    }
}
