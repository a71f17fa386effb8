internal import Postgres

/// Contacts that the bounds of rules leave alone, since a custom role has no order.
package struct UnorderedContacts: Encodable, Sendable {
    package struct RuleCount: Encodable, Sendable {
        package let rule: String
        package let contacts: Int
    }

    package let contacts: Int
    /// Those that leave most alone first; at most `maxRules`.
    package let rules: [RuleCount]

    /// Rules that are named: more than a line holds.
    static let maxRules = 20
}

extension WorkspaceTransaction {
    /// By the latest decision on each contact.
    func unorderedContacts() throws -> UnorderedContacts {
        let rows = try rows(
            """
            WITH told AS (
                SELECT e.contact_id, max(e.seq) AS seq FROM usher.event e
                WHERE e.workspace = \(workspace) AND e.kind = 'decision.made'
                  AND e.body #> '{decision,unordered}' IS NOT NULL
                GROUP BY e.contact_id
            ), latest AS (
                SELECT e.contact_id, e.body #> '{decision,unordered}' AS rules
                FROM told t
                JOIN usher.contact c ON c.workspace = \(workspace)
                    AND c.contact_id = t.contact_id AND c.deleted_at IS NULL
                JOIN usher.event e ON e.workspace = \(workspace)
                    AND e.contact_id = t.contact_id AND e.seq = t.seq
                WHERE NOT EXISTS (
                    SELECT 1 FROM usher.event l
                    WHERE l.workspace = \(workspace) AND l.contact_id = t.contact_id
                      AND l.seq > t.seq AND l.kind = 'decision.made')
            )
            SELECT r.rule, count(*) AS contacts, (SELECT count(*) FROM latest) AS total
            FROM latest, jsonb_array_elements_text(latest.rules) AS r (rule)
            GROUP BY r.rule
            ORDER BY contacts DESC, r.rule
            LIMIT \(UnorderedContacts.maxRules)
            """
        ) { row in
            (
                rule: UnorderedContacts.RuleCount(
                    rule: try row.get("rule"), contacts: try row.get("contacts")),
                total: try row.get("total", as: Int.self)
            )
        }
        return UnorderedContacts(contacts: rows.first?.total ?? 0, rules: rows.map(\.rule))
    }
}
