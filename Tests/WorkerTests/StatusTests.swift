import Foundation
import Sandbox
import Testing

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
                    "unordered 3 contacts left alone by bounds, since a custom role has no order: "
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
}
