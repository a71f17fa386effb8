import Contacts
import Foundation
import Postgres
import Pylon
import Reconciler
import Rules
import Sandbox
import Store
import Testing
import Worker

/// What was claimed and waits for its time is looked at once more before it is sent.
@Suite struct RejectedSendTests {
    private static let act = OperatorAct(who: "tester", reason: "not them")
    private static let refusal = "rejected, decided anew or set aside meanwhile"

    private func reject(in world: World) async throws -> RejectionResult {
        let store = try world.worker("operator").store
        let stored = try #require(try await store.activeRuleset())
        let meaning = try Ruleset(stored).meaning(named: "acme-are-admins")
        return try await store.reject(
            .rule("acme-are-admins"), meaning: { _ in meaning }, by: Self.act)
    }

    @Test func aClaimedActionIsNotSentOnceItsRuleIsRejected() async throws {
        try await withStepwiseWorker(contacts: [person("ana@acme.com")]) { stepwise, ids in
            try await stepwise.see(ids)
            try await stepwise.evaluate()
            let action = try #require(try await stepwise.claim().first)
            #expect(try await stepwise.store.obstacle(toSending: action) == nil)
            #expect(try await reject(in: stepwise.world).underWay == ids)
            #expect(try await stepwise.store.obstacle(toSending: action) == Self.refusal)
        }
    }

    @Test func aClaimedActionIsNotSentOnceItsContactIsDecidedOnAnew() async throws {
        try await withStepwiseWorker(contacts: [person("ana@acme.com")]) { stepwise, ids in
            try await stepwise.see(ids)
            try await stepwise.evaluate()
            let action = try #require(try await stepwise.claim().first)
            try await stepwise.prepare(rules: noRules)
            try await stepwise.evaluate()
            #expect(try await stepwise.store.obstacle(toSending: action) == Self.refusal)
        }
    }

    @Test func aClaimThatHasLapsedIsNotSent() async throws {
        try await withStepwiseWorker(contacts: [person("ana@acme.com")]) { stepwise, ids in
            try await stepwise.see(ids)
            try await stepwise.evaluate()
            let action = try #require(try await stepwise.claim().first)
            // Another process settles it, and sends it again under a claim of its own.
            try await stepwise.settle()
            #expect(try await stepwise.store.obstacle(toSending: action) == Self.refusal)
            try await stepwise.makeEverythingDue()
            let again = try #require(try await stepwise.claim().first)
            #expect(again.actionID == action.actionID && again.attempt > action.attempt)
            #expect(try await stepwise.store.obstacle(toSending: action) == Self.refusal)
            #expect(try await stepwise.store.obstacle(toSending: again) == nil)
        }
    }

    /// The permits of a backlog are spread over the window, so that most of a batch waits for its time.
    @Test func nothingOfABatchLeavesAfterTheRejectionButWhatWasBeingSent() async throws {
        let people = (0..<60).map { person("p\($0)@acme.com") }
        try await withWorld(rules: acmeAreAdmins, contacts: people) { world in
            let worker = try world.worker(
                limits: [.update: RequestLimit(permits: 20, window: .seconds(4))])
            try await worker.prepare()
            async let run = worker.runOnce()
            while world.sandbox.requests(to: .update).requests.isEmpty {
                try await Task.sleep(for: .milliseconds(20))
            }
            let rejection = try await reject(in: world)
            let sent = world.sandbox.requests(to: .update).requests.count
            #expect(rejection.underWay.count > 1)
            _ = await run
            #expect(world.sandbox.requests(to: .update).requests.count <= sent + 1)
            let reasons = try await world.rows(
                "SELECT body ->> 'reason' AS why FROM usher.event WHERE kind = 'patch.not_applied'"
            ) { try $0.get("why", as: String.self) }
            #expect(reasons.count > 1 && Set(reasons) == [Self.refusal])
            try await world.expectRest()
            try await Evidence(world).expectComplete()
        }
    }
}
