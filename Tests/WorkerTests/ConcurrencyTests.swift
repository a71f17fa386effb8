import Contacts
import Foundation
import Postgres
import Reconciler
import Rules
import Sandbox
import Store
import Testing
import Worker

/// Several at once, the slow, the dead and the late.
@Suite struct ConcurrencyTests {
    @Test func twoWorkersSendEveryChangeOnce() async throws {
        let jitter = SandboxFault(.latency, endpoints: [.update], milliseconds: 0...30)
        try await withWorld(
            rules: acmeAreAdmins, contacts: (0..<300).map { person("p\($0)@acme.com") },
            faults: FaultPlan([jitter])
        ) { world in
            let first = try world.worker("one")
            try await first.prepare()
            try await world.inAnotherProcess { other in
                let second = try other.worker("two")
                async let one = first.runOnce()
                async let two = second.runOnce()
                let failures = await [one.failure, two.failure].compactMap(\.self)
                #expect(failures.isEmpty)
            }
            let seen = world.sandbox.requests(to: .update).requests
            #expect(seen.count == 300 && Set(seen.map(\.contactID)).count == 300)
            try await world.expectRest()
            try await Evidence(world).expectComplete()
        }
    }

    @Test func whoeverLostTheLeaseToEvaluateRecordsNothing() async throws {
        try await withStepwiseWorker(contacts: [person("ana@acme.com")]) { stepwise, ids in
            try await stepwise.evaluate()
            try await stepwise.see(ids[0])
            let store = stepwise.store
            let lease = try #require(try await store.acquire(.evaluate))
            let ruleset = try Ruleset(try #require(try await store.activeRuleset()))
            let (pending, batch) = try await decide(ruleset, in: store, under: lease)
            try await stepwise.makeEverythingDue()
            let thief = try StepwiseWorker(stepwise.world, holder: "thief")
            try await thief.evaluate()
            let before = try await store.lastSeq()
            await #expect(throws: StoreError.leaseLost(name: "evaluate")) {
                _ = try await store.write(batch, of: pending)
            }
            #expect(try await stepwise.store.lastSeq() == before)
            #expect(try await stepwise.claim().count == 1)
        }
    }

    /// What the evaluator read is not locked: whatever has changed since is decided on anew.
    @Test(arguments: Meanwhile.allCases)
    func whatChangedWhileItWasDecidedOnIsNotWritten(_ meanwhile: Meanwhile) async throws {
        try await withStepwiseWorker(contacts: [person("ana@acme.com")]) { stepwise, ids in
            try await stepwise.evaluate()
            try await stepwise.see(ids[0])
            let store = stepwise.store
            let lease = try #require(try await store.acquire(.evaluate))
            let ruleset = try Ruleset(try #require(try await store.activeRuleset()))
            let (pending, batch) = try await decide(ruleset, in: store, under: lease)
            #expect(batch.begunActions == 1)
            switch meanwhile {
            case .contact:
                stepwise.world.sandbox.editContact(id: ids[0]) { $0.name = "Another" }
                try await stepwise.see(ids[0])
            case .decision:
                _ = try await store.approve(
                    .rule("acme-are-admins"),
                    meanings: ["acme-are-admins": ruleset.meaning(named: "acme-are-admins") ?? ""],
                    by: OperatorAct(who: "eve", reason: "a test"))
            }
            let before = try await store.lastSeq()
            let expected: StoreError =
                meanwhile == .contact ? .evaluationMoved : .leaseLost(name: "evaluate")
            await #expect(throws: expected) { _ = try await store.write(batch, of: pending) }
            #expect(try await store.lastSeq() == before)
            try await stepwise.evaluate()
            #expect(try await stepwise.claim().count == 1)
        }
    }

    enum Meanwhile: CaseIterable { case contact, decision }

    /// Reads what is to be evaluated and decides on it, as the first half of a pass does.
    private func decide(
        _ ruleset: Ruleset, in store: Store, under lease: Lease
    ) async throws -> (PendingEvaluations, EvaluationBatch) {
        let step = try await store.nextEvaluation(under: lease, of: ruleset.hash)
        guard case .evaluate(let pending) = step else {
            throw Unexpected(description: "nothing to evaluate: \(step)")
        }
        let gate = ChangeGate(
            ruleset, before: pending.limitsBefore, cap: nil, ledger: pending.ledger,
            holds: pending.holds)
        return (
            pending, try EvaluationBatch(of: pending.subjects, through: gate, at: pending.now)
        )
    }

    private struct Unexpected: Error, CustomStringConvertible { let description: String }

    @Test func whoeverLostTheLeaseToSweepRecordsNothing() async throws {
        try await withStepwiseWorker(contacts: [person("ana@acme.com")]) { stepwise, ids in
            let store = stepwise.store
            let lease = try #require(try await store.acquire(.sweep))
            let sweep = try await store.currentSweep(under: lease)
            let page = OnePage(documents: [try stepwise.read(ids[0])])
            try await stepwise.makeEverythingDue()
            let thief = try StepwiseWorker(stepwise.world, holder: "thief").store
            let stolen = try #require(try await thief.acquire(.sweep))
            let goesOn = try await thief.currentSweep(under: stolen)
            #expect(goesOn == sweep)
            let before = try await store.lastSeq()
            let askedAt = ReadMark(seq: before, at: .now)
            await #expect(throws: StoreError.leaseLost(name: "sweep")) {
                _ = try await store.record(
                    page, of: sweep, under: lease, askedAt: askedAt, nextCursor: nil)
            }
            await #expect(throws: StoreError.leaseLost(name: "sweep")) {
                _ = try await store.complete(sweep, under: lease)
            }
            #expect(try await store.lastSeq() == before)
            let done = try await thief.record(
                page, of: goesOn, under: stolen, askedAt: askedAt, nextCursor: nil)
            #expect(done.changed == 1)
            // The same page twice is not the next one.
            await #expect(throws: StoreError.sweepMoved(sweepID: sweep.sweepID)) {
                _ = try await thief.record(
                    page, of: goesOn, under: stolen, askedAt: askedAt, nextCursor: nil)
            }
        }
    }

    @Test func aLateAnswerIsEvidenceAndChangesNothing() async throws {
        try await withStepwiseWorker(contacts: [person("ana@acme.com")]) { stepwise, ids in
            try await stepwise.see(ids[0])
            try await stepwise.evaluate()
            let action = try #require(try await stepwise.claim().first)
            stepwise.land(action)
            let other = try StepwiseWorker(stepwise.world, holder: "other")
            try await other.settle()
            try await stepwise.answer(action, .contact(try stepwise.read(ids[0])))
            #expect(
                try await stepwise.kinds(of: ids[0]).suffix(4) == [
                    "patch.intended", "patch.unknown", "patch.confirmed", "patch.late",
                ])
            let attempts = try await stepwise.world.rows(
                "SELECT outcome, request_id FROM audit.attempts"
            ) {
                [
                    try $0.get("outcome", as: String?.self),
                    try $0.get("request_id", as: String?.self),
                ]
            }
            #expect(attempts == [["confirmed", "request-\(action.actionID)-1"]])
            try await stepwise.world.expectRest()
        }
    }

    @Test func whatWasAskedForBeforeAnOutcomeIsReadAgain() async throws {
        try await withStepwiseWorker(contacts: [person("ana@acme.com")]) { stepwise, ids in
            try await stepwise.see(ids[0])
            try await stepwise.evaluate()
            let (old, askedAt) = (try stepwise.read(ids[0]), try await stepwise.store.lastSeq())
            let action = try #require(try await stepwise.claim().first)
            // Under way.
            #expect(try await stepwise.store.observe([old], askedAt: askedAt) == ids)
            stepwise.land(action)
            try await stepwise.answer(action, .contact(try stepwise.read(ids[0])))
            // Answered since.
            #expect(try await stepwise.store.observe([old], askedAt: askedAt) == ids)
            try await stepwise.see(ids[0])
            #expect(try await stepwise.kinds(of: ids[0]).last == "patch.applied")
        }
    }

    @Test func whatWasAskedForBeforeAReadBackIsReadAgain() async throws {
        try await withStepwiseWorker(contacts: [person("ana@acme.com")]) { stepwise, ids in
            try await stepwise.see(ids[0])
            try await stepwise.evaluate()
            let action = try #require(try await stepwise.claim().first)
            try await stepwise.answer(action, .unknown(reason: "500"))
            let (old, askedAt) = (try stepwise.read(ids[0]), try await stepwise.store.lastSeq())
            _ = stepwise.world.sandbox.editContact(id: ids[0]) { $0.portalRole = "no_access" }
            try await stepwise.settle()
            #expect(try await stepwise.store.observe([old], askedAt: askedAt) == ids)
        }
    }

    @Test func anOwnChangeThatComesLateIsNoDrift() async throws {
        try await withStepwiseWorker(contacts: [person("ana@acme.com")]) { stepwise, ids in
            try await stepwise.see(ids[0])
            try await stepwise.evaluate()
            let action = try #require(try await stepwise.claim().first)
            try await stepwise.answer(action, .unknown(reason: "500"))
            try await stepwise.settle()
            stepwise.land(action)
            try await stepwise.see(ids[0])
            try await stepwise.evaluate()
            #expect(try await stepwise.claim().isEmpty)
            let kinds = try await stepwise.kinds(of: ids[0])
            #expect(kinds.contains("patch.not_applied") && !kinds.contains("drift.found"))
            let by = try await stepwise.world.rows(
                "SELECT by FROM audit.contact_history WHERE kind = 'contact.updated'"
            ) { try $0.get("by", as: String.self) }
            #expect(by == ["usher"])
            try await stepwise.world.expectRest()
            // And it is ours: undone by somebody else, it is drift.
            _ = stepwise.world.sandbox.editContact(id: ids[0]) { $0.portalRole = "member" }
            try await stepwise.see(ids[0])
            try await stepwise.evaluate()
            #expect(try await stepwise.claim().isEmpty)
            #expect(try await stepwise.kinds(of: ids[0]).contains("drift.found"))
        }
    }

    @Test func aNewerWishWaitsForTheRequestUnderWay() async throws {
        try await withStepwiseWorker(contacts: [person("ana@acme.com")]) { stepwise, ids in
            try await stepwise.see(ids[0])
            try await stepwise.evaluate()
            let action = try #require(try await stepwise.claim().first)
            try await stepwise.prepare(
                rules: acmeAreAdmins.replacing("admin }", with: "no_access }"))
            try await stepwise.evaluate()
            #expect(try await stepwise.claim().isEmpty)
            stepwise.land(action)
            try await stepwise.answer(action, .contact(try stepwise.read(ids[0])))
            try await stepwise.send()
            #expect(stepwise.world.sandbox.contact(id: ids[0])?.portalRole == "no_access")
            #expect(try await outcomes(in: stepwise.world) == ["applied", "applied"])
            try await stepwise.world.expectRest()
        }
    }

    /// The wish that waited was decided on a contact as it would have been.
    @Test func aWishThatWaitedForWhatDidNotHappenIsDecidedAfresh() async throws {
        let one = acmeAreAdmins.replacing("admin }", with: "admin, custom_fields.tier: gold }")
        let two = acmeAreAdmins.replacing("admin }", with: "admin, custom_fields.tier: silver }")
        try await withStepwiseWorker(rules: one, contacts: [person("ana@acme.com")]) {
            stepwise, ids in
            try await stepwise.see(ids[0])
            try await stepwise.evaluate()
            let action = try #require(try await stepwise.claim().first)
            try await stepwise.prepare(rules: two)
            try await stepwise.evaluate()
            try await stepwise.answer(action, .unknown(reason: "500"))
            try await stepwise.settle()
            try await finish(stepwise)
            let contact = try #require(stepwise.world.sandbox.contact(id: ids[0]))
            #expect(contact.portalRole == "admin")
            #expect(contact.customFields["tier"] == .single("silver"))
            try await stepwise.world.expectRest()
        }
    }

    @Test(arguments: [
        "version: 1\nrules:\n  - { id: other, mode: enforce, when: { id: nobody }, set: { portal_role: admin } }",
        acmeAreAdmins.replacing("acme-are-admins", with: "renamed"),
    ])
    func rulesChangedDuringARequestThatIsNotAppliedLeaveNothingOpen(rules: String) async throws {
        try await withStepwiseWorker(contacts: [person("ana@acme.com")]) { stepwise, ids in
            try await stepwise.see(ids[0])
            try await stepwise.evaluate()
            let action = try #require(try await stepwise.claim().first)
            try await stepwise.prepare(rules: rules)
            try await stepwise.evaluate()
            try await stepwise.answer(action, .unknown(reason: "500"))
            try await stepwise.settle()
            try await finish(stepwise)
            let isWanted = rules.contains("acme.com")
            #expect(
                stepwise.world.sandbox.contact(id: ids[0])?.portalRole
                    == (isWanted ? "admin" : "member"))
            try await stepwise.world.expectRest()
        }
    }

    @Test func aNewerDecisionTakesThePlaceOfAnActionThatWaits() async throws {
        try await withStepwiseWorker(contacts: [person("ana@acme.com")]) { stepwise, ids in
            try await stepwise.see(ids[0])
            try await stepwise.evaluate()
            try await stepwise.prepare(
                rules: acmeAreAdmins.replacing("admin }", with: "no_access }"))
            #expect(try await stepwise.claim().isEmpty, "an action of rules that are not in force")
            try await stepwise.evaluate()
            try await stepwise.send()
            #expect(stepwise.world.sandbox.contact(id: ids[0])?.portalRole == "no_access")
            #expect(try await outcomes(in: stepwise.world) == ["superseded", "applied"])
        }
    }

    @Test func theFourthOwnChangeWithinAnHourWaitsForAPerson() async throws {
        let rules = """
            version: 1
            fields: { status: { type: text } }
            rules:
              - { id: up, mode: enforce, when: { custom_fields.status: active }, set: { portal_role: admin } }
              - { id: down, mode: enforce, when: { custom_fields.status: left }, set: { portal_role: member } }
            """
        // What flips the rules may or may not touch what they set.
        // What takes access away does not wait; from a custom role, nobody knows whether it does.
        for (meddles, sent) in [(false, 4), (true, 3)] {
            try await withStepwiseWorker(rules: rules, contacts: [person("ana@acme.com")]) {
                stepwise, ids in
                for turn in 0..<5 {
                    _ = stepwise.world.sandbox.editContact(id: ids[0]) {
                        $0.customFields["status"] = .single(turn % 2 == 0 ? "active" : "left")
                        if meddles { $0.portalRole = "support-lead" }
                    }
                    try await stepwise.see(ids[0])
                    try await stepwise.evaluate()
                    try await stepwise.send()
                }
                #expect(try await outcomes(in: stepwise.world).count == sent, "meddles: \(meddles)")
                #expect(try await stepwise.kinds(of: ids[0]).contains("hold.placed"))
                let released = try await stepwise.store.release(
                    .contact(ids[0], field: nil),
                    by: OperatorAct(who: "tester", reason: "it is well"))
                #expect(released.contains("the hold on portal_role"))
                try await stepwise.evaluate()
                try await stepwise.send()
                #expect(stepwise.world.sandbox.contact(id: ids[0])?.portalRole == "admin")
                try await stepwise.world.expectRest()
            }
        }
    }

    /// Evaluates and sends until neither has anything to do.
    private func finish(_ stepwise: StepwiseWorker) async throws {
        for _ in 0..<3 {
            try await stepwise.makeEverythingDue()
            try await stepwise.evaluate()
            try await stepwise.send()
        }
    }

    private func outcomes(in world: World) async throws -> [String] {
        try await world.rows(
            "SELECT outcome FROM audit.actions WHERE outcome IS NOT NULL ORDER BY action_id"
        ) { try $0.get("outcome") }
    }
}

/// A page of contacts that came from nowhere.
private struct OnePage: SweptPage {
    let documents: [ContactDocument]

    var count: Int { documents.count }
    func id(at index: Int) -> String { documents[index].contact.id }
    func rawDigest(at index: Int) -> [UInt8] { documents[index].rawDigest }
    func document(at index: Int) throws(UnreadableContact) -> ContactDocument { documents[index] }
    var unreadable: [UnreadableContact] { [] }
}
