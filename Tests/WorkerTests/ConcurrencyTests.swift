import Contacts
import Foundation
import Postgres
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
        try await withPuppet(contacts: [person("ana@acme.com")]) { puppet, ids in
            try await puppet.see(ids[0])
            let lease = try #require(try await puppet.store.acquire(.evaluate))
            try await puppet.makeEverythingDue()
            let thief = try Puppet(puppet.world, holder: "thief")
            try await thief.evaluate()
            let before = try await puppet.store.lastSeq()
            let ruleset = try Ruleset(try #require(try await puppet.store.activeRuleset()))
            await #expect(throws: StoreError.leaseLost(name: "evaluate")) {
                _ = try await puppet.store.evaluate(under: lease, with: ruleset, cap: nil)
            }
            #expect(try await puppet.store.lastSeq() == before)
            #expect(try await puppet.claim().count == 1)
        }
    }

    @Test func whoeverLostTheLeaseToSweepRecordsNothing() async throws {
        try await withPuppet(contacts: [person("ana@acme.com")]) { puppet, ids in
            let store = puppet.store
            let lease = try #require(try await store.acquire(.sweep))
            let sweep = try await store.currentSweep(under: lease)
            let page = OnePage(documents: [try puppet.read(ids[0])])
            try await puppet.makeEverythingDue()
            let thief = try Puppet(puppet.world, holder: "thief").store
            let stolen = try #require(try await thief.acquire(.sweep))
            let goesOn = try await thief.currentSweep(under: stolen)
            #expect(goesOn == sweep)
            let before = try await store.lastSeq()
            let askedAt = try await store.readMark()
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
        try await withPuppet(contacts: [person("ana@acme.com")]) { puppet, ids in
            try await puppet.see(ids[0])
            try await puppet.evaluate()
            let action = try #require(try await puppet.claim().first)
            puppet.land(action)
            let other = try Puppet(puppet.world, holder: "other")
            try await other.settle()
            try await puppet.answer(action, .contact(try puppet.read(ids[0])))
            #expect(
                try await puppet.kinds(of: ids[0]).suffix(4) == [
                    "patch.intended", "patch.unknown", "patch.confirmed", "patch.late",
                ])
            let attempts = try await puppet.world.rows(
                "SELECT outcome, request_id FROM audit.attempts"
            ) {
                [
                    try $0.get("outcome", as: String?.self),
                    try $0.get("request_id", as: String?.self),
                ]
            }
            #expect(attempts == [["confirmed", "request-\(action.actionID)-1"]])
            try await puppet.world.expectRest()
        }
    }

    @Test func whatWasAskedForBeforeAnOutcomeIsReadAgain() async throws {
        try await withPuppet(contacts: [person("ana@acme.com")]) { puppet, ids in
            try await puppet.see(ids[0])
            try await puppet.evaluate()
            let (old, askedAt) = (try puppet.read(ids[0]), try await puppet.store.lastSeq())
            let action = try #require(try await puppet.claim().first)
            // Under way.
            #expect(try await puppet.store.observe([old], askedAt: askedAt) == ids)
            puppet.land(action)
            try await puppet.answer(action, .contact(try puppet.read(ids[0])))
            // Answered since.
            #expect(try await puppet.store.observe([old], askedAt: askedAt) == ids)
            try await puppet.see(ids[0])
            #expect(try await puppet.kinds(of: ids[0]).last == "patch.applied")
        }
    }

    @Test func whatWasAskedForBeforeAReadBackIsReadAgain() async throws {
        try await withPuppet(contacts: [person("ana@acme.com")]) { puppet, ids in
            try await puppet.see(ids[0])
            try await puppet.evaluate()
            let action = try #require(try await puppet.claim().first)
            try await puppet.answer(action, .unknown(reason: "500"))
            let (old, askedAt) = (try puppet.read(ids[0]), try await puppet.store.lastSeq())
            _ = puppet.world.sandbox.editContact(id: ids[0]) { $0.portalRole = "no_access" }
            try await puppet.settle()
            #expect(try await puppet.store.observe([old], askedAt: askedAt) == ids)
        }
    }

    @Test func anOwnChangeThatComesLateIsNoDrift() async throws {
        try await withPuppet(contacts: [person("ana@acme.com")]) { puppet, ids in
            try await puppet.see(ids[0])
            try await puppet.evaluate()
            let action = try #require(try await puppet.claim().first)
            try await puppet.answer(action, .unknown(reason: "500"))
            try await puppet.settle()
            puppet.land(action)
            try await puppet.see(ids[0])
            try await puppet.evaluate()
            #expect(try await puppet.claim().isEmpty)
            let kinds = try await puppet.kinds(of: ids[0])
            #expect(kinds.contains("patch.not_applied") && !kinds.contains("drift.found"))
            let by = try await puppet.world.rows(
                "SELECT by FROM audit.contact_history WHERE kind = 'contact.updated'"
            ) { try $0.get("by", as: String.self) }
            #expect(by == ["usher"])
            try await puppet.world.expectRest()
            // And it is ours: undone by somebody else, it is drift.
            _ = puppet.world.sandbox.editContact(id: ids[0]) { $0.portalRole = "member" }
            try await puppet.see(ids[0])
            try await puppet.evaluate()
            #expect(try await puppet.claim().isEmpty)
            #expect(try await puppet.kinds(of: ids[0]).contains("drift.found"))
        }
    }

    @Test func aNewerWishWaitsForTheRequestUnderWay() async throws {
        try await withPuppet(contacts: [person("ana@acme.com")]) { puppet, ids in
            try await puppet.see(ids[0])
            try await puppet.evaluate()
            let action = try #require(try await puppet.claim().first)
            try await puppet.prepare(rules: acmeAreAdmins.replacing("admin }", with: "no_access }"))
            try await puppet.evaluate()
            #expect(try await puppet.claim().isEmpty)
            puppet.land(action)
            try await puppet.answer(action, .contact(try puppet.read(ids[0])))
            try await puppet.send()
            #expect(puppet.world.sandbox.contact(id: ids[0])?.portalRole == "no_access")
            #expect(try await outcomes(in: puppet.world) == ["applied", "applied"])
            try await puppet.world.expectRest()
        }
    }

    /// The wish that waited was decided on a contact as it would have been.
    @Test func aWishThatWaitedForWhatDidNotHappenIsDecidedAfresh() async throws {
        let one = acmeAreAdmins.replacing("admin }", with: "admin, custom_fields.tier: gold }")
        let two = acmeAreAdmins.replacing("admin }", with: "admin, custom_fields.tier: silver }")
        try await withPuppet(rules: one, contacts: [person("ana@acme.com")]) { puppet, ids in
            try await puppet.see(ids[0])
            try await puppet.evaluate()
            let action = try #require(try await puppet.claim().first)
            try await puppet.prepare(rules: two)
            try await puppet.evaluate()
            try await puppet.answer(action, .unknown(reason: "500"))
            try await puppet.settle()
            try await finish(puppet)
            let contact = try #require(puppet.world.sandbox.contact(id: ids[0]))
            #expect(contact.portalRole == "admin")
            #expect(contact.customFields["tier"] == .single("silver"))
            try await puppet.world.expectRest()
        }
    }

    @Test(arguments: [
        "version: 1\nrules:\n  - { id: other, mode: enforce, when: { id: nobody }, set: { portal_role: admin } }",
        acmeAreAdmins.replacing("acme-are-admins", with: "renamed"),
    ])
    func rulesChangedDuringARequestThatIsNotAppliedLeaveNothingOpen(rules: String) async throws {
        try await withPuppet(contacts: [person("ana@acme.com")]) { puppet, ids in
            try await puppet.see(ids[0])
            try await puppet.evaluate()
            let action = try #require(try await puppet.claim().first)
            try await puppet.prepare(rules: rules)
            try await puppet.evaluate()
            try await puppet.answer(action, .unknown(reason: "500"))
            try await puppet.settle()
            try await finish(puppet)
            let isWanted = rules.contains("acme.com")
            #expect(
                puppet.world.sandbox.contact(id: ids[0])?.portalRole
                    == (isWanted ? "admin" : "member"))
            try await puppet.world.expectRest()
        }
    }

    @Test func aNewerDecisionTakesThePlaceOfAnActionThatWaits() async throws {
        try await withPuppet(contacts: [person("ana@acme.com")]) { puppet, ids in
            try await puppet.see(ids[0])
            try await puppet.evaluate()
            try await puppet.prepare(rules: acmeAreAdmins.replacing("admin }", with: "no_access }"))
            #expect(try await puppet.claim().isEmpty, "an action of rules that are not in force")
            try await puppet.evaluate()
            try await puppet.send()
            #expect(puppet.world.sandbox.contact(id: ids[0])?.portalRole == "no_access")
            #expect(try await outcomes(in: puppet.world) == ["superseded", "applied"])
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
            try await withPuppet(rules: rules, contacts: [person("ana@acme.com")]) { puppet, ids in
                for turn in 0..<5 {
                    _ = puppet.world.sandbox.editContact(id: ids[0]) {
                        $0.customFields["status"] = .single(turn % 2 == 0 ? "active" : "left")
                        if meddles { $0.portalRole = "support-lead" }
                    }
                    try await puppet.see(ids[0])
                    try await puppet.evaluate()
                    try await puppet.send()
                }
                #expect(try await outcomes(in: puppet.world).count == sent, "meddles: \(meddles)")
                #expect(try await puppet.kinds(of: ids[0]).contains("hold.placed"))
                let released = try await puppet.store.release(
                    .contact(ids[0], field: nil),
                    by: OperatorAct(who: "tester", reason: "it is well"))
                #expect(released.contains("the hold on portal_role"))
                try await puppet.evaluate()
                try await puppet.send()
                #expect(puppet.world.sandbox.contact(id: ids[0])?.portalRole == "admin")
                try await puppet.world.expectRest()
            }
        }
    }

    /// Evaluates and sends until neither has anything to do.
    private func finish(_ puppet: Puppet) async throws {
        for _ in 0..<3 {
            try await puppet.makeEverythingDue()
            try await puppet.evaluate()
            try await puppet.send()
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
