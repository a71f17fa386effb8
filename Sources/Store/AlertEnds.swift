internal import Contacts
internal import Foundation
internal import Postgres
internal import Reconciler

/// A customer of the API: whom a token belongs to.
package struct KnownOrganisation: Sendable, Equatable, CustomStringConvertible {
    package let id: String
    /// nil where an earlier version recorded it.
    package let name: String?

    package init(id: String, name: String?) { (self.id, self.name) = (id, name) }

    package var description: String { name.map { "“\($0)” (\(id))" } ?? id }
}

extension Store {
    /// Ends the alerts whose conditions are over, and those that nobody has seen for their lifetime.
    ///
    /// One statement where none is open.
    ///
    /// - Returns: The alerts that people are to be told the end of.
    package func resolveAlerts() async throws -> [ResolvedAlert] {
        try await database.transaction { [workspace] db in
            let open = try db.openAlerts(in: workspace)
            let resolved = try db.resolve(open.filter(\.isOver).map(\.key), in: workspace)
            if open.contains(where: { $0.key == Alert.Key(.held) && !$0.isOver }) {
                try db.nameHeldRules(in: workspace)
            }
            return resolved
        }
    }

    /// Records the organisation of the token as the workspace's own at the first start, and what it
    /// is called now.
    ///
    /// - Returns: The workspace's own.
    package func recognise(_ organisation: KnownOrganisation) async throws -> KnownOrganisation? {
        try await database.transaction { [workspace] db in
            try db.row(
                """
                UPDATE usher.workspace
                SET organisation_id = coalesce(organisation_id, \(organisation.id)),
                    organisation_name =
                        CASE WHEN coalesce(organisation_id, \(organisation.id)) = \(organisation.id)
                        THEN \(organisation.name) ELSE organisation_name END
                WHERE workspace = \(workspace)
                RETURNING organisation_id, organisation_name
                """
            ) { row in
                KnownOrganisation(
                    id: try row.get("organisation_id"), name: try row.get("organisation_name"))
            }
        }
    }
}

extension Transaction {
    /// The open alerts, each with whether its condition has ended.
    fileprivate func openAlerts(
        in workspace: WorkspaceName
    ) throws -> [(key: Alert.Key, isOver: Bool)] {
        let mortal = Alert.Code.allCases.filter { $0.lifetime != nil }
        return try rows(
            """
            SELECT a.code, a.subject, CASE
                WHEN m.lifetime IS NOT NULL
                THEN a.seen_at <= clock_timestamp() - make_interval(secs => m.lifetime)
                WHEN a.code = 'unauthorized' THEN NOT EXISTS (
                    SELECT FROM usher.lease l
                    -- Another token is tried before the workspace goes on.
                    WHERE l.workspace = \(workspace) AND l.name = 'pause'
                      AND l.reason IN ('unauthorized', 'token_changed'))
                WHEN a.code = 'other_organisation' THEN NOT EXISTS (
                    SELECT FROM usher.lease l
                    WHERE l.workspace = \(workspace) AND l.name = 'pause'
                      AND l.reason = 'organisation')
                WHEN a.code = 'api_failing' THEN NOT EXISTS (
                    SELECT FROM usher.breaker b
                    WHERE b.workspace = \(workspace) AND b.endpoint = a.subject)
                WHEN a.code = 'blocked' THEN NOT EXISTS (
                    SELECT FROM usher.action x
                    WHERE x.workspace = \(workspace) AND x.state = 'blocked')
                WHEN a.code = 'unreadable' THEN NOT EXISTS (
                    SELECT FROM usher.unreadable u WHERE u.workspace = \(workspace))
                WHEN a.code = 'held' THEN NOT EXISTS (
                    SELECT FROM usher.rule_hold h
                    WHERE h.workspace = \(workspace) AND h.rejected_at IS NULL)
                WHEN a.code IN ('mass_delete', 'revert', 'own_changes') THEN NOT EXISTS (
                    SELECT FROM usher.hold h
                    WHERE h.workspace = \(workspace)
                      AND h.refused_at IS NULL AND h.expired_at IS NULL
                      AND (h.reason = a.code OR h.reason = 'reasserted' AND a.code = 'own_changes'))
                WHEN a.code IN ('conflict', 'unsettled_rules', 'guardrail', 'drift') THEN NOT EXISTS (
                    SELECT FROM usher.contact c
                    WHERE c.workspace = \(workspace) AND c.deleted_at IS NULL
                      AND c.alerts <> '{}' AND c.alerts @> ARRAY[a.code || ' ' || a.subject])
                ELSE false END AS is_over
            FROM usher.alert a
            LEFT JOIN unnest(\(mortal.map(\.rawValue))::text[],
                             \(mortal.map { $0.lifetime?.seconds ?? 0 })::double precision[])
                AS m (code, lifetime) ON m.code = a.code
            WHERE a.workspace = \(workspace)
            """
        ) { row in
            (
                key: Alert.Key(try row.named("code"), subject: try row.get("subject")),
                isOver: try row.get("is_over")
            )
        }
    }

    /// Updates the message of the open alert `held` to name the rules that are held now.
    fileprivate func nameHeldRules(in workspace: WorkspaceName) throws {
        let holds = try ruleHolds(in: workspace).placed.values.filter { $0.rejectedAt == nil }
        let message = Alert.held(holds).message
        try execute(
            """
            UPDATE usher.alert SET message = \(message)
            WHERE workspace = \(workspace) AND code = 'held' AND message <> \(message)
            """)
    }
}
