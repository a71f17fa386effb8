import Foundation
import Reconciler
import Testing

/// What of a workspace's record is something to look into.
@Suite struct WorkspaceHealthTests {
    private static let now = Date(timeIntervalSince1970: 1_800_000_000)

    private static func ago(_ seconds: Double) -> Date { now.addingTimeInterval(-seconds) }

    private static func worker(
        seen: Double = 3, stopped: Double? = nil, interval: Double = 60
    ) -> WorkspaceHealth.Worker {
        WorkspaceHealth.Worker(
            holder: "host:1", version: "1", startedAt: ago(9000), seenAt: ago(seen),
            stoppedAt: stopped.map(ago), sweepInterval: interval)
    }

    private static func sweep(ended: Double, took: Double = 10) -> WorkspaceHealth.CompleteSweep {
        WorkspaceHealth.CompleteSweep(startedAt: ago(ended + took), finishedAt: ago(ended))
    }

    /// A workspace that is well.
    private static var well: WorkspaceHealth {
        var health = WorkspaceHealth(now: now, createdAt: ago(90_000))
        health.workers = [worker()]
        health.lastCompleteSweep = sweep(ended: 40)
        return health
    }

    private static func changed(_ change: (inout WorkspaceHealth) -> Void) -> WorkspaceHealth {
        var health = well
        change(&health)
        return health
    }

    @Test func aWorkspaceThatIsWellHasNoProblem() {
        #expect(Self.well.problems.isEmpty)
    }

    @Test(
        arguments: [
            ([Self.worker(seen: 29)], nil),
            ([Self.worker(seen: 65)], .silent(Self.worker(seen: 65))),
            ([], .neverWorked),
            ([Self.worker(seen: 5, stopped: 4)], .stopped(Self.worker(seen: 5, stopped: 4))),
            // One of two is enough, in whichever order they gave their signs.
            ([Self.worker(seen: 1, stopped: 0), Self.worker(seen: 4)], nil),
            ([Self.worker(seen: 40), Self.worker(seen: 65)], .silent(Self.worker(seen: 40))),
        ] as [([WorkspaceHealth.Worker], WorkspaceHealth.Problem?)])
    func aWorkerIsThereWhileItGivesSigns(
        workers: [WorkspaceHealth.Worker], problem: WorkspaceHealth.Problem?
    ) {
        #expect(Self.changed { $0.workers = workers }.problems == [problem].compactMap { $0 })
    }

    /// Seconds since the last complete sweep, how long it took, the interval, and whether it is late.
    @Test(
        arguments: [
            (40, 10, 60, false), (350, 10, 60, false), (370, 10, 60, true),
            // As long again as the last one took is no reason to worry.
            (2000, 1000, 60, false), (2100, 1000, 60, true),
            (3800, 10, 3600, false), (3950, 10, 3600, true),
        ] as [(Double, Double, Double, Bool)])
    func aSweepIsLateForItsInterval(ended: Double, took: Double, interval: Double, late: Bool) {
        let health = Self.changed {
            $0.lastCompleteSweep = Self.sweep(ended: ended, took: took)
            $0.workers = [Self.worker(interval: interval)]
        }
        #expect(health.isSweepLate == late)
        #expect(health.problems.isEmpty == !late)
    }

    @Test(arguments: [(1800, false), (1900, true)] as [(Double, Bool)])
    func aFirstSweepHasHalfAnHour(since: Double, late: Bool) {
        var health = WorkspaceHealth(now: Self.now, createdAt: Self.ago(since))
        health.workers = [Self.worker()]
        #expect(health.isSweepLate == late)
        // Nobody has said how often there is to be one.
        health.workers = []
        #expect(!health.isSweepLate)
    }

    @Test func whatElseIsWrongIsAProblemEach() {
        let pause = WorkspaceHealth.PauseStatus(
            what: "workspace", reason: "unauthorized", until: Self.now, isWhole: true)
        let endpoint = WorkspaceHealth.PauseStatus(
            what: "update", reason: "rate_limited", until: Self.now, isWhole: false)
        let alert = WorkspaceHealth.AlertStatus(
            seq: 1, raisedAt: Self.ago(9), seenAt: Self.ago(1), code: "held", subject: "",
            message: "held")
        let health = Self.changed {
            $0.pauses = [pause, endpoint]
            $0.openAlerts = [alert]
            ($0.unevaluatedEvents, $0.unevaluatedSince) = (7, Self.ago(301))
            $0.hasNextPartition = false
        }
        #expect(
            health.problems == [
                .paused(pause), .behind(events: 7, since: Self.ago(301)), .alert(alert),
                .noPartition,
            ])
        // A few minutes behind, or not swept at all yet, is how it begins.
        #expect(Self.changed { $0.unevaluatedSince = Self.ago(299) }.problems.isEmpty)
        let first = Self.changed {
            ($0.lastCompleteSweep, $0.createdAt) = (nil, Self.ago(600))
            $0.unevaluatedSince = Self.ago(599)
        }
        #expect(first.problems.isEmpty)
    }
}
