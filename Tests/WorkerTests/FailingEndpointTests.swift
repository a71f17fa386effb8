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
        try await withPuppet(contacts: [person("ana@acme.com")]) { puppet, ids in
            let action = try await begin(puppet, ids)[0]
            try await puppet.answer(action, .unknown(reason: "no answer in time"))
            for cause in ["500", "500", "500", "no answer", "500"] {
                try await puppet.settle { _ in .nothing(reason: cause) }
            }
            puppet.land(action)
            try await puppet.settle()
            let record = try await puppet.world.rows(
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
            try await puppet.world.expectRest()
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
                    (try? await worker.store.standing().breakers.of("update")?.isOpen) == true
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
            }
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
        try await withPuppet(contacts: people) { puppet, ids in
            let world = puppet.world
            for action in try await begin(puppet, ids) {
                try await puppet.answer(action, .unknown(reason: "no answer in time"))
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
        try await withPuppet(contacts: people) { puppet, ids in
            let world = puppet.world
            let actions = try await begin(puppet, ids)
            for action in actions.prefix(15) { puppet.land(action) }
            for action in actions {
                try await puppet.answer(action, .unknown(reason: "no answer in time"))
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
            try await puppet.evaluate()
            try await puppet.send()
            try await Evidence(world).expectComplete()
        }
    }

    /// What was asked for while the request could still land proves nothing.
    @Test func aPageThatWasAskedForTooEarlySettlesNothing() async throws {
        try await withPuppet(contacts: [person("ana@acme.com")]) { puppet, ids in
            let action = try await begin(puppet, ids)[0]
            var timing = SettlementTiming.quick
            timing.requestTimeout = .seconds(60)
            _ = try await puppet.store.record(
                [AnsweredAction(action: action, answer: .unknown(reason: "no answer in time"))],
                limit: nil, timing: timing, random: 0)
            let worker = try puppet.world.worker("sweeper")
            #expect(try await worker.poller.sweep() == .completed)
            #expect(try await puppet.kinds(of: ids[0]).last == "patch.unknown")
            // It is read back in its time, and nobody reads it ahead.
            #expect(puppet.world.sandbox.requests(to: .get).requests.isEmpty)
        }
    }

    // MARK: - Beginnings

    /// Sees contacts and claims what the rules want for them.
    private func begin(_ puppet: Puppet, _ ids: [String]) async throws -> [ClaimedAction] {
        try await puppet.see(ids)
        try await puppet.evaluate()
        var actions: [ClaimedAction] = []
        while actions.count < ids.count {
            let more = try await puppet.claim()
            try #require(!more.isEmpty)
            actions += more
        }
        return actions
    }

    private func seeAndEvaluate(_ ids: [String], in world: World) async throws {
        let puppet = try Puppet(world)
        try await puppet.prepare()
        try await puppet.see(ids)
        try await puppet.evaluate()
        try await puppet.store.releaseLeases()
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
