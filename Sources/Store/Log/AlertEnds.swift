internal import Contacts
internal import Foundation
internal import Postgres
package import Reconciler

extension Store {
    /// Ends the alerts whose conditions are over, and those that outlived their lifetime unseen.
    ///
    /// One statement where none is open.
    ///
    /// - Returns: The alerts that people are to be told the end of.
    package func resolveAlerts() async throws -> [ResolvedAlert] {
        try await transaction { db in
            let open = try db.alertConditions()
            let resolved = try db.resolve(open.filter(\.isOver).map(\.key))
            if open.contains(where: { $0.key == Alert.Key(.held) && !$0.isOver }) {
                try db.nameHeldRules()
            }
            return resolved
        }
    }
}

/// An open alert, with whether its condition has ended.
private struct AlertCondition {
    let key: Alert.Key
    let isOver: Bool

    init(row: Row) throws {
        key = Alert.Key(try row.named("code"), subject: try row.get("subject"))
        isOver = try row.get("is_over")
    }
}

extension WorkspaceTransaction {
    fileprivate func alertConditions() throws -> [AlertCondition] {
        let mortal = Alert.Code.allCases.filter { $0.lifetime != nil }
        return try rows(
            """
            SELECT a.code, a.subject, CASE
                WHEN m.lifetime IS NOT NULL
                THEN a.seen_at <= clock_timestamp() - make_interval(secs => m.lifetime)
                WHEN a.code = 'unauthorized' THEN NOT EXISTS (
                    SELECT 1 FROM usher.pause p
                    -- Another token is tried before the workspace goes on.
                    WHERE p.workspace = \(workspace) AND p.endpoint = ''
                      AND p.reason IN ('unauthorized', 'token_changed'))
                WHEN a.code = 'other_organisation' THEN NOT EXISTS (
                    SELECT 1 FROM usher.pause p
                    WHERE p.workspace = \(workspace) AND p.endpoint = ''
                      AND p.reason = 'organisation')
                WHEN a.code = 'api_failing' THEN NOT EXISTS (
                    SELECT 1 FROM usher.breaker b
                    WHERE b.workspace = \(workspace) AND b.endpoint = a.subject)
                WHEN a.code = 'blocked' THEN NOT EXISTS (
                    SELECT 1 FROM usher.action x
                    WHERE x.workspace = \(workspace) AND x.state = 'blocked')
                WHEN a.code = 'unreadable' THEN NOT EXISTS (
                    SELECT 1 FROM usher.unreadable u WHERE u.workspace = \(workspace))
                WHEN a.code = 'held' THEN NOT EXISTS (
                    SELECT 1 FROM usher.rule_hold h
                    WHERE h.workspace = \(workspace) AND h.rejected_at IS NULL)
                WHEN a.code = 'mass_delete' THEN NOT EXISTS (
                    SELECT 1 FROM usher.mass_delete m
                    WHERE m.workspace = \(workspace) AND m.refused_at IS NULL)
                WHEN a.code IN ('revert', 'own_changes') THEN NOT EXISTS (
                    SELECT 1 FROM usher.hold h
                    WHERE h.workspace = \(workspace)
                      AND h.refused_at IS NULL AND h.expired_at IS NULL
                      AND (h.reason = a.code OR h.reason = 'reasserted' AND a.code = 'own_changes'))
                WHEN a.code IN ('conflict', 'unsettled_rules', 'guardrail', 'drift')
                THEN NOT EXISTS (
                    SELECT 1 FROM usher.contact c
                    WHERE c.workspace = \(workspace) AND c.deleted_at IS NULL
                      AND c.alerts <> '{}' AND c.alerts @> ARRAY[a.code || ' ' || a.subject])
                ELSE false END AS is_over
            FROM usher.alert a
            LEFT JOIN unnest(\(mortal.map(\.rawValue))::text[],
                             \(mortal.map { $0.lifetime?.seconds ?? 0 })::double precision[])
                AS m (code, lifetime) ON m.code = a.code
            WHERE a.workspace = \(workspace)
            """, decode: AlertCondition.init(row:))
    }

    /// Updates the message of the open alert `held` to name the rules that are held now.
    fileprivate func nameHeldRules() throws {
        let holds = try ruleHolds().placed.values.filter { $0.rejectedAt == nil }
        let message = Alert.held(holds).message
        try execute(
            """
            UPDATE usher.alert SET message = \(message)
            WHERE workspace = \(workspace) AND code = 'held' AND message <> \(message)
            """)
    }
}
