internal import Contacts
package import Foundation
internal import Postgres
package import Reconciler

/// What a look at the database's clock found.
package struct ClockLook: Sendable {
    package let reading: ClockReading
    /// What this worker and others, within the last minute, found wrong with the clock.
    package let faults: [String]
    /// Things → how many of them held times that could not be and were corrected.
    package let corrected: [String: Int]
    /// What people are to be told.
    package let alerts: [Alert]
    package let resolved: [ResolvedAlert]
    /// Whether the clock was set back since a worker looked at it last.
    package let wasSetBack: Bool
}

/// What has to be decided again when the clock was set back.
package struct TimedRuleset: Sendable {
    let hash: String
    let nextInstant: @Sendable (Date) -> Date?

    /// - Parameter nextInstant: The next moment, after a moment, at which time alone changes
    ///   decisions; nil is never.
    package init(hash: String, nextInstant: @escaping @Sendable (Date) -> Date?) {
        self.hash = hash
        self.nextInstant = nextInstant
    }
}

extension Store {
    /// How long a worker's finding counts without another look of it.
    static let clockFindingLifetime: Duration = .seconds(60)

    /// Compares the clocks, corrects stored times that cannot be, and raises or ends the alerts of both:
    /// no time is corrected without a record.
    ///
    /// - Parameters:
    ///   - previous: This process' reading before; nil is none.
    ///   - timed: The ruleset in force, where it speaks of times or ages; what it decided in a future
    ///     that was none is decided again.
    package func lookAtClock(
        _ bounds: TimeBounds, after previous: ClockReading?, timed: TimedRuleset?
    ) async throws -> ClockLook {
        try await database.transaction { [workspace, holder] db in
            let reading = try db.readClocks()
            let now = reading.database
            let corrections = bounds.corrections(at: now, in: workspace)
            var results = try db.pipeline(corrections.flatMap(\.statements))[...]
            var corrected: [String: Int] = [:]
            for correction in corrections {
                let rows = results.prefix(correction.statements.count).last?.rowsAffected ?? 0
                if rows > 0 { corrected[correction.subject] = rows }
                results = results.dropFirst(correction.statements.count)
            }
            let wasSetBack = try db.forgetClockLooks(after: now, in: workspace)
            if wasSetBack, let timed { try db.decideAgain(timed, at: now, in: workspace) }
            let fault = ClockFault(reading, after: previous)
            let faults = try db.keepClockLook(
                at: now, fault: fault?.description, of: holder, in: workspace)
            let raised =
                (corrected.isEmpty ? [] : [Alert.clock(corrected: corrected)])
                + (faults.isEmpty ? [] : [Alert.clock(faults)])
            let over =
                (corrected.isEmpty ? [Alert.Key(.clock, subject: Alert.storedTimes)] : [])
                + (faults.isEmpty ? [Alert.Key(.clock, subject: "")] : [])
            return ClockLook(
                reading: reading, faults: faults, corrected: corrected,
                alerts: try db.raise(raised, at: now, in: workspace),
                resolved: try db.resolve(over, in: workspace), wasSetBack: wasSetBack)
        }
    }
}

extension Transaction {
    /// The database's clock, and this process' around it.
    func readClocks() throws -> ClockReading {
        let (worker, elapsed) = (Date(), ContinuousClock.now)
        let database = try now()
        // Measured from the same moment, so that a wall clock that is set meanwhile does no harm.
        let took = (ContinuousClock.now - elapsed).seconds
        let began = ClockReading.epoch.duration(to: elapsed).seconds
        return ClockReading(
            database: database, worker: worker...worker.addingTimeInterval(took),
            elapsed: began...(began + took))
    }

    /// Forgets looks at a time that is still to come.
    ///
    /// - Returns: Whether there were any: the clock was set back.
    fileprivate func forgetClockLooks(
        after now: Date, in workspace: WorkspaceName
    ) throws -> Bool {
        try execute(
            """
            DELETE FROM usher.clock
            WHERE workspace = \(workspace) AND seen_at > \(now + TimeBounds.tolerance)
            """) > 0
    }

    /// - Returns: What workers found lately.
    fileprivate func keepClockLook(
        at now: Date, fault: String?, of holder: String, in workspace: WorkspaceName
    ) throws -> [String] {
        let results = try pipeline([
            """
            DELETE FROM usher.clock
            WHERE workspace = \(workspace)
              AND seen_at <= \(now - Store.clockFindingLifetime)
            """,
            """
            INSERT INTO usher.clock AS c (workspace, holder, seen_at, fault)
            VALUES (\(workspace), \(holder), \(now), \(fault))
            ON CONFLICT (workspace, holder) DO UPDATE
            SET seen_at = EXCLUDED.seen_at, fault = EXCLUDED.fault
            """,
            """
            SELECT fault FROM usher.clock
            WHERE workspace = \(workspace) AND fault IS NOT NULL
            ORDER BY holder
            """,
        ])
        return try results[2].rows { try $0.get("fault") }
    }

    /// Has every contact evaluated again, counted whole first as new rules are.
    fileprivate func decideAgain(
        _ timed: TimedRuleset, at now: Date, in workspace: WorkspaceName
    ) throws {
        try execute(
            """
            UPDATE usher.workspace
            SET recheck_after = '', recheck_at = \(timed.nextInstant(now)),
                recheck_seq = last_seq, is_counted = false
            WHERE workspace = \(workspace) AND ruleset_hash = \(timed.hash)
            """)
    }
}

extension ClockReading {
    /// What elapsed time is counted from.
    fileprivate static let epoch = ContinuousClock.now
}

extension Alert {
    /// - Parameter faults: What workers found, in words.
    fileprivate static func clock(_ faults: [String]) -> Alert {
        Alert(
            code: .clock,
            message: faults.joined(separator: "; ") + "; set the clock of whichever is wrong (NTP)")
    }

    /// Of the alert about times that were corrected.
    static let storedTimes = "stored times"

    /// - Parameter corrected: Things → how many of them were corrected.
    fileprivate static func clock(corrected: [String: Int]) -> Alert {
        let counts = corrected.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
        return Alert(
            code: .clock, subject: storedTimes,
            message: "times that the database's clock has yet to reach were corrected, since they "
                + "would have been waited for: \(counts.joined(separator: ", ")); the clock was "
                + "ahead when they were stored")
    }
}
