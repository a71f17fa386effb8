internal import Contacts
internal import Logging
internal import Postgres
internal import Synchronization

/// Few lines about repeated failures: one when they begin, one a minute, one when they end.
///
/// While the database is away, its heartbeat speaks for every loop of the process.
final class FailureLog: Sendable {
    private struct Failures {
        var count = 0
        var began: ContinuousClock.Instant
        var toldAt: ContinuousClock.Instant?
    }

    private let name: String
    private let outage: DatabaseOutage
    private let logger: Logger
    private let failures = Mutex<Failures?>(nil)

    /// Failures with the database before a loop speaks of it itself: in that time the heartbeat
    /// finds out whether that is away.
    static let silentFailures = 2

    init(_ name: String, outage: DatabaseOutage, logger: Logger) {
        self.name = name
        self.outage = outage
        self.logger = logger
    }

    /// - Returns: Whether the failure is the loop's own, and not that of a database that is away.
    @discardableResult
    func failed(_ error: any Error, at now: ContinuousClock.Instant = .now) -> Bool {
        // Cancellation is no failure.
        guard !(error is CancellationError) else { return false }
        let isDatabase = error is PostgresError
        if isDatabase { outage.suspicion.send() }
        let isAway = isDatabase && outage.isAway
        let line = failures.withLock { failures -> String? in
            var known = failures ?? Failures(began: now)
            known.count += isAway ? 0 : 1
            defer { failures = known }
            guard !isAway, !isDatabase || known.count > Self.silentFailures else { return nil }
            guard let toldAt = known.toldAt else {
                known.toldAt = now
                return "\(name) failed and is tried again"
            }
            guard now - toldAt >= OutageLines.interval else { return nil }
            known.toldAt = now
            let seconds = Int((now - known.began).seconds)
            return "\(name) has failed \(known.count) times within \(seconds) s and is tried again"
        }
        if let line {
            logger.warning("\(line)", metadata: ["error": "\(error)"])
        } else {
            logger.debug("\(name) failed and is tried again", metadata: ["error": "\(error)"])
        }
        return !isAway
    }

    func passed(at now: ContinuousClock.Instant = .now) {
        let line = failures.withLock { failures -> String? in
            defer { failures = nil }
            guard let known = failures, known.toldAt != nil else { return nil }
            let seconds = Int((now - known.began).seconds)
            let failures = known.count == 1 ? "a failure" : "\(known.count) failures"
            return "\(name) goes on after \(failures) within \(seconds) s"
        }
        if let line { logger.notice("\(line)") }
    }
}
