internal import Contacts
internal import Foundation
internal import Postgres
package import Reconciler
package import Rules

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

extension Store {
    /// How long a worker's finding counts without another look of it.
    static let clockFindingLifetime: Duration = .seconds(60)

    /// Compares the clocks, corrects stored times that cannot be, and raises or ends the alerts of
    /// both: no time is corrected without a record.
    ///
    /// - Parameters:
    ///   - previous: This process' reading before; nil is none.
    ///   - timed: The ruleset in force, where it speaks of times or ages; what it decided in a
    ///     future that was none is decided again.
    package func lookAtClock(
        _ bounds: TimeBounds, after previous: ClockReading?, timed: Ruleset?
    ) async throws -> ClockLook {
        try await transaction { db in
            let reading = try db.readClocks()
            let now = reading.database
            let corrections = db.corrections(bounds, at: now)
            var results = try db.pipeline(corrections.flatMap(\.statements))[...]
            var corrected: [String: Int] = [:]
            for correction in corrections {
                let rows = results.prefix(correction.statements.count).last?.rowsAffected ?? 0
                if rows > 0 { corrected[correction.subject] = rows }
                results = results.dropFirst(correction.statements.count)
            }
            let wasSetBack = try db.forgetClockLooks(after: now)
            if wasSetBack, let timed { try db.decideAgain(timed, at: now) }
            let fault = ClockFault(reading, after: previous)
            let faults = try db.keepClockLook(
                at: now, fault: fault?.description)
            let raised =
                (corrected.isEmpty ? [] : [Alert.clock(corrected: corrected)])
                + (faults.isEmpty ? [] : [Alert.clock(faults)])
            let over =
                (corrected.isEmpty ? [Alert.Key(.clock, subject: Alert.storedTimes)] : [])
                + (faults.isEmpty ? [Alert.Key(.clock, subject: "")] : [])
            return ClockLook(
                reading: reading, faults: faults, corrected: corrected,
                alerts: try db.raise(raised, at: now),
                resolved: try db.resolve(over), wasSetBack: wasSetBack)
        }
    }
}

extension WorkspaceTransaction {
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
    fileprivate func forgetClockLooks(after now: Date) throws -> Bool {
        try execute(
            """
            DELETE FROM usher.clock
            WHERE workspace = \(workspace) AND seen_at > \(now + TimeBounds.tolerance)
            """) > 0
    }

    /// - Returns: What workers found lately.
    fileprivate func keepClockLook(at now: Date, fault: String?) throws -> [String] {
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
    fileprivate func decideAgain(_ ruleset: Ruleset, at now: Date) throws {
        try execute(
            """
            UPDATE usher.workspace
            SET recheck_after = '', recheck_at = \(ruleset.nextInstant(after: now)),
                recheck_seq = last_seq, is_counted = false
            WHERE workspace = \(workspace) AND ruleset_hash = \(ruleset.hash)
            """)
    }
}

extension ClockReading {
    /// What elapsed time is counted from.
    fileprivate static let epoch = ContinuousClock.now
}
