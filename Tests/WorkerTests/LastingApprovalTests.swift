import Contacts
import Foundation
import Planning
import Postgres
import Reconciler
import Sandbox
import Store
import Testing
import Worker

/// An approval lasts until the change is made, or something happens that ends it.
@Suite struct LastingApprovalTests {
    private static let act = OperatorAct(who: "tester", reason: "these are ours")

    /// Why the changes are held at first.
    enum Reason: CaseIterable {
        case limit, approval

        var rules: String {
            """
            version: 1
            limits: { percent_of_contacts: 100, privileged: { per_hour: \(self == .limit ? 3 : 1000), per_day: 1000, percent_of_contacts: 100 } }
            fields: { tier: { type: text } }
            rules:
              - id: acme
                mode: enforce
                when: { email.domain: acme.com, portal_role: [no_access, member] }
                set: { portal_role: admin }
                \(self == .approval ? "approval: required" : "")
            """
        }
    }

    /// What happens to the files while approved changes wait to be sent.
    enum FileChange: CaseIterable {
        case remark, remarkInAnotherFile, ruleForTheSame, anotherRule, rename, reload, order

        func make(in world: World, _ rules: String) throws {
            func write(_ text: String, _ name: String) throws {
                try Data(text.utf8).write(to: URL(filePath: world.rulesFolder + "/" + name))
            }
            let other = """
                version: 1
                limits: \(wideLimits)
                rules:
                  - { id: other, mode: enforce, when: { email.domain: acme.com, portal_role: [no_access, member] }, set: %@ }
                """
            switch self {
            case .remark: try write("# A remark.\n" + rules, "rules.yaml")
            case .remarkInAnotherFile: try write(noRules + "\n# A remark.\n", "b.yaml")
            case .ruleForTheSame:
                try write(other.replacing("%@", with: "{ portal_role: admin }"), "b.yaml")
            case .anotherRule: try write(other.replacing("%@", with: "{ name: Known }"), "b.yaml")
            case .rename:
                try FileManager.default.moveItem(
                    atPath: world.rulesFolder + "/rules.yaml",
                    toPath: world.rulesFolder + "/roles.yaml")
            case .reload: break
            case .order:
                try write(
                    rules.replacing("[no_access, member]", with: "[member, no_access]"),
                    "rules.yaml")
            }
        }
    }

    @Test(arguments: Reason.allCases, FileChange.allCases)
    func whatIsApprovedIsMadeWhateverElseChanges(reason: Reason, change: FileChange) async throws {
        let people = (0..<33).map { person("p\($0)@acme.com") }
        try await withStepwiseWorker(rules: reason.rules, contacts: people) { stepwise, ids in
            try noRules.write(
                toFile: stepwise.world.rulesFolder + "/b.yaml", atomically: true, encoding: .utf8)
            try await stepwise.prepare()
            try await stepwise.see(ids)
            try await stepwise.evaluate()
            #expect(try await stepwise.approveTheHold().contacts == 33)
            try await stepwise.evaluate()
            // A few go out before the files change.
            let limit = RequestLimit(permits: 300, window: .seconds(60))
            let claimed = try await stepwise.store.claim(limit: limit, atMost: 5).actions
            #expect(!claimed.isEmpty)
            for action in claimed {
                stepwise.land(action)
                try await stepwise.answer(action, .contact(try stepwise.read(action.contactID)))
            }
            try change.make(in: stepwise.world, reason.rules)
            try await stepwise.prepare()
            try await stepwise.sendEverything()
            #expect(stepwise.admins.count == 33)
            #expect(try await stepwise.store.holds().isEmpty)
            // What is made is agreed to no longer.
            let open = try await stepwise.world.count(
                "SELECT count(*) AS count FROM usher.contact WHERE approved IS NOT NULL")
            #expect(open == 0)
            try await stepwise.world.expectRest()
        }
    }

    /// What ends an approval, for one of three contacts or for all.
    enum End: CaseIterable {
        case somebodyElseChangesTheField, theRuleMeansSomethingElse, rejection

        /// How many of three are still made.
        var made: Int { self == .somebodyElseChangesTheField ? 2 : 0 }
    }

    @Test(arguments: Reason.allCases, End.allCases)
    func anApprovalEnds(reason: Reason, end: End) async throws {
        let rules = reason.rules.replacing("per_hour: 3", with: "per_hour: 0")
        let people = (0..<3).map { person("p\($0)@acme.com") }
        try await withStepwiseWorker(rules: rules, contacts: people) { stepwise, ids in
            try await stepwise.see(ids)
            try await stepwise.evaluate()
            #expect(try await stepwise.approveTheHold().contacts == 3)
            try await stepwise.evaluate()
            switch end {
            case .somebodyElseChangesTheField:
                stepwise.world.sandbox.editContact(id: ids[0]) { $0.portalRole = "no_access" }
                try await stepwise.see(ids)
            case .theRuleMeansSomethingElse:
                try await stepwise.prepare(
                    rules: rules.replacing(
                        "email.domain: acme.com", with: "email.domain: [acme.com, acme.org]"))
            case .rejection:
                let ruleset = try stepwise.world.ruleset()
                _ = try await stepwise.store.reject(
                    .rule("acme"), meaning: { ruleset.meaning(named: $0) }, by: Self.act)
            }
            try await stepwise.sendEverything()
            #expect(stepwise.admins.count == end.made)
            #expect(try await stepwise.store.holds().map(\.contacts) == [3 - end.made])
        }
    }

    /// Agreed to before its rules were in force, and not in force within seven days.
    @Test(arguments: [6, 8])
    func anApprovalLastsSevenDays(days: Int) async throws {
        let people = (0..<3).map { person("p\($0)@acme.com") }
        let rules = Reason.limit.rules.replacing("per_hour: 3", with: "per_hour: 0")
        try await withStepwiseWorker(rules: noRules, contacts: people) { stepwise, ids in
            try await stepwise.see(ids)
            try await stepwise.evaluate()
            try stepwise.world.write(rules: rules)
            let plan = try await stepwise.planFile()
            let approval = try await stepwise.store.approve(
                plan: plan.planned, id: plan.id, by: Self.act)
            #expect(approval.contacts == 3)
            try await stepwise.world.asOwner {
                try $0.run(
                    script: """
                        UPDATE usher.contact SET approved = (
                            SELECT jsonb_agg(jsonb_set(change, '{until}', to_jsonb(to_char(
                                (change ->> 'until')::timestamptz AT TIME ZONE 'UTC'
                                    - interval '\(days) days', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'))))
                            FROM jsonb_array_elements(approved) AS change)
                        """)
            }
            try await stepwise.prepare()
            try await stepwise.sendEverything()
            #expect(stepwise.admins.count == (days < 7 ? 3 : 0))
        }
    }

    /// The record says which plan, which rules and which changes, and the hold ends with it.
    @Test func anApprovedPlanClosesTheHoldsThatItEmpties() async throws {
        let people = (0..<3).map { person("p\($0)@acme.com") }
        let rules = Reason.limit.rules.replacing("per_hour: 3", with: "per_hour: 0")
        try await withStepwiseWorker(rules: rules, contacts: people) { stepwise, ids in
            try await stepwise.see(ids)
            try await stepwise.evaluate()
            let hold = try #require(try await stepwise.store.holds().first)
            let plan = try await stepwise.planFile()
            let (first, rest) = (plan.planned.prefix(1), plan.planned.dropFirst())
            // A part of it leaves the hold as it is.
            let part = try await stepwise.store.approve(
                plan: Array(first), id: plan.id, by: Self.act)
            #expect(part.approved == ["plan \(plan.id), for 1 contacts"])
            #expect(try await stepwise.store.holds().map(\.contacts) == [2])
            let whole = try await stepwise.store.approve(
                plan: Array(rest), id: plan.id, by: Self.act)
            #expect(whole.approved.last == "the hold on rule acme, which keeps nothing else back")
            #expect(try await stepwise.store.holds().isEmpty)
            let released = try await stepwise.world.rows(
                """
                SELECT cause_seq, body ->> 'plan' AS plan, body ->> 'rule' AS rule,
                       body ->> 'who' AS who
                FROM usher.event WHERE kind = 'hold.released'
                """
            ) {
                [
                    "\(try $0.get("cause_seq", as: Int.self))", try $0.get("plan"),
                    try $0.get("rule"), try $0.get("who"),
                ]
            }
            #expect(released == [[hold.id, plan.id, "acme", "tester"]])
            let acts = try await stepwise.world.rows(
                """
                SELECT contact_id, body ->> 'plan' AS plan, change ->> 'field' AS field,
                       change ->> 'from' AS before, change ->> 'value' AS value,
                       change ->> 'rules' AS rules
                FROM usher.event, jsonb_array_elements(body -> 'changes') AS change
                WHERE kind = 'operator.acted' ORDER BY contact_id
                """
            ) { row in
                try ["contact_id", "plan", "field", "before", "value", "rules"].map {
                    try row.get($0, as: String.self)
                }
            }
            #expect(
                acts
                    == ids.sorted().map {
                        [$0, plan.id, "portal_role", "member", "admin", #"["acme"]"#]
                    })
            try await stepwise.sendEverything()
            #expect(stepwise.admins.count == 3)
        }
    }
}

extension StepwiseWorker {
    fileprivate var admins: [SandboxContact] {
        world.sandbox.contacts.filter { $0.portalRole == "admin" }
    }

    fileprivate func approveTheHold() async throws -> ApprovalResult {
        let held = try #require(try await store.holds().first)
        return try await store.approve(
            try #require(ApprovalID(held.id)), meanings: [:],
            by: OperatorAct(who: "tester", reason: "these are ours"))
    }

    fileprivate func planFile() async throws -> PlanFile {
        let path = world.rulesFolder + "/plan.json"
        _ = try await world.plan(into: PlanWriter(path))
        return try PlanFile.read(path)
    }

    /// Evaluates and sends until nothing is due.
    fileprivate func sendEverything() async throws {
        for _ in 0..<5 {
            try await evaluate()
            try await makeEverythingDue()
            try await send()
        }
        try await evaluate()
    }
}
