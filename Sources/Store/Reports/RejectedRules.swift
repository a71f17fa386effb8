package import Foundation
internal import Postgres

/// A rule that a person rejected: it changes nothing until it means something else, or is approved.
package struct RejectedRule: Encodable, Sendable {
    /// The rule as written, or one row of its table.
    package let rule: String
    package let since: Date
    package let who: String?
    package let why: String?
}

extension WorkspaceTransaction {
    /// By rule, each once.
    func rejectedRules() throws -> [RejectedRule] {
        try rows(
            """
            SELECT DISTINCT ON (h.rule_id)
                   h.rule_id, h.rejected_at, e.body ->> 'who' AS who, e.body ->> 'reason' AS why
            FROM usher.rule_hold h
            LEFT JOIN usher.event e
              ON e.workspace = \(workspace) AND e.kind = 'operator.acted'
              AND e.seq > h.placed_seq AND e.body ->> 'hold' = h.placed_seq::text
            WHERE h.workspace = \(workspace) AND h.rejected_at IS NOT NULL
            ORDER BY h.rule_id, h.rejected_at, e.seq DESC
            """
        ) { row in
            RejectedRule(
                rule: try row.get("rule_id"), since: try row.get("rejected_at"),
                who: try row.get("who", as: String?.self),
                why: try row.get("why", as: String?.self))
        }
    }
}
