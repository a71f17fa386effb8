import Foundation
import Postgres
import Pylon
import Reconciler
import Sandbox
import Store
import Synchronization
import Testing

@testable import Worker

/// A permit is looked at again after every wait.
@Suite struct PermitTimeTests {
    private static let limit = RequestLimit(permits: 1, window: .milliseconds(500))

    /// The first wait of all that hold a permit takes ten seconds more than it was to take.
    @Test func aRequestIsNotSentOnAPermitWhoseTimeIsOver() async throws {
        try await withWorld(rules: acmeAreAdmins) { world in
            let clock = LaggingClock(lags: [.seconds(10)])
            let worker = try world.worker(limits: [.list: Self.limit], clock: clock)
            try await worker.prepare()
            for _ in 0..<2 {
                _ = try await worker.api.send(.list) { client throws(PylonError) in
                    try await client.list()
                }
            }
            // Taken for the first request, in vain, and for the second.
            #expect(try await takings(in: world) == 3)
            #expect(world.sandbox.requests(to: .list).requests.count == 2)
        }
    }

    /// Whatever clock stood still: the permit went to another worker meanwhile.
    @Test func aPermitThatAnotherWorkerTookIsNotUsed() async throws {
        try await withWorld(rules: acmeAreAdmins) { world in
            let worker = try world.worker(limits: [.list: Self.limit])
            try await worker.prepare()
            let start = try await worker.store.beginRequest(
                to: "list", limit: Self.limit, isProbe: false)
            guard case .send(let permit?, _, _) = start.step else {
                Issue.record("no permit: \(start.step)")
                return
            }
            #expect(try await worker.store.isUsable(permit, of: "list"))
            try await world.asOwner { db in
                try db.run(script: "UPDATE usher.permit SET taken = taken + 1")
            }
            #expect(try await !worker.store.isUsable(permit, of: "list"))
        }
    }

    /// `kill -STOP`, and another worker takes over with the same permits.
    @Test func aProcessThatWasStoppedDoesNotExceedTheLimit() async throws {
        let limit = RequestLimit(permits: 4, window: .seconds(1))
        let contacts = (0..<40).map { person("p\($0)@example.org") }
        try await withWorld(rules: acmeAreAdmins, contacts: contacts) { world in
            let settings = world.settings([
                "USHER_LIMITS": "list=4/1s,update=off,get=off,me=off", "USHER_PAGE_SIZE": "1",
                "USHER_POLL_INTERVAL": "100ms",
            ])
            let process = try CommandProcess(
                ["run"], environment: settings, in: world.rulesFolder)
            func seen() -> [SeenRequest] { world.sandbox.requests(to: .list).requests }
            // It has just sent what it may, and waits with a permit in its hand.
            #expect(await eventually { seen().count >= 8 })
            try await stop(process, in: world)
            let stopped = seen().count
            let other = try world.worker("other", limits: [.list: limit], pageSize: 1)
            try await beside({ _ = try await other.poller.sweep() }) {
                #expect(await eventually { seen().count >= stopped + 4 })
                process.send(signal: SIGCONT)
                #expect(await eventually { seen().count >= stopped + 12 })
            }
            process.send(signal: SIGTERM)
            #expect(try await process.end().status == 0)
            let arrivals = seen().dropFirst(stopped).map(\.arrived).sorted()
            let most = arrivals.map { start in
                arrivals.count { $0 >= start && $0 - start < limit.window }
            }.max()
            #expect(most == limit.permits)
        }
    }

    /// Stops a process, not within a transaction, for as long as its permits and leases last.
    private func stop(_ process: CommandProcess, in world: World) async throws {
        let isStopped = await eventually {
            process.send(signal: SIGSTOP)
            let haveLapsed: Void? = try? await world.asOwner { db in
                try db.run(
                    script: """
                        SET LOCAL lock_timeout = '200ms';
                        UPDATE usher.permit SET free_at = clock_timestamp();
                        UPDATE usher.lease SET until = clock_timestamp();
                        """)
            }
            if haveLapsed == nil { process.send(signal: SIGCONT) }
            return haveLapsed != nil
        }
        #expect(isStopped)
    }

    private func takings(in world: World) async throws -> Int {
        try await world.rows(
            "SELECT taken FROM usher.permit WHERE endpoint = 'list' AND permit = 1"
        ) { try $0.get("taken") }[0]
    }
}

/// A clock of its own, whose first waits take longer than they were to take; no wait takes any time.
final class LaggingClock: Clock {
    struct Instant: InstantProtocol {
        var sinceStart: Duration

        func advanced(by duration: Duration) -> Instant {
            Instant(sinceStart: sinceStart + duration)
        }

        func duration(to other: Instant) -> Duration { other.sinceStart - sinceStart }

        static func < (one: Instant, other: Instant) -> Bool { one.sinceStart < other.sinceStart }
    }

    private let state: Mutex<(now: Instant, lags: ArraySlice<Duration>)>

    init(lags: [Duration]) { state = Mutex((Instant(sinceStart: .zero), lags[...])) }

    var now: Instant { state.withLock { $0.now } }
    var minimumResolution: Duration { .nanoseconds(1) }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        try Task.checkCancellation()
        state.withLock { state in
            state.now = max(state.now, deadline.advanced(by: state.lags.popFirst() ?? .zero))
        }
    }
}
