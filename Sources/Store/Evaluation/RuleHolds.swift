internal import Contacts
internal import Foundation
internal import Postgres
internal import Reconciler

extension WorkspaceTransaction {
    func ruleHolds() throws -> RuleHolds {
        let holds = try rows(
            """
            SELECT \(sql: RuleHold.columns) FROM usher.rule_hold WHERE workspace = \(workspace)
            """, decode: RuleHold.init(row:))
        let approvals = try rows(
            """
            SELECT rule_hash, who, approved_seq FROM usher.approval
            WHERE workspace = \(workspace)
            """
        ) { row in
            (
                try row.get("rule_hash", as: String.self),
                RuleApproval(who: try row.get("who"), seq: try row.get("approved_seq"))
            )
        }
        return RuleHolds(holds, approvals: Dictionary(uniqueKeysWithValues: approvals))
    }

    /// Ends the holds on rules that keep nothing back; a rejection lasts until the rule changes.
    func withdrawEmptyHolds() throws {
        try append(try withdraw(try emptyHolds(), reason: "it keeps nothing back any more"))
    }

    func emptyHolds() throws -> [RuleHold] {
        try rows(
            """
            SELECT \(sql: RuleHold.columns)
            FROM usher.rule_hold
            WHERE workspace = \(workspace) AND rejected_at IS NULL
              AND NOT EXISTS (
                  SELECT 1 FROM usher.contact c, jsonb_array_elements(c.held) AS change
                  WHERE c.workspace = \(workspace) AND c.held IS NOT NULL
                    AND change -> 'by' ? (rule_hold.reason || ':' || rule_hold.rule_id))
            ORDER BY placed_seq
            """, decode: RuleHold.init(row:))
    }

    /// - Returns: The events of their withdrawal.
    func withdraw(_ holds: [RuleHold], reason: String) throws -> [NewEvent] {
        try delete(holds)
        return try holds.sorted { $0.placedSeq < $1.placedSeq }
            .map { try $0.withdrawn(reason: reason) }
    }

    func delete(_ holds: [RuleHold]) throws {
        guard !holds.isEmpty else { return }
        try execute(
            """
            DELETE FROM usher.rule_hold
            WHERE workspace = \(workspace)
              AND placed_seq = ANY (\(holds.map(\.placedSeq))::bigint[])
            """)
    }

    func insertion(of hold: RuleHold, seq: Int, at now: Date) -> Statement {
        """
        INSERT INTO usher.rule_hold
            (workspace, rule_id, reason, rule_hash, detail, placed_seq, placed_at, rejected_at)
        VALUES (\(workspace), \(hold.ruleID), \(hold.reason.rawValue), \(hold.ruleHash),
                \(hold.detail), \(seq), \(now), \(hold.rejectedAt))
        """
    }
}

extension RuleHold {
    /// Every column that `init(row:)` reads.
    fileprivate static let columns: StaticString =
        "rule_id, reason, rule_hash, detail, placed_seq, placed_at, rejected_at"

    init(row: Row) throws {
        self.init(
            ruleID: try row.get("rule_id"), reason: try row.named("reason"),
            ruleHash: try row.get("rule_hash"), detail: try row.get("detail"),
            placedSeq: try row.get("placed_seq"), placedAt: try row.get("placed_at"),
            rejectedAt: try row.get("rejected_at", as: Date?.self))
    }
}
