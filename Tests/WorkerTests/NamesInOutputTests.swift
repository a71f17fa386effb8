import Contacts
import Foundation
import Sandbox
import Testing

/// People recognise accounts and contacts by more than an id.
@Suite struct NamesInOutputTests {
    private static let rules = """
        version: 1
        fields: { tier: { type: text } }
        rules:
          - { id: staff, mode: enforce, approval: required, when: { custom_fields.tier: gold }, set: { portal_role: { at_least: member } } }
          - { id: former, mode: enforce, on_unmatch: revert, when: { custom_fields.tier: left }, set: { portal_role: no_access } }
        """

    /// Lends a test contacts of the organisation's first account, most of them with free mail.
    private static func withAccount(
        _ body: @Sendable (World, SandboxOrganisation.Account) async throws -> Void
    ) async throws {
        let people = [
            "ana@acme.com", "bob@acme.com", "cy@gmail.com", "di@gmail.com", "ed@gmail.com",
        ]
        .map { person($0, role: "no_access", tier: "gold") }
        try await withWorld(rules: noRules, contacts: people) { world in
            let account = try #require(world.sandbox.organisation.accounts.first)
            for contact in people {
                _ = world.sandbox.editContact(id: contact.id) { $0.accountID = account.id }
            }
            try await world.runOnce()
            try world.write(rules: rules)
            try await body(world, account)
        }
    }

    private static func hint(_ account: SandboxOrganisation.Account) throws -> String {
        let id = try #require(account.externalIDs.first)
        return "\(id.label) \(id.externalID)"
    }

    @Test func aPlanNamesAnAccountByTheDomainOfItsOwnThatMostContactsHave() async throws {
        try await Self.withAccount { world, account in
            let plan = try await world.usher("plan")
            #expect(plan.output.contains("\(account.id) (acme.com)"), "\(plan.output)")
            for contact in world.sandbox.contacts {
                #expect(plan.output.contains("\(contact.id)  \"\(contact.email ?? "")\"\n"))
            }
            let json = try await world.usher("plan", "--format", "json")
            let accounts = try #require(try json.summary["accounts"] as? [[String: Any]])
            #expect(accounts[0]["account"] as? String == account.id)
            #expect(accounts[0]["domain"] as? String == "acme.com")
            #expect(accounts[0]["external_ids"] is [String: Any])
        }
    }

    @Test func anAccountOfFreeMailIsNamedByItsExternalID() async throws {
        try await Self.withAccount { world, account in
            for contact in world.sandbox.contacts where contact.email?.hasSuffix("acme.com") == true
            {
                _ = world.sandbox.deleteContact(id: contact.id)
            }
            try world.write(rules: noRules)
            try await world.runOnce()
            try world.write(rules: Self.rules)
            let plan = try await world.usher("plan")
            #expect(plan.output.contains("\(account.id) (\(try Self.hint(account)))"))
        }
    }

    @Test func whatIsHeldNamesContactsByTheirAddressAndAccountsByTheirExternalID() async throws {
        try await Self.withAccount { world, account in
            try await world.runOnce()
            let holds = try await world.usher("approvals")
            let hold = try #require(holds.output.firstMatch(of: /[0-9]+/)?.output)
            let held = try await world.usher("approvals", String(hold))
            let ana = try #require(world.sandbox.contacts.first { $0.email == "ana@acme.com" })
            let hint = try Self.hint(account)
            #expect(
                held.output.contains(
                    "\(ana.id)  \"ana@acme.com\"  of \(account.id) (\(hint))  portal_role: "))
            let why = try await world.usher("why", ana.id)
            #expect(why.output.contains("account_id: \"\(account.id)\" (\(hint))\n"))
            let rule = try await world.usher("why", ana.id, "--rule", "staff")
            #expect(rule.output.hasPrefix("\(ana.id)  \"ana@acme.com\"\n"))
        }
    }

    @Test func aHoldOnOneContactAndAnOrphanNameItByItsAddress() async throws {
        try await withWorld(
            rules: Self.rules, contacts: [person("ana@acme.com", tier: "left")]
        ) { world in
            try await world.runOnce()
            let ana = try #require(world.sandbox.contacts.first)
            let title = "\(ana.id)  \"ana@acme.com\""
            try world.write(rules: noRules)
            let orphans = try await world.usher("rules", "orphans")
            #expect(orphans.output.contains(title), "\(orphans.output)")
            try world.write(rules: Self.rules)
            _ = world.sandbox.editContact(id: ana.id) { $0.customFields["tier"] = nil }
            try await world.runOnce()
            let holds = try await world.usher("approvals")
            #expect(holds.output.contains("contact \(title): "), "\(holds.output)")
        }
    }
}
