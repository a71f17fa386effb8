import Foundation
import Postgres
internal import Reconciler
import Rules
import Sandbox
import Store
import Testing
import Worker

/// What time alone changes is noticed without any change of a contact.
@Suite struct TimeTests {
    private static func rules(from: Date, until: Date) -> String {
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        return """
            version: 1
            rules:
              - id: pilot
                mode: enforce
                from: \(from.formatted(style))
                until: \(until.formatted(style))
                when: { email.domain: acme.com }
                set: { portal_role: admin }
            """
    }

    @Test func aRuleThatBeginsActsByItself() async throws {
        try await withWorld(rules: acmeAreAdmins, contacts: [person("ana@acme.com")]) { world in
            let from = Date() + 3
            try world.write(rules: Self.rules(from: from, until: from + 3600))
            // Nobody touches anything from here on.
            let worker = try CommandProcess(
                ["run"], environment: world.settings(), in: world.rulesFolder)
            #expect(
                await eventually { world.sandbox.contacts[0].portalRole == "admin" },
                "\(worker.errors.suffix(1000))")
            #expect(Date() >= from)
            worker.send(signal: SIGTERM)
            #expect(try await worker.end(within: .seconds(10)).status == 0)
        }
    }

    @Test func theNextMomentIsStoredAndAllContactsAreEvaluatedThen() async throws {
        let from = Date() + 3600
        let rules = Self.rules(from: from, until: from + 3600)
        try await withWorld(rules: rules, contacts: [person("ana@acme.com")]) { world in
            try await world.runOnce()
            let store = try world.worker().store
            let ruleset = try Ruleset(try #require(try await store.activeRuleset()))
            func recheckAt() async throws -> Date? {
                try await world.rows("SELECT recheck_at FROM usher.workspace") {
                    try $0.get("recheck_at", as: Date?.self)
                }[0]
            }
            let status = try await world.usher("status")
            #expect(status.output.contains("the rule pilot ends at "))
            let stored = try #require(try await recheckAt())
            #expect(abs(stored.timeIntervalSince(from)) < 0.01)
            // Not before its time.
            try await store.recheckWhenDue(ruleset)
            #expect(try await store.pending().isNothing)
            try await world.asOwner {
                _ = try $0.execute("UPDATE usher.workspace SET recheck_at = clock_timestamp()")
            }
            #expect(try await !store.pending().isNothing)
            try await store.recheckWhenDue(ruleset)
            #expect(try await store.pending().unevaluated)
            let next = try #require(try await recheckAt())
            #expect(abs(next.timeIntervalSince(from)) < 0.01)
            try await world.runOnce()
            #expect(try await store.pending().isNothing)
        }
    }

    @Test func nothingIsSentOnceItsTimeHasPassed() async throws {
        try await withEndingRule { stepwise, ids, end in
            try await end()
            #expect(try await stepwise.claim().isEmpty)
            try await stepwise.recheck()
            #expect(try await stepwise.claim().isEmpty)
            try await stepwise.evaluate()
            #expect(try await stepwise.claim().isEmpty)
            #expect(try await stepwise.kinds(of: ids[0]).last == "decision.made")
            try await stepwise.evaluate()
            #expect(try await stepwise.store.pending().isNothing)
        }
    }

    /// The request did not arrive, and its time is over when that is known.
    @Test func whatWasUnderWayWhenItsTimePassedIsDecidedAfresh() async throws {
        try await withEndingRule { stepwise, ids, end in
            let action = try #require(try await stepwise.claim().first)
            try await stepwise.answer(action, .unknown(reason: "no answer in time"))
            try await end()
            try await stepwise.recheck()
            try await stepwise.evaluate()
            try await stepwise.settle()
            #expect(try await stepwise.kinds(of: ids[0]).last == "action.superseded")
            try await stepwise.evaluate()
            #expect(try await stepwise.claim().isEmpty)
            #expect(try await stepwise.store.pending().isNothing)
        }
    }

    /// Who was there from the beginning has every age; who came later comes to it without any change.
    @Test func aContactThatComesToAnAgeIsEvaluatedThen() async throws {
        try await withWorld(rules: Self.ages, contacts: [person("old@acme.com")]) { world in
            try await world.runOnce()
            world.sandbox.addContact(person("new@acme.com"))
            try await world.runOnce()
            func states() -> [String: SandboxContact.CustomValue?] {
                Dictionary(
                    uniqueKeysWithValues: world.sandbox.contacts.map {
                        ($0.email ?? "", $0.customFields["department"])
                    })
            }
            #expect(
                states() == ["old@acme.com": .single("settled"), "new@acme.com": .single("fresh")])
            let stepwise = try StepwiseWorker(world)
            for (hours, comesToAnAge) in [(3, true), (20, false), (2, true), (50, false)] {
                try await Self.pass(hours, in: world)
                #expect(try await stepwise.store.pending().unevaluated == comesToAnAge)
                try await stepwise.evaluate()
                #expect(try await !stepwise.store.pending().unevaluated)
                try await stepwise.send()
                // What Usher itself set is looked at once more.
                try await stepwise.evaluate()
            }
            #expect(states()["new@acme.com"] == .single("settled"))
        }
    }

    private static func pass(_ hours: Int, in world: World) async throws {
        let interval = "\(hours) hours"
        try await world.asOwner { db in
            try db.run(
                script: """
                    UPDATE usher.workspace
                    SET first_swept_at = first_swept_at - interval '\(interval)',
                        ages_checked_at = ages_checked_at - interval '\(interval)';
                    UPDATE usher.contact SET known_since = known_since - interval '\(interval)';
                    """)
        }
    }

    private static let ages = """
        version: 1
        rules:
          - id: fresh
            mode: enforce
            when:
              all:
                - { email.domain: acme.com }
                - { first_seen: { newer_than: 2h } }
            set: { custom_fields.department: fresh }
          - id: settled
            mode: enforce
            when:
              all:
                - { email.domain: acme.com }
                - { first_seen: { older_than: 24h } }
            set: { custom_fields.department: settled }
        """

    /// A rule that has decided and ends soon; `end` waits until it has.
    private func withEndingRule(
        _ body: (StepwiseWorker, [String], () async throws -> Void) async throws -> Void
    ) async throws {
        try await withStepwiseWorker(contacts: [person("ana@acme.com")]) { stepwise, ids in
            let until = Date() + 3
            try await stepwise.prepare(rules: Self.rules(from: until - 3600, until: until))
            try await stepwise.see(ids[0])
            try await stepwise.evaluate()
            let actions = try await stepwise.world.rows("SELECT action_id FROM usher.action") {
                try $0.get("action_id", as: Int.self)
            }
            try #require(actions.count == 1)
            try await body(stepwise, ids) {
                #expect(
                    await eventually {
                        (try? await stepwise.store.pending().unevaluated) == true
                    })
            }
        }
    }
}
