internal import Contacts
internal import Foundation
internal import Postgres

/// Work still to be done on one contact.
///
/// A value: what an answer means for it is decided here, without a database.
struct Action: Sendable, Equatable {
    enum State: String, Sendable { case ready, sending, unknown, blocked }

    let actionID: Int
    let contactID: String
    var state: State
    /// Empty once its contact was evaluated again while its request was under way.
    var rulesetHash: String
    /// What is still to be set.
    var desired: ContactPatch
    /// Slot → the rules that want it.
    var rules: [String: [String]]
    /// The slots in which something is given back.
    var reverts: [String] = []
    /// The values of the request under way, and what those fields held when it was sent.
    var sent: ContactPatch?
    var sentBefore: [String: FieldValue]?
    /// Field → how the API refused it.
    var refused: [String: Refusal] = [:]
    /// A patch of several fields was refused, so they go singly.
    var oneByOne = false
    /// A newer wish, which waits for the outcome.
    var next: NextWish?
    var priority: Int
    var dueAt: Date
    /// Requests intended so far.
    var attempt = 0
    /// Answers in a row that settled nothing.
    var unsettled = 0
    var fence = 0
    /// What the next event about it follows from: the intent under way, or what blocked it.
    var causeSeq: Int?

    /// Answers in a row that settle nothing, after which an action is blocked. Source: the contract.
    static let maxUnsettled = 12

    /// A request may still change the contact: it is under way, to be settled, or could not be.
    var isInFlight: Bool { sent != nil }

    /// Tries again: what was refused is sent, and what could not be settled is read back.
    mutating func unblock(at now: Date) {
        (unsettled, dueAt) = (0, now)
        guard !isInFlight else { return state = .unknown }
        (state, causeSeq) = (.ready, nil)
        (refused, oneByOne) = ([:], false)
    }

    /// The ruleset under which a value became an action, or waits to be one; nil where it did not.
    func wants(_ field: SettableField, _ value: String) -> String? {
        func holds(_ patch: ContactPatch) -> Bool {
            patch[field].map { $0.utf8.elementsEqual(value.utf8) } ?? false
        }
        if let next { return holds(next.desired) ? next.rulesetHash : nil }
        // What is under way is taken for done; what is wanted beyond that is new.
        return !isInFlight && holds(desired) ? rulesetHash : nil
    }

    /// What the next request is to set: what `contact` does not hold yet and the API did not refuse.
    func sendable(to contact: Contact) -> ContactPatch {
        let open = remaining(in: contact)
        guard oneByOne, let first = open.fields.first else { return open }
        return ContactPatch([first: open[first] ?? ""])
    }

    /// All that `contact` does not hold yet and the API did not refuse.
    func remaining(in contact: Contact) -> ContactPatch {
        ContactPatch(
            desired.notYet(in: contact).values.filter { refused[$0.key.description] == nil })
    }
}

/// How the API refused a field.
struct Refusal: Codable, Sendable, Equatable {
    /// The status of the answer.
    var status: Int
    var code: String?
    /// The API's sentence, bounded.
    var message: String
}

/// A wish decided while the action before it was under way.
struct NextWish: Codable, Sendable, Equatable {
    var actionID: Int
    var rulesetHash: String
    var desired: ContactPatch
    var rules: [String: [String]]
    var reverts: [String]
    var priority: Int

    enum CodingKeys: String, CodingKey {
        case actionID = "action_id"
        case rulesetHash = "ruleset_hash"
        case desired, rules, reverts, priority
    }
}

extension Action {
    init(_ wish: NextWish, contactID: String, dueAt: Date) {
        self.init(
            actionID: wish.actionID, contactID: contactID, state: .ready,
            rulesetHash: wish.rulesetHash, desired: wish.desired, rules: wish.rules,
            reverts: wish.reverts, priority: wish.priority, dueAt: dueAt)
    }

    init(row: Row) throws {
        actionID = try row.get("action_id")
        contactID = try row.get("contact_id")
        state = try row.named("state")
        rulesetHash = try row.get("ruleset_hash")
        desired = try row.get("desired", as: JSON.self).decode(as: ContactPatch.self)
        rules = try row.get("rules", as: JSON.self).decode(as: [String: [String]].self)
        reverts = try row.get("reverts")
        sent = try row.get("sent", as: JSON?.self)?.decode(as: ContactPatch.self)
        sentBefore = try row.get("sent_before", as: JSON?.self)?.decode(
            as: [String: FieldValue].self)
        refused = try row.get("refused", as: JSON.self).decode(as: [String: Refusal].self)
        oneByOne = try row.get("one_by_one")
        next = try row.get("next", as: JSON?.self)?.decode(as: NextWish.self)
        priority = try row.get("priority")
        dueAt = try row.get("due_at")
        attempt = try row.get("attempt")
        unsettled = try row.get("unsettled")
        fence = try row.get("fence")
        causeSeq = try row.get("cause_seq")
    }
}

extension Transaction {
    /// Locks the actions with these ids, in their order.
    func lockActions(_ ids: [Int], in workspace: WorkspaceName) throws -> [Int: Action] {
        let found = try rows(
            """
            SELECT action_id, contact_id, state, ruleset_hash, desired, rules, reverts, sent, sent_before,
                   refused, one_by_one, next, priority, due_at, attempt, unsettled, fence, cause_seq
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
    ) throws -> [String: Action] {
        let found = try rows(
            """
            SELECT action_id, contact_id, state, ruleset_hash, desired, rules, reverts, sent, sent_before,
                   refused, one_by_one, next, priority, due_at, attempt, unsettled, fence, cause_seq
            FROM usher.action
            WHERE workspace = \(workspace) AND contact_id = ANY (\(ids)::text[])
            ORDER BY action_id
            FOR UPDATE
            """, decode: Action.init(row:))
        return Dictionary(uniqueKeysWithValues: found.map { ($0.contactID, $0) })
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
             holder, lease_until, cause_seq)
        SELECT \(workspace), n.action_id, n.contact_id, n.state, n.ruleset_hash, n.desired, n.rules,
               ARRAY(SELECT jsonb_array_elements_text(n.reverts)), n.sent, n.sent_before, n.refused, n.one_by_one, n.next, n.priority, n.due_at,
               n.attempt, n.unsettled, n.fence,
               CASE WHEN n.state = 'sending' THEN \(holder) END, n.lease_until, n.cause_seq
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
            \(saved.map(\.priority))::smallint[], \(saved.map(\.dueAt))::timestamptz[],
            \(saved.map(\.attempt))::integer[], \(saved.map(\.unsettled))::integer[],
            \(saved.map(\.fence))::bigint[],
            \(saved.map { leases[$0.actionID] })::timestamptz[],
            \(saved.map(\.causeSeq))::bigint[])
            AS n (action_id, contact_id, state, ruleset_hash, desired, rules, reverts, sent, sent_before,
                  refused, one_by_one, next, priority, due_at, attempt, unsettled, fence,
                  lease_until, cause_seq)
        ON CONFLICT (workspace, action_id) DO UPDATE
        SET state = EXCLUDED.state, ruleset_hash = EXCLUDED.ruleset_hash,
            desired = EXCLUDED.desired, rules = EXCLUDED.rules, reverts = EXCLUDED.reverts,
            sent = EXCLUDED.sent,
            sent_before = EXCLUDED.sent_before, refused = EXCLUDED.refused,
            one_by_one = EXCLUDED.one_by_one, next = EXCLUDED.next,
            priority = EXCLUDED.priority, due_at = EXCLUDED.due_at, attempt = EXCLUDED.attempt,
            unsettled = EXCLUDED.unsettled, fence = EXCLUDED.fence, holder = EXCLUDED.holder,
            lease_until = EXCLUDED.lease_until, cause_seq = EXCLUDED.cause_seq
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
