internal import Contacts
package import Foundation
internal import Postgres
package import Reconciler

/// How a workspace stands.
package struct WorkspaceStatus: Encodable, Sendable {
    package struct LastSweep: Encodable, Sendable {
        package let state: String
        package let startedAt: Date
        package let finishedAt: Date?
        package let contacts: Int
        /// Contacts asked for at once; nil is the usual number.
        package let pageSize: Int?

        enum CodingKeys: String, CodingKey {
            case state, contacts
            case pageSize = "page_size"
            case startedAt = "started_at"
            case finishedAt = "finished_at"
        }
    }

    /// An alert that is over.
    package struct EndedAlert: Encodable, Sendable {
        package let raisedAt: Date
        package let resolvedAt: Date
        package let code: String
        package let subject: String?
        package let message: String

        enum CodingKeys: String, CodingKey {
            case code, subject, message
            case raisedAt = "raised_at"
            case resolvedAt = "resolved_at"
        }
    }

    package struct FailingEndpoint: Encodable, Sendable {
        package let endpoint: String
        package let since: Date
        /// Unusable answers in a row.
        package let failures: Int
        /// Why the last request failed.
        package let cause: String
        /// When a single request is tried.
        package let nextTryAt: Date
        /// Open actions that wait for it: to be sent, or to be read back.
        package let waiting: Int

        enum CodingKeys: String, CodingKey {
            case endpoint, since, failures, cause, waiting
            case nextTryAt = "next_try_at"
        }
    }

    package let workspace: String
    package let contacts: Int
    package let events: Int
    package let rulesetHash: String?
    /// Whether all contacts have been evaluated under the active ruleset.
    package let isEvaluated: Bool
    /// State → open actions.
    package let actions: [String: Int]
    /// What waits for a decision: the items of `usher approvals`.
    package let waiting: Int
    package let held: Int
    /// Contacts with changes that a person rejected, or that nobody approved in time.
    package let declined: Int
    /// Values that other parties changed after Usher had set them, and no operator has decided on.
    package let drifted: Int
    package let missing: Int
    package let absences: AbsenceStatus
    /// Contacts that are there and cannot be read or stored, so that nothing is decided for them.
    package let setAside: Int
    package let rejected: [RejectedRule]
    package let pauses: [WorkspaceHealth.PauseStatus]
    /// Processes of the last day, the newest sign of life first.
    package let workers: [WorkspaceHealth.Worker]
    package let lastCompleteSweep: WorkspaceHealth.CompleteSweep?
    /// Seconds between sweeps; nil where no worker has been there.
    package let sweepInterval: Double?
    package let isSweepLate: Bool
    /// Events that are not evaluated yet, and when the oldest of them was recorded.
    package let unevaluatedEvents: Int
    package let unevaluatedSince: Date?
    /// Those that are open, the oldest first.
    package let alerts: [WorkspaceHealth.AlertStatus]
    /// Endpoints of the API that are left alone because they fail.
    package let failing: [FailingEndpoint]
    package let lastSweep: LastSweep?
    package let unordered: UnorderedContacts
    /// The newest alerts that ended within 24 hours, the last one first.
    package let endedAlerts: [EndedAlert]
    /// What of the active ruleset has ended, and what ends by itself soon; the command that reads
    /// rules fills them in.
    package var ended: [String] = []
    package var ending: [String] = []
    /// What a person has to look into, in words, the cause before what follows from it.
    package var problems: [String] = []
    package let health: WorkspaceHealth

    enum CodingKeys: String, CodingKey {
        case workspace, contacts, events, actions, waiting, held, declined, drifted, missing,
            absences
        case rejected
        case pauses, failing, workers, alerts, problems
        case unordered, ended, ending
        case setAside = "set_aside"
        case rulesetHash = "ruleset_hash"
        case isEvaluated = "is_evaluated"
        case lastSweep = "last_sweep"
        case lastCompleteSweep = "last_complete_sweep"
        case sweepInterval = "sweep_interval"
        case isSweepLate = "is_sweep_late"
        case unevaluatedEvents = "unevaluated_events"
        case unevaluatedSince = "unevaluated_since"
        case endedAlerts = "ended_alerts"
    }
}

/// What is still to be done before nothing is.
package struct Pending: Sendable, Equatable {
    package let unevaluated: Bool
    package let open: Int
    package let missing: Int

    package var isNothing: Bool { !unevaluated && open == 0 && missing == 0 }
}

/// What happened in a stretch of the log.
package struct RunSummary: Sendable {
    package let contacts: Int
    package let events: Int
    package let decisions: Int
    /// Outcome → actions that ended with it.
    package let actions: [String: Int]
    package let held: Int
    package let blocked: Int

    package static let nothing = RunSummary(
        contacts: 0, events: 0, decisions: 0, actions: [:], held: 0, blocked: 0)
}

extension Store {
    /// Alerts in a status.
    static let statusAlerts = 20

    package func status() async throws -> WorkspaceStatus? {
        try await transaction { db in try db.status() }
    }

    /// What keeps the workspace from being at rest. Blocked actions and holds wait for people.
    package func pending() async throws -> Pending {
        try await transaction { db in
            let now = try db.now()
            return try db.row(
                """
                SELECT w.recheck_after IS NOT NULL
                       OR (w.ruleset_hash IS NOT NULL AND NOT w.is_counted)
                       OR coalesce(w.recheck_at <= \(now), false)
                       OR EXISTS (
                           SELECT FROM usher.event e
                           WHERE e.workspace = w.workspace AND e.seq > w.evaluated_seq
                             AND e.contact_id IS NOT NULL
                             AND e.kind = ANY (\(EventKind.evaluated.map(\.rawValue))::text[])
                       ) OR \(try !db.agedContacts(at: now, limit: 1).isEmpty)
                       AS unevaluated,
                       (SELECT count(*) FROM usher.action a
                        WHERE a.workspace = w.workspace AND a.state <> 'blocked'
                          -- What waits for a contact to be readable again waits for others.
                          AND NOT (a.state = 'ready' AND EXISTS (
                              SELECT 1 FROM usher.unreadable u
                              WHERE u.workspace = \(workspace)
                                AND u.contact_id = a.contact_id))) AS open,
                       (SELECT count(*) FROM usher.absence x
                        -- What cannot be proven is asked for again and again, and told.
                        WHERE x.workspace = w.workspace AND NOT x.is_held AND x.problem IS NULL)
                           AS missing
                FROM usher.workspace w
                WHERE w.workspace = \(workspace)
                """
            ) { row in
                Pending(
                    unevaluated: try row.get("unevaluated"), open: try row.get("open"),
                    missing: try row.get("missing"))
            } ?? Pending(unevaluated: false, open: 0, missing: 0)
        }
    }

    /// Sums up what happened after an event.
    package func summary(after seq: Int) async throws -> RunSummary {
        try await transaction { db in
            let outcomes = try db.rows(
                """
                SELECT body ->> 'outcome' AS outcome, count(*) AS actions FROM usher.event
                WHERE workspace = \(workspace) AND seq > \(seq) AND body ? 'outcome'
                GROUP BY 1
                """
            ) { (try $0.get("outcome", as: String.self), try $0.get("actions", as: Int.self)) }
            let held = try db.heldCount()
            return try db.row(
                """
                SELECT (SELECT count(*) FROM usher.contact c
                        WHERE c.workspace = w.workspace AND c.deleted_at IS NULL) AS contacts,
                       w.last_seq - \(seq) AS events,
                       (SELECT count(*) FROM usher.event e
                        WHERE e.workspace = w.workspace AND e.seq > \(seq)
                          AND e.kind = 'decision.made') AS decisions,
                       (SELECT count(*) FROM usher.action a
                        WHERE a.workspace = w.workspace AND a.state = 'blocked') AS blocked
                FROM usher.workspace w
                WHERE w.workspace = \(workspace)
                """
            ) { row in
                RunSummary(
                    contacts: try row.get("contacts"), events: try row.get("events"),
                    decisions: try row.get("decisions"),
                    actions: Dictionary(uniqueKeysWithValues: outcomes),
                    held: held, blocked: try row.get("blocked"))
            } ?? .nothing
        }
    }
}

extension WorkspaceTransaction {
    /// Contacts that holds on rules keep something back of, and holds on single contacts.
    fileprivate func heldCount() throws -> Int {
        try row(
            """
            SELECT (SELECT count(*) FROM usher.hold WHERE workspace = \(workspace))
                     + (SELECT count(*) FROM usher.mass_delete WHERE workspace = \(workspace))
                     + (SELECT count(*) FROM usher.contact
                        WHERE workspace = \(workspace) AND held IS NOT NULL) AS held
            """
        ) { try $0.get("held") } ?? 0
    }

    fileprivate func status() throws -> WorkspaceStatus? {
        let now = try now()
        guard let health = try health(at: now) else { return nil }
        let actions = try openActions()
        let sweep = try lastSweep()
        let endedAlerts = try endedAlerts(since: now - .seconds(86_400))
        let failing = try breakers().compactMap {
            WorkspaceStatus.FailingEndpoint($0, actions: actions)
        }
        let unordered = try unorderedContacts()
        let absences = try absenceStatus()
        let held = try heldCount()
        let rejected = try rejectedRules()
        let waiting = try waitingCounts()
        return try row(
            """
            SELECT (SELECT count(*) FROM usher.contact c
                    WHERE c.workspace = w.workspace AND c.deleted_at IS NULL) AS contacts,
                   (SELECT count(*) FROM usher.contact c
                    WHERE c.workspace = w.workspace AND c.declined IS NOT NULL) AS declined,
                   (SELECT count(*) FROM usher.unreadable u
                    WHERE u.workspace = \(workspace)) AS set_aside,
                   w.last_seq, w.ruleset_hash,
                   w.recheck_after IS NULL AND w.is_counted AS is_evaluated
            FROM usher.workspace w
            WHERE w.workspace = \(workspace)
            """
        ) { row in
            WorkspaceStatus(
                workspace: workspace.description, contacts: try row.get("contacts"),
                events: try row.get("last_seq"), rulesetHash: try row.get("ruleset_hash"),
                isEvaluated: try row.get("is_evaluated"),
                actions: actions, waiting: waiting.all, held: held,
                declined: try row.get("declined"), drifted: waiting.drifts,
                missing: absences.missing, absences: absences, setAside: try row.get("set_aside"),
                rejected: rejected, pauses: health.pauses, workers: health.workers,
                lastCompleteSweep: health.lastCompleteSweep, sweepInterval: health.sweepInterval,
                isSweepLate: health.isSweepLate, unevaluatedEvents: health.unevaluatedEvents,
                unevaluatedSince: health.unevaluatedSince, alerts: health.openAlerts,
                failing: failing, lastSweep: sweep, unordered: unordered, endedAlerts: endedAlerts,
                health: health)
        }
    }

    /// State → open actions.
    private func openActions() throws -> [String: Int] {
        let counts = try rows(
            """
            SELECT state, count(*) AS actions FROM usher.action
            WHERE workspace = \(workspace) GROUP BY state
            """
        ) { (try $0.get("state", as: String.self), try $0.get("actions", as: Int.self)) }
        return Dictionary(uniqueKeysWithValues: counts)
    }

    private func lastSweep() throws -> WorkspaceStatus.LastSweep? {
        try row(
            """
            SELECT state, started_at, finished_at, contacts, page_size FROM usher.sweep
            WHERE workspace = \(workspace)
            ORDER BY sweep_id DESC
            LIMIT 1
            """
        ) {
            WorkspaceStatus.LastSweep(
                state: try $0.get("state"), startedAt: try $0.get("started_at"),
                finishedAt: try $0.get("finished_at"), contacts: try $0.get("contacts"),
                pageSize: try $0.get("page_size"))
        }
    }

    private func endedAlerts(since moment: Date) throws -> [WorkspaceStatus.EndedAlert] {
        try rows(
            """
            SELECT (body ->> 'raised_at')::timestamptz AS raised_at,
                   coalesce((body ->> 'resolved_at')::timestamptz, recorded_at) AS resolved_at,
                   body ->> 'code' AS code, body ->> 'subject' AS subject,
                   body ->> 'message' AS message
            FROM usher.event
            WHERE workspace = \(workspace) AND kind = 'alert.resolved' AND recorded_at > \(moment)
            ORDER BY seq DESC
            LIMIT \(Store.statusAlerts)
            """
        ) {
            WorkspaceStatus.EndedAlert(
                raisedAt: try $0.get("raised_at"), resolvedAt: try $0.get("resolved_at"),
                code: try $0.get("code"), subject: try $0.get("subject"),
                message: try $0.get("message"))
        }
    }
}

extension WorkspaceStatus.FailingEndpoint {
    /// - Parameter actions: State → open actions.
    /// - Returns: nil where requests flow as ever.
    init?(_ breaker: Breaker, actions: [String: Int]) {
        guard let nextTryAt = breaker.nextTryAt else { return nil }
        let state = ["update": "ready", "get": "unknown"][breaker.endpoint]
        self.init(
            endpoint: breaker.endpoint, since: breaker.since, failures: breaker.failures,
            cause: breaker.cause, nextTryAt: nextTryAt,
            waiting: state.flatMap { actions[$0] } ?? 0)
    }
}
