import Postgres
import Reconciler
import Sandbox
import Store
import Testing
import Worker

@Suite struct StuckTests {
    /// Waits a thousandth of the time.
    private struct HastyClock: Clock {
        private let clock = ContinuousClock()

        var now: ContinuousClock.Instant { clock.now }
        var minimumResolution: Duration { clock.minimumResolution }

        func sleep(until deadline: ContinuousClock.Instant, tolerance: Duration?) async throws {
            try await clock.sleep(for: (deadline - now) / 1000)
        }
    }

    /// Nobody looks into logs: what fails again and again is told, once, and goes on when it can.
    @Test func whatFailsAgainAndAgainIsTold() async throws {
        try await withWorld(rules: acmeAreAdmins, contacts: [person("ana@acme.com")]) { world in
            func rename(_ name: String, to other: String) async throws {
                try await world.asOwner {
                    try $0.run(script: "ALTER TABLE usher.\(name) RENAME TO \(other)")
                }
            }
            let worker = try world.worker(clock: HastyClock())
            try await worker.prepare()
            try await rename("approval", to: "away")
            async let run = worker.runOnce()
            // What else needs that table fails, too, each with an alert of its own.
            func told(_ status: AlertNotice.Status) -> [Alert.Code] {
                world.alerts.all.filter { $0.status == status && $0.alert.subject == "evaluation" }
                    .map(\.alert.code)
            }
            #expect(await eventually { told(.firing) == [.stuck] })
            #expect(told(.resolved).isEmpty)
            try await rename("away", to: "approval")
            #expect(await run.failure == nil)
            #expect(world.sandbox.contacts[0].portalRole == "admin")
            #expect(told(.firing) == [.stuck] && told(.resolved) == [.stuck])
        }
    }
}
