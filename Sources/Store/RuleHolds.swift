internal import Contacts
internal import Foundation
internal import Postgres
internal import Reconciler
internal import Rules

extension Transaction {
    func ruleHolds(in workspace: WorkspaceName) throws -> RuleHolds {
        let holds = try rows(
            """
            SELECT rule_id, reason, rule_hash, detail, placed_seq, placed_at, rejected_at
            FROM usher.rule_hold
            WHERE workspace = \(workspace)
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

    /// Ends the holds on rules that mean something else now, or are gone.
    ///
    /// - Returns: What is to be put on record.
    func withdrawStaleHolds(
        _ ruleset: Ruleset, in workspace: WorkspaceName
    ) throws -> [NewEvent] {
        let stale = try ruleHolds(in: workspace).placed.values
            .filter { ruleset.meaning(named: $0.ruleID) != $0.ruleHash }
        return try withdraw(stale, reason: "the rule has changed or is gone", in: workspace)
    }

    /// Ends the holds on rules that keep nothing back any more; a rejection stands until the rule changes.
    func withdrawEmptyHolds(in workspace: WorkspaceName) throws {
        let empty = try emptyHolds(in: workspace)
        guard !empty.isEmpty else { return }
        try append(
            try withdraw(empty, reason: "it keeps nothing back any more", in: workspace),
            in: workspace)
    }

    func emptyHolds(in workspace: WorkspaceName) throws -> [RuleHold] {
        try rows(
            """
            SELECT h.rule_id, h.reason, h.rule_hash, h.detail, h.placed_seq, h.placed_at,
                   h.rejected_at
            FROM usher.rule_hold h
            WHERE h.workspace = \(workspace) AND h.rejected_at IS NULL
              AND NOT EXISTS (
                  SELECT 1 FROM usher.contact c, jsonb_array_elements(c.held) AS change
                  WHERE c.workspace = \(workspace) AND c.held IS NOT NULL
                    AND change -> 'by' ? (h.reason || ':' || h.rule_id))
            """, decode: RuleHold.init(row:))
    }

    private func withdraw(
        _ holds: [RuleHold], reason: String, in workspace: WorkspaceName
    ) throws -> [NewEvent] {
        try delete(holds, in: workspace)
        return try holds.sorted { $0.placedSeq < $1.placedSeq }.map { hold in
            NewEvent(
                kind: .holdWithdrawn, causeSeq: hold.placedSeq,
                body: try JSON(encoding: ["rule": hold.ruleID, "reason": reason]))
        }
    }

    func delete(_ holds: [RuleHold], in workspace: WorkspaceName) throws {
        guard !holds.isEmpty else { return }
        try execute(
            """
            DELETE FROM usher.rule_hold
            WHERE workspace = \(workspace) AND placed_seq = ANY (\(holds.map(\.placedSeq))::bigint[])
            """)
    }
}

extension Ruleset {
    /// What a rule means, or a rule as written with all rows of its table; nil where there is none.
    package func meaning(named id: String) -> String? {
        rule(id).map { hash(of: $0) } ?? hash(ofBase: id)
    }
}

extension RuleHold {
    init(row: Row) throws {
        self.init(
            ruleID: try row.get("rule_id"), reason: try row.named("reason"),
            ruleHash: try row.get("rule_hash"), detail: try row.get("detail"),
            placedSeq: try row.get("placed_seq"), placedAt: try row.get("placed_at"),
            rejectedAt: try row.get("rejected_at", as: Date?.self))
    }

    /// The event that places it.
    ///
    /// - Parameter changes: How many changes it holds at once, where they were counted.
    func event(changes: Int?) throws -> NewEvent {
        struct Body: Encodable {
            let rule: String
            let reason: String
            let held: Held
        }
        struct Held: Encodable {
            let detail: String
            let changes: Int?
        }
        return NewEvent(
            kind: .holdPlaced,
            body: try JSON(
                encoding: Body(
                    rule: ruleID, reason: reason.rawValue,
                    held: Held(detail: detail, changes: changes))))
    }

    func insertion(seq: Int, at now: Date, in workspace: WorkspaceName) -> Statement {
        """
        INSERT INTO usher.rule_hold
            (workspace, rule_id, reason, rule_hash, detail, placed_seq, placed_at, rejected_at)
        VALUES (\(workspace), \(ruleID), \(reason.rawValue), \(ruleHash), \(detail), \(seq), \(now),
                \(rejectedAt))
        """
    }
}
