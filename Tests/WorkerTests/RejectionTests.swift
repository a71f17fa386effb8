import Contacts
import Foundation
import Planning
import Postgres
internal import Reconciler
import Sandbox
import Store
import Testing
import Worker

/// A rejection stops what is queued, names what is under way, and lets everything else go on.
@Suite struct RejectionTests {
    private static let act = OperatorAct(who: "tester", reason: "a mistake")

    private static func rules(
        _ more: String = "", update: String = "set: { portal_role: admin }"
    ) -> String {
        """
        version: 1
        limits: \(wideLimits)
        fields: { tier: { type: text }, status: { type: text } }
        rules:
          - { id: acme, mode: enforce, when: { email.domain: acme.com }, \(update) }
        \(more)
        """
    }

    private static func people(_ count: Int, tier: String? = nil) -> [SandboxContact] {
        (0..<count).map { person("p\($0)@acme.com", tier: tier) }
    }

    /// At sixty requests a minute, hundreds wait when somebody says stop.
    @Test func nothingOfAQueueIsSentAfterwards() async throws {
        let limit = RequestLimit(permits: 60, window: .seconds(60))
        try await withStepwiseWorker(rules: Self.rules(), contacts: Self.people(500)) {
            stepwise, ids in
            for part in stride(from: 0, to: ids.count, by: 100) {
                try await stepwise.see(Array(ids[part..<part + 100]))
            }
            try await stepwise.evaluate()
            let claimed = try await stepwise.store.claim(limit: limit, atMost: 50).actions
            #expect(!claimed.isEmpty && claimed.count < 10)
            let meaning = try stepwise.meaning(of: "acme")
            let rejection = try await stepwise.store.reject(
                .rule("acme"), meaning: { _ in meaning }, by: Self.act)
            #expect(rejection.rejected == ["rule acme"])
            #expect(rejection.superseded == 500 - claimed.count)
            #expect(rejection.underWay.sorted() == claimed.map(\.contactID).sorted())
            // In the same transaction: nothing is due any more, before anything is evaluated.
            #expect(try await stepwise.openActions() == claimed.count)
            for (number, action) in claimed.enumerated() {
                try await stepwise.answer(
                    action,
                    number == 0 ? .unknown(reason: "no answer") : .notSent(reason: "no line"))
            }
            try await stepwise.settle()
            try await stepwise.expectNothingToSend()
            #expect(stepwise.world.sandbox.contacts.allSatisfy { $0.portalRole == "member" })
            // A person who agrees after all has them all made.
            let approval = try await stepwise.store.approve(
                .rule("acme"), meanings: [:], by: Self.act)
            #expect(approval.contacts == 500)
            try await stepwise.evaluate()
            #expect(try await stepwise.openActions() == 500)
        }
    }

    @Test(arguments: [false, true])
    func whatIsUnderWayIsSettledAndNotSentAgain(hasLanded: Bool) async throws {
        try await withStepwiseWorker(rules: Self.rules(), contacts: Self.people(1)) {
            stepwise, ids in
            try await stepwise.see(ids)
            try await stepwise.evaluate()
            let action = try #require(try await stepwise.claim().first)
            let rejection = try await stepwise.reject("acme")
            #expect(rejection.superseded == 0 && rejection.underWay == ids)
            if hasLanded { stepwise.land(action) }
            try await stepwise.answer(action, .unknown(reason: "no answer in time"))
            try await stepwise.settle()
            try await stepwise.expectNothingToSend()
            let kinds = try await stepwise.kinds(of: ids[0])
            #expect(kinds.contains(hasLanded ? "patch.confirmed" : "patch.not_applied"))
            #expect(kinds.count { $0 == "patch.intended" } == 1)
            try await stepwise.world.expectRest()
        }
    }

    /// A free rule that wants the same is reason enough, and so is anything else for the same contact.
    @Test func whatOtherRulesWantGoesOn() async throws {
        let rules = Self.rules(
            """
              - { id: gold, mode: enforce, when: { custom_fields.tier: gold }, set: { portal_role: admin } }
              - { id: named, mode: enforce, when: { custom_fields.tier: silver }, set: { name: Known } }
            """)
        let contacts = [
            person("gold@acme.com", tier: "gold"), person("silver@acme.com", tier: "silver"),
            person("none@acme.com"),
        ]
        try await withStepwiseWorker(rules: rules, contacts: contacts) { stepwise, ids in
            try await stepwise.see(ids)
            try await stepwise.evaluate()
            let rejection = try await stepwise.reject("acme")
            // The one with a second owner is not touched; what else the others want is decided afresh.
            #expect(rejection.superseded == 2 && rejection.underWay.isEmpty)
            try await stepwise.evaluate()
            let sent = try await stepwise.claim()
            #expect(
                Dictionary(uniqueKeysWithValues: sent.map { ($0.contactID, $0.values.values) })
                    == [ids[0]: [.portalRole: "admin"], ids[1]: [.name: "Known"]])
        }
    }

    /// A wish that waits behind a request never becomes one, and what else waits with it does.
    @Test func aWishBehindARequestIsStopped() async throws {
        let later = Self.rules(
            """
              - { id: left, mode: enforce, priority: 500, when: { email.domain: acme.com }, set: { portal_role: no_access } }
              - { id: named, mode: enforce, when: { email.domain: acme.com }, set: { name: Known } }
            """)
        try await withStepwiseWorker(rules: Self.rules(), contacts: Self.people(1)) {
            stepwise, ids in
            try await stepwise.see(ids)
            try await stepwise.evaluate()
            let action = try #require(try await stepwise.claim().first)
            try await stepwise.prepare(rules: later)
            try await stepwise.evaluate()
            let rejection = try await stepwise.reject("left")
            #expect(rejection.superseded == 1 && rejection.underWay.isEmpty)
            stepwise.land(action)
            try await stepwise.answer(action, .contact(try stepwise.read(ids[0])))
            try await stepwise.evaluate()
            try await stepwise.send()
            let contact = try #require(stepwise.world.sandbox.contact(id: ids[0]))
            #expect(contact.portalRole == "admin" && contact.name == "Known")
            try await stepwise.expectNothingToSend()
            try await stepwise.world.expectRest()
        }
    }

    /// Of a table, the whole rule stops, though only one row was held before.
    @Test func aTableIsRejectedWhole() async throws {
        let rules = """
            version: 1
            limits: \(wideLimits)
            tables: { customers: { file: customers.csv } }
            rules:
              - id: customers
                mode: enforce
                limits: { per_hour: 1, percent_of_contacts: 100 }
                when: { in_table: customers, portal_role: [no_access] }
                set: { portal_role: "${customers.portal_role}" }
            """
        try await withWorld(rules: rules, contacts: []) { world in
            try Data("domain,portal_role\nacme.com,member\nglobex.com,member\n".utf8)
                .write(to: URL(filePath: world.rulesFolder + "/customers.csv"))
            let stepwise = try StepwiseWorker(world)
            try await stepwise.prepare()
            try await stepwise.evaluate()
            let people = ["a@acme.com", "b@acme.com", "c@globex.com"]
            for address in people {
                world.sandbox.addContact(person(address, role: "no_access"))
            }
            try await stepwise.see(world.sandbox.contacts.map(\.id))
            try await stepwise.evaluate()
            let held = try await stepwise.store.holds().compactMap(\.rule)
            #expect(held == ["customers[acme.com]"])
            let rejection = try await stepwise.reject("customers")
            #expect(rejection.superseded == 2)
            try await stepwise.expectNothingToSend()
        }
    }

    /// Those of it that are under way, too; what else the rules want goes on.
    @Test(arguments: [1, 3])
    func theChangesOfAPlanAreRejected(claimed count: Int) async throws {
        let people = Self.people(3, tier: "gold")
        let rules = Self.rules(
            "  - { id: gold, mode: enforce, when: { custom_fields.tier: gold }, set: { name: Gold } }"
        )
        try await withStepwiseWorker(rules: rules, contacts: people) { stepwise, ids in
            try await stepwise.see(ids)
            let path = stepwise.world.rulesFolder + "/plan.json"
            _ = try await stepwise.world.plan(into: PlanWriter(path))
            let plan = try PlanFile.read(path)
            let roles = plan.planned.filter { $0.field == .portalRole }
            try await stepwise.evaluate()
            let claimed = try await stepwise.store.claim(limit: nil, atMost: count).actions
            for _ in 0..<2 {
                let rejection = try await stepwise.store.reject(
                    plan: roles, id: plan.id, by: Self.act)
                #expect(rejection.contacts == 3)
            }
            for action in claimed { try await stepwise.answer(action, .notSent(reason: "no line")) }
            try await stepwise.evaluate()
            try await stepwise.send()
            // What was not of the plan goes on.
            for contact in stepwise.world.sandbox.contacts {
                #expect(contact.name == "Gold" && contact.portalRole == "member")
            }
            try await stepwise.expectNothingToSend()
            let declined = try await stepwise.world.rows(
                "SELECT jsonb_array_length(declined) AS count FROM usher.contact"
            ) { try $0.get("count", as: Int.self) }
            #expect(declined == [1, 1, 1])
            // The contact changes, or the rule: it is decided anew.
            stepwise.world.sandbox.editContact(id: ids[0]) { $0.portalRole = "no_access" }
            try await stepwise.see(ids)
            try await stepwise.evaluate()
            #expect(try await stepwise.claim().map(\.contactID) == [ids[0]])
        }
    }

    @Test func whatAHoldKeepsBackIsRejectedWithWhatWasFree() async throws {
        let rules = Self.rules().replacing(wideLimits, with: "{ privileged: { per_hour: 2 } }")
        try await withStepwiseWorker(rules: rules, contacts: []) { stepwise, _ in
            try await stepwise.evaluate()
            for contact in Self.people(4) { stepwise.world.sandbox.addContact(contact) }
            try await stepwise.see(stepwise.world.sandbox.contacts.map(\.id))
            try await stepwise.evaluate()
            let hold = try #require(try await stepwise.store.holds().first)
            let queued = try await stepwise.openActions()
            #expect(hold.contacts + queued == 4)
            let rejection = try await stepwise.store.reject(
                try #require(ApprovalID(hold.id)), meaning: { _ in nil }, by: Self.act)
            #expect(rejection.superseded == queued)
            try await stepwise.expectNothingToSend()
            let refused = try await stepwise.store.holds().filter { $0.refusedAt != nil }
            #expect(refused.map(\.rule) == ["acme"])
        }
    }

    @Test func aRuleThatNothingHoldsIsRejectedByName() async throws {
        try await withStepwiseWorker(rules: Self.rules(), contacts: Self.people(2)) {
            stepwise, ids in
            try await stepwise.see(ids)
            try await stepwise.evaluate()
            let unknown = try await stepwise.world.usher("reject", "acm", "--reason", "x")
            #expect(unknown.status == 64 && unknown.errors.contains("no rule acm"))
            let answer = try await stepwise.world.usher(
                "reject", "acme", "--reason", "a mistake", "--format", "json")
            #expect(answer.status == 0, "\(answer.errors)")
            #expect(answer.output.contains(#""superseded":2"#), "\(answer.output)")
            #expect(answer.output.contains(#""under_way":[]"#), "\(answer.output)")
            try await stepwise.expectNothingToSend()
            // It is shown until it changes.
            let holds = try await stepwise.world.usher("approvals")
            #expect(holds.output.contains("rule acme: was rejected"), "\(holds.output)")
            try await stepwise.prepare(rules: "# A remark.\n" + Self.rules())
            try await stepwise.expectNothingToSend()
            try await stepwise.prepare(rules: Self.rules(update: "set: { portal_role: no_access }"))
            try await stepwise.evaluate()
            #expect(try await stepwise.claim().count == 2)
        }
    }
}

extension StepwiseWorker {
    /// What a rule of the folder means.
    fileprivate func meaning(of rule: String) throws -> String? {
        try world.ruleset().meaning(named: rule)
    }

    fileprivate func reject(_ rule: String) async throws -> RejectionResult {
        let meaning = try meaning(of: rule)
        return try await store.reject(
            .rule(rule), meaning: { _ in meaning },
            by: OperatorAct(who: "tester", reason: "a mistake"))
    }

    fileprivate func openActions() async throws -> Int {
        try await world.count("SELECT count(*) AS count FROM usher.action")
    }

    /// Whatever waited is due, and there is nothing to send all the same.
    fileprivate func expectNothingToSend(
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        try await evaluate()
        try await makeEverythingDue()
        #expect(try await claim().isEmpty, sourceLocation: sourceLocation)
    }
}
