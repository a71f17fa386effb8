import Foundation
import Postgres
import Sandbox
import Testing

/// Contacts are written by strangers: nothing of them is obeyed by a terminal, hidden from whoever
/// reads, or taken for a line of Usher's own.
@Suite struct HostileOutputTests {
    /// Of each kind: an escape sequence, C1, what turns the direction, line ends, what has no width.
    private static let hostile =
        "\u{1B}[8m\u{9B}2J\u{1B}]0;title\u{07}\u{202E}\u{2066}\u{200B}\u{200D}\u{AD}\u{E0041}\u{FE0F}"
        + "\u{85}\u{2028}\u{2029}\u{FEFF}\u{7F}\r\nFORGED line"

    /// The same for where line ends cannot be.
    private static let hostileWord = "\u{9B}2J\u{202E}\u{200B}\u{E0041}\u{85}\u{2028}x"

    private static let rules = """
        version: 1
        rules:
          - { id: one, mode: enforce, when: { email.domain: acme.com }, set: { custom_fields.nick: "\\u009B\\u202E\\nFORGED" } }
          - { id: two, mode: enforce, when: { email.domain: acme.com }, set: { custom_fields.nick: "not \\u202E\\nFORGED" } }
          - { id: kept, mode: enforce, approval: required, when: { email.domain: acme.com }, set: { custom_fields.kept: "\\u009B\\u202E\\nFORGED" } }
          - { id: sent, mode: enforce, when: { email.domain: acme.com }, set: { custom_fields.department: "\\u009B\\u202E\\nFORGED", portal_role: { at_least: member } } }
          - { id: chaser, mode: enforce, when: { email.domain: globex.com, custom_fields.a: { absent: true } }, set: { custom_fields.a: "\\u009B\\u202E\\nFORGED" } }
          - { id: chased, mode: enforce, when: { email.domain: globex.com, custom_fields.a: { present: true } }, set: { custom_fields.a: { clear: true } } }
        tests:
          - { name: none, given: { email: b@acme.com, name: "a\\u202e\\nFORGED" }, expect: { set: {} } }
        """

    private static func expectHarmless(
        _ text: String, of what: String, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let unseen = text.unicodeScalars.filter { scalar in
            let category = scalar.properties.generalCategory
            let isHidden = [
                .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned,
            ].contains(category)
            return (isHidden || scalar.properties.isDefaultIgnorableCodePoint) && scalar != "\n"
        }
        #expect(
            unseen.isEmpty, "\(what): \(unseen.map { String($0.value, radix: 16) })",
            sourceLocation: sourceLocation)
        let isForged = text.split(separator: "\n").contains { $0.hasPrefix("FORGED") }
        #expect(!isForged, "\(what): \(text)", sourceLocation: sourceLocation)
    }

    private static func hostilePeople() -> [SandboxContact] {
        var ana = SandboxContact(id: "ana-1", name: hostile)
        (ana.email, ana.emails) = ("ana@acme.com", ["ana@acme.com", hostile])
        ana.accountID = "account-" + hostileWord
        ana.customFields = ["tier": .single("gold"), hostile: .single(hostile)]
        ana.externalIDs = [.init(externalID: hostile, label: hostile)]
        ana.portalRole = "no_access"
        var bob = person("bob@globex.com", name: hostile)
        bob.accountID = "account-" + hostileWord
        var eve = person(hostile, name: hostile)
        eve.avatarURL = hostile
        // Nothing is sent to whom the sandbox does not find by such an id.
        var odd = SandboxContact(id: "odd-" + hostileWord, name: hostile)
        (odd.email, odd.emails) = ("odd@initech.com", ["odd@initech.com"])
        return [ana, bob, eve, odd]
    }

    @Test func noCommandPrintsWhatATerminalWouldObey() async throws {
        try await withWorld(rules: Self.rules, contacts: Self.hostilePeople()) { world in
            let body = world.rulesFolder + "/alerts"
            let settings = ["USHER_ALERT": "cat >> \(body)"]
            for (format, tier) in [("text", "gold"), ("json", "silver")] {
                let run = try await world.usher(
                    "run", "--once",
                    settings: settings.merging(["LOG_FORMAT": format, "LOG_LEVEL": "trace"]) { $1 })
                #expect(run.status == 0, "\(run.errors.suffix(2000))")
                Self.expectHarmless(run.output + run.errors, of: "run as \(format)")
                // Drift, a change of somebody else's, and a revert.
                for contact in world.sandbox.contacts where contact.email == "ana@acme.com" {
                    _ = world.sandbox.editContact(id: contact.id) {
                        $0.customFields["department"] = .single(Self.hostile + format)
                        $0.customFields["tier"] = .single(tier)
                        $0.customFields[Self.hostile] = .single("else")
                    }
                }
            }
            _ = try await world.usher("run", "--once", settings: settings)
            #expect(try Self.text(body).contains("\"message\""))
            Self.expectHarmless(try Self.text(body), of: "an alert's body")
            let why = try await world.usher("why", "ana@acme.com").output
            let list = try await world.usher("holds", "--format", "json")
            let holds = try #require(
                try JSONSerialization.jsonObject(with: Data(list.output.utf8)) as? [[String: Any]])
            let hold = try #require(holds.compactMap { $0["hold"] as? Int }.first, "\(why)")
            for command in [
                ["status"], ["holds"], ["holds", "\(hold)"], ["access"], ["drift"], ["plan"],
                ["why", "ana@acme.com"], ["why", "bob@globex.com"], ["why", Self.hostile],
                ["why", "odd@initech.com"],
                ["why", "ana@acme.com", "--rule", "sent"],
                ["why", "ana@acme.com", "--rule", "one"],
                ["why", "bob@globex.com", "--rule", "chaser"], ["plan", "--rows"],
                ["rules", "explain", "--contact", "ana@acme.com"],
                ["rules", "explain", "--contact", "bob@globex.com"],
                ["rules", "explain", "--contact", "ana@acme.com", "--rule", "kept"],
                ["rules", "explain", "--email", Self.hostile], ["rules", "check"],
                ["rules", "test"], ["rules", "replay"], ["rules", "orphans"],
                ["release", Self.hostile, "--reason", Self.hostile],
                ["reject", "kept", "--reason", Self.hostile],
                ["approve", "kept", "--reason", Self.hostile],
                ["release", "ana@acme.com", "--reason", Self.hostile],
                ["status"], ["holds"], ["why", "ana@acme.com"], ["no" + Self.hostile],
            ] {
                for format in command == ["access"] ? ["text", "json", "csv"] : ["text", "json"] {
                    let ended = try await world.usher(command + ["--format", format])
                    Self.expectHarmless(
                        ended.output + ended.errors, of: "\(command.prefix(2)) as \(format)")
                }
            }
            let plan = world.rulesFolder + "/plan.json"
            _ = try await world.usher("plan", "-o", plan)
            Self.expectHarmless(try Self.text(plan), of: "a plan's file")
            // Each kind was there to be seen.
            for kind in ["drift.found", "decision.made", "patch.applied", "conflict"] {
                #expect(why.contains(kind), "\(kind)")
            }
            #expect(why.contains(#"\u{202E}"#) && why.contains(#"\nFORGED"#))
            let after = try await world.usher("why", "ana@acme.com").output
            #expect(after.contains("operator.acted"))
        }
    }

    @Test func aRuleFileWithAHostileNameIsNamedHarmlessly() async throws {
        try await withWorld(rules: acmeAreAdmins, contacts: []) { world in
            try await world.runOnce()
            let name = "a\u{1B}[8m\u{202E}.yaml"
            try Data("version: 2\n".utf8).write(to: URL(filePath: "\(world.rulesFolder)/\(name)"))
            for command in [
                ["rules", "check"], ["plan", "--rules", world.rulesFolder], ["run", "--once"],
            ] {
                for format in ["text", "json"] {
                    let ended = try await world.usher(
                        command + ["--format", format],
                        settings: ["USHER_RULES": world.rulesFolder])
                    #expect((ended.output + ended.errors).contains("202E"))
                    Self.expectHarmless(ended.output + ended.errors, of: "\(command) as \(format)")
                }
            }
        }
    }

    private static func text(_ path: String) throws -> String {
        try String(contentsOfFile: path, encoding: .utf8)
    }
}
