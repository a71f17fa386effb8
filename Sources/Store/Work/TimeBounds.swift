internal import Contacts
internal import Foundation
internal import Postgres
package import Reconciler

/// How far ahead of the database's clock the stored times of a workspace can rightly be.
///
/// What is further ahead was written while the clock was ahead, perhaps that of another server. It
/// would be waited for until the clock comes to it, so it is set to what it would be if it were
/// written now. docs/operations.md has the table.
package struct TimeBounds: Sendable {
    let limits: [String: RequestLimit]
    let timing: SettlementTiming
    let longestRetryAfter: Duration

    /// - Parameters:
    ///   - limits: By endpoint; permits of one without a limit are not looked at.
    ///   - longestRetryAfter: The longest wait that the API is granted.
    package init(
        limits: [String: RequestLimit], timing: SettlementTiming, longestRetryAfter: Duration
    ) {
        self.limits = limits
        self.timing = timing
        self.longestRetryAfter = longestRetryAfter
    }

    /// Added to each bound: a clock that is set back by less is waited for.
    static let tolerance: Duration = .seconds(ClockFault.tolerance)

    /// How long an unknown outcome may be waited for.
    var longestSettlement: Duration {
        max(timing.requestTimeout + timing.grace, timing.maxBackoff, WorkTiming.lease)
    }
}

/// The statements that correct times of one kind that cannot be.
struct TimeCorrection {
    /// The things whose times they are, in the plural.
    let subject: String
    /// The last one touches each row once.
    let statements: [Statement]

    init(_ subject: String, _ statements: Statement...) {
        self.subject = subject
        self.statements = statements
    }
}

extension WorkspaceTransaction {
    /// The corrections of times beyond their bounds, in the order of locks; each statement costs
    /// the look at an index or at a table of few rows.
    func corrections(_ bounds: TimeBounds, at now: Date) -> [TimeCorrection] {
        leaseCorrections(bounds, at: now) + permitCorrections(bounds, at: now)
            + actionCorrections(bounds, at: now)
            + snapshotCorrections(at: now)
            + breakerCorrections(bounds, at: now)
            + holdCorrections(at: now)
            + countCorrections(bounds, at: now)
            + scheduleCorrections(bounds, at: now)
            + alertCorrections(bounds, at: now)
    }

    private func leaseCorrections(_ bounds: TimeBounds, at now: Date) -> [TimeCorrection] {
        let beyond = now + TimeBounds.tolerance
        return [
            TimeCorrection(
                "leases",
                """
                UPDATE usher.lease SET until = \(now + WorkTiming.lease)
                WHERE workspace = \(workspace)
                  AND until > \(beyond + WorkTiming.lease)
                """),
            TimeCorrection(
                "pauses",
                """
                UPDATE usher.pause
                SET until = \(now)
                        + least(until - set_at,
                                make_interval(secs => \(bounds.longestRetryAfter.seconds))),
                    set_at = \(now)
                WHERE workspace = \(workspace)
                  AND (set_at > \(beyond) OR until > \(beyond + bounds.longestRetryAfter))
                """),
        ]
    }

    /// What was sent last may arrive now: so each permit stays held for a whole window from now,
    /// and one whose answer nobody saw for as long as if it were taken now.
    private func permitCorrections(_ bounds: TimeBounds, at now: Date) -> [TimeCorrection] {
        let limits = bounds.limits.sorted { $0.key < $1.key }
        let seen = limits.map { now + $0.value.window }
        return [
            TimeCorrection(
                "budgets",
                """
                UPDATE usher.budget AS b SET next_send_at = \(now)
                FROM unnest(\(limits.map(\.key))::text[], \(seen)::timestamptz[])
                     AS l (endpoint, latest)
                WHERE b.workspace = \(workspace) AND b.endpoint = l.endpoint
                  AND b.next_send_at
                      > l.latest + make_interval(secs => \(
                              (WorkTiming.permitHorizon + TimeBounds.tolerance).seconds))
                """),
            TimeCorrection(
                "permits",
                """
                UPDATE usher.permit AS p
                SET free_at = CASE WHEN p.holder IS NULL THEN l.seen ELSE l.unseen END
                FROM unnest(\(limits.map(\.key))::text[], \(seen)::timestamptz[],
                            \(seen.map { $0 + WorkTiming.longestClaim })::timestamptz[])
                     AS l (endpoint, seen, unseen)
                WHERE p.workspace = \(workspace) AND p.endpoint = l.endpoint
                  AND p.free_at
                      > CASE WHEN p.holder IS NULL THEN l.seen ELSE l.unseen END
                        + make_interval(secs => \(TimeBounds.tolerance.seconds))
                """),
        ]
    }

    /// What may still land is waited for; what is only to be tried again is tried now, since pauses
    /// and permits say when.
    private func actionCorrections(_ bounds: TimeBounds, at now: Date) -> [TimeCorrection] {
        let beyond = now + TimeBounds.tolerance
        return [
            TimeCorrection(
                "claimed actions",
                """
                UPDATE usher.action SET lease_until = \(now + WorkTiming.longestClaim)
                WHERE workspace = \(workspace) AND state = 'sending'
                  AND lease_until > \(beyond + WorkTiming.longestClaim)
                """),
            TimeCorrection(
                "unknown outcomes",
                """
                UPDATE usher.action
                SET due_at = \(now + bounds.timing.requestTimeout + bounds.timing.grace)
                WHERE workspace = \(workspace) AND state = 'unknown'
                  AND due_at > \(beyond + bounds.longestSettlement)
                """),
            TimeCorrection(
                "waiting actions",
                """
                UPDATE usher.action SET due_at = \(now)
                WHERE workspace = \(workspace) AND state = 'ready'
                  AND due_at > \(beyond + max(bounds.longestRetryAfter, bounds.timing.maxBackoff))
                """),
        ]
    }

    private func snapshotCorrections(at now: Date) -> [TimeCorrection] {
        let beyond = now + TimeBounds.tolerance
        return [
            TimeCorrection(
                "contacts",
                """
                UPDATE usher.contact SET known_since = \(now), first_seen_at = \(now)
                WHERE workspace = \(workspace) AND known_since > \(beyond)
                """),
            TimeCorrection(
                "missing contacts",
                """
                UPDATE usher.absence SET due_at = \(now)
                WHERE workspace = \(workspace)
                  AND due_at > \(beyond + AbsenceProof.longestPause)
                """),
        ]
    }

    private func breakerCorrections(_ bounds: TimeBounds, at now: Date) -> [TimeCorrection] {
        let beyond = now + TimeBounds.tolerance
        let longest = max(bounds.longestRetryAfter, bounds.timing.breaker.longest)
        return [
            TimeCorrection(
                "failing endpoints",
                """
                UPDATE usher.breaker
                SET since = least(since, \(now)),
                    -- Not least(), which passes over null: there may be no try to wait for.
                    next_try_at = CASE WHEN next_try_at > \(now) THEN \(now) ELSE next_try_at END
                WHERE workspace = \(workspace)
                  AND (next_try_at > \(beyond + longest) OR since > \(beyond))
                """)
        ]
    }

    private func holdCorrections(at now: Date) -> [TimeCorrection] {
        let beyond = now + TimeBounds.tolerance
        return [
            TimeCorrection(
                "held changes",
                """
                UPDATE usher.hold SET placed_at = \(now)
                WHERE workspace = \(workspace) AND placed_at > \(beyond)
                """),
            TimeCorrection(
                "held rules",
                """
                UPDATE usher.rule_hold SET placed_at = \(now)
                WHERE workspace = \(workspace) AND placed_at > \(beyond)
                """),
            TimeCorrection(
                "held deletions",
                """
                UPDATE usher.mass_delete SET placed_at = \(now)
                WHERE workspace = \(workspace) AND placed_at > \(beyond)
                """),
        ]
    }

    /// What was changed in a minute to come was changed not long ago: it counts from now.
    private func countCorrections(_ bounds: TimeBounds, at now: Date) -> [TimeCorrection] {
        let beyond = now + TimeBounds.tolerance
        return [
            TimeCorrection(
                "counts of changes",
                """
                INSERT INTO usher.change_count AS c (workspace, minute, scope, class, changes)
                SELECT \(workspace), \(now.startOfMinute), f.scope, f.class, sum(f.changes)
                FROM usher.change_count f
                WHERE f.workspace = \(workspace) AND f.minute > \(beyond)
                GROUP BY f.scope, f.class
                ON CONFLICT (workspace, minute, scope, class) DO UPDATE
                SET changes = c.changes + EXCLUDED.changes
                """,
                """
                DELETE FROM usher.change_count
                WHERE workspace = \(workspace) AND minute > \(beyond)
                """)
        ]
    }

    private func scheduleCorrections(_ bounds: TimeBounds, at now: Date) -> [TimeCorrection] {
        let beyond = now + TimeBounds.tolerance
        return [
            TimeCorrection(
                "sweeps",
                """
                UPDATE usher.sweep AS s
                SET started_at = least(s.started_at, \(now)),
                    finished_at = CASE WHEN s.finished_at > \(now) THEN \(now)
                                  ELSE s.finished_at END
                WHERE s.workspace = \(workspace)
                  -- The one under way, and the last complete one, which came before it.
                  AND s.sweep_id IN (
                      SELECT w.last_sweep_id FROM usher.workspace w
                      WHERE w.workspace = \(workspace)
                      UNION ALL
                      (SELECT c.sweep_id FROM usher.sweep c
                       WHERE c.workspace = \(workspace) AND c.state = 'completed'
                       ORDER BY c.sweep_id DESC LIMIT 1))
                  AND (s.started_at > \(beyond) OR s.finished_at > \(beyond))
                """),
            TimeCorrection(
                "workers",
                """
                UPDATE usher.worker SET seen_at = \(now)
                WHERE workspace = \(workspace) AND seen_at > \(beyond)
                """),
            TimeCorrection(
                "looks at ages",
                """
                UPDATE usher.workspace SET ages_checked_at = \(now)
                WHERE workspace = \(workspace) AND ages_checked_at > \(beyond)
                """),
        ]
    }

    /// An alert that was told in a time to come would be silent until then.
    private func alertCorrections(_ bounds: TimeBounds, at now: Date) -> [TimeCorrection] {
        let beyond = now + TimeBounds.tolerance
        return [
            TimeCorrection(
                "alerts",
                """
                UPDATE usher.alert
                SET raised_at = least(raised_at, \(now)), told_at = least(told_at, \(now)),
                    seen_at = least(seen_at, \(now))
                WHERE workspace = \(workspace)
                  AND (raised_at > \(beyond) OR told_at > \(beyond) OR seen_at > \(beyond))
                """)
        ]
    }
}
