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
        + "\u{85}\u{2028}\u{2029}\u{FEFF}\u{7F}\u{2800}\u{A0}\u{2003}\u{3000}\u{16FE4}\r\nFORGED line"

    /// A letter with so many marks that they would cover the lines above and below.
    private static let stack = "e" + String(repeating: "\u{301}", count: 900)

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
            let isBlank = scalar.properties.isWhitespace && scalar != " "
            return
                (isHidden || isBlank || scalar.properties.isDefaultIgnorableCodePoint
                || ["\u{2800}", "\u{16FE4}"].contains(scalar)) && scalar != "\n"
        }
        #expect(
            unseen.isEmpty, "\(what): \(unseen.map { String($0.value, radix: 16) })",
            sourceLocation: sourceLocation)
        let stacks = text.matches(of: /\p{M}{5}/.matchingSemantics(.unicodeScalar))
        #expect(stacks.isEmpty, "\(what): a stack of marks", sourceLocation: sourceLocation)
        let isForged = text.split(separator: "\n").contains { $0.hasPrefix("FORGED") }
        #expect(!isForged, "\(what): \(text)", sourceLocation: sourceLocation)
    }

    private static func hostilePeople() -> [SandboxContact] {
        var ana = SandboxContact(id: "ana-1", name: hostile + stack)
        (ana.email, ana.emails) = ("ana@acme.com", ["ana@acme.com", hostile])
        ana.accountID = "account-" + hostileWord
        ana.customFields = ["tier": .single("gold"), hostile: .single(hostile)]
        ana.externalIDs = [.init(externalID: hostile, label: hostile)]
        ana.portalRole = "no_access"
        var bob = person("bob@globex.com", name: stack + hostile)
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
                ["status"], ["approvals"], ["approvals", "\(hold)"], ["holds"],
                ["holds", "\(hold)"], ["access"], ["drift"], ["plan"],
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
                ["approve", "\(hold)", "--dry-run"], ["reject", "kept", "--dry-run"],
                ["reject", "kept", "--reason", Self.hostile],
                ["approve", "kept", "--reason", Self.hostile],
                ["release", "ana@acme.com", "--reason", Self.hostile],
                ["status"], ["approvals"], ["approvals", Self.hostile],
                ["approve", Self.hostile, "--reason", "x"], ["why", "ana@acme.com"],
                ["no" + Self.hostile],
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

    /// Wherever a rule file says something that its readers are told of.
    private static let hostileFiles = [
        "version: 1\n\"k\\nFORGED key\": 1\nrules: []\n",
        """
        version: 1
        "rules\\nFORGED key": []
        fields: { tier: { type: text, values: ["a\\nFORGED value", b] } }
        lists: { "l\\nFORGED list": [a] }
        retired: [ { rule: "r\\nFORGED rule", fields: ["f\\nFORGED field"], reason: x } ]
        exceptions: [ { id: e, rules: ["r\\nFORGED rule"], contact: "bob\\nFORGED line", until: 2036-12-10, reason: x } ]
        rules:
          - id: "i\\nFORGED id"
            when: { "email.domain\\nFORGED field": a, name: { "is\\nFORGED operator": b } }
            set: { "portal_role\\nFORGED field": "a\\nFORGED value" }
          - { id: t, when: { custom_fields.tier: "x\\nFORGED value" }, set: { portal_role: "admn\\nFORGED role" } }
          - { id: l, when: { email.domain: { in_list: "no\\nFORGED list" } }, set: { name: "${x\\nFORGED template}" } }
        tests:
          - { name: "n\\nFORGED name", given: { email: "a\\nFORGED@acme.com", "k\\nFORGED key": 1 }, expect: { matched: ["m\\nFORGED rule"] } }
        """,
        // These rules are valid.
        """
        version: 1
        rules:
          - { id: r1, mode: enforce, when: { any: [ { name: "Ana\\nFORGED line" }, { email.domain: acme.com } ] }, set: { custom_fields.nick: "a\\nFORGED value" } }
        exceptions:
          - { id: ex, rules: [r1], contact: "bob\\nFORGED line", until: 2036-12-10, reason: "why\\nFORGED reason" }
          - { id: ey, rules: [r1], contact: "bob@acme.com", until: 2036-12-10, reason: "why\\nFORGED reason" }
        tests:
          - { name: "n\\nFORGED name", given: { email: bob@acme.com, name: "x\\nFORGED name" }, expect: { set: { custom_fields.nick: "b\\nFORGED value" } } }
        """,
    ]

    @Test(arguments: hostileFiles.indices, ["a.yaml", "a\nFORGED name\n.yaml"])
    func aRuleFileBeginsNoLineOfItsOwn(file: Int, name: String) async throws {
        try await withWorld(rules: acmeAreAdmins, contacts: [person("bob@acme.com")]) { world in
            try await world.runOnce()
            let folder = world.rulesFolder + "/hostile"
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true)
            try Data(Self.hostileFiles[file].utf8).write(to: URL(filePath: folder + "/" + name))
            let files = try FileManager.default.contentsOfDirectory(atPath: folder)
            #expect(files == [name])
            for command in [
                ["rules", "check", folder], ["rules", "test", folder],
                ["rules", "test", folder, "--coverage"], ["rules", "test", folder, "--mutate"],
                ["rules", "explain", folder, "--email", "bob@acme.com"],
                ["rules", "explain", folder, "--email", "bob@acme.com", "--rule", "r1"],
                ["plan", "--rules", folder], ["rules", "orphans", folder], ["run", "--once"],
            ] {
                let ended = try await world.usher(command, settings: ["USHER_RULES": folder])
                let text = ended.output + ended.errors
                Self.expectHarmless(text, of: "\(command)")
                if file < 2 { #expect(text.contains(#"\nFORGED"#), "\(command): \(text)") }
            }
        }
    }

    @Test func aRowOfTheDatabaseBeginsNoLineOfItsOwn() async throws {
        try await withWorld(rules: acmeAreAdmins, contacts: [person("bob@acme.com")]) { world in
            try await world.runOnce()
            try await world.asOwner { db in
                try db.run(
                    script: """
                        INSERT INTO usher.rule_hold (
                            workspace, rule_id, reason, rule_hash, detail, placed_seq, placed_at,
                            rejected_at)
                        SELECT 'default', E'r' || n || E'\\nFORGED rule', reason, 'hash',
                            E'd\\nFORGED detail', n, now(),
                            CASE reason WHEN 'rejected' THEN now() END
                        FROM unnest(ARRAY['limit', 'rejected']) WITH ORDINALITY r (reason, n);
                        """)
            }
            for command in [["status"], ["approvals"], ["access"], ["drift"], ["plan"]] {
                let ended = try await world.usher(command)
                Self.expectHarmless(ended.output + ended.errors, of: "\(command)")
                if command == ["status"] { #expect(ended.output.contains(#"\nFORGED rule""#)) }
            }
        }
    }

    /// Within a line, quotes show where foreign text begins and ends.
    @Test func foreignTextIsNoPartOfASentence() async throws {
        let role = "admin since 2020-01-01T00:00:00Z, before Usher (#1)"
        var eve = person("eve@globex.com")
        eve.externalIDs = [.init(externalID: "7, by rule x", label: "crm (trusted)")]
        eve.customFields["tier is \"gold\", by rule"] = .single("x")
        try await withWorld(rules: acmeAreAdmins, contacts: [eve]) { world in
            try await world.runOnce()
            // As the API may give it; the sandbox knows its own roles only.
            try await world.asOwner { db in
                try db.run(
                    script: """
                        UPDATE usher.event
                        SET body = replace(body::text, '"member"', '"\(role)"')::jsonb;
                        """)
            }
            let access = try await world.usher("access").output
            #expect(access.contains("    \"\(role)\" (5b0c7a52-"), "\(access)")
            let why = try await world.usher("why", "eve@globex.com").output
            #expect(
                why.contains(#""custom_fields.tier is \"gold\", by rule": "x""#)
                    && why.contains(#""external_ids.crm (trusted)": "7, by rule x""#), "\(why)")
        }
    }

    private static func text(_ path: String) throws -> String {
        try String(contentsOfFile: path, encoding: .utf8)
    }
}
