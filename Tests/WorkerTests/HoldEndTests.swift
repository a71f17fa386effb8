import Contacts
import Foundation
import Postgres
import Reconciler
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

    /// Somebody did by hand what it kept back, or it is not wanted any more.
    @Test(arguments: ["admin", "member"], ["", "approval: required"])
    func aHoldThatKeepsNothingBackIsWithdrawn(role: String, terms: String) async throws {
        try await withStepwiseWorker(rules: Self.rules(terms), contacts: Self.people(2)) {
            stepwise, ids in
            try await stepwise.see(ids)
            try await stepwise.evaluate()
            #expect(try await stepwise.store.holds().map(\.contacts) == [2])
            for (number, id) in ids.enumerated() {
                stepwise.world.sandbox.editContact(id: id) {
                    $0.portalRole = role
                    if role == "member" { $0.customFields["tier"] = nil }
                }
                try await stepwise.see(id)
                try await stepwise.evaluate()
                #expect(
                    try await stepwise.store.holds().map(\.contacts)
                        == (number == 0 ? [1] : []))
            }
            let ended = try await stepwise.world.rows("SELECT ended, ended_why FROM audit.holds") {
                "\(try $0.get("ended", as: String.self)): \(try $0.get("ended_why", as: String.self))"
            }
            #expect(ended == ["withdrawn: it keeps nothing back any more"])
            try await stepwise.world.expectRest()
        }
    }

    @Test func aHoldEndsWithItsContacts() async throws {
        let others = (0..<20).map { person("p\($0)@globex.com") }
        try await withWorld(rules: Self.rules(), contacts: Self.people(1) + others) { world in
            try await world.runOnce()
            let store = try world.worker().store
            #expect(try await store.holds().map(\.contacts) == [1])
            let gold = world.sandbox.contacts.filter { $0.email == "p0@acme.com" }
            _ = world.sandbox.deleteContact(id: gold[0].id)
            try await world.runOnce()
            #expect(try await store.holds().isEmpty)
            try await world.expectRest()
        }
    }

    /// What was held then is declined; somebody new is held anew.
    @Test func whatComesAfterAnExpiryIsHeldAnew() async throws {
        let rules = Self.rules("approval: required")
        try await withStepwiseWorker(rules: rules, contacts: Self.people(2)) { stepwise, ids in
            try await stepwise.see(ids)
            try await stepwise.evaluate()
            try await stepwise.world.ageHolds("rule_hold", byDays: 7)
            #expect(try await stepwise.store.expireHolds().map(\.code) == [.holdExpiry])
            #expect(try await stepwise.store.expireHolds().isEmpty)
            // Looked at once more, they stay as they are.
            stepwise.world.sandbox.editContact(id: ids[0]) { $0.name = "Renamed" }
            stepwise.world.sandbox.addContact(person("new@acme.com", tier: "gold"))
            try await stepwise.see(stepwise.world.sandbox.contacts.map(\.id))
            try await stepwise.prepare(rules: "# A remark.\n" + rules)
            try await stepwise.evaluate()
            #expect(try await stepwise.claim().isEmpty)
            #expect(try await stepwise.store.holds().map(\.contacts) == [1])
            let ended = try await stepwise.world.rows(
                "SELECT ended FROM audit.holds ORDER BY hold_id"
            ) { try $0.get("ended", as: String?.self) }
            #expect(ended == ["expired", nil])
            // Another meaning is another rule.
            try await stepwise.prepare(
                rules: rules.replacing("tier: gold }", with: "tier: [gold, platinum] }"))
            try await stepwise.evaluate()
            #expect(try await stepwise.store.holds().map(\.contacts) == [3])
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
        try await withStepwiseWorker(rules: rules, contacts: people) { stepwise, ids in
            try await stepwise.see(ids)
            try await stepwise.evaluate()
            try await stepwise.send()
            func restore(_ id: String) async throws {
                stepwise.world.sandbox.editContact(id: id) { $0.customFields["tier"] = nil }
                try await stepwise.see(id)
                try await stepwise.evaluate()
            }
            try await restore(ids[0])
            #expect(try await stepwise.store.holds().map(\.reason) == ["revert"])
            try await stepwise.world.ageHolds("hold", byDays: 6)
            #expect(try await stepwise.store.expireHolds().map(\.code) == [.holdExpiry])
            #expect(try await stepwise.kinds(of: ids[0]).last != "hold.expired")
            try await stepwise.world.ageHolds("hold", byDays: 1)
            #expect(try await stepwise.store.expireHolds().map(\.code) == [.holdExpiry])
            #expect(try await stepwise.store.expireHolds().isEmpty)
            #expect(try await stepwise.kinds(of: ids[0]).last == "hold.expired")
            #expect(try await stepwise.store.holds().compactMap(\.expiredAt).count == 1)
            // The same rule's other contact is held anew; this one stays as it is.
            try await restore(ids[1])
            stepwise.world.sandbox.editContact(id: ids[0]) { $0.name = "Renamed" }
            try await stepwise.see(ids)
            try await stepwise.evaluate()
            #expect(try await stepwise.claim().isEmpty)
            let waiting = try await stepwise.store.holds().filter { $0.expiredAt == nil }
            #expect(waiting.map(\.contact) == [ids[1]])
            // A person may still agree.
            let expired = try #require(
                try await stepwise.store.holds().first { $0.contact == ids[0] })
            _ = try await stepwise.store.approve(
                try #require(ApprovalID(expired.id)), meanings: [:],
                by: OperatorAct(who: "tester", reason: "still with us"))
            try await stepwise.evaluate()
            #expect(try await stepwise.claim().map(\.contactID) == [ids[0]])
        }
    }
}

extension World {
    /// As if what is in a table of holds had been placed days earlier.
    func ageHolds(_ table: String, byDays days: Int) async throws {
        try await asOwner {
            try $0.run(
                script: """
                    UPDATE usher.\(table) SET placed_at = placed_at - interval '\(days) days'
                    """)
        }
    }
}
