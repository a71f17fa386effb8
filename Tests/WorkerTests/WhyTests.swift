import Foundation
import Postgres
internal import Reconciler
import Sandbox
import Store
import Testing
import Worker

/// Why a rule did nothing, from the record.
@Suite struct WhyTests {
    private static func rules(excepted: String) -> String {
        """
        version: 1
        fields: { tier: { type: text }, status: { type: text } }
        tables: { customers: { file: customers.csv } }
        rules:
          - { id: customers, mode: enforce, when: { in_table: customers }, set: { name: "${customers.name}" } }
          - { id: staff, mode: enforce, when: { email.domain: acme.com, custom_fields.tier: gold }, set: { portal_role: admin } }
          - { id: leavers, priority: 900, mode: enforce, when: { email.domain: acme.com, custom_fields.status: left }, set: { portal_role: no_access } }
          - { id: one, mode: enforce, when: { email.domain: acme.com, custom_fields.tier: silver }, set: { avatar_url: "https://a.example/1" } }
          - { id: two, mode: enforce, when: { email.domain: acme.com }, set: { avatar_url: "https://a.example/2" } }
          - { id: maybe, when: { email.domain: acme.com }, set: { name: Someone } }
          - { id: never, mode: off, when: { email.domain: acme.com }, set: { name: Someone } }
          - { id: over, mode: enforce, until: 2020-01-01, when: { email.domain: acme.com }, set: { name: Someone } }
        guardrails:
          - { id: no-bobs, deny: { portal_role: admin }, when: { email.local: bob }, reason: No Bob is an admin. }
        exceptions:
          - { id: ex-eve, rules: [staff], contact: \(excepted), until: 2099-01-01, reason: HR-77 }
        """
    }

    private static func people() -> [SandboxContact] {
        var kim = person("kim@acme.com", tier: "gold")
        kim.customFields["status"] = .single("left")
        return [
            person("eve@acme.com", tier: "gold"), person("ana@acme.com", tier: "bronze"),
            person("bob@acme.com", tier: "gold"), kim, person("lea@acme.com", tier: "silver"),
        ]
    }

    @Test func everythingThatStoodInTheWayIsNamed() async throws {
        let people = Self.people()
        try await withWorld(rules: acmeAreAdmins, contacts: people) { world in
            try Data("domain,name\nacme.com,Acme\nglobex.com,Globex\n".utf8)
                .write(to: URL(filePath: world.rulesFolder + "/customers.csv"))
            try world.write(rules: Self.rules(excepted: people[0].id))
            try await world.runOnce()
            for (name, rule, lines) in [
                (
                    "ana", "staff",
                    [
                        "✓ email.domain is acme.com – `acme.com`",
                        "✗ custom_fields.tier is gold – `bronze`", "- its condition is false",
                    ]
                ),
                ("bob", "staff", ["- the guardrail no-bobs denies portal_role: admin: No Bob"]),
                ("eve", "staff", ["- the exception ex-eve leaves the contact out until", "HR-77"]),
                ("kim", "staff", ["- staff wanted portal_role: admin, beaten by leavers"]),
                ("lea", "one", ["- conflict over avatar_url, nothing is done to it: `one`"]),
                (
                    "ana", "leavers",
                    ["? custom_fields.status is left", "so the rule does not apply"]
                ),
                ("ana", "maybe", ["- it is in shadow", "would set name: Someone"]),
                ("ana", "never", ["- it is off"]),
                ("ana", "over", ["- it is not its time: it ended at 2020-01-02T00:00:00Z"]),
                ("ana", "customers", ["1 of its 2 rows is true", "customers[acme.com]: true"]),
                ("ana", "customers[globex.com]", ["✗ email.domain", "its condition is false"]),
            ] as [(String, String, [String])] {
                let told = try await world.usher("why", name + "@acme.com", "--rule", rule)
                #expect(told.status == 0, "\(told.errors)")
                for line in lines { #expect(told.output.contains(line), "\(told.output)") }
            }
            let misspelt = try await world.usher("why", "ana@acme.com", "--rule", "stuff")
            #expect(misspelt.status == 1 && misspelt.output.isEmpty)
            #expect(misspelt.errors.contains("no rule stuff; did you mean staff?"))
            let unknown = try await world.usher("why", "nobody@acme.com", "--rule", "staff")
            #expect(unknown.status == 1 && unknown.errors.contains("no contact has the id"))
        }
    }

    private static let gold = """
        version: 1
        fields: { tier: { type: text } }
        rules:
          - { id: gold, mode: enforce, when: { email.domain: acme.com, custom_fields.tier: gold }, set: { portal_role: no_access }, on_unmatch: revert }
        """

    private func why(
        _ id: String, _ world: World, _ more: (String, String)? = nil
    ) async throws -> String {
        let told =
            if let more {
                try await world.usher("why", id, "--rule", "gold", more.0, more.1)
            } else {
                try await world.usher("why", id, "--rule", "gold")
            }
        #expect(told.status == 0, "\(told.errors)")
        return told.output
    }

    /// With its rules, and the contact as it was.
    @Test func theAnswerIsThatOfThen() async throws {
        let ana = person("ana@acme.com", role: "admin", tier: "gold")
        try await withStepwiseWorker(rules: Self.gold, contacts: [ana]) { stepwise, ids in
            let world = stepwise.world
            try await stepwise.see(ids[0])
            try await stepwise.evaluate()
            try await stepwise.send()
            let then = try await world.moment()
            // Not true any more, and what it had set would raise her: then somebody made her a member.
            world.sandbox.editContact(id: ids[0]) { $0.customFields["tier"] = .single("silver") }
            try await stepwise.see(ids[0])
            try await stepwise.evaluate()
            #expect(
                try await why(ids[0], world).contains(
                    "gold no longer applies and reverts portal_role: admin, which might raise"
                ))
            let waited = try await world.moment()
            world.sandbox.editContact(id: ids[0]) {
                ($0.customFields["tier"], $0.portalRole) = (.single("gold"), "member")
            }
            try await stepwise.see(ids[0])
            try await stepwise.evaluate()
            let others = Self.gold.replacing("id: gold", with: "id: silver")
            try await stepwise.prepare(rules: others)
            try await stepwise.evaluate()

            let first = try await why(ids[0], world, ("--at", then))
            #expect(first.contains("✓ custom_fields.tier is gold – `gold`"))
            #expect(first.contains("- portal_role is already no_access (gold)"), "\(first)")
            let second = try await why(ids[0], world, ("--at", waited))
            #expect(second.contains("✗ custom_fields.tier is gold – `silver`"))
            #expect(second.contains("- portal_role was held since #"), "\(second)")
            let now = try await world.usher("why", ids[0], "--rule", "gold")
            #expect(now.errors.contains("has no rule gold"))
            let before = try await world.usher(
                "why", ids[0], "--rule", "gold", "--at", "2020-01-01")
            #expect(
                before.status == 1
                    && before.errors.contains("was not known at 2020-01-02T00:00:00Z"))
        }
    }

    @Test func driftAndWhatTheAPIRefusedAreNamed() async throws {
        let ana = person("ana@acme.com", role: "admin", tier: "gold")
        try await withStepwiseWorker(rules: Self.gold, contacts: [ana]) { stepwise, ids in
            let world = stepwise.world
            try await stepwise.see(ids[0])
            try await stepwise.evaluate()
            try await stepwise.answer(stepwise.claim()[0], .refused(message: "no such role"))
            #expect(try await why(ids[0], world).contains("- portal_role was blocked since #"))
            world.sandbox.editContact(id: ids[0]) { $0.name = "Ana" }
            try await stepwise.see(ids[0])
            try await stepwise.evaluate()
            try await stepwise.send()
            world.sandbox.editContact(id: ids[0]) { $0.portalRole = "member" }
            try await stepwise.see(ids[0])
            try await stepwise.evaluate()
            let told = try await why(ids[0], world)
            #expect(told.contains("- another party changed portal_role from no_access to `member`"))
            #expect(told.contains("result: drift") && !told.contains("blocked"), "\(told)")
        }
    }

    @Test func whatALimitHoldsIsNamed() async throws {
        let ana = person("ana@acme.com", role: "admin", tier: "gold")
        let rules = Self.gold + "\nlimits: { lowering: { per_hour: 0 } }"
        try await withWorld(rules: rules, contacts: [ana]) { world in
            try await world.runOnce()
            let told = try await why("ana@acme.com", world)
            #expect(told.contains("- portal_role was held in #"), "\(told)")
            let answers = try await world.usher(
                "why", "ana@acme.com", "--rule", "gold", "--format", "json")
            let answer = try JSONSerialization.jsonObject(with: Data(answers.output.utf8))
            let decision = (answer as? [[String: Any]])?.first?["decision"] as? [String: Any]
            #expect(decision?["result"] as? String == "held", "\(answers.output)")
        }
    }

    @Test func ofWhoIsGoneThatIsSaid() async throws {
        let ana = person("ana@acme.com", role: "admin", tier: "gold")
        try await withWorld(rules: Self.gold, contacts: [ana, person("bob@acme.com")]) { world in
            try await world.runOnce()
            _ = world.sandbox.deleteContact(id: ana.id)
            try await world.runOnce()
            let told = try await world.usher("why", ana.id, "--rule", "gold")
            #expect(told.status == 1 && told.errors.contains("was deleted by 20"), "\(told.errors)")
        }
    }
}

extension World {
    /// The database's time, to the millisecond: after all there is, and before what comes.
    fileprivate func moment() async throws -> String {
        try await Task.sleep(for: .milliseconds(2))
        let now = try await rows("SELECT clock_timestamp() AS now") {
            try $0.get("now", as: Date.self)
        }[0]
        try await Task.sleep(for: .milliseconds(2))
        return now.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }
}
