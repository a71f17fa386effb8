import Contacts
import Foundation
import Testing

@testable import Rules

/// A ruleset whose rules in shadow act as if they were enforced.
struct EnforcedRulesets {
    private static let text = """
        version: 1
        fields:
          tier: { type: text, values: [gold, silver] }
        rules:
          - { id: gold, mode: shadow, when: { custom_fields.tier: gold }, set: { name: Gold } }
          - { id: named, mode: shadow, when: { name: Gold }, set: { portal_role: { at_least: member } } }
          - { id: off, mode: off, when: { custom_fields.tier: gold }, set: { name: Off } }
        """

    private let rules: Ruleset
    private let contact = Contact.sample(role: "no_access", ["tier": "gold"])

    init() throws { rules = try ruleset(Self.text) }

    @Test func rulesInShadowActTogether() {
        #expect(rules.decide(contact).changes.isEmpty)
        let changes = rules.enforcing().decide(contact).changes
        #expect(changes[.name] == "Gold")
        #expect(changes[.portalRole] == "member")
    }

    @Test func onlyTheNamedOnesAct() {
        let changes = rules.enforcing(["gold"]).decide(contact).changes
        #expect(changes[.name] == "Gold")
        #expect(changes[.portalRole] == nil)
    }

    @Test func whatIsOffStaysOff() {
        #expect(rules.enforcing(["off"]).decide(contact).changes.isEmpty)
        #expect(rules.enforcing(["off"]).rules.map(\.mode) == rules.rules.map(\.mode))
    }

    @Test func aRuleInShadowThatRevertsGivesBackOnceItIsEnforced() throws {
        let rules = try ruleset(
            """
            version: 1
            rules:
              - id: pilot
                mode: shadow
                until: 2026-01-31
                when: { email.domain: acme.com }
                set: { portal_role: member }
                on_unmatch: revert
            """)
        let grant = Grant(
            field: .portalRole, value: "member", from: .text("no_access"), rules: ["pilot"])
        let contact = Contact(id: "c", email: "ana@acme.com", portalRole: "member")
        let now = try Date("2026-02-01T00:00:00Z", strategy: .iso8601)
        func role(_ rules: Ruleset) -> String? {
            rules.decide(
                contact, memory: ContactMemory(grants: [grant.field.slot: grant]), now: now
            )
            .changes[.portalRole]
        }
        #expect(role(rules) == nil)
        #expect(role(rules.enforcing()) == "no_access")
    }
}
