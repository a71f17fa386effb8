internal import Contacts
internal import Foundation
internal import Postgres
internal import Reconciler

/// How long changes count against limits.
///
/// A minute counts for as long as any moment of it is within the hour or the day.
private enum ChangeCountSpan {
    static let hour: Duration = .seconds(3600 + 60)
    static let day: Duration = .seconds(86_400 + 60)
}

extension WorkspaceTransaction {
    /// The statement that keeps what was counted; nil where nothing was.
    func insertion(of ledger: ChangeLedger, at now: Date) -> Statement? {
        guard !ledger.added.isEmpty else { return nil }
        let added = Array(ledger.added)
        return """
            INSERT INTO usher.change_count AS c (workspace, minute, scope, class, changes)
            SELECT \(workspace), \(now.startOfMinute), n.scope, n.class, n.changes
            FROM unnest(
                \(added.map(\.key.scope))::text[], \(added.map(\.key.kind.rawValue))::text[],
                \(added.map(\.value))::integer[]) AS n (scope, class, changes)
            ON CONFLICT (workspace, minute, scope, class) DO UPDATE
            SET changes = c.changes + EXCLUDED.changes
            """
    }

    func changeLedger(at now: Date) throws -> ChangeLedger {
        let counts = try rows(
            """
            SELECT scope, class, sum(changes)::bigint AS day,
                   coalesce(
                       sum(changes) FILTER (WHERE minute > \(now - ChangeCountSpan.hour)),
                       0)::bigint AS hour
            FROM usher.change_count
            WHERE workspace = \(workspace) AND minute > \(now - ChangeCountSpan.day)
            GROUP BY scope, class
            """
        ) { row in
            (
                ChangeLedger.Key(
                    scope: try row.get("scope"), kind: try row.named("class") as ChangeClass),
                ChangeLedger.Count(hour: try row.get("hour"), day: try row.get("day"))
            )
        }
        return ChangeLedger(
            contacts: try knownContacts(),
            counts: Dictionary(uniqueKeysWithValues: counts))
    }

    /// To count many contacts takes long: of more than this, the last complete sweep knows.
    private static let countedContacts = 10_000

    private func knownContacts() throws -> Int {
        try row(
            """
            SELECT greatest(
                (SELECT count(*) FROM (
                    SELECT 1 FROM usher.contact
                    WHERE workspace = \(workspace) AND deleted_at IS NULL
                    LIMIT \(Self.countedContacts)) AS few),
                CASE WHEN w.last_ref > \(Self.countedContacts) THEN (
                    SELECT s.contacts FROM usher.sweep s
                    WHERE s.workspace = w.workspace AND s.state = 'completed'
                    ORDER BY s.sweep_id DESC
                    LIMIT 1) END)::bigint AS contacts
            FROM usher.workspace w
            WHERE w.workspace = \(workspace)
            """
        ) { try $0.get("contacts") } ?? 0
    }

    /// Forgets what no limit looks at any more.
    func forgetOldCounts() throws {
        try execute(
            """
            DELETE FROM usher.change_count
            WHERE workspace = \(workspace) AND minute <= \(try now() - ChangeCountSpan.day)
            """)
    }
}

extension Date {
    var startOfMinute: Date {
        Date(timeIntervalSince1970: (timeIntervalSince1970 / 60).rounded(.down) * 60)
    }
}
