import Contacts
import Foundation
import Postgres
import Reconciler
import Sandbox
import Store
import Testing
import Worker

/// What cannot be settled, stored or agreed on, and what ends that.
@Suite struct UnsettledTests {
    @Test func whatCouldNotBeSettledIsReadBackBeforeAnythingIsSentAgain() async throws {
        try await withStepwiseWorker(contacts: [person("ana@acme.com")]) { stepwise, ids in
            let action = try await begin(stepwise, ids[0])
            try await stepwise.answer(action, .unknown(reason: "no answer in time"))
            for _ in 0..<12 { try await stepwise.settle { _ in .nothing(reason: "500") } }
            #expect(try await stepwise.kinds(of: ids[0]).contains("action.blocked"))
            #expect(try await stepwise.claim().isEmpty)
            // It had landed all the time: our own change, which nobody else made.
            stepwise.land(action)
            try await stepwise.see(ids[0])
            try await stepwise.evaluate()
            #expect(try await stepwise.claim().isEmpty)
            try await stepwise.settle()
            #expect(try await stepwise.kinds(of: ids[0]).last == "patch.confirmed")
            let by = try await stepwise.world.rows(
                "SELECT DISTINCT by FROM audit.contact_history WHERE kind = 'contact.updated'"
            ) { try $0.get("by", as: String.self) }
            #expect(by == ["usher"])
            try await stepwise.world.expectRest()
        }
    }

    /// Nobody keeps access by growing too large to be read, and nobody is given any.
    @Test(arguments: [("admin", true), ("no_access", false)])
    func whoCannotBeReadIsLoweredAndNeverRaised(role: String, isSentAgain: Bool) async throws {
        let rules = """
            version: 1
            rules:
              - { id: all, mode: enforce, when: { email.domain: acme.com }, set: { portal_role: member } }
            """
        try await withStepwiseWorker(rules: rules, contacts: [person("ana@acme.com", role: role)]) {
            stepwise, ids in
            let action = try await begin(stepwise, ids[0])
            try await stepwise.answer(action, .unknown(reason: "a body that is too large"))
            for _ in 0..<3 {
                try await stepwise.settle { _ in .unreadable(reason: "a body that is too large") }
            }
            try await stepwise.makeEverythingDue()
            let sentAgain = try await stepwise.claim().map(\.values)
            #expect(sentAgain == (isSentAgain ? [action.values] : []))
        }
    }

    @Test func aContactOfManyMegabytesIsReadBack() async throws {
        var contact = person("ana@acme.com", role: "admin")
        contact.name = String(repeating: "Ana ", count: 1 << 20)
        let rules = """
            version: 1
            rules:
              - { id: all, mode: enforce, when: { email.domain: acme.com }, set: { portal_role: { at_most: member } } }
            """
        try await withWorld(rules: rules, contacts: [contact]) { world in
            let run = try await world.runOnce()
            #expect(run.summary.actions == ["applied": 1])
            #expect(world.sandbox.contacts[0].portalRole == "member")
        }
    }

    @Test func aPersonHasWhatCouldNotBeSettledReadBack() async throws {
        try await withStepwiseWorker(contacts: [person("ana@acme.com")]) { stepwise, ids in
            let action = try await begin(stepwise, ids[0])
            try await stepwise.answer(action, .unknown(reason: "no answer in time"))
            for _ in 0..<12 { try await stepwise.settle { _ in .nothing(reason: "500") } }
            let act = OperatorAct(who: "tester", reason: "the API is back")
            #expect(
                try await stepwise.store.release(.contact(ids[0], field: nil), by: act).count == 1)
            #expect(try await stepwise.claim().isEmpty)
            try await stepwise.settle()
            #expect(try await stepwise.kinds(of: ids[0]).last == "patch.not_applied")
            try await stepwise.send()
            try await stepwise.evaluate()
            try await stepwise.world.expectRest()
        }
    }

    /// The API answers 200 without taking the value, and something else changes with every answer.
    @Test func whatItsOwnRequestsChangeDoesNotUnblockAnAction() async throws {
        try await withStepwiseWorker(contacts: [person("ana@acme.com")]) { stepwise, ids in
            let action = try await begin(stepwise, ids[0])
            _ = stepwise.world.sandbox.editContact(id: ids[0]) { $0.name = "Seen 1" }
            try await stepwise.answer(action, .contact(try stepwise.read(ids[0])))
            try await stepwise.evaluate()
            #expect(try await stepwise.claim().isEmpty)
            // Somebody else's change is a reason to try again.
            _ = stepwise.world.sandbox.editContact(id: ids[0]) { $0.name = "Seen 2" }
            try await stepwise.see(ids[0])
            try await stepwise.evaluate()
            try await stepwise.send()
            #expect(stepwise.world.sandbox.contact(id: ids[0])?.portalRole == "admin")
            try await stepwise.world.expectRest()
        }
    }

    /// One that stops matching forgets; one that is only in conflict does not.
    @Test func driftOutlastsAConflict() async throws {
        let rules = """
            version: 1
            fields: { tier: { type: text } }
            rules:
              - { id: staff, mode: enforce, when: { email.domain: acme.com }, set: { portal_role: admin } }
              - { id: gold, mode: enforce, when: { custom_fields.tier: gold }, set: { portal_role: member } }
            """
        try await withStepwiseWorker(rules: rules, contacts: [person("ana@acme.com")]) {
            stepwise, ids in
            let action = try await begin(stepwise, ids[0])
            stepwise.land(action)
            try await stepwise.answer(action, .contact(try stepwise.read(ids[0])))
            for tier in [nil, "gold", nil] as [String?] {
                _ = stepwise.world.sandbox.editContact(id: ids[0]) {
                    $0.portalRole = "no_access"
                    $0.customFields["tier"] = tier.map { .single($0) }
                }
                try await stepwise.see(ids[0])
                try await stepwise.evaluate()
                #expect(try await stepwise.claim().isEmpty, "tier \(tier ?? "-")")
            }
            let kinds = try await stepwise.kinds(of: ids[0])
            #expect(kinds.count { $0 == "drift.found" } == 1)
        }
    }

    /// The outcome of one contact's request begins what waited, while the evaluator waits for it.
    @Test func anOutcomeBetweenTheLocksMakesTheEvaluatorBeginAgain() async throws {
        try await withStepwiseWorker(contacts: [person("ana@acme.com")]) { stepwise, ids in
            try await stepwise.see(ids[0])
            try await stepwise.evaluate()
            try await stepwise.prepare(
                rules: acmeAreAdmins.replacing("admin }", with: "no_access }"))
            let (moved, continuation) = AsyncStream<Void>.makeStream()
            async let outcome: Void = stepwise.world.asOwner { db in
                try db.run(
                    script: """
                        CREATE TEMP TABLE moved AS SELECT * FROM usher.action;
                        DELETE FROM usher.action;
                        INSERT INTO usher.action SELECT * FROM moved;
                        """)
                continuation.finish()
                try db.run(
                    script: """
                        DO $$ BEGIN
                            FOR turn IN 1 .. 1000 LOOP
                                EXIT WHEN EXISTS (SELECT FROM pg_locks WHERE NOT granted);
                                PERFORM pg_sleep(0.01);
                            END LOOP;
                        END $$;
                        """)
            }
            for await _ in moved {}
            try await stepwise.evaluate()
            try await outcome
            try await stepwise.send()
            #expect(stepwise.world.sandbox.contact(id: ids[0])?.portalRole == "no_access")
            #expect(try await stepwise.kinds(of: ids[0]).contains("action.superseded"))
            try await stepwise.evaluate()
            try await stepwise.world.expectRest()
        }
    }

    /// An answer that the database refuses takes no other answer of its batch with it.
    @Test func whatCannotBeStoredIsSettledByReadingBack() async throws {
        let people = (0..<20).map { person("p\($0)@acme.com") }
        try await withWorld(rules: acmeAreAdmins, contacts: people) { world in
            try await world.asOwner { db in
                try db.run(
                    script: """
                        CREATE FUNCTION public.refuse() RETURNS trigger LANGUAGE plpgsql AS $$
                        BEGIN
                            RAISE EXCEPTION 'refused' USING ERRCODE = '22000';
                        END $$;
                        CREATE TRIGGER refuse BEFORE INSERT ON usher.event FOR EACH ROW
                        WHEN (NEW.kind = 'patch.applied' AND NEW.contact_id = '\(people[7].id)')
                        EXECUTE FUNCTION public.refuse();
                        """)
            }
            let run = try await world.runOnce()
            #expect(run.failure == nil)
            #expect(run.summary.actions == ["applied": 19, "confirmed": 1])
            #expect(world.sandbox.requests(to: .update).requests.count == 20)
            try await world.expectRest()
        }
    }

    /// An API that answers well and takes nothing, for a contact that changes again and again.
    @Test func whatIsNeverTakenIsTriedThreeTimesAnHour() async throws {
        try await withWorld(
            rules: acmeAreAdmins, contacts: [person("ana@acme.com")],
            faults: FaultPlan([SandboxFault(.notTaken, endpoints: [.update])])
        ) { world in
            let id = world.sandbox.contacts[0].id
            for number in 0..<6 {
                _ = world.sandbox.editContact(id: id) { $0.name = "Ana \(number)" }
                #expect(try await world.runOnce().failure == nil)
            }
            #expect(world.sandbox.requests(to: .update).requests.count == 3)
            let held = try await world.worker().store.holds()
            #expect(held.map(\.reason) == ["own_changes"])
        }
    }

    /// Sees a contact and claims what the rules want for it.
    private func begin(_ stepwise: StepwiseWorker, _ id: String) async throws -> ClaimedAction {
        try await stepwise.see(id)
        try await stepwise.evaluate()
        return try #require(try await stepwise.claim().first)
    }
}
