import Foundation
import Postgres
import Sandbox
import Store
import Testing
import Worker

/// What `usher status` says of contacts.
@Suite struct StatusTests {
    @Test func contactsThatBoundsLeaveAloneAreCountedByTheLatestDecisions() async throws {
        let rules = """
            version: 1
            rules:
              - { id: cap, mode: enforce, when: { email.domain: [acme.com, globex.com] }, set: { portal_role: { at_most: member } } }
              - { id: floor, mode: enforce, when: { email.domain: globex.com }, set: { portal_role: { at_least: member } } }
            """
        let people = [
            person("ana@acme.com", role: "support-lead"), person("bob@acme.com"),
            person("cem@globex.com", role: "billing-viewer"),
            person("dee@acme.com", role: "support-lead"),
        ]
        try await withWorld(rules: rules, contacts: people) { world in
            func unordered() async throws -> [String] {
                let status = try await world.usher("status", "--format", "json")
                let workspaces = try #require(
                    try JSONSerialization.jsonObject(with: Data(status.output.utf8))
                        as? [[String: Any]])
                let unordered = try #require(workspaces[0]["unordered"] as? [String: Any])
                let rules = try #require(unordered["rules"] as? [[String: Any]])
                return ["\(unordered["contacts"]!)"]
                    + rules.map { "\($0["rule"]!) \($0["contacts"]!)" }
            }
            try await world.runOnce()
            #expect(try await unordered() == ["3", "cap 3", "floor 1"])
            let printed = try await world.usher("status").output
            #expect(
                printed.contains(
                    "unordered 3 contacts with a custom role, on which these rules have no effect: "
                        + "cap, floor"), "\(printed)")
            // A role with an order is decided on again, and a deleted contact does not count.
            world.sandbox.editContact(id: people[0].id) { $0.portalRole = "member" }
            world.sandbox.deleteContact(id: people[3].id)
            try await world.runOnce()
            #expect(try await unordered() == ["1", "cap 1", "floor 1"])
            try world.write(rules: noRules)
            try await world.runOnce()
            #expect(try await unordered() == ["0"])
            #expect(try await !world.usher("status").output.contains("unordered"))
        }
    }

    private static let acme = """
        version: 1
        limits: { per_hour: 3, percent_of_contacts: 100 }
        rules:
          - { id: acme, mode: enforce, when: { email.domain: acme.com }, set: { portal_role: admin } }
        """

    private static func status(_ world: World) async throws -> [String: Any] {
        let status = try await world.usher("status", "--format", "json")
        let workspaces = try JSONSerialization.jsonObject(with: Data(status.output.utf8))
        return try #require((workspaces as? [[String: Any]])?.first)
    }

    @Test func aRejectedRuleIsShownUntilItChanges() async throws {
        let people = (0..<4).map { person("p\($0)@acme.com") }
        try await withWorld(rules: Self.acme, contacts: people) { world in
            try await world.runOnce()
            #expect(try await Self.status(world)["held"] as? Int == 4)
            let asked = try await world.usher("approvals").output
            for words in [
                "rule acme: would change too many contacts (per_hour: 3, of the workspace), 4 contacts",
                ", expires ",
            ] { #expect(asked.contains(words), "\(asked)") }
            _ = try await world.usher("reject", "acme", "--reason", "they are\nno customers")
            let rejected = try #require(
                try await Self.status(world)["rejected"] as? [[String: String]])
            #expect(rejected.map { $0["rule"] } == ["acme"])
            #expect(rejected.map { $0["why"] } == ["they are\nno customers"])
            #expect(rejected.allSatisfy { $0["who"] != nil && $0["since"] != nil })
            let printed = try await world.usher("status").output
            #expect(printed.contains("  rejected  rule acme, "), "\(printed)")
            #expect(printed.contains("they are\\nno customers\"; until it changes or is approved"))
            let decided = try await world.usher("approvals").output
            #expect(decided.contains(", until the rule changes or is approved"), "\(decided)")
            try world.write(rules: Self.acme.replacing("per_hour: 3", with: "per_hour: 9"))
            try await world.runOnce()
            #expect(try await world.usher("status").output.contains("  rejected  "))
            try world.write(
                rules: Self.acme.replacing("email.domain: acme.com", with: "email.domain: b.com"))
            try await world.runOnce()
            #expect(try await Self.status(world)["rejected"] as? [[String: String]] == [])
        }
    }

    @Test func aRuleThatWasNeverHeldIsRejectedInWords() async throws {
        try await withWorld(rules: Self.acme, contacts: []) { world in
            try await world.runOnce()
            _ = try await world.usher("reject", "acme", "--reason", "too early")
            let holds = try await world.usher("approvals").output
            #expect(holds.contains("rule acme: was rejected (rejected by an operator)"), "\(holds)")
        }
    }

    @Test func whatWouldLowerTooManyIsSaidInWords() async throws {
        let rules = """
            version: 1
            limits: { percent_of_contacts: 100, lowering: { per_hour: 1, percent_of_contacts: 100 } }
            rules:
              - { id: leavers, mode: enforce, when: { email.domain: acme.com }, set: { portal_role: { at_most: no_access } } }
            """
        let people = (0..<2).map { person("p\($0)@acme.com") }
        try await withWorld(rules: rules, contacts: people) { world in
            try await world.runOnce()
            let holds = try await world.usher("approvals").output
            #expect(
                holds.contains("rule leavers: would take access from too many contacts"), "\(holds)"
            )
        }
    }

    @Test func changesThatExpiredAreCounted() async throws {
        let people = (0..<4).map { person("p\($0)@acme.com") }
        try await withWorld(rules: Self.acme, contacts: people) { world in
            try await world.runOnce()
            #expect(try await Self.status(world)["declined"] as? Int == 0)
            try await world.asOwner {
                try $0.run(
                    script: "UPDATE usher.rule_hold SET placed_at = placed_at - interval '8 days'")
            }
            _ = try await world.worker().store.expireHolds()
            let status = try await Self.status(world)
            #expect(status["declined"] as? Int == 4 && status["held"] as? Int == 0)
            let printed = try await world.usher("status").output
            #expect(
                printed.contains(
                    "  declined  changes of 4 contacts, rejected or expired"),
                "\(printed)")
        }
    }

    @Test func valuesThatPeopleChangedAreCounted() async throws {
        let rules = Self.acme.replacing("admin }", with: "admin, custom_fields.department: staff }")
        let people = (0..<2).map { person("p\($0)@acme.com") }
        try await withWorld(rules: rules, contacts: people) { world in
            try await world.runOnce()
            #expect(try await Self.status(world)["drifted"] as? Int == 0)
            world.sandbox.editContact(id: people[0].id) {
                $0.portalRole = "member"
                $0.customFields["department"] = .single("guests")
            }
            world.sandbox.editContact(id: people[1].id) { $0.portalRole = "member" }
            try await world.runOnce()
            let drifted = try await Self.status(world)["drifted"] as? Int
            #expect(drifted == 3)
        }
    }
}
