import Contacts
import Foundation
import Postgres
import Reconciler
import Sandbox
import Store
import Testing
import Worker

/// What was kept under the old id of a rule counts for its new one.
@Suite struct RuleRenameTests {
    private static let act = OperatorAct(who: "tester", reason: "as agreed")

    /// One rule; called `customers`, it was `acme` before.
    private static func rules(
        _ id: String, _ more: String = "", when: String = "{ email.domain: acme.com }",
        set: String = "{ portal_role: admin }", limits: String = wideLimits
    ) -> String {
        """
        version: 1
        fields: { tier: { type: text } }
        limits: \(limits)
        rules:
          - id: \(id)
            mode: enforce
            when: \(when)
            set: \(set)
            \(more)
        \(id == "acme" ? "" : "renamed: [ { from: acme, to: \(id) } ]")
        """
    }

    private static func people(_ range: Range<Int>) -> [SandboxContact] {
        range.map { person("p\($0)@acme.com", tier: "gold") }
    }

    private func admins(_ world: World) -> Int {
        world.sandbox.contacts.count { $0.portalRole == "admin" }
    }

    /// What every activation says of renamed rules.
    private func renamed(_ world: World) async throws -> [String?] {
        try await world.rows(
            """
            SELECT body #>> '{renamed,acme}' AS id FROM usher.event
            WHERE kind = 'ruleset.activated' ORDER BY seq
            """
        ) { try $0.get("id", as: String?.self) }
    }

    private func approve(_ id: String, in world: World) async throws {
        let approved = try await world.usher("approve", id, "--reason", "as agreed")
        #expect(approved.status == 0, "\(approved.errors)")
    }

    @Test func anApprovedRuleStaysApprovedAndAnEntryThatStaysDoesNothing() async throws {
        let rules = Self.rules("acme", "approval: required")
        try await withWorld(rules: rules, contacts: Self.people(0..<1)) { world in
            try await world.runOnce()
            try await approve("acme", in: world)
            try await world.runOnce()
            #expect(admins(world) == 1)
            let new = Self.rules("customers", "approval: required")
            for (round, text) in [new, new + "\n# Read again."].enumerated() {
                try world.write(rules: text)
                world.sandbox.addContact(Self.people(round + 1..<round + 2)[0])
                try await world.runOnce()
                #expect(admins(world) == round + 2)
            }
            #expect(try await renamed(world) == [nil, "customers", nil])
            let approvals = try await world.rows("SELECT rule_id FROM usher.approval") {
                try $0.get("rule_id", as: String.self)
            }
            #expect(approvals == ["customers"])
            try await world.expectRest()
            try await Evidence(world).expectComplete()
        }
    }

    /// Under its new id, too: only one of its contacts was agreed to.
    @Test func aRenamedRuleThatMeansSomethingElseIsAskedForAgain() async throws {
        let rules = Self.rules("acme", "approval: required")
        try await withWorld(rules: rules, contacts: Self.people(0..<1)) { world in
            try await world.runOnce()
            try await approve("acme", in: world)
            try await world.runOnce()
            try world.write(
                rules: Self.rules(
                    "customers", "approval: required",
                    when: "{ email.domain: [acme.com, globex.com] }"))
            world.sandbox.addContact(Self.people(1..<2)[0])
            try await world.runOnce()
            #expect(admins(world) == 1)
            let held = try await world.worker().store.holds()
            #expect(held.map(\.rule) == ["customers"] && held.map(\.reason) == ["approval"])
        }
    }

    @Test(arguments: [true, false])
    func approvedChangesAreStillSent(areQueued: Bool) async throws {
        let limits = wideLimits.replacing("{ per_hour: 1000000", with: "{ per_hour: 0")
        let rules = Self.rules("acme", limits: limits)
        try await withStepwiseWorker(rules: rules, contacts: Self.people(0..<2)) { stepwise, ids in
            try await stepwise.see(ids)
            try await stepwise.evaluate()
            #expect(try await stepwise.store.holds().map(\.contacts) == [2])
            _ = try await stepwise.store.approve(.rule("acme"), meanings: [:], by: Self.act)
            if areQueued { try await stepwise.evaluate() }
            try await stepwise.prepare(rules: Self.rules("customers", limits: limits))
            let owners = try await stepwise.world.rows(
                "SELECT DISTINCT rules ->> 'portal_role' AS rules FROM usher.action"
            ) { try $0.get("rules", as: String.self) }
            #expect(owners == (areQueued ? [#"["customers"]"#] : []))
            try await stepwise.evaluate()
            try await stepwise.send()
            #expect(admins(stepwise.world) == 2)
            #expect(try await stepwise.store.holds().isEmpty)
        }
    }

    @Test func aHoldKeepsItsContactsAndIsDecidedOnUnderTheNewID() async throws {
        let limits = wideLimits.replacing("{ per_hour: 1000000", with: "{ per_hour: 0")
        let rules = Self.rules("acme", limits: limits)
        try await withStepwiseWorker(rules: rules, contacts: Self.people(0..<2)) { stepwise, ids in
            try await stepwise.see(ids)
            try await stepwise.evaluate()
            let before = try await stepwise.store.holds()
            try await stepwise.prepare(rules: Self.rules("customers", limits: limits))
            let after = try await stepwise.store.holds()
            #expect(after.map(\.hold) == before.map(\.hold))
            #expect(after.map(\.rule) == ["customers"] && after.map(\.contacts) == [2])
            let approval = try await stepwise.store.approve(
                .rule("customers"), meanings: [:], by: Self.act)
            #expect(approval.contacts == 2)
            try await stepwise.evaluate()
            try await stepwise.send()
            #expect(admins(stepwise.world) == 2)
        }
    }

    @Test func whatTheOldRuleHadSetIsGivenBack() async throws {
        let gold = "{ custom_fields.tier: gold }"
        let rules = Self.rules("acme", "on_unmatch: revert", when: gold)
        try await withWorld(rules: rules, contacts: Self.people(0..<1)) { world in
            try await world.runOnce()
            #expect(admins(world) == 1)
            try world.write(rules: Self.rules("customers", "on_unmatch: revert", when: gold))
            world.sandbox.editContact(id: world.sandbox.contacts[0].id) {
                $0.customFields["tier"] = nil
            }
            try await world.runOnce()
            #expect(world.sandbox.contacts[0].portalRole == "member")
            try await world.expectRest()
        }
    }

    @Test func whatAPersonHasChangedIsLeftAlone() async throws {
        try await withWorld(rules: Self.rules("acme"), contacts: Self.people(0..<1)) { world in
            try await world.runOnce()
            world.sandbox.editContact(id: world.sandbox.contacts[0].id) { $0.portalRole = "member" }
            try await world.runOnce()
            try world.write(rules: Self.rules("customers"))
            try await world.runOnce()
            #expect(admins(world) == 0)
            let drifted = try await world.rows("SELECT rule_id FROM audit.drift") {
                try $0.get("rule_id", as: String.self)
            }
            #expect(drifted == ["customers"])
            try await world.expectRest()
        }
    }

    @Test func aRejectedRuleStaysRejected() async throws {
        let rules = Self.rules("acme", "approval: required")
        try await withWorld(rules: rules, contacts: Self.people(0..<1)) { world in
            try await world.runOnce()
            let rejected = try await world.usher("reject", "acme", "--reason", "nobody knows them")
            #expect(rejected.status == 0, "\(rejected.errors)")
            // Without the need for an approval, only the rejection stands against it.
            try world.write(rules: Self.rules("customers"))
            world.sandbox.addContact(Self.people(1..<2)[0])
            try await world.runOnce()
            #expect(admins(world) == 0)
            let status = try #require(try await world.worker().store.status())
            #expect(status.rejected.map(\.rule) == ["customers"])
            #expect(status.rejected.map(\.why) == ["nobody knows them"])
        }
    }

    @Test func theCountsOfALimitGoOn() async throws {
        let limit = "limits: { per_hour: 3, per_day: 3, percent_of_contacts: 100 }"
        let rules = Self.rules("acme", limit)
        try await withWorld(rules: rules, contacts: Self.people(0..<2)) { world in
            try await world.runOnce()
            #expect(admins(world) == 2)
            try world.write(rules: Self.rules("customers", limit))
            // Else those who come would be counted as a whole with the new rules.
            try await world.runOnce()
            for contact in Self.people(2..<4) { world.sandbox.addContact(contact) }
            try await world.runOnce()
            #expect(admins(world) == 3)
            let held = try await world.worker().store.holds()
            #expect(held.map(\.rule) == ["customers"] && held.map(\.contacts) == [1])
            let scopes = try await world.rows(
                "SELECT DISTINCT scope FROM usher.change_count WHERE scope LIKE 'rule:%'"
            ) { try $0.get("scope", as: String.self) }
            #expect(scopes == ["rule:customers"])
        }
    }

    @Test func theRowsOfATableAreRenamedWithIt() async throws {
        func rules(_ id: String) -> String {
            """
            version: 1
            tables: { domains: { file: domains.csv } }
            limits: \(wideLimits)
            rules:
              - { id: \(id), mode: enforce, approval: required, when: { in_table: domains }, set: { portal_role: "${domains.role}" } }
            \(id == "acme" ? "" : "renamed: [ { from: acme, to: \(id) } ]")
            """
        }
        try await withWorld(rules: noRules, contacts: Self.people(0..<1)) { world in
            try Data("domain,role\nacme.com,admin\nglobex.com,admin\n".utf8)
                .write(to: URL(filePath: world.rulesFolder + "/domains.csv"))
            try world.write(rules: rules("acme"))
            try await world.runOnce()
            try await approve("acme", in: world)
            try await world.runOnce()
            #expect(admins(world) == 1)
            try world.write(rules: rules("customers"))
            world.sandbox.addContact(person("ana@globex.com"))
            try await world.runOnce()
            #expect(admins(world) == 2)
            let granted = try await world.rows(
                "SELECT grants #>> '{portal_role,rules}' AS rules FROM usher.contact ORDER BY ref"
            ) { try $0.get("rules", as: String.self) }
            #expect(granted == [#"["customers[acme.com]"]"#, #"["customers[globex.com]"]"#])
            #expect(try await renamed(world) == [nil, "customers"])
        }
    }
}
