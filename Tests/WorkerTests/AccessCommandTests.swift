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

    private func entries(_ ended: CommandProcess.Ended) throws -> [[String: Any]] {
        #expect(ended.status == 0, "\(ended.errors)")
        let json = try JSONSerialization.jsonObject(with: Data(ended.output.utf8))
        return try #require(json as? [[String: Any]])
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
            let roleID = Organisation.standardRoles.first { $0.slug == "admin" }?.id ?? ""
            for role in ["admin", roleID] {
                let admins = try entries(
                    try await world.usher("access", "--role", role, "--format", "json"))
                #expect(
                    Set(admins.map { $0["email"] as? String })
                        == ["ana@acme.com", "bob@acme.com"])
                #expect(
                    Set(admins.map { $0["origin"] as? String }) == ["usher", "before_usher"])
            }
            let none = try await world.usher("access", "--role", "owner", "--format", "json")
            #expect(try entries(none).isEmpty)
        }
    }

    @Test func anAccountIsNamedByItsIDOrAnExternalID() async throws {
        try await withWorld(rules: Self.rules, generated: 30) { world in
            try await world.runOnce()
            let all = try await world.usher("access", "--format", "json")
            let account = try #require(try someAccount(in: all))
            for name in account.names {
                let found = try entries(
                    try await world.usher("access", "--account", name, "--format", "json")
                ).count
                #expect(found == account.members && found < account.all, "\(name)")
            }
        }
    }

    /// An account with an external id: its names, its contacts, and those of all accounts.
    private func someAccount(
        in result: CommandProcess.Ended
    ) throws -> (names: [String], members: Int, all: Int)? {
        let all = try entries(result)
        for entry in all {
            guard let ids = entry["account_external_ids"] as? [String: String], !ids.isEmpty,
                let account = entry["account_id"] as? String
            else { continue }
            let members = all.count { $0["account_id"] as? String == account }
            return ([account] + ids.values, members, all.count)
        }
        return nil
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
            let now = try entries(try await world.usher("access", "--format", "json"))
            #expect(now.count == 2)
            let past = try entries(
                try await world.usher("access", "--as-of", then, "--format", "json"))
            #expect(past.map { $0["role"] as? String } == ["member"])
            let before = try await world.usher(
                "access", "--as-of", "2020-01-01", "--format", "json")
            #expect(try entries(before).isEmpty)
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
            #expect(json.map { $0["rule"] as? String } == ["called", "gold"])
            #expect(json[1]["found"] as? String == "member")
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
