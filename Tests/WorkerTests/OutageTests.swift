import Foundation
import Logging
import Postgres
internal import Reconciler
import Sandbox
import Store
import Synchronization
import Testing

@testable import Worker

/// Few lines and one alert about a database that is away.
@Suite struct OutageTests {
    /// What a logger was told.
    private final class Lines: Sendable {
        private let lines = Mutex<[String]>([])

        var all: [String] { lines.withLock { $0 } }
        func add(_ line: String) { lines.withLock { $0.append(line) } }

        var logger: Logger {
            Logger(label: "test") { [self] _ in Handler(lines: self) }
        }

        struct Handler: LogHandler {
            let lines: Lines
            var metadata: Logger.Metadata = [:]
            var logLevel = Logger.Level.info

            subscript(metadataKey key: String) -> Logger.Metadata.Value? {
                get { metadata[key] }
                set { metadata[key] = newValue }
            }

            func log(event: LogEvent) {
                lines.add("\(event.message)")
            }
        }
    }

    private struct Failed: Error {}

    private static let lost = PostgresError.connectionLost(statement: "SELECT", reason: "gone")

    @Test func whatFailsForMinutesIsALineAMinute() {
        let lines = Lines()
        let log = FailureLog(
            "sweep", outage: DatabaseOutage(logger: lines.logger), logger: lines.logger)
        let start = ContinuousClock.now
        for pass in 0..<100 { log.failed(Failed(), at: start + .seconds(2 * pass)) }
        log.passed(at: start + .seconds(200))
        log.passed(at: start + .seconds(202))
        #expect(
            lines.all == [
                "sweep failed and is tried again",
                "sweep has failed 31 times within 60 s and is tried again",
                "sweep has failed 61 times within 120 s and is tried again",
                "sweep has failed 91 times within 180 s and is tried again",
                "sweep goes on after 100 failures within 200 s",
            ])
    }

    /// The heartbeat speaks of a database that is away; a loop speaks of what only it meets.
    @Test func aDatabaseThatIsAwayIsNotToldByEveryLoop() {
        let (lines, others) = (Lines(), Lines())
        let outage = DatabaseOutage(logger: others.logger)
        let log = FailureLog("sweep", outage: outage, logger: lines.logger)
        let start = ContinuousClock.now
        log.failed(Self.lost, at: start)
        outage.note(Self.lost)
        for pass in 1..<100 { #expect(!log.failed(Self.lost, at: start + .seconds(2 * pass))) }
        outage.end()
        log.passed()
        #expect(lines.all.isEmpty)
        for pass in 0..<3 { log.failed(Self.lost, at: start + .seconds(300 + 2 * pass)) }
        #expect(lines.all == ["sweep failed and is tried again"])
    }

    /// Two workspaces in one process: one cause, so people are told once, of its end too; both records
    /// have it afterwards, with when it began.
    @Test func aDatabaseThatIsAwayIsOneAlertAndRecordedAfterwards() async throws {
        try await withWorld(rules: noRules, contacts: []) { world in
            let workers = try ["default", "other"].map { try world.worker(workspace: $0) }
            for worker in workers { try await worker.store.register() }
            func rename(_ name: String, to other: String) async throws {
                try await world.asOwner {
                    try $0.run(script: "ALTER TABLE usher.\(name) RENAME TO \(other)")
                }
            }
            let lines = Lines()
            let outage = DatabaseOutage(logger: lines.logger)
            let heartbeat = Heartbeat(
                database: world.database,
                sign: SignOfLife(
                    holder: "host:1", version: "1",
                    intervals: Dictionary(
                        uniqueKeysWithValues: workers.map { ($0.store.workspace, .seconds(60)) })),
                outage: outage, standing: workers.map(\.standing), alarmAfter: .milliseconds(50))
            let first = await heartbeat.beat()
            #expect(first == Heartbeat.interval)
            try await rename("worker", to: "away")
            let began = Date.now
            let isTold = await eventually {
                let pause = await heartbeat.beat()
                return pause == Heartbeat.awayInterval && !world.alerts.codes.isEmpty
            }
            #expect(isTold)
            _ = await heartbeat.beat()
            #expect(world.alerts.codes == [.database])
            try await rename("away", to: "worker")
            let isBack = await eventually { await heartbeat.beat() == Heartbeat.interval }
            #expect(isBack)
            #expect(world.alerts.codes(.resolved) == [.database])
            let events = try await world.rows(
                """
                SELECT workspace || ' ' || kind AS text FROM usher.event
                WHERE kind LIKE 'alert.%' AND body ->> 'code' = 'database' ORDER BY workspace, seq
                """
            ) { try $0.get("text", as: String.self) }
            #expect(
                events == [
                    "default alert.raised", "default alert.resolved", "other alert.raised",
                    "other alert.resolved",
                ])
            #expect(lines.all.count == 2 && lines.all[0].hasPrefix("the database cannot be used"))
            #expect(lines.all[1].hasPrefix("the database can be used again"))
            let signs = try await world.rows(
                "SELECT workspace FROM usher.worker WHERE seen_at > \(began) ORDER BY workspace"
            ) { try $0.get("workspace", as: String.self) }
            #expect(signs == ["default", "other"])
        }
    }
}
