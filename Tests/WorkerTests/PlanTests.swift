import Contacts
import Foundation
import Planning
import Postgres
internal import Reconciler
import RuleLint
import RuleSources
import Rules
import Sandbox
import Store
import Testing
import Worker

/// What rules would do, said before they do it.
@Suite struct PlanTests {
    private static let rules = """
        version: 1
        fields: { tier: { type: text }, status: { type: text } }
        rules:
          - { id: staff, mode: enforce, when: { email.domain: acme.com }, set: { portal_role: admin } }
          - { id: leavers, priority: 900, mode: enforce, when: { email.domain: acme.com, custom_fields.status: left }, set: { portal_role: no_access } }
          - { id: marked, mode: enforce, when: { email.domain: acme.com }, set: { custom_fields.tier: gold } }
        """

    private static var people: [SandboxContact] {
        var leaver = person("eve@acme.com", role: "admin")
        leaver.customFields["status"] = .single("left")
        return [person("ana@acme.com"), person("bob@globex.com"), leaver]
    }

    @Test func whatLowersIsSaidFirstAndThenWhoseChangesTheyAre() async throws {
        try await withWorld(rules: noRules, contacts: Self.people) { world in
            let account = try #require(world.sandbox.organisation.accounts.first).id
            let leaver = try #require(world.sandbox.contacts.first { $0.email == "eve@acme.com" })
            _ = world.sandbox.editContact(id: leaver.id) { $0.accountID = account }
            try await world.runOnce()
            try world.write(rules: Self.rules)
            let plan = try await world.plan()
            #expect(
                plan.transitions.map { "\($0.field): \($0.from) → \($0.to) \($0.contacts)" } == [
                    "portal_role: admin → no_access 1", "portal_role: member → admin 1",
                    "custom_fields.tier: nothing → gold 2",
                ])
            #expect(plan.transitions.map(\.isLowering) == [true, false, false])
            #expect(plan.rules.map(\.rule) == ["marked", "leavers", "staff"])
            #expect(plan.rules.map(\.contacts) == [2, 1, 1])
            #expect(Set(plan.accounts.map(\.account.id)) == ["", account])
            #expect((plan.contacts, plan.changes, plan.changed) == (3, 4, 2))
            let printed = try await world.usher("plan")
            let lines = printed.output.split(separator: "\n").map(String.init)
            #expect(printed.status == 0, "\(printed.errors)")
            #expect(lines[2].contains("admin → no_access") && lines[2].contains("(!)"))
            #expect(lines.last?.contains("3 contacts, 4 changes of 2") == true)
            #expect(world.sandbox.requests(to: .update).requests.isEmpty)
        }
    }

    @Test func aPlanSaysHowLongItTakesAtTheLimits() async throws {
        let people = (0..<30).map { person("p\($0)@acme.com") }
        try await withWorld(rules: noRules, contacts: people) { world in
            try await world.runOnce()
            try world.write(rules: acmeAreAdmins)
            let printed = try await world.usher(
                "plan", settings: ["USHER_LIMITS": "update=2/60s"])
            #expect(printed.output.contains("about 15 minutes at 2 requests in 60 s"))
            let json = try await world.usher(
                "plan", "--format", "json", settings: ["USHER_LIMITS": "update=2/60s"])
            #expect(try json.summary["seconds"] as? Int == 900)
        }
    }

    @Test func onlySomeContactsAreShownAndTheFileHasThemAll() async throws {
        let people = (0..<Plan.shownContacts + 7).map { person("p\($0)@acme.com") }
        try await withWorld(rules: noRules, contacts: people) { world in
            try await world.runOnce()
            try world.write(rules: acmeAreAdmins)
            let path = world.rulesFolder + "/plan.json"
            let printed = try await world.usher("plan", "-o", path)
            #expect(printed.output.contains("… and 7 more changes; \(path) has them all"))
            let file = try PlanFile.read(path)
            #expect(Set(file.planned.map(\.contactID)) == Set(people.map(\.id)))
            let ruleset = try world.ruleset()
            let meaning = ruleset.hash(of: try #require(ruleset.rules.first))
            #expect(file.planned.allSatisfy { Array($0.rules.values) == [meaning] })
            #expect(file.rulesetHash == ruleset.hash)
            #expect(!FileManager.default.fileExists(atPath: path + ".unfinished"))
        }
    }

    @Test func whatALimitWouldHoldIsSaid() async throws {
        let rules = """
            version: 1
            fields: { tier: { type: text } }
            limits: { per_hour: 3, percent_of_contacts: 100 }
            rules:
              - { id: acme, mode: enforce, when: { email.domain: acme.com }, set: { custom_fields.tier: gold } }
              - { id: asked, mode: enforce, approval: required, when: { email.domain: globex.com }, set: { name: X } }
            """
        let people =
            (0..<4).map { person("p\($0)@acme.com") } + [person("bob@globex.com")]
        try await withWorld(rules: noRules, contacts: people) { world in
            try await world.runOnce()
            try world.write(rules: rules)
            let plan = try await world.plan()
            #expect(
                plan.rules.map { "\($0.rule) \($0.held ?? "-")" } == [
                    "acme per_hour: 3, of the workspace", "asked approval: required",
                ])
            #expect((plan.changed, plan.held) == (5, 5))
            try await world.runOnce()
            #expect(world.sandbox.requests(to: .update).requests.isEmpty)
            let held = try await world.worker().store.holds()
            #expect(
                Set(held.map { "\($0.rule ?? "") \($0.detail)" })
                    == Set(plan.rules.map { "\($0.rule) \($0.held ?? "")" }))
        }
    }

    @Test func whatWaitsForOneContactAloneCountsAgainstNoLimit() async throws {
        let people = [
            person("ana@acme.com", role: "no_access"), person("bob@acme.com", role: "no_access"),
        ]
        func rules(_ role: String) -> String {
            """
            version: 1
            rules:
              - { id: acme, mode: enforce, when: { email.domain: acme.com }, set: { portal_role: \(role) } }
            """
        }
        try await withWorld(rules: rules("member"), contacts: people) { world in
            try await world.runOnce()
            try await world.letADayPass()
            // As if it had been changed three times within the hour.
            try await world.asOwner {
                try $0.run(
                    script: """
                        UPDATE usher.contact SET grants = jsonb_set(
                            grants, '{portal_role,times}', times || times || times)
                        FROM (SELECT contact_id, grants #> '{portal_role,times}' AS times
                              FROM usher.contact) AS now
                        WHERE now.contact_id = contact.contact_id
                          AND contact.contact_id = '\(people[0].id)';
                        """)
            }
            try world.write(rules: rules("admin") + "\nlimits: { privileged: { per_hour: 1 } }")
            let plan = try await world.plan()
            #expect((plan.changed, plan.held, plan.holds.count) == (2, 1, 0))
            #expect(Set(plan.who.map { $0.held ?? "-" }) == ["own_changes", "-"])
            world.sandbox.forgetRequests()
            try await world.runOnce()
            #expect(
                world.sandbox.requests(to: .update).requests.map(\.contactID) == [people[1].id])
            #expect(
                try await world.worker().store.holds().map(\.reason) == ["own_changes"])
        }
    }

    @Test func besideTheRulesInForceOnlyTheDifferenceIsShown() async throws {
        try await withWorld(rules: Self.rules, contacts: Self.people) { world in
            try await world.runOnce()
            // Known, and not evaluated yet: the rules in force would change the first.
            let new = [person("kim@acme.com"), person("lee@globex.com")]
            for contact in new { world.sandbox.addContact(contact) }
            try await StepwiseWorker(world).see(new[0].id, new[1].id)
            let other = Self.rules.replacing(
                "acme.com }, set: { custom", with: "globex.com }, set: { custom")
            try world.write(rules: other)
            let plan = try await world.plan(
                comparedWith: try Ruleset(sources: [
                    RuleSource(path: "rules.yaml", text: Self.rules + "\nlimits: \(wideLimits)\n")
                ]))
            #expect(Set(plan.who.map(\.email)) == ["bob@globex.com", "lee@globex.com"])
            #expect(
                plan.dropped.map { "\($0.field) \($0.to) \($0.contacts)" } == [
                    "custom_fields.tier gold 1"
                ])
            let printed = try await world.usher(
                "plan", "--rules", world.rulesFolder + "/rules.yaml")
            #expect(printed.output.hasPrefix("changes compared with the active rules ("))
            #expect(printed.output.contains("2 changes of 2"), "\(printed.output)")
            let same = try await world.plan(comparedWith: try world.ruleset())
            #expect((same.changes, same.transitions.count, same.rules.count) == (0, 0, 0))
        }
    }

    @Test func namesThatNobodyHasAndPeopleThatAreSparedAreWarnedOf() async throws {
        let rules = """
            version: 1
            rules:
              - { id: gold, mode: enforce, when: { custom_fields.teir: gold }, set: { name: X } }
              - { id: jo, mode: enforce, when: { id: nobody }, set: { name: X } }
              - { id: crm, mode: enforce, when: { account_id: account-9 }, set: { name: X } }
              - { id: outsiders, mode: enforce, when: { all: [ { custom_fields.tier: gold }, { email.domain: { not_in: [acme.com] } } ] }, set: { portal_role: no_access } }
            fields: { tier: { type: text } }
            """
        let people = [
            person("ana@acme.com", tier: "gold"), person("ana@acme.com@evil.io", tier: "gold"),
            person("\"ana\"@acme.com", tier: "gold"), person("eve@acme.com@evil.io"),
        ]
        try await withWorld(rules: noRules, contacts: people) { world in
            try await world.runOnce()
            try world.write(rules: rules)
            let warnings = try await world.plan().warnings.map(\.text)
            #expect(
                warnings == [
                    "rules test custom_fields.teir, which no contact has; contacts have custom_fields.tier",
                    "the rule jo names the contact id nobody, which no contact has",
                    "the rule crm names the account account-9, which no contact has",
                    "the rule outsiders lowers access and passes over 2 contacts without a readable "
                        + "address; test email.status to reach them",
                ])
        }
    }

    @Test func warningsOfOneKindAreFoldedForPeople() async throws {
        let rules = (1...5).map {
            "  - { id: r\($0), mode: shadow, when: { email.domain: d\($0).com }, set: { name: X } }"
        }
        let lead =
            "  - { id: leads, mode: enforce, when: { email.domain: acme.com }, "
            + "set: { portal_role: supprt-lead } }"
        let people = [person("ana@acme.com", role: "support-lead")]
        try await withWorld(rules: noRules, contacts: people) { world in
            try await world.runOnce()
            try world.write(
                rules: "version: 1\nrules:\n" + (rules + [lead]).joined(separator: "\n"))
            let printed = try await world.usher("plan").output
            let lines = printed.split(separator: "\n").filter {
                $0.hasPrefix("warning:") || $0.hasPrefix("…")
            }
            #expect(
                lines == [
                    "warning: the rule r1 names the domain d1.com, which no contact has",
                    "warning: the rule r2 names the domain d2.com, which no contact has",
                    "warning: the rule r3 names the domain d3.com, which no contact has",
                    "… and 2 more warnings like this; --format json has them all",
                    "warning: the rule leads sets the role supprt-lead, which no contact has; contacts "
                        + "have support-lead",
                ])
            let json = try await world.usher("plan", "--format", "json").summary
            #expect((json["warnings"] as? [String])?.count == 6)
        }
    }

    @Test func whatIsGivenBackAndWhatIsLeftBehindIsSaid() async throws {
        let fields =
            "version: 1\nfields: { tier: { type: text }, department: { type: text } }\nrules:\n"
        let before = """
              - { id: gone, mode: enforce, when: { email.domain: acme.com }, set: { custom_fields.tier: gold } }
              - { id: asleep, mode: enforce, when: { email.domain: globex.com }, set: { custom_fields.tier: gold } }
              - { id: older, mode: enforce, when: { email.domain: acme.com }, set: { custom_fields.department: x } }
              - { id: back, mode: enforce, on_unmatch: revert, when: { email.domain: acme.com }, set: { portal_role: admin } }
              - { id: other, mode: enforce, when: { email.domain: globex.com }, set: { custom_fields.department: y } }
            """
        let after = """
              - { id: older, mode: off, when: { email.domain: acme.com }, set: { custom_fields.department: x } }
              - { id: other, mode: enforce, when: { email.domain: globex.com }, set: { name: Bob } }
              - { id: asleep, mode: off, when: { email.domain: globex.com }, set: { custom_fields.tier: gold } }
              - { id: back, mode: enforce, on_unmatch: revert, when: { email.domain: globex.com }, set: { portal_role: admin } }
            retired: [ { rule: older, fields: [custom_fields.department], reason: no more } ]
            """
        let people = [person("ana@acme.com"), person("bob@globex.com")]
        try await withWorld(rules: fields + before, contacts: people) { world in
            try await world.runOnce()
            try world.write(rules: fields + after)
            let plan = try await world.plan()
            #expect(
                plan.givenBack.map { "\($0.field): \($0.from) → \($0.to) \($0.contacts)" } == [
                    "portal_role: admin → member 1", "custom_fields.department: x → nothing 1",
                ])
            #expect((plan.changes, plan.changed, plan.waiting.count) == (4, 2, 0))
            #expect(
                plan.orphans.map { "\($0.rule) \($0.state) \($0.contacts)" } == [
                    "asleep off 1", "gone gone 1", "other changed 1",
                ])
            let printed = try await world.usher("plan").output
            #expect(printed.contains("reverted by older"))
            #expect(printed.contains("leftover values of rules that no longer exist or apply"))
            world.sandbox.forgetRequests()
            try await world.runOnce()
            #expect(world.sandbox.requests(to: .update).requests.count == 2)
            #expect(world.sandbox.contact(id: people[0].id)?.portalRole == "member")
            #expect(world.sandbox.contact(id: people[0].id)?.customFields["department"] == nil)
        }
    }

    @Test(arguments: [
        ("acme.com", "globex.com", ""),
        (
            "enforce", "off",
            "\nretired: [ { rule: leavers, fields: [portal_role], reason: no more } ]"
        ),
    ])
    func whatWouldBeGivenBackAndRaisesIsNoChangeButWaits(
        word: String, other: String, more: String
    ) async throws {
        let rules = """
            version: 1
            rules:
              - { id: leavers, mode: enforce, on_unmatch: revert, when: { email.domain: acme.com }, set: { portal_role: no_access } }
            """
        let people = [person("ana@acme.com", role: "admin")]
        try await withWorld(rules: rules, contacts: people) { world in
            try await world.runOnce()
            try world.write(rules: rules.replacing(word, with: other) + more)
            let plan = try await world.plan()
            #expect(
                plan.waiting.map { "\($0.from) → \($0.to) \($0.contacts)" } == [
                    "no_access → admin 1"
                ])
            #expect((plan.changes, plan.givenBack.count, plan.orphans.count) == (0, 0, 0))
            try await world.runOnce()
            let held = try await world.worker().store.holds()
            #expect(held.map(\.contact) == [people[0].id])
            #expect(world.sandbox.contact(id: people[0].id)?.portalRole == "no_access")
        }
    }

    @Test func whomAnExceptionLeavesMoreAccessIsCounted() async throws {
        let people = [
            person("ana@acme.com", role: "admin"), person("bob@acme.com", role: "no_access"),
            person("cem@acme.com"), person("dee@globex.com"),
        ]
        let exceptions = zip(["ana", "bob", "cem", "dee"], people).map { name, contact in
            "  - { id: for-\(name), rules: [leavers, staff, kept], contact: \(contact.id), "
                + "until: 2099-01-01, reason: r }"
        }.joined(separator: "\n")
        let rules = """
            version: 1
            rules:
              - { id: leavers, mode: enforce, when: { email.domain: acme.com }, set: { portal_role: { at_most: no_access } } }
              - { id: staff, mode: enforce, when: { email.domain: globex.com }, set: { portal_role: admin } }
              - { id: kept, priority: 50, mode: enforce, when: { email.domain: globex.com }, set: { portal_role: no_access } }
              - { id: stronger, priority: 60, mode: enforce, when: { email.domain: globex.com }, set: { portal_role: member } }
            exceptions:
            \(exceptions)
            """
        try await withWorld(rules: noRules, contacts: people) { world in
            try await world.runOnce()
            try world.write(rules: rules)
            // Who has no access already keeps none, and a rule that is beaten would lower nobody.
            let plan = try await world.plan()
            #expect(
                plan.exempted.map { "\($0.exception) \($0.rule) \($0.contacts)" } == [
                    "for-ana leavers 1", "for-cem leavers 1",
                ])
            let printed = try await world.usher("plan").output
            #expect(
                printed.contains(
                    "exception for-ana: 1 contact keeps more access than the rule leavers would leave"
                )
            )
        }
    }

    @Test func anExceptionForAMissingContactIsAnErrorUnlessItHasEnded() async throws {
        let rules = """
            version: 1
            rules:
              - { id: leavers, mode: enforce, when: { email.domain: acme.com }, set: { portal_role: no_access } }
            exceptions:
              - { id: ex-ana, rules: [leavers], contact: ana@acme.com, until: 2099-01-01, reason: r }
              - { id: ex-nobody, rules: [leavers], contact: nobody, until: 2099-01-01, reason: r }
            """
        try await withWorld(rules: noRules, contacts: [person("ana@acme.com")]) { world in
            try await world.runOnce()
            try world.write(rules: rules)
            let error = "the exception ex-nobody is for the contact id nobody, which no contact has"
            let printed = try await world.usher("plan")
            #expect(printed.status == 2, "\(printed.errors)")
            #expect(printed.output.contains("error: " + error), "\(printed.output)")
            let json = try await world.usher("plan", "--format", "json")
            #expect(json.status == 2)
            #expect(try json.summary["errors"] as? [String] == [error])
            #expect(try await world.usher("plan", "--at", "2099-02-01").status == 0)
        }
    }

    @Test func aRenameThatIsNotDeclaredIsRecognised() async throws {
        func rules(_ id: String, _ domain: String = "acme.com") -> String {
            """
            version: 1
            rules:
              - { id: \(id), mode: enforce, when: { email.domain: \(domain) }, set: { portal_role: no_access } }
            """
        }
        try await withWorld(rules: rules("old"), contacts: [person("ana@acme.com")]) { world in
            try await world.runOnce()
            try world.write(rules: rules("new"))
            for arguments in [["plan"], ["plan", "--rules", world.rulesFolder + "/rules.yaml"]] {
                let printed = try await world.usher(arguments)
                #expect(
                    printed.output.contains(
                        "rule new means the same as the removed rule old: add renamed: [ { from: old, to: new } ]"
                    ), "\(printed.output)\(printed.errors)")
            }
            let json = try await world.usher("plan", "--format", "json").summary
            #expect(json["renames"] as? [[String: String]] == [["from": "old", "to": "new"]])
            for other in [
                rules("new") + "\nrenamed: [ { from: old, to: new } ]", rules("new", "globex.com"),
                rules("old"),
            ] {
                try world.write(rules: other)
                let json = try await world.usher("plan", "--format", "json").summary
                #expect((json["renames"] as? [Any])?.isEmpty == true)
            }
        }
    }

    @Test func rulesThatCannotAgreeAreCounted() async throws {
        let rules = """
            version: 1
            rules:
              - { id: one, mode: enforce, when: { email.domain: acme.com }, set: { name: One } }
              - { id: two, mode: enforce, when: { email.domain: acme.com }, set: { name: Two } }
            """
        try await withWorld(rules: noRules, contacts: Self.people) { world in
            try await world.runOnce()
            try world.write(rules: rules)
            let conflicts = try await world.plan().conflicts
            #expect(conflicts.map(\.rules) == [["one", "two"]])
            #expect(conflicts.map(\.contacts) == [2])
        }
    }

    @Test func boundsThatLeaveCustomRolesAloneAreCountedByRule() async throws {
        let rules = """
            version: 1
            rules:
              - { id: cap, mode: enforce, when: { email.domain: [acme.com, globex.com] }, set: { portal_role: { at_most: member } } }
              - { id: floor, mode: enforce, when: { email.domain: globex.com }, set: { portal_role: { at_least: member } } }
            """
        let people = [
            person("ana@acme.com", role: "support-lead"), person("bob@acme.com", role: "admin"),
            person("cem@globex.com", role: "billing-viewer"),
        ]
        try await withWorld(rules: noRules, contacts: people) { world in
            try await world.runOnce()
            try world.write(rules: rules)
            let plan = try await world.plan()
            #expect(plan.unordered.map { "\($0.rule) \($0.contacts)" } == ["cap 2", "floor 1"])
            #expect((plan.changes, plan.changed) == (1, 1))
            let printed = try await world.usher("plan").output
            let unordered = "no effect on 2 contacts with a custom role: rule cap"
            #expect(printed.contains(unordered), "\(printed)")
            let same = try await world.plan(comparedWith: try world.ruleset())
            #expect(same.unordered.isEmpty)
        }
    }

    /// Ana and Bob are all the admins of the first account; the second one keeps Dee.
    @Test func accountsThatWouldBeLeftWithoutAnAdminAreNamed() async throws {
        let rules = """
            version: 1
            lists: { all: [globex.com, gmx.de, ironlabs12.io, northfreight13.com, umbrella.example] }
            rules:
              - id: nobody-is-admin
                mode: enforce
                when: { email.domain: { in_list: all } }
                set: { portal_role: { at_most: member } }
            """
        let people = [
            person("ana@globex.com", role: "admin"), person("bob@gmx.de", role: "admin"),
            person("cem@globex.com", role: "admin"), person("dee@acme.com", role: "admin"),
            person("eve@umbrella.example", role: "admin"),
        ]
        try await withWorld(rules: noRules, contacts: people) { world in
            let accounts = world.sandbox.organisation.accounts.map(\.id)
            for (contact, account) in zip(people, [0, 0, 1, 1]) {
                world.sandbox.editContact(id: contact.id) { $0.accountID = accounts[account] }
            }
            try await world.runOnce()
            try world.write(rules: rules)
            let plan = try await world.plan()
            #expect(plan.adminLoss.accounts == 1)
            #expect(
                plan.adminLoss.examples.map { [$0.account.id, "\($0.admins)"] + $0.rules } == [
                    [accounts[0], "2", "nobody-is-admin"]
                ])
            let printed = try await world.usher("plan").output
            #expect(printed.contains("1 account would be left without an admin"), "\(printed)")
            // What the rules in force do as well is nothing new.
            #expect(try await world.plan(comparedWith: world.ruleset()).adminLoss.accounts == 0)
        }
    }

    @Test func anAccountWhoseAdminMovesAwayIsLeftWithoutOne() async throws {
        let people = [person("ana@globex.com", role: "admin")]
        try await withWorld(rules: noRules, contacts: people) { world in
            let accounts = world.sandbox.organisation.accounts.map(\.id)
            world.sandbox.editContact(id: people[0].id) { $0.accountID = accounts[0] }
            try await world.runOnce()
            try world.write(
                rules: """
                    version: 1
                    rules:
                      - { id: move, mode: enforce, when: { email.domain: globex.com }, set: { account_id: \(accounts[1]) } }
                    """)
            let plan = try await world.plan()
            #expect(plan.adminLoss.examples.map(\.account.id) == [accounts[0]])
            #expect(plan.adminLoss.examples.map(\.rules) == [["move"]])
        }
    }

    @Test func anApprovedPlanGoesOnAndWhatChangedSinceDoesNot() async throws {
        let people = (0..<4).map { person("p\($0)@acme.com", role: "no_access") }
        let rules = """
            version: 1
            limits: { per_hour: 0 }
            rules:
              - { id: acme, mode: enforce, when: { email.domain: acme.com }, set: { portal_role: member } }
            """
        try await withWorld(rules: rules, contacts: people) { world in
            try await world.runOnce()
            let path = world.rulesFolder + "/plan.json"
            #expect(try await world.usher("plan", "-o", path).status == 0)
            _ = world.sandbox.editContact(id: people[0].id) { $0.portalRole = nil }
            try await world.runOnce()
            let approved = try await world.usher("approve", path, "--reason", "looked at")
            #expect(approved.status == 0, "\(approved.errors)")
            let contact = "contact \(people[0].id)  \"\(people[0].email ?? "")\""
            #expect(approved.output.contains("\(contact) has changed since"))
            try await world.runOnce()
            #expect(world.sandbox.requests(to: .update).requests.count == 3)
            #expect(world.sandbox.contact(id: people[0].id)?.portalRole == nil)
            try await world.expectRest()
        }
    }

    @Test func aPlanThatIsCutShortOrForAnotherWorkspaceIsRefused() async throws {
        try await withWorld(rules: noRules, contacts: Self.people) { world in
            try await world.runOnce()
            try world.write(rules: Self.rules)
            let path = world.rulesFolder + "/plan.json"
            #expect(try await world.usher("plan", "-o", path).status == 0)
            let text = try String(contentsOfFile: path, encoding: .utf8)
            try Data(text.utf8.dropLast(20)).write(to: URL(filePath: path))
            let cut = try await world.usher("approve", path, "--reason", "looked at")
            #expect(cut.status == 1 && cut.errors.contains("is no whole plan"), "\(cut.errors)")
            try Data(text.replacing("\"default\"", with: "\"globex\"").utf8)
                .write(to: URL(filePath: path))
            let other = try await world.usher("approve", path, "--reason", "looked at")
            #expect(other.status == 64 && other.errors.contains("workspace globex"))
            // A version that knew less may have taken less for granted.
            try Data(text.replacing("\"usher_plan\":3", with: "\"usher_plan\":2").utf8)
                .write(to: URL(filePath: path))
            let old = try await world.usher("approve", path, "--reason", "looked at")
            #expect(
                old.status == 1 && old.errors.contains("is a plan of version 2"), "\(old.errors)")
        }
    }
}

/// Rules that want nothing.
let noRules = """
    version: 1
    rules:
      - { id: nothing, mode: off, when: { email.domain: nobody.example }, set: { name: X } }
    """

extension World {
    /// The rules of the folder.
    func ruleset() throws -> Ruleset {
        try Ruleset(sources: RuleFiles.read(rulesFolder + "/rules.yaml"))
    }

    /// What the rules of the folder would do.
    func plan(
        into file: PlanWriter? = nil, comparedWith active: Ruleset? = nil,
        assuming assumptions: PlanAssumptions = PlanAssumptions()
    ) async throws -> Plan {
        let planner = Planner(
            store: try worker().store, ruleset: try ruleset(), comparedWith: active, cap: nil,
            assuming: assumptions)
        return try await planner.plan(into: file)
    }
}
