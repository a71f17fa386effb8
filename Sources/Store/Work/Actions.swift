internal import Contacts
internal import Foundation
internal import Postgres
internal import Reconciler

extension Action {
    /// Every column that `init(row:)` reads.
    static let columns: StaticString =
        """
        action_id, contact_id, state, ruleset_hash, desired, rules, reverts, sent, sent_before,
        refused, one_by_one, next, send_order, due_at, attempt, unsettled, fence, cause_seq,
        failing, lands_until
        """

    init(row: Row) throws {
        self.init(
            actionID: try row.get("action_id"), contactID: try row.get("contact_id"),
            state: try row.named("state"), rulesetHash: try row.get("ruleset_hash"),
            desired: try row.get("desired", as: JSON.self).decode(),
            rules: try row.get("rules", as: JSON.self).decode(), reverts: try row.get("reverts"),
            sent: try row.get("sent", as: JSON?.self)?.decode(),
            sentBefore: try row.get("sent_before", as: JSON?.self)?.decode(),
            refused: try row.get("refused", as: JSON.self).decode(),
            oneByOne: try row.get("one_by_one"),
            next: try row.get("next", as: JSON?.self)?.decode(),
            sendOrder: SendOrder(rawValue: try row.get("send_order")) ?? .neutral,
            dueAt: try row.get("due_at"), attempt: try row.count("attempt"),
            unsettled: try row.count("unsettled"), fence: try row.get("fence"),
            causeSeq: try row.get("cause_seq"),
            failing: try row.get("failing", as: JSON?.self)?.decode(),
            landsUntil: try row.get("lands_until"))
    }
}

extension Row {
    /// A count of tries, which can be counted further whatever stands in the row.
    fileprivate func count(_ column: String) throws -> Int {
        min(max(0, try get(column)), Action.mostTries)
    }
}

extension Action {
    /// Far beyond `maxUnsettled`, and below what the column holds.
    fileprivate static let mostTries = 1_000_000_000
}

extension WorkspaceTransaction {
    /// Locks the actions with these ids, in their order.
    func lockActions(_ ids: [Int]) throws -> [Int: Action] {
        let found = try rows(
            """
            SELECT \(sql: Action.columns)
            FROM usher.action
            WHERE workspace = \(workspace) AND action_id = ANY (\(ids)::bigint[])
            ORDER BY action_id
            FOR UPDATE
            """, decode: Action.init(row:))
        return Dictionary(uniqueKeysWithValues: found.map { ($0.actionID, $0) })
    }

    /// Locks the open actions of these contacts, in the order of their ids.
    func lockActions(ofContacts ids: [String]) throws -> [ByteText: Action] {
        byContact(
            try rows(
                """
                SELECT \(sql: Action.columns)
                FROM usher.action
                WHERE workspace = \(workspace) AND contact_id = ANY (\(ids)::text[])
                ORDER BY action_id
                FOR UPDATE
                """, decode: Action.init(row:)))
    }

    /// The open actions of contacts between two ids; nothing is locked.
    func actions(after first: String, upTo last: String) throws -> [ByteText: Action] {
        byContact(
            try rows(
                """
                SELECT \(sql: Action.columns)
                FROM usher.action
                WHERE workspace = \(workspace) AND contact_id > \(first) AND contact_id <= \(last)
                """, decode: Action.init(row:)))
    }

    /// By contact, the actions whose request is under way or not settled: what is read of such a
    /// contact is stale, settled elsewhere or our own change. To be asked after the contacts are
    /// locked, so that no claim comes between.
    func actionsInFlight(_ ids: [String]) throws -> [ByteText: Action] {
        byContact(
            try rows(
                """
                SELECT \(sql: Action.columns)
                FROM usher.action
                WHERE workspace = \(workspace) AND contact_id = ANY (\(ids)::text[])
                  AND sent IS NOT NULL
                """, decode: Action.init(row:)))
    }

    private func byContact(_ actions: [Action]) -> [ByteText: Action] {
        Dictionary(uniqueKeysWithValues: actions.map { (ByteText($0.contactID), $0) })
    }

    /// The statements that write actions; this process owns those being sent.
    func statements(for changes: ActionChanges) throws -> [Statement] {
        try removal(of: changes.finished) + upsert(changes.saved, leases: changes.leases)
    }

    /// The statements that write actions which others may be sending: of those that are in flight
    /// they set what is wanted, and leave holder and lease as they are.
    func revisionStatements(for changes: ActionChanges) throws -> [Statement] {
        try removal(of: changes.finished)
            + upsert(changes.saved.filter { !$0.isInFlight }, leases: [:])
            + revision(of: changes.saved.filter(\.isInFlight))
    }

    private func removal(of actionIDs: [Int]) -> [Statement] {
        guard !actionIDs.isEmpty else { return [] }
        return [
            """
            DELETE FROM usher.action
            WHERE workspace = \(workspace) AND action_id = ANY (\(actionIDs)::bigint[])
            """
        ]
    }

    private func upsert(_ saved: [Action], leases: [Int: Date]) throws -> [Statement] {
        guard !saved.isEmpty else { return [] }
        return [
            """
            INSERT INTO usher.action AS a
                (workspace, \(sql: Action.columns), holder, lease_until)
            SELECT \(workspace), n.action_id, n.contact_id, n.state, n.ruleset_hash, n.desired,
                   n.rules, ARRAY(SELECT jsonb_array_elements_text(n.reverts)), n.sent,
                   n.sent_before, n.refused, n.one_by_one, n.next, n.send_order, n.due_at,
                   n.attempt, n.unsettled, n.fence, n.cause_seq, n.failing, n.lands_until,
                   CASE WHEN n.state = 'sending' THEN \(holder) END, n.lease_until
            FROM unnest(
                \(saved.map(\.actionID))::bigint[], \(saved.map(\.contactID))::text[],
                \(saved.map(\.state.rawValue))::text[], \(saved.map(\.rulesetHash))::text[],
                \(try saved.map { try JSON(encoding: $0.desired) })::jsonb[],
                \(try saved.map { try JSON(encoding: $0.rules) })::jsonb[],
                \(try saved.map { try JSON(encoding: $0.reverts) })::jsonb[],
                \(try saved.map { try $0.sent.map { try JSON(encoding: $0) } })::jsonb[],
                \(try saved.map { try $0.sentBefore.map { try JSON(encoding: $0) } })::jsonb[],
                \(try saved.map { try JSON(encoding: $0.refused) })::jsonb[],
                \(saved.map(\.oneByOne))::boolean[],
                \(try saved.map { try $0.next.map { try JSON(encoding: $0) } })::jsonb[],
                \(saved.map(\.sendOrder.rawValue))::smallint[],
                \(saved.map(\.dueAt))::timestamptz[], \(saved.map(\.attempt))::integer[],
                \(saved.map(\.unsettled))::integer[], \(saved.map(\.fence))::bigint[],
                \(saved.map(\.causeSeq))::bigint[],
                \(try saved.map { try $0.failing.map { try JSON(encoding: $0) } })::jsonb[],
                \(saved.map(\.landsUntil))::timestamptz[],
                \(saved.map { leases[$0.actionID] })::timestamptz[])
                AS n (\(sql: Action.columns), lease_until)
            ON CONFLICT (workspace, action_id) DO UPDATE
            SET state = EXCLUDED.state, ruleset_hash = EXCLUDED.ruleset_hash,
                desired = EXCLUDED.desired, rules = EXCLUDED.rules, reverts = EXCLUDED.reverts,
                sent = EXCLUDED.sent, sent_before = EXCLUDED.sent_before,
                refused = EXCLUDED.refused, one_by_one = EXCLUDED.one_by_one,
                next = EXCLUDED.next, send_order = EXCLUDED.send_order, due_at = EXCLUDED.due_at,
                attempt = EXCLUDED.attempt, unsettled = EXCLUDED.unsettled,
                fence = EXCLUDED.fence, holder = EXCLUDED.holder,
                lease_until = EXCLUDED.lease_until, cause_seq = EXCLUDED.cause_seq,
                failing = EXCLUDED.failing, lands_until = EXCLUDED.lands_until
            """
        ]
    }

    private func revision(of inFlight: [Action]) throws -> [Statement] {
        guard !inFlight.isEmpty else { return [] }
        return [
            """
            UPDATE usher.action AS a
            SET next = n.next, state = n.state, unsettled = n.unsettled, due_at = n.due_at,
                ruleset_hash = n.ruleset_hash
            FROM unnest(
                \(inFlight.map(\.actionID))::bigint[],
                \(try inFlight.map { try $0.next.map { try JSON(encoding: $0) } })::jsonb[],
                \(inFlight.map(\.state.rawValue))::text[], \(inFlight.map(\.unsettled))::integer[],
                \(inFlight.map(\.dueAt))::timestamptz[], \(inFlight.map(\.rulesetHash))::text[])
                AS n (action_id, next, state, unsettled, due_at, ruleset_hash)
            WHERE a.workspace = \(workspace) AND a.action_id = n.action_id
            """
        ]
    }
}
