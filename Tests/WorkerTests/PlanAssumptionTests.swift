import Foundation
import Planning
import Sandbox
import Testing
import Worker

/// Plans with assumptions: rules in shadow as enforced ones, and another time.
@Suite struct PlanAssumptionTests {
    private static let rules = """
        version: 1
        fields: { tier: { type: text }, department: { type: text } }
        rules:
          - { id: leavers, mode: enforce, when: { email.domain: globex.com }, set: { portal_role: no_access } }
          - { id: keep, mode: shadow, priority: 200, when: { email.domain: globex.com }, set: { portal_role: member } }
          - { id: tiers, mode: shadow, when: { email.domain: acme.com }, set: { custom_fields.tier: gold } }
          - { id: twins, mode: shadow, when: { email.domain: acme.com }, set: { custom_fields.tier: gold } }
          - { id: fans, mode: shadow, when: { custom_fields.tier: gold }, set: { custom_fields.department: Fans } }
        """

    private static let people = [person("ana@acme.com"), person("eve@globex.com")]

    @Test func rulesInShadowAreDecidedTogetherAndBesideTheEnforcedOnes() async throws {
        try await withWorld(rules: noRules, contacts: Self.people) { world in
            try await world.runOnce()
            try world.write(rules: Self.rules)
            let plan = try await world.plan()
            #expect(plan.transitions.map(\.words) == ["portal_role: member → no_access 1"])
            let shadow = plan.shadow
            #expect(
                shadow.transitions.map(\.words) == [
                    "custom_fields.department: nothing → Fans 1",
                    "custom_fields.tier: nothing → gold 1",
                ])
            #expect(shadow.dropped.map(\.words) == ["portal_role: member → no_access 1"])
            #expect((shadow.changes, shadow.changed) == (2, 1))
            #expect(
                shadow.rules.map { "\($0.rule) \($0.contacts)" } == [
                    "fans 1", "tiers 1", "twins 1",
                ])
            #expect(shadow.who.map(\.email) == ["ana@acme.com", "ana@acme.com"])
            let printed = try await world.usher("plan").output
            #expect(printed.contains("if all were enforced, they would change"), "\(printed)")
            #expect(printed.contains("by tiers, twins"), "\(printed)")
            let json = try await world.usher("plan", "--format", "json").summary
            let inShadow = try #require(json["shadow"] as? [String: Any])
            #expect((inShadow["transitions"] as? [Any])?.count == 2)
            #expect((inShadow["who"] as? [[String: Any]])?.first?["contact"] != nil)
        }
    }

    @Test func besideTheRulesInForceOnlyWhatIsNewInShadowIsShown() async throws {
        try await withWorld(rules: noRules, contacts: Self.people) { world in
            try await world.runOnce()
            try world.write(rules: Self.rules)
            let active = try world.ruleset()
            #expect(try await world.plan(comparedWith: active).shadow.changes == 0)
            try world.write(
                rules: Self.rules.replacing("department: Fans", with: "department: VIP"))
            let shadow = try await world.plan(comparedWith: active).shadow
            #expect(
                shadow.transitions.map(\.words) == ["custom_fields.department: nothing → VIP 1"])
        }
    }

    @Test func someRulesInShadowCanBePlannedAsEnforced() async throws {
        try await withWorld(rules: noRules, contacts: Self.people) { world in
            try await world.runOnce()
            try world.write(rules: Self.rules)
            let some = try await world.plan(assuming: PlanAssumptions(enforced: ["tiers", "keep"]))
            #expect(some.transitions.map(\.words) == ["custom_fields.tier: nothing → gold 1"])
            #expect(
                some.shadow.transitions.map(\.words) == [
                    "custom_fields.department: nothing → Fans 1"
                ])
            let printed = try await world.usher("plan", "--enforced", "tiers", "keep")
            #expect(
                printed.output.hasPrefix("as if enforced: keep, tiers\n"),
                "\(printed.output)\(printed.errors)")
            let all = try await world.usher("plan", "--enforced", "all", "--format", "json")
            #expect(
                try all.summary["enforced"] as? [String] == ["fans", "keep", "tiers", "twins"])
            #expect(try all.summary["changes"] as? Int == 2)
            for (wanted, message) in [
                (
                    "leavers",
                    "no rule leavers is in shadow; those that are: fans, keep, tiers, twins"
                ),
                ("nobody", "no rule nobody is in shadow"),
            ] {
                let refused = try await world.usher("plan", "--enforced", wanted)
                #expect(refused.status == 64 && refused.errors.contains(message))
            }
        }
    }

    @Test func aPlanOfRulesInShadowCanBeApprovedOnceTheyAreInForce() async throws {
        let limited = Self.rules + "\nlimits: { per_hour: 0, lowering: { per_hour: 0 } }\n"
        try await withWorld(rules: limited, contacts: Self.people) { world in
            try await world.runOnce()
            let path = world.rulesFolder + "/plan.json"
            let planned = try await world.usher("plan", "-o", path, "--enforced", "fans", "tiers")
            #expect(planned.status == 0, "\(planned.errors)")
            let early = try await world.usher("approve", path, "--reason", "looked at")
            #expect(early.status == 64)
            #expect(early.errors.contains("takes rules for enforced that are not: fans, tiers"))
            try world.write(
                rules: limited.replacing("tiers, mode: shadow", with: "tiers, mode: enforce")
                    .replacing("fans, mode: shadow", with: "fans, mode: enforce"))
            try await world.runOnce()
            #expect(world.sandbox.requests(to: .update).requests.isEmpty)
            let approved = try await world.usher("approve", path, "--reason", "looked at")
            #expect(approved.status == 0, "\(approved.errors)")
            try await world.runOnce()
            let ana = try #require(world.sandbox.contact(id: Self.people[0].id))
            #expect(ana.customFields["department"] == .single("Fans"))
        }
    }

    private static let timedRules = """
        version: 1
        fields: { tier: { type: text }, department: { type: text } }
        lists: { partners: [ { value: initech.com, expires: 2099-01-09 } ] }
        rules:
          - { id: pilot, from: 2099-01-10, mode: enforce, when: { email.domain: acme.com }, set: { custom_fields.tier: gold } }
          - { id: autumn, until: 2099-01-09, mode: enforce, when: { email.domain: acme.com }, set: { custom_fields.tier: silver } }
          - { id: partner, mode: enforce, when: { email.domain: { in_list: partners } }, set: { custom_fields.tier: bronze } }
          - { id: leavers, mode: enforce, when: { email.domain: globex.com }, set: { portal_role: no_access } }
          - { id: old, mode: enforce, when: { email.domain: globex.com, first_seen: { older_than: 30d } }, set: { custom_fields.department: Old } }
        """

    /// Each kind of thing that time alone changes: rules begin and end, values of lists and exceptions
    /// end, contacts grow old.
    @Test func aPlanForAnotherTimeDecidesAsOfIt() async throws {
        let people = [person("ana@acme.com"), person("ivo@initech.com"), person("eve@globex.com")]
        let rules = """
            \(Self.timedRules)
            exceptions:
              - { id: ex, rules: [leavers], contact: \(people[2].id), until: 2099-01-09, reason: r }
            """
        try await withWorld(rules: noRules, contacts: [person("first@example.org")]) { world in
            try await world.runOnce()
            // Only who came after the first complete sweep has an age.
            for contact in people { world.sandbox.addContact(contact) }
            try await world.runOnce()
            try world.write(rules: rules)
            #expect(
                try await world.plan().transitions.map(\.words) == [
                    "custom_fields.tier: nothing → bronze 1",
                    "custom_fields.tier: nothing → silver 1",
                ])
            let path = world.rulesFolder + "/plan.json"
            let printed = try await world.usher("plan", "--at", "2099-01-10", "-o", path)
            #expect(
                printed.output.hasPrefix("as of 2099-01-10T00:00:00Z, on the contacts as they are"),
                "\(printed.output)\(printed.errors)")
            let json = try await world.usher(
                "plan", "--at", "2099-01-10T00:00:00Z", "--format", "json")
            let transitions = try #require(try json.summary["transitions"] as? [[String: Any]])
            #expect(
                transitions.map { "\($0["from"]!) → \($0["to"]!)" } == [
                    "member → no_access", "nothing → Old", "nothing → gold",
                ])
            #expect(try json.summary["as_of"] as? String == "2099-01-10T00:00:00Z")
            let refused = try await world.usher("approve", path, "--reason", "looked at")
            #expect(refused.status == 64)
            #expect(refused.errors.contains("is a plan as of 2099-01-10T00:00:00Z"))
        }
    }
}

extension Plan.Transition {
    fileprivate var words: String { "\(field): \(from) → \(to) \(contacts)" }
}
