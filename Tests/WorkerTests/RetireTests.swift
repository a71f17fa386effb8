import Contacts
import Foundation
import Sandbox
import Testing

/// What rules leave behind that are gone, and the way back.
@Suite struct RetireTests {
    private static let rules = """
        version: 1
        rules:
          - { id: staff, mode: enforce, when: { email.domain: acme.com }, set: { portal_role: admin, custom_fields.department: staff } }
          - { id: guests, mode: enforce, when: { email.domain: globex.com }, set: { portal_role: { at_least: member } } }
        """
    private static let without = """
        version: 1
        rules:
          - { id: guests, mode: enforce, when: { email.domain: globex.com }, set: { portal_role: { at_least: member } } }

        """

    @Test func whatARuleLeftBehindIsListedAndGivenBackOnceThatIsWrittenDown() async throws {
        let people = [person("ana@acme.com"), person("bob@globex.com", role: "no_access")]
        try await withWorld(rules: Self.rules, contacts: people) { world in
            try await world.runOnce()
            #expect(try await world.usher("rules", "orphans").output == "no leftover values\n")
            try world.write(rules: Self.without)
            try await world.runOnce()
            #expect(Self.role(of: people[0], in: world) == "admin")
            let orphans = try await world.usher("rules", "orphans")
            #expect(orphans.status == 0)
            for word in ["staff", "gone", "portal_role", "custom_fields.department", people[0].id] {
                #expect(orphans.output.contains(word), "\(word) in \(orphans.output)")
            }
            #expect(!orphans.output.contains("guests"))

            let retired = try await world.usher(
                "rules", "retire", "staff", "--reason", #"they say "no", IT-12"#)
            #expect(retired.output.contains("admin → member"), "\(retired.errors)")
            #expect(
                retired.output.hasPrefix("changes compared with the rules in \(world.rulesFolder)"))
            let entry = try #require(
                retired.output.range(of: "version: 1").map { retired.output[$0.lowerBound...] })
            try String(entry).write(
                toFile: world.rulesFolder + "/retired.yaml", atomically: true, encoding: .utf8)
            try await world.runOnce()
            #expect(Self.role(of: people[0], in: world) == "member")
            #expect(try await world.usher("rules", "orphans").output == "no leftover values\n")
        }
    }

    @Test(arguments: ["guests", "nobody"])
    func aRuleThatLeftNothingBehindIsNotRetired(id: String) async throws {
        try await withWorld(rules: Self.rules, contacts: [person("bob@globex.com")]) { world in
            try await world.runOnce()
            let ended = try await world.usher("rules", "retire", id, "--reason", "x")
            #expect(ended.status == 64 && ended.errors.contains(id))
        }
    }

    private static func role(of contact: SandboxContact, in world: World) -> String? {
        world.sandbox.contacts.first { $0.id == contact.id }?.portalRole
    }
}
