internal import Contacts
internal import Foundation
internal import Postgres
internal import Reconciler

extension Action {
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
            sendOrder: SendOrder(rawValue: try row.get("priority")) ?? .neutral,
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

extension Transaction {
    /// Locks the actions with these ids, in their order.
    func lockActions(_ ids: [Int], in workspace: WorkspaceName) throws -> [Int: Action] {
        let found = try rows(
            """
            SELECT action_id, contact_id, state, ruleset_hash, desired, rules, reverts, sent, sent_before,
                   refused, one_by_one, next, priority, due_at, attempt, unsettled, fence, cause_seq,
                   failing, lands_until
            FROM usher.action
            WHERE workspace = \(workspace) AND action_id = ANY (\(ids)::bigint[])
            ORDER BY action_id
            FOR UPDATE
            """, decode: Action.init(row:))
        return Dictionary(uniqueKeysWithValues: found.map { ($0.actionID, $0) })
    }

    /// Locks the open actions of these contacts, in the order of their ids.
    func lockActions(
        ofContacts ids: [String], in workspace: WorkspaceName
    ) throws -> [ByteText: Action] {
        let found = try rows(
            """
            SELECT action_id, contact_id, state, ruleset_hash, desired, rules, reverts, sent, sent_before,
                   refused, one_by_one, next, priority, due_at, attempt, unsettled, fence, cause_seq,
                   failing, lands_until
            FROM usher.action
            WHERE workspace = \(workspace) AND contact_id = ANY (\(ids)::text[])
            ORDER BY action_id
            FOR UPDATE
            """, decode: Action.init(row:))
        return Dictionary(uniqueKeysWithValues: found.map { (ByteText($0.contactID), $0) })
    }
}

/// The changes to the open actions that one transaction makes.
struct ActionChanges {
    private(set) var saved: [Action] = []
    private(set) var finished: [Int] = []

    /// Writes the action as it is now, new or not; `holder` owns those being sent.
    mutating func save(_ action: Action) { saved.append(action) }

    mutating func finish(_ actionID: Int) { finished.append(actionID) }

    /// Says which event blocked what is blocked.
    mutating func block(at seq: Int) {
        for index in saved.indices where saved[index].state == .blocked {
            saved[index].causeSeq = seq
        }
    }

    /// - Parameters:
    ///   - lease: Until when the holder counts as alive, by action id, for those being sent.
    func statements(
        holder: String, leases: [Int: Date] = [:], in workspace: WorkspaceName
    ) throws -> [Statement] {
        var statements: [Statement] = []
        if !finished.isEmpty {
            statements.append(
                """
                DELETE FROM usher.action
                WHERE workspace = \(workspace) AND action_id = ANY (\(finished)::bigint[])
                """)
        }
        if !saved.isEmpty {
            statements.append(try upsert(holder: holder, leases: leases, in: workspace))
        }
        return statements
    }

    private func upsert(
        holder: String, leases: [Int: Date], in workspace: WorkspaceName
    ) throws -> Statement {
        """
        INSERT INTO usher.action AS a
            (workspace, action_id, contact_id, state, ruleset_hash, desired, rules, reverts, sent,
             sent_before, refused, one_by_one, next, priority, due_at, attempt, unsettled, fence,
             holder, lease_until, cause_seq, failing, lands_until)
        SELECT \(workspace), n.action_id, n.contact_id, n.state, n.ruleset_hash, n.desired, n.rules,
               ARRAY(SELECT jsonb_array_elements_text(n.reverts)), n.sent, n.sent_before, n.refused, n.one_by_one, n.next, n.priority, n.due_at,
               n.attempt, n.unsettled, n.fence,
               CASE WHEN n.state = 'sending' THEN \(holder) END, n.lease_until, n.cause_seq, n.failing,
               n.lands_until
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
            \(saved.map(\.sendOrder.rawValue))::smallint[], \(saved.map(\.dueAt))::timestamptz[],
            \(saved.map(\.attempt))::integer[], \(saved.map(\.unsettled))::integer[],
            \(saved.map(\.fence))::bigint[],
            \(saved.map { leases[$0.actionID] })::timestamptz[],
            \(saved.map(\.causeSeq))::bigint[],
            \(try saved.map { try $0.failing.map { try JSON(encoding: $0) } })::jsonb[],
            \(saved.map(\.landsUntil))::timestamptz[])
            AS n (action_id, contact_id, state, ruleset_hash, desired, rules, reverts, sent, sent_before,
                  refused, one_by_one, next, priority, due_at, attempt, unsettled, fence,
                  lease_until, cause_seq, failing, lands_until)
        ON CONFLICT (workspace, action_id) DO UPDATE
        SET state = EXCLUDED.state, ruleset_hash = EXCLUDED.ruleset_hash,
            desired = EXCLUDED.desired, rules = EXCLUDED.rules, reverts = EXCLUDED.reverts,
            sent = EXCLUDED.sent,
            sent_before = EXCLUDED.sent_before, refused = EXCLUDED.refused,
            one_by_one = EXCLUDED.one_by_one, next = EXCLUDED.next,
            priority = EXCLUDED.priority, due_at = EXCLUDED.due_at, attempt = EXCLUDED.attempt,
            unsettled = EXCLUDED.unsettled, fence = EXCLUDED.fence, holder = EXCLUDED.holder,
            lease_until = EXCLUDED.lease_until, cause_seq = EXCLUDED.cause_seq,
            failing = EXCLUDED.failing, lands_until = EXCLUDED.lands_until
        """
    }
}

extension ActionChanges {
    /// The statements of the evaluator, which writes actions that others may be sending: it sets what
    /// is wanted and leaves holder and lease as they are.
    func revisionStatements(in workspace: WorkspaceName) throws -> [Statement] {
        let flying = saved.filter(\.isInFlight)
        var resting = ActionChanges()
        finished.forEach { resting.finish($0) }
        saved.filter { !$0.isInFlight }.forEach { resting.save($0) }
        var statements = try resting.statements(holder: "", in: workspace)
        if !flying.isEmpty {
            statements.append(
                """
                UPDATE usher.action AS a
                SET next = n.next, state = n.state, unsettled = n.unsettled, due_at = n.due_at,
                    ruleset_hash = n.ruleset_hash
                FROM unnest(
                    \(flying.map(\.actionID))::bigint[],
                    \(try flying.map { try $0.next.map { try JSON(encoding: $0) } })::jsonb[],
                    \(flying.map(\.state.rawValue))::text[],
                    \(flying.map(\.unsettled))::integer[],
                    \(flying.map(\.dueAt))::timestamptz[], \(flying.map(\.rulesetHash))::text[])
                    AS n (action_id, next, state, unsettled, due_at, ruleset_hash)
                WHERE a.workspace = \(workspace) AND a.action_id = n.action_id
                """)
        }
        return statements
    }
}
