import Contacts
import Foundation
import Postgres
import Reconciler
import Sandbox
import Store
import Testing
import Worker

/// How many contacts rules may change, and what waits for a person beyond that.
@Suite struct LimitTests {
    private static func rules(
        limits: String = "per_hour: 3", rule: String = "", role: String = "member"
    ) -> String {
        """
        version: 1
        limits: { \(limits), percent_of_contacts: 100, lowering: { per_hour: 100, percent_of_contacts: 100 } }
        rules:
          - id: acme
            mode: enforce
            when: { email.domain: acme.com, portal_role: [no_access] }
            set: { portal_role: \(role) }
            \(rule)
        """
    }

    private static func people(_ range: Range<Int>) -> [SandboxContact] {
        range.map { person("p\($0)@acme.com", role: "no_access") }
    }

    private func members(_ world: World) -> Int {
        world.sandbox.contacts.count { $0.portalRole == "member" }
    }

    /// Twenty wrong changes are twenty leaks: of too many, none is made.
    @Test func whatANewRulesetWouldChangeIsCountedWhole() async throws {
        try await withWorld(rules: Self.rules(), contacts: Self.people(0..<4)) { world in
            let run = try await world.runOnce()
            #expect(run.failure == nil && run.summary.held == 4)
            #expect(world.sandbox.requests(to: .update).requests.isEmpty)
            #expect(world.alerts.codes == [.held])
            let holds = try await world.worker().store.holds()
            #expect(holds.map(\.rule) == ["acme"] && holds.map(\.contacts) == [4])
            #expect(holds.first?.detail == "per_hour: 3, of the workspace")
            #expect(holds.first?.transitions == ["portal_role: no_access → member": 4])
            let results = try await world.rows("SELECT DISTINCT result FROM audit.decisions") {
                try $0.get("result", as: String.self)
            }
            #expect(results == ["held"])
            // Nothing releases itself, and who comes later joins.
            world.sandbox.addContact(Self.people(9..<10)[0])
            try await world.runOnce()
            #expect(try await world.worker().store.holds().map(\.contacts) == [5])
            #expect(members(world) == 0)
            try await world.expectRest()
        }
    }

    /// To leave somebody out of a rule that takes access away is as much as to give access.
    @Test(arguments: [1, 2])
    func whatWhoIsExceptedIsGivenIsPrivileged(people count: Int) async throws {
        let people = Self.people(0..<3)
        let exceptions = people.prefix(count).map {
            "  - { id: for-\($0.email?.prefix { $0 != "@" } ?? ""), rules: [leavers], contact: \($0.id), until: 2030-01-01, reason: x }"
        }
        let rules = """
            version: 1
            limits: { percent_of_contacts: 100, privileged: { per_hour: 1, percent_of_contacts: 100 } }
            rules:
              - { id: acme, mode: enforce, when: { email.domain: acme.com }, set: { portal_role: { at_least: member } } }
              - { id: leavers, mode: enforce, when: { email.domain: acme.com }, set: { portal_role: { at_most: no_access } } }
            exceptions:
            \(exceptions.joined(separator: "\n"))
            """
        try await withWorld(rules: rules, contacts: people) { world in
            try await world.runOnce()
            #expect(members(world) == (count == 1 ? 1 : 0))
            let held = try await world.worker().store.holds()
            #expect(
                held.map(\.detail)
                    == (count == 1 ? [] : ["privileged per_hour: 1, of the workspace"]))
        }
    }

    @Test func aHoldThatIsApprovedGoesOnAndCounts() async throws {
        try await withWorld(rules: Self.rules(), contacts: Self.people(0..<4)) { world in
            try await world.runOnce()
            let store = try world.worker().store
            let act = OperatorAct(who: "tester", reason: "these are ours")
            let approval = try await store.approve(.rule("acme"), meanings: [:], by: act)
            #expect(approval.contacts == 4 && approval.changedSince.isEmpty)
            try await world.runOnce()
            #expect(members(world) == 4)
            // The limit of the hour is spent: the next one is held.
            world.sandbox.addContact(Self.people(9..<10)[0])
            try await world.runOnce()
            #expect(members(world) == 4)
            #expect(try await store.holds().map(\.contacts) == [1])
            let ended = try await world.rows(
                "SELECT ended, who FROM audit.holds ORDER BY hold_id"
            ) {
                "\(try $0.get("ended", as: String?.self) ?? "-") \(try $0.get("who", as: String?.self) ?? "-")"
            }
            #expect(ended == ["released tester", "- -"])
            try await world.expectRest()
            try await Evidence(world).expectComplete()
        }
    }

    @Test func whatHasChangedSinceItWasHeldIsNotSent() async throws {
        try await withStepwiseWorker(
            rules: Self.rules(limits: "per_hour: 0"), contacts: Self.people(0..<2)
        ) {
            stepwise, ids in
            try await stepwise.see(ids[0], ids[1])
            try await stepwise.evaluate()
            _ = stepwise.world.sandbox.editContact(id: ids[0]) { $0.portalRole = nil }
            try await stepwise.see(ids[0])
            let approval = try await stepwise.store.approve(
                .rule("acme"), meanings: [:], by: OperatorAct(who: "tester", reason: "fine"))
            #expect(approval.changedSince == [ids[0]])
            try await stepwise.evaluate()
            #expect(try await stepwise.claim().map(\.contactID) == [ids[1]])
        }
    }

    @Test func betweenRulesetsChangesCountSingly() async throws {
        try await withWorld(rules: Self.rules(), contacts: Self.people(0..<2)) { world in
            try await world.runOnce()
            #expect(members(world) == 2)
            for contact in Self.people(2..<6) { world.sandbox.addContact(contact) }
            try await world.runOnce()
            #expect(members(world) == 3)
            #expect(try await world.worker().store.holds().map(\.contacts) == [3])
            try await world.expectRest()
        }
    }

    @Test func aRaisedLimitCountsAfterTheActivationThatRaisesIt() async throws {
        let others = (2..<12).map { person("p\($0)@globex.com", role: "no_access") }
        try await withWorld(rules: Self.rules(), contacts: Self.people(0..<2) + others) { world in
            try await world.runOnce()
            let raised = Self.rules(limits: "per_hour: 100").replacing(
                "acme.com", with: "[acme.com, globex.com]")
            try world.write(rules: raised)
            try await world.runOnce()
            #expect(members(world) == 2)
            let held = try await world.worker().store.holds()
            #expect(held.map(\.contacts) == [10])
            #expect(held.first?.detail == "per_hour: 3, of the workspace")
            // From now on it does, but what is held stays held.
            try await world.runOnce()
            #expect(members(world) == 2)
            // Another rule is another hold, and this one is counted with the limit as it is now.
            try world.write(rules: raised.replacing("mode:", with: "priority: 8\n    mode:"))
            try await world.runOnce()
            #expect(members(world) == 12)
            #expect(try await world.worker().store.holds().isEmpty)
            try await world.expectRest()
        }
    }

    /// A file that is saved twice must not do at once what it could not do before.
    @Test func aRaisedLimitDoesNotCountForTheRulesetAfterItEither() async throws {
        let raised = Self.rules(limits: "per_hour: 100")
        try await withStepwiseWorker(rules: Self.rules(), contacts: []) { stepwise, _ in
            try await stepwise.evaluate()
            for contact in Self.people(0..<4) { stepwise.world.sandbox.addContact(contact) }
            try await stepwise.prepare(rules: raised)
            try await stepwise.prepare(rules: raised + "\n# saved again")
            try await stepwise.see(stepwise.world.sandbox.contacts.map(\.id))
            try await stepwise.evaluate()
            #expect(try await stepwise.claim().isEmpty)
            #expect(
                try await stepwise.store.holds().map(\.detail) == [
                    "per_hour: 3, of the workspace"
                ])
        }
    }

    @Test func aRuleThatNeedsApprovalAsksOnce() async throws {
        let rules = Self.rules(limits: "per_hour: 100", rule: "approval: required")
        try await withWorld(rules: rules, contacts: Self.people(0..<2)) { world in
            try await world.runOnce()
            #expect(members(world) == 0)
            let asked = try await world.usher("holds", "--format", "json")
            #expect(asked.output.contains(#""reason":"approval""#), "\(asked.output)")
            let approved = try await world.usher(
                "approve", "acme", "--reason", "they are our customers")
            #expect(approved.status == 0, "\(approved.errors)")
            try await world.runOnce()
            #expect(members(world) == 2)
            world.sandbox.addContact(Self.people(9..<10)[0])
            // Comments and layout mean nothing.
            try world.write(rules: "# Who pays.\n" + rules)
            try await world.runOnce()
            #expect(members(world) == 3)
            // What it means does.
            try world.write(rules: rules.replacing("[no_access]", with: "[no_access, guest]"))
            world.sandbox.addContact(Self.people(10..<11)[0])
            try await world.runOnce()
            #expect(members(world) == 3)
            try await world.expectRest()
        }
    }

    @Test func whatIsRejectedStaysUndone() async throws {
        try await withWorld(rules: Self.rules(), contacts: Self.people(0..<4)) { world in
            try await world.runOnce()
            let rejected = try await world.usher("reject", "acme", "--reason", "a mistake")
            #expect(rejected.status == 0 && rejected.output.contains("acme"), "\(rejected.errors)")
            try await world.runOnce()
            #expect(members(world) == 0)
            #expect(
                try await world.worker().store.holds().allSatisfy { $0.refusedAt != nil }
            )
            let ended = try await world.rows("SELECT ended, ended_why FROM audit.holds") {
                "\(try $0.get("ended", as: String.self)): \(try $0.get("ended_why", as: String.self))"
            }
            #expect(ended == ["refused: a mistake"])
            #expect(try await world.usher("reject", "acme", "--reason", "again").status == 1)
        }
    }

    /// It stops what was held then, not the rule for ever.
    @Test func aHoldThatNobodyDecidesExpiresAfterSevenDays() async throws {
        try await withWorld(rules: Self.rules(), contacts: Self.people(0..<4)) { world in
            try await world.runOnce()
            let store = try world.worker().store
            #expect(try await store.expireHolds() == [])
            #expect(try await store.holds().count == 1)
            try await world.ageHolds("rule_hold", byDays: 6)
            #expect(try await store.expireHolds().map(\.code) == [.holdExpiry])
            #expect(try await store.expireHolds() == [])
            try await world.ageHolds("rule_hold", byDays: 1)
            #expect(try await store.expireHolds().map(\.code) == [.holdExpiry])
            #expect(try await store.holds().isEmpty)
            #expect(
                try await world.count(
                    """
                    SELECT count(*) AS count FROM usher.event
                    WHERE kind = 'hold.expired' AND contact_id IS NULL
                    """) == 1)
            // What was held then stays as it is; somebody new is held, or goes, like anybody.
            try await world.runOnce()
            #expect(members(world) == 0)
            #expect(try await store.holds().isEmpty)
            let act = OperatorAct(who: "tester", reason: "after all")
            let approval = try await store.approve(.rule("acme"), meanings: [:], by: act)
            #expect(approval.contacts == 4)
            try await world.runOnce()
            #expect(members(world) > 0)
        }
    }

    @Test func privilegedChangesAndThoseThatLowerHaveLimitsOfTheirOwn() async throws {
        let rules = """
            version: 1
            limits: { percent_of_contacts: 100, privileged: { per_hour: 1 }, lowering: { per_hour: 2 } }
            rules:
              - { id: up, mode: enforce, when: { email.domain: acme.com }, set: { portal_role: admin } }
              - { id: down, mode: enforce, when: { email.domain: globex.com }, set: { portal_role: no_access } }
              - { id: in, mode: enforce, when: { email.domain: initech.com, portal_role: [no_access] }, set: { portal_role: member } }
            """
        let contacts =
            (0..<2).map { person("p\($0)@acme.com", role: "member") }
            + (0..<2).map { person("p\($0)@globex.com", role: "member") }
            + (0..<5).map { person("p\($0)@initech.com", role: "no_access") }
        try await withWorld(rules: rules, contacts: contacts) { world in
            try await world.runOnce()
            let held = try await world.worker().store.holds()
            #expect(held.map(\.rule) == ["up"] && held.map(\.contacts) == [2])
            #expect(held.first?.detail == "privileged per_hour: 1, of the workspace")
            #expect(world.sandbox.requests(to: .update).requests.count == 7)
        }
    }

    @Test func theOperatorsCapBindsWhateverAFileGrantsItself() async throws {
        try await withWorld(
            rules: Self.rules(limits: "per_hour: 1000"), contacts: Self.people(0..<4)
        ) { world in
            let config = """
                workspaces:
                  - name: capped
                    base_url: "\(world.sandbox.baseURL)"
                    token_env: TOKEN
                    rules: "\(world.rulesFolder)/rules.yaml"
                    limits: "update=off,list=off,get=off,me=off"
                    rule_limits: { per_hour: 2 }
                """
            let path = world.rulesFolder + "/usher.config.yaml"
            try Data(config.utf8).write(to: URL(filePath: path))
            let run = try await world.usher(
                "run", "--once",
                settings: [
                    "PYLON_API_TOKEN": "", "USHER_CONFIG": path, "TOKEN": world.sandbox.token,
                ])
            #expect(run.status == 0, "\(run.errors)")
            #expect(world.sandbox.requests(to: .update).requests.isEmpty, "\(run.errors)")
        }
    }
}
