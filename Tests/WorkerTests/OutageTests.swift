import Foundation
import Logging
import Postgres
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

            func log(
                level: Logger.Level, message: Logger.Message, metadata: Logger.Metadata?,
                source: String, file: String, function: String, line: UInt
            ) {
                lines.add("\(message)")
            }
        }
    }

    private struct Failed: Error {}

    private static let lost = PostgresError.connectionLost(statement: "SELECT", reason: "gone")

    @Test func whatFailsForMinutesIsALineAMinute() {
        let lines = Lines()
        let log = FailureLog("sweep", watch: DatabaseWatch(), logger: lines.logger)
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

    /// The watch speaks of a database that is away; a loop speaks of what only it meets.
    @Test func aDatabaseThatIsAwayIsNotToldByEveryLoop() {
        let (lines, watch) = (Lines(), DatabaseWatch())
        let log = FailureLog("sweep", watch: watch, logger: lines.logger)
        let start = ContinuousClock.now
        log.failed(Self.lost, at: start)
        #expect(watch.failed(since: start, at: start) == .began)
        for pass in 1..<100 { #expect(!log.failed(Self.lost, at: start + .seconds(2 * pass))) }
        #expect(watch.answered(at: start + .seconds(200)) == .over(.seconds(200)))
        log.passed()
        #expect(lines.all.isEmpty)
        for pass in 0..<3 { log.failed(Self.lost, at: start + .seconds(300 + 2 * pass)) }
        #expect(lines.all == ["sweep failed and is tried again"])
    }

    @Test func anOutageIsToldWhenItBeginsOnceAMinuteAndWhenItIsOver() {
        let watch = DatabaseWatch()
        let start = ContinuousClock.now
        let found = (0...130).map { watch.failed(since: start, at: start + .seconds($0)) }
        #expect(
            found.filter { $0 != .nothing }
                == [.began, .goesOn(.seconds(60)), .goesOn(.seconds(120))])
        #expect(watch.isAway)
        #expect(watch.answered(at: start + .seconds(131)) == .over(.seconds(131)))
        #expect(watch.answered() == .nothing)
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
            let watch = DatabaseWatch()
            let heartbeat = Heartbeat(
                database: world.database,
                sign: SignOfLife(
                    holder: "host:1", version: "1",
                    intervals: Dictionary(
                        uniqueKeysWithValues: workers.map { ($0.store.workspace, .seconds(60)) })),
                watch: watch, standing: workers.map(\.standing), alarmAfter: .milliseconds(50),
                logger: lines.logger)
            #expect(await heartbeat.beat() == Heartbeat.interval)
            try await rename("worker", to: "away")
            let began = Date.now
            #expect(
                await eventually {
                    #expect(await heartbeat.beat() == Heartbeat.awayInterval)
                    return !world.alerts.codes.isEmpty
                })
            _ = await heartbeat.beat()
            #expect(world.alerts.codes == [.database])
            try await rename("away", to: "worker")
            #expect(await eventually { await heartbeat.beat() == Heartbeat.interval })
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
            #expect(lines.all.count == 2 && lines.all[0].hasPrefix("the database is away"))
            #expect(lines.all[1].hasPrefix("the database is back after"))
            let signs = try await world.rows(
                "SELECT workspace FROM usher.worker WHERE seen_at > \(began) ORDER BY workspace"
            ) { try $0.get("workspace", as: String.self) }
            #expect(signs == ["default", "other"])
        }
    }
}
