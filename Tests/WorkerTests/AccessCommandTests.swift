import Foundation
import Postgres
import Sandbox
import Store
import Testing
import Worker

/// `usher access` and `usher drift` as admins and auditors call them.
@Suite struct AccessCommandTests {
    private static let rules = """
        version: 1
        fields: { tier: { type: text } }
        rules:
          - { id: gold, mode: enforce, when: { email.domain: acme.com, custom_fields.tier: gold }, set: { portal_role: admin } }
        """

    private struct Entry: Decodable {
        let email: String?
        let accountID: String?
        let externalIDs: [String: String]?
        let role: String?
        let origin: String?
        let rule: String?
        let found: String?

        enum CodingKeys: String, CodingKey {
            case email, role, origin
            case rule = "rule_id"
            case found = "current_value"
            case accountID = "account_id"
            case externalIDs = "account_external_ids"
        }
    }

    /// What `usher access` prints as JSON.
    private func access(_ arguments: [String], in world: World) async throws -> [Entry] {
        try entries(
            try await CommandProcess(
                ["access", "--format", "json"] + arguments, environment: world.settings(),
                in: world.rulesFolder
            ).end())
    }

    private func entries(_ ended: CommandProcess.Ended) throws -> [Entry] {
        #expect(ended.status == 0, "\(ended.errors)")
        return try JSONDecoder().decode([Entry].self, from: Data(ended.output.utf8))
    }

    @Test func itTellsWhoHasWhatAndWhy() async throws {
        let people = [person("ana@acme.com", tier: "gold"), person("bob@acme.com", role: "admin")]
        try await withWorld(rules: Self.rules, contacts: people) { world in
            try await world.runOnce()
            let text = try await world.usher("access", "--role", "admin")
            #expect(text.status == 0 && text.output.hasSuffix("2 contacts\n"), "\(text.errors)")
            #expect(text.output.contains("by gold (action "), "\(text.output)")
            #expect(
                text.output.contains(
                    #"gold saw custom_fields.tier "gold", email.domain "acme.com""#))
            #expect(text.output.contains("before Usher (#"), "\(text.output)")
            let roleID = SandboxOrganisation.standardRoles.first { $0.slug == "admin" }?.id ?? ""
            for role in ["admin", roleID] {
                let admins = try await access(["--role", role], in: world)
                #expect(
                    Set(admins.map { $0.email })
                        == ["ana@acme.com", "bob@acme.com"])
                #expect(
                    Set(admins.map { $0.origin }) == ["usher", "before_usher"])
            }
            #expect(try await access(["--role", "owner"], in: world).isEmpty)
        }
    }

    @Test func anAccountIsNamedByItsIDOrAnExternalID() async throws {
        try await withWorld(rules: Self.rules, generated: 30) { world in
            try await world.runOnce()
            let all = try await access([], in: world)
            let one = all.first { $0.externalIDs?.isEmpty == false }
            let members = all.filter { $0.accountID == one?.accountID }
            let names = [one?.accountID, one?.externalIDs?.values.first].compactMap(\.self)
            #expect(names.count == 2 && members.count < all.count)
            for name in names {
                let found = try await access(["--account", name], in: world)
                #expect(found.map(\.email) == members.map(\.email), "\(name)")
            }
        }
    }

    @Test func itTellsHowItStoodThen() async throws {
        try await withWorld(rules: Self.rules, contacts: [person("ana@acme.com")]) { world in
            try await world.runOnce()
            let then = try await world.now.addingTimeInterval(0.001)
                .formatted(.init(includingFractionalSeconds: true) as Date.ISO8601FormatStyle)
            try await Task.sleep(for: .milliseconds(3))
            for contact in world.sandbox.contacts {
                _ = world.sandbox.editContact(id: contact.id) { $0.portalRole = "no_access" }
            }
            world.sandbox.addContact(person("bob@acme.com"))
            try await world.runOnce()
            #expect(try await access([], in: world).count == 2)
            let past = try await access(["--as-of", then], in: world)
            #expect(past.map { $0.role } == ["member"])
            #expect(try await access(["--as-of", "2020-01-01"], in: world).isEmpty)
        }
    }

    /// Source of the cells: OWASP, "CSV Injection".
    @Test(arguments: [
        "=HYPERLINK(\"http://evil.example\")", "+1+cmd|' /C calc'!A0", "-2+3", "@SUM(1+1)",
        "\t=1+1", "\r=1+1", "＝1+1",
    ])
    func aSpreadsheetRunsNothing(address: String) async throws {
        try await withWorld(rules: Self.rules, contacts: [person(address)]) { world in
            try await world.runOnce()
            let csv = try await world.usher("access", "--format", "csv")
            #expect(csv.status == 0, "\(csv.errors)")
            let lines = csv.output.split(separator: "\n")
            #expect(lines.count == 2 && lines[0].hasPrefix("contact_id,email,account_id,"))
            let cell = lines[1].drop { $0 != "," }.dropFirst()
            #expect(cell.hasPrefix("'") || cell.hasPrefix("\"'"), "\(csv.output)")
        }
    }

    @Test func nothingReachesATerminalThatWouldObeyIt() async throws {
        let hostile = "\u{1B}[2Jana\u{202E}@acme.com"
        try await withWorld(rules: Self.rules, contacts: [person(hostile)]) { world in
            try await world.runOnce()
            for format in ["text", "csv"] {
                let ended = try await world.usher("access", "--format", format)
                #expect(ended.status == 0 && ended.output.contains("\\u{1B}[2jana\\u{202E}@acme"))
                #expect(!ended.output.contains("\u{1B}") && !ended.output.contains("\u{202E}"))
            }
        }
    }

    @Test func driftIsListed() async throws {
        let people = [person("ana@acme.com"), person("bob@acme.com")]
        try await withWorld(rules: Self.rules, contacts: people) { world in
            try await world.runOnce()
            let none = try await world.usher("drift")
            #expect(none.status == 0 && none.output == "nothing has drifted\n", "\(none.errors)")
            let id = people[0].id
            try await world.asOwner { db in
                try db.execute(
                    """
                    UPDATE usher.contact
                    SET drifts = '{"portal_role": {"gold": {"field": "portal_role", "value": "admin",
                                                            "found": "member", "seq": 7,
                                                            "since": "2026-11-01T08:00:00.000Z"}},
                                   "name": {"called": {"field": "name", "value": "Ana",
                                                       "found": null, "seq": 8,
                                                       "since": "2026-11-02T08:00:00.000Z"}}}'
                    WHERE contact_id = \(id)
                    """)
            }
            let text = try await world.usher("drift")
            #expect(
                text.output == """
                    \(id)  "ana@acme.com"  name: called wants "Ana", found nothing since 2026-11-02T08:00:00Z
                    \(id)  "ana@acme.com"  portal_role: gold wants "admin", found "member" since 2026-11-01T08:00:00Z
                    2 values

                    """, "\(text.errors)")
            let json = try entries(try await world.usher("drift", "--format", "json"))
            #expect(json.map { $0.rule } == ["called", "gold"])
            #expect(json[1].found == "member")
        }
    }

    @Test(arguments: ["access", "drift"])
    func anAuditorsLoginIsEnough(command: String) async throws {
        try await withWorld(rules: Self.rules, contacts: [person("ana@acme.com")]) { world in
            try await world.runOnce()
            let ended = try await world.usher(
                command, "--format", "json",
                settings: [
                    "DATABASE_URL":
                        world.connectionString + " options='-c role=usher_auditor'"
                ])
            #expect(try entries(ended).count == (command == "access" ? 1 : 0))
        }
    }
}
