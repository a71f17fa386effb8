internal import Contacts
internal import Foundation
internal import Postgres
internal import Reconciler
internal import Rules

extension WorkspaceTransaction {
    /// Carries over what is kept under the old ids of renamed rules: grants, drifts, approvals,
    /// holds, open actions and counts. Where nothing is left under an old id, it changes nothing.
    ///
    /// Locks actions before contacts, as claims do, and both before the workspace.
    ///
    /// - Returns: Old → new, of the rules as written of which anything was carried over.
    func carryOver(_ renames: RuleRenames) throws -> [String: String] {
        guard !renames.bases.isEmpty else { return [:] }
        var old = try renameInActions(renames)
        old.formUnion(try renameInContacts(renames))
        old.formUnion(try renameInContactHolds(renames))
        old.formUnion(try renameRuleHolds(renames))
        old.formUnion(try renameApprovals(renames))
        old.formUnion(try renameCounts(renames))
        return renames.bases.filter { old.contains($0.key) }
    }

    /// - Returns: The old ids, as written, that actions named.
    private func renameInActions(_ renames: RuleRenames) throws -> Set<String> {
        let named = try rows(
            """
            SELECT a.action_id, split_part(r.id, '[', 1) AS base
            FROM usher.action a,
                 jsonb_each(a.rules || coalesce(
                     (SELECT jsonb_object_agg('next ' || n.key, n.value)
                      FROM jsonb_each(a.next -> 'rules') AS n), '{}')) AS slot,
                 jsonb_array_elements_text(slot.value) AS r (id)
            WHERE a.workspace = \(workspace)
              AND split_part(r.id, '[', 1) = ANY (\(renames.oldIDs)::text[])
            """
        ) { (id: try $0.get("action_id", as: Int.self), base: try $0.get("base", as: String.self)) }
        for ids in Set(named.map(\.id)).sorted().chunked(by: Store.evaluationBatch) {
            let actions = try lockActions(ids).values
                .map { $0.renamed(by: renames) }
            try execute(
                """
                UPDATE usher.action AS a SET rules = n.rules, next = n.next
                FROM unnest(
                    \(actions.map(\.actionID))::bigint[],
                    \(try actions.map { try JSON(encoding: $0.rules) })::jsonb[],
                    \(try actions.map { try $0.next.map { try JSON(encoding: $0) } })::jsonb[])
                    AS n (action_id, rules, next)
                WHERE a.workspace = \(workspace) AND a.action_id = n.action_id
                """)
        }
        return Set(named.map(\.base))
    }

    /// - Returns: The old ids, as written, that contacts named.
    private func renameInContacts(_ renames: RuleRenames) throws -> Set<String> {
        let named = try rows(
            """
            SELECT c.contact_id, split_part(r.id, '[', 1) AS base
            FROM usher.contact c, LATERAL (
                SELECT jsonb_array_elements_text(slot.value -> 'rules') AS id
                FROM (SELECT value FROM jsonb_each(c.grants)
                      UNION ALL SELECT value FROM jsonb_each(c.late)) AS slot
                UNION ALL
                SELECT jsonb_object_keys(slot.value) FROM jsonb_each(c.drifts) AS slot
                UNION ALL
                SELECT jsonb_object_keys(change -> 'rules')
                FROM jsonb_array_elements(
                    coalesce(c.held, '[]') || coalesce(c.approved, '[]')
                    || coalesce(c.declined, '[]')) AS change) AS r
            WHERE c.workspace = \(workspace)
              AND split_part(r.id, '[', 1) = ANY (\(renames.oldIDs)::text[])
            """
        ) {
            (
                id: try $0.get("contact_id", as: String.self),
                base: try $0.get("base", as: String.self)
            )
        }
        let ids = Set(texts: named.map(\.id)).sorted().map(\.text)
        for ids in ids.chunked(by: Store.evaluationBatch) {
            try write(
                try lockContacts(ids).values.map {
                    ($0.contactID, renames.renamed($0.record), renames.renamed($0.late))
                })
        }
        return Set(named.map(\.base))
    }

    private func write(
        _ contacts: [(id: String, record: ContactRecord, late: [String: LateValue])]
    ) throws {
        try execute(
            """
            UPDATE usher.contact AS c
            SET grants = n.grants, late = n.late, drifts = n.drifts, held = n.held,
                approved = n.approved, declined = n.declined
            FROM unnest(
                \(contacts.map(\.id))::text[],
                \(try contacts.map { try JSON(encoding: $0.record.grants) })::jsonb[],
                \(try contacts.map { try JSON(encoding: $0.late) })::jsonb[],
                \(try contacts.map { try JSON(encoding: $0.record.drifts) })::jsonb[],
                \(try contacts.map { try JSON(encodingNonEmpty: $0.record.held) })::jsonb[],
                \(try contacts.map { try JSON(encodingNonEmpty: $0.record.approved) })::jsonb[],
                \(try contacts.map { try JSON(encodingNonEmpty: $0.record.declined) })::jsonb[])
                AS n (contact_id, grants, late, drifts, held, approved, declined)
            WHERE c.workspace = \(workspace) AND c.contact_id = n.contact_id
            """)
    }

    /// - Returns: The old ids, as written, that holds on contacts named.
    private func renameInContactHolds(_ renames: RuleRenames) throws -> Set<String> {
        let named = try rows(
            """
            SELECT \(sql: ContactHold.columns) FROM usher.hold WHERE workspace = \(workspace)
            """, decode: ContactHold.init(row:)
        ).filter { $0.wish.rules.contains(where: renames.isRenamed) }
        try execute(
            """
            UPDATE usher.hold AS h SET wish = n.wish
            FROM unnest(
                \(named.map(\.placedSeq))::bigint[],
                \(try named.map { try JSON(encoding: $0.wish.renamed(by: renames)) })::jsonb[])
                AS n (placed_seq, wish)
            WHERE h.workspace = \(workspace) AND h.placed_seq = n.placed_seq
            """)
        return Set(named.flatMap(\.wish.rules).map(Rule.base(of:)))
    }

    /// Carries over the holds on rules that mean the same; a rule of the new id keeps its own.
    ///
    /// - Returns: The old ids, as written.
    private func renameRuleHolds(_ renames: RuleRenames) throws -> Set<String> {
        let placed = try ruleHolds().placed
        let moved = placed.values.compactMap { old in
            renames.renamed(old).flatMap { placed[$0.key] == nil ? (old: old, new: $0) : nil }
        }
        try execute(
            """
            UPDATE usher.rule_hold AS h SET rule_id = n.rule_id, rule_hash = n.rule_hash
            FROM unnest(
                \(moved.map(\.new.placedSeq))::bigint[], \(moved.map(\.new.ruleID))::text[],
                \(moved.map(\.new.ruleHash))::text[]) AS n (placed_seq, rule_id, rule_hash)
            WHERE h.workspace = \(workspace) AND h.placed_seq = n.placed_seq
            """)
        return Set(moved.map { Rule.base(of: $0.old.ruleID) })
    }

    /// Carries over the approvals of rules that mean the same.
    ///
    /// - Returns: The old ids, as written.
    private func renameApprovals(_ renames: RuleRenames) throws -> Set<String> {
        let moved = try rows(
            "SELECT rule_id, rule_hash FROM usher.approval WHERE workspace = \(workspace)"
        ) {
            (
                id: try $0.get("rule_id", as: String.self),
                hash: try $0.get("rule_hash", as: String.self)
            )
        }
        .compactMap { id, hash in
            renames.newHash(of: hash, under: id).map {
                (id: id, hash: hash, newID: renames.newID(of: id), newHash: $0)
            }
        }
        try execute(
            """
            WITH moved AS (
                DELETE FROM usher.approval AS a
                USING unnest(
                    \(moved.map(\.hash))::text[], \(moved.map(\.newHash))::text[],
                    \(moved.map(\.newID))::text[]) AS n (old_hash, new_hash, rule_id)
                WHERE a.workspace = \(workspace) AND a.rule_hash = n.old_hash
                RETURNING n.new_hash, n.rule_id, a.approved_at, a.who, a.approved_seq)
            INSERT INTO usher.approval
                (workspace, rule_hash, rule_id, approved_at, who, approved_seq)
            SELECT \(workspace), new_hash, rule_id, approved_at, who, approved_seq FROM moved
            ON CONFLICT (workspace, rule_hash) DO NOTHING
            """)
        return Set(moved.map { Rule.base(of: $0.id) })
    }

    /// Adds what was counted against a rule to what counts against the rule that it is now.
    ///
    /// - Returns: The old ids, as written.
    private func renameCounts(_ renames: RuleRenames) throws -> Set<String> {
        let pairs = renames.bases.sorted { $0.key < $1.key }
        let moved: [String] = try rows(
            """
            WITH moved AS (
                DELETE FROM usher.change_count AS c
                USING unnest(\(pairs.map(\.key))::text[], \(pairs.map(\.value))::text[])
                    AS n (old_id, new_id)
                WHERE c.workspace = \(workspace)
                  AND split_part(c.scope, '[', 1) = 'rule:' || n.old_id
                RETURNING c.minute, c.class, c.changes, n.old_id,
                          'rule:' || n.new_id || substr(c.scope, length('rule:' || n.old_id) + 1)
                              AS scope),
            added AS (
                INSERT INTO usher.change_count AS c (workspace, minute, scope, class, changes)
                SELECT \(workspace), minute, scope, class, changes FROM moved
                ON CONFLICT (workspace, minute, scope, class) DO UPDATE
                SET changes = c.changes + EXCLUDED.changes)
            SELECT DISTINCT old_id FROM moved
            """
        ) { try $0.get("old_id") }
        return Set(moved)
    }
}

extension RuleRenames {
    /// As written, in order.
    fileprivate var oldIDs: [String] { bases.keys.sorted() }
}
