internal import Contacts
internal import Foundation
internal import Postgres
package import Reconciler

extension Store {
    /// How the workspace is looked after, without a look at its contacts; nil where there is none.
    package func health() async throws -> WorkspaceHealth? {
        try await transaction { db in
            try db.health(at: try db.now())
        }
    }
}

extension WorkspaceTransaction {
    func health(at now: Date) throws -> WorkspaceHealth? {
        guard var health = try ownHealth(at: now) else { return nil }
        health.workers = try signsOfLife()
        health.lastCompleteSweep = try lastCompleteSweep()
        health.pauses = try sendingState(at: now).pauses.map {
            WorkspaceHealth.PauseStatus(
                what: $0.endpoint ?? "workspace", reason: $0.reason.rawValue, until: $0.until,
                isWhole: $0.endpoint == nil)
        }
        health.openAlerts = try allOpenAlerts()
        return health
    }

    /// What the workspace's row, its log and the server say.
    private func ownHealth(at now: Date) throws -> WorkspaceHealth? {
        try row(
            """
            SELECT w.created_at, pg_is_in_recovery() AS is_standby,
                   current_setting('default_transaction_read_only')::boolean AS is_read_only,
                   ahead.events AS unevaluated, ahead.since AS unevaluated_since,
                   to_regclass('usher.event_' || to_char(
                       date_trunc('month', \(now)::timestamptz AT TIME ZONE 'UTC')
                           + interval '1 month',
                       'YYYY_MM')) IS NOT NULL AS has_next_partition
            FROM usher.workspace w
            -- Only events that need evaluation count, up to a bound.
            CROSS JOIN LATERAL (
                SELECT count(*) AS events, min(recorded_at) AS since FROM (
                    SELECT e.recorded_at FROM usher.event e
                    WHERE e.workspace = \(workspace) AND e.seq > w.evaluated_seq
                      AND e.contact_id IS NOT NULL
                      AND e.kind = ANY (\(EventKind.evaluated.map(\.rawValue))::text[])
                    ORDER BY e.seq
                    LIMIT \(WorkspaceHealth.maxUnevaluated + 1)) e) ahead
            WHERE w.workspace = \(workspace)
            """
        ) { row in
            var health = WorkspaceHealth(now: now, createdAt: try row.get("created_at"))
            health.unevaluatedEvents = try row.get("unevaluated")
            health.unevaluatedSince = try row.get("unevaluated_since")
            let isReadOnly: Bool = try row.get("is_read_only")
            health.writeRefusal =
                try row.get("is_standby") ? "a standby" : isReadOnly ? "read-only" : nil
            health.hasNextPartition = try row.get("has_next_partition")
            return health
        }
    }

    private func lastCompleteSweep() throws -> WorkspaceHealth.CompleteSweep? {
        try row(
            """
            SELECT started_at, finished_at FROM usher.sweep
            WHERE workspace = \(workspace) AND state = 'completed'
            ORDER BY sweep_id DESC
            LIMIT 1
            """
        ) { row in
            WorkspaceHealth.CompleteSweep(
                startedAt: try row.get("started_at"), finishedAt: try row.get("finished_at"))
        }
    }

    private func allOpenAlerts() throws -> [WorkspaceHealth.AlertStatus] {
        try rows(
            """
            SELECT raised_seq, raised_at, seen_at, code, subject, message FROM usher.alert
            WHERE workspace = \(workspace)
            ORDER BY raised_at, code, subject
            LIMIT \(Store.statusAlerts)
            """
        ) { row in
            WorkspaceHealth.AlertStatus(
                seq: try row.get("raised_seq"), raisedAt: try row.get("raised_at"),
                seenAt: try row.get("seen_at"), code: try row.get("code"),
                subject: try row.get("subject"), message: try row.get("message"))
        }
    }
}
