import Contacts
import Foundation
import Postgres
import Pylon
import Reconciler
import Sandbox
import Store
import Testing

@testable import Worker

/// What an API that fails costs: few requests, few events, and nothing once it is well.
@Suite struct FailingEndpointTests {
    /// What happens again is on record when it begins and, with its count, when it ends.
    @Test func aReadBackThatFailsAgainAndAgainIsTwoEvents() async throws {
        try await withStepwiseWorker(contacts: [person("ana@acme.com")]) { stepwise, ids in
            let action = try await begin(stepwise, ids)[0]
            try await stepwise.answer(action, .unknown(reason: "no answer in time"))
            for cause in ["500", "500", "500", "no answer", "500"] {
                try await stepwise.settle { _ in .nothing(reason: cause) }
            }
            stepwise.land(action)
            try await stepwise.settle()
            let record = try await stepwise.world.rows(
                """
                SELECT kind, body ->> 'reason' AS reason, (body ->> 'failures')::integer AS failures,
                       body ? 'since' AS has_since
                FROM usher.event WHERE action_id = \(action.actionID) AND kind LIKE 'patch.%'
                ORDER BY seq
                """
            ) { row in
                let failures = try row.get("failures", as: Int?.self).map { " \($0)" } ?? ""
                #expect(try row.get("has_since", as: Bool.self) == !failures.isEmpty)
                return try row.get("kind", as: String.self)
                    + (try row.get("reason", as: String?.self).map { " \($0)" } ?? "") + failures
            }
            #expect(
                record == [
                    "patch.intended", "patch.unknown no answer in time", "patch.unknown 500",
                    "patch.unknown no answer 3", "patch.unknown 500", "patch.confirmed",
                ])
            try await stepwise.world.expectRest()
        }
    }

    /// 92 events a minute for 15 actions, once.
    @Test func anAPIThatFailsDoesNotFillTheLog() async throws {
        let people = (0..<15).map { person("p\($0)@acme.com") }
        try await withWorld(rules: acmeAreAdmins, contacts: people) { world in
            try await seeAndEvaluate(people.map(\.id), in: world)
            let worker = try world.worker()
            world.sandbox.setFaults(
                FaultPlan([SandboxFault(.error500Before, endpoints: [.update, .get, .list])]))
            try await beside({ try await worker.run() }) {
                let hasOpened = await eventually {
                    (try? await worker.store.sendingState().breakers.of("update")?.isOpen) == true
                }
                #expect(hasOpened)
                // Now nothing of it is well.
                world.sandbox.setFaults(FaultPlan([SandboxFault(.error500Before)]))
                #expect(await eventually { world.alerts.codes.contains(.apiFailing) })
                // What was under way is over, too.
                try await Task.sleep(for: .seconds(1))
                let (before, sent) = (try await patches(in: world), updates(in: world))
                try await Task.sleep(for: .seconds(3))
                #expect(updates(in: world) == sent)
                #expect(try await patches(in: world) == before)
                let status = try #require(try await worker.store.status())
                #expect(status.failing.contains { $0.endpoint == "update" && $0.failures >= 5 })
                world.sandbox.setFaults(FaultPlan())
                let isDone = await eventually {
                    world.sandbox.contacts.allSatisfy { $0.portalRole == "admin" }
                }
                #expect(isDone)
                #expect(await eventually { world.alerts.codes(.resolved).contains(.apiFailing) })
                let isForgotten = try await eventually {
                    try await worker.store.status()?.failing.isEmpty == true
                }
                #expect(isForgotten)
                // What is under way when the worker ends is for the next one to record.
                let isRecorded = try await eventually {
                    try await worker.store.status()?.actions.isEmpty == true
                }
                #expect(isRecorded)
            }
            try await world.expectRest()
            try await Evidence(world).expectComplete()
        }
    }

    /// One contact whose PATCH always fails keeps no other from being sent, and ends blocked.
    @Test func aContactThatAlwaysFailsIsNoOutage() async throws {
        let faults = [SandboxFault(.error500Before, endpoints: [.update])]
        try await withWorld(
            rules: acmeAreAdmins, contacts: [person("ana@acme.com")], faults: FaultPlan(faults)
        ) { world in
            let run = try await world.runOnce()
            #expect(run.failure == nil)
            #expect(run.summary.blocked == 1)
        }
    }

    @Test(arguments: [1, 2])
    func unknownOutcomesAreReadOnceAndAsFastAsTheLimitAllows(workers: Int) async throws {
        let count = 60
        let limit = RequestLimit(permits: 20, window: .seconds(1))
        let people = (0..<count).map { person("p\($0)@acme.com") }
        try await withStepwiseWorker(contacts: people) { stepwise, ids in
            let world = stepwise.world
            for action in try await begin(stepwise, ids) {
                try await stepwise.answer(action, .unknown(reason: "no answer in time"))
            }
            let settlers = try (0..<workers).map {
                try world.worker("w\($0)", limits: [.get: limit]).settler
            }
            let start = ContinuousClock.now
            try await withThrowingTaskGroup { group in
                for settler in settlers {
                    group.addTask {
                        while try await unsettled(in: world) > 0 {
                            try await Task.sleep(for: settler.settle())
                        }
                    }
                }
                try await group.waitForAll()
            }
            let ideal = limit.window * (count / limit.permits)
            #expect(ContinuousClock.now - start < ideal * 2)
            let reads = world.sandbox.requests(to: .get).requests
            #expect(Double(reads.count) <= Double(count) * 1.1)
            #expect(reads.allSatisfy { $0.status == 200 })
        }
    }

    /// A page is as good as reading back every contact that it shows.
    @Test func aSweepSettlesUnknownOutcomesWithoutReadingAContact() async throws {
        let people = (0..<20).map { person("p\($0)@acme.com") }
        try await withStepwiseWorker(contacts: people) { stepwise, ids in
            let world = stepwise.world
            let actions = try await begin(stepwise, ids)
            for action in actions.prefix(15) { stepwise.land(action) }
            for action in actions {
                try await stepwise.answer(action, .unknown(reason: "no answer in time"))
            }
            // Somebody else was faster than one that did not land.
            _ = world.sandbox.editContact(id: actions[19].contactID) { $0.portalRole = "no_access" }
            try await Task.sleep(for: SettlementTiming.quick.requestTimeout * 1.5)
            let worker = try world.worker("sweeper")
            #expect(try await worker.poller.sweep() == .completed)
            #expect(world.sandbox.requests(to: .get).requests.isEmpty)
            func count(_ kind: String) async throws -> Int {
                try await world.count("SELECT count(*) FROM usher.event WHERE kind = \(kind)")
            }
            #expect(try await count("patch.confirmed") == 15)
            #expect(try await count("patch.not_applied") == 4)
            #expect(try await count("action.superseded") == 1)
            try await stepwise.evaluate()
            try await stepwise.send()
            try await Evidence(world).expectComplete()
        }
    }

    /// What was asked for while the request could still land proves nothing.
    @Test func aPageThatWasAskedForTooEarlySettlesNothing() async throws {
        try await withStepwiseWorker(contacts: [person("ana@acme.com")]) { stepwise, ids in
            let action = try await begin(stepwise, ids)[0]
            var timing = SettlementTiming.quick
            timing.requestTimeout = .seconds(60)
            _ = try await stepwise.store.record(
                [Attempt(action, .unknown(reason: "no answer in time"), seenAt: .now)],
                limit: nil, timing: timing, random: 0)
            let worker = try stepwise.world.worker("sweeper")
            #expect(try await worker.poller.sweep() == .completed)
            #expect(try await stepwise.kinds(of: ids[0]).last == "patch.unknown")
            // It is read back in its time, and nobody reads it ahead.
            #expect(stepwise.world.sandbox.requests(to: .get).requests.isEmpty)
        }
    }

    // MARK: - Beginnings

    /// Sees contacts and claims what the rules want for them.
    private func begin(_ stepwise: StepwiseWorker, _ ids: [String]) async throws -> [ClaimedAction]
    {
        try await stepwise.see(ids)
        try await stepwise.evaluate()
        var actions: [ClaimedAction] = []
        while actions.count < ids.count {
            let more = try await stepwise.claim()
            try #require(!more.isEmpty)
            actions += more
        }
        return actions
    }

    private func seeAndEvaluate(_ ids: [String], in world: World) async throws {
        let stepwise = try StepwiseWorker(world)
        try await stepwise.prepare()
        try await stepwise.see(ids)
        try await stepwise.evaluate()
        try await stepwise.store.releaseLeases()
    }

    private func unsettled(in world: World) async throws -> Int {
        try await world.count("SELECT count(*) FROM usher.action WHERE state = 'unknown'")
    }

    private func patches(in world: World) async throws -> Int {
        try await world.count("SELECT count(*) FROM usher.event WHERE kind LIKE 'patch.%'")
    }

    private func updates(in world: World) -> Int {
        world.sandbox.requests(to: .update).requests.count
    }
}
