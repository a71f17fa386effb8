package import Contacts
internal import Foundation
internal import Postgres
package import Reconciler

/// Everything that waits for a decision, or the first of it.
package struct PendingApprovals: Sendable {
    package var items: [PendingApproval]
    /// Drifted values and blocked actions beyond those that are listed.
    package var unlisted: Int
}

/// One contact's change that a hold on a rule keeps back.
package struct HeldContact: Encodable, Sendable {
    package let contact: String
    package let email: String?
    package let account: AccountName?
    package let field: String
    package let from: FieldValue?
    package let value: String
    package let rules: [String]
}

extension Store {
    /// Contacts of one hold that are listed, and drifted values and blocked actions of one list:
    /// more than anybody reads.
    package static let listedContacts = 1_000

    /// Everything that waits for a decision, and holds that were rejected or have expired, the
    /// oldest first.
    package func pendingApprovals() async throws -> PendingApprovals {
        try await transaction { db in
            let drifts = try db.driftApprovals(atMost: Store.listedContacts)
            let blocked = try db.blockedActionApprovals(atMost: Store.listedContacts)
            let held = try db.holdApprovals()
            let items = held + drifts + blocked + (try db.organisationApproval())
            let waiting = try db.waitingCounts()
            return PendingApprovals(
                items: items.sorted { ($0.placedAt, $0.id) < ($1.placedAt, $1.id) },
                unlisted: waiting.drifts + waiting.blocked - drifts.count - blocked.count)
        }
    }

    /// Holds on rules and contacts and of a mass delete, the oldest first.
    package func holds() async throws -> [PendingApproval] {
        try await transaction { db in
            try db.holdApprovals().sorted { ($0.hold ?? 0) < ($1.hold ?? 0) }
        }
    }

    /// What an ID names: of a rule, every hold on it.
    package func pendingApprovals(named id: ApprovalID) async throws -> [PendingApproval] {
        try await transaction { try $0.pendingApprovals(named: id) }
    }

    /// The contacts that a hold on a rule keeps back, by id; at most `listedContacts`.
    ///
    /// - Returns: nil where no hold on a rule has that number.
    package func heldContacts(ofRuleHold hold: Int) async throws -> [HeldContact]? {
        try await transaction { db in
            guard let hold = try db.ruleHolds().hold(placedAt: hold) else { return nil }
            return try db.rows(
                """
                SELECT c.contact_id, c.email, c.document, c.known_since, change
                FROM usher.contact c, jsonb_array_elements(c.held) AS change
                WHERE c.workspace = \(workspace) AND c.held IS NOT NULL
                  AND change -> 'by' ? \(hold.key)
                ORDER BY c.contact_id
                LIMIT \(Store.listedContacts)
                """
            ) { row in
                let change = try row.get("change", as: JSON.self).decode(as: HeldChange.self)
                return HeldContact(
                    contact: try row.get("contact_id"), email: try row.get("email"),
                    account: try Contact(row: row).account.map { AccountName($0) },
                    field: change.field.description, from: change.from, value: change.to,
                    rules: change.rules.keys.sorted())
            }
        }
    }
}

/// How much waits for a decision.
struct WaitingCounts {
    let holds: Int
    let drifts: Int
    let blocked: Int
    let organisations: Int

    var all: Int { holds + drifts + blocked + organisations }
}

/// A row of the list that cannot be read is left out, so that it does not hide the others.
extension WorkspaceTransaction {
    func pendingApprovals(named id: ApprovalID) throws -> [PendingApproval] {
        switch id {
        case .hold(let seq): try holdApprovals().filter { $0.hold == seq }
        case .rule: try ruleHoldApprovals(of: id.means).sorted { $0.id < $1.id }
        case .drift(let contact, let slot):
            try driftApprovals(of: contact, atMost: Store.listedContacts)
                .filter { $0.id == ApprovalID.drift(contact: contact, slot: slot).description }
        case .action(let number): try blockedActionApprovals(number, atMost: 1)
        case .massDelete: try massDeleteApproval()
        case .organisation: try organisationApproval()
        }
    }

    func waitingCounts() throws -> WaitingCounts {
        try row(
            """
            SELECT (SELECT count(*) FROM usher.rule_hold
                    WHERE workspace = \(workspace) AND rejected_at IS NULL)
                     + (SELECT count(*) FROM usher.hold
                        WHERE workspace = \(workspace)
                          AND refused_at IS NULL AND expired_at IS NULL)
                     + (SELECT count(*) FROM usher.mass_delete
                        WHERE workspace = \(workspace) AND refused_at IS NULL) AS holds,
                   (SELECT count(*) FROM usher.contact c, jsonb_each(c.drifts) AS s (slot, rules)
                    WHERE c.workspace = \(workspace) AND c.drifts <> '{}' AND c.deleted_at IS NULL
                      AND EXISTS (SELECT 1 FROM jsonb_each(s.rules) AS r (rule_id, drift)
                                  WHERE NOT r.drift ? 'rejection')) AS drifts,
                   (SELECT count(*) FROM usher.action
                    WHERE workspace = \(workspace) AND state = 'blocked') AS blocked,
                   (SELECT count(*) FROM usher.pause
                    WHERE workspace = \(workspace) AND endpoint = ''
                      AND reason = 'organisation') AS organisations
            """
        ) {
            WaitingCounts(
                holds: try $0.get("holds"), drifts: try $0.get("drifts"),
                blocked: try $0.get("blocked"), organisations: try $0.get("organisations"))
        } ?? WaitingCounts(holds: 0, drifts: 0, blocked: 0, organisations: 0)
    }

    fileprivate func holdApprovals() throws -> [PendingApproval] {
        try ruleHoldApprovals() + contactHoldApprovals() + massDeleteApproval()
    }

    fileprivate func ruleHoldApprovals(
        of isMeant: (RuleHold) -> Bool = { _ in true }
    ) throws -> [PendingApproval] {
        let holds = try ruleHolds().placed.values.filter(isMeant)
        guard !holds.isEmpty else { return [] }
        let summaries = try heldChangeSummaries()
        return holds.map {
            PendingApproval($0, keepingBack: summaries[$0.key] ?? HeldChangeSummary())
        }
    }

    /// What each hold on a rule keeps back, by its key.
    private func heldChangeSummaries() throws -> [String: HeldChangeSummary] {
        var summaries = try heldTransitions()
        _ = try rows(
            """
            SELECT h.key, h.contact_id, h.email, h.contacts
            FROM (
                SELECT d.key, d.contact_id, d.email,
                       row_number() OVER (PARTITION BY d.key ORDER BY d.contact_id) AS place,
                       count(*) OVER (PARTITION BY d.key) AS contacts
                FROM (
                    SELECT DISTINCT k.key, c.contact_id, c.email
                    FROM usher.contact c, jsonb_array_elements(c.held) AS change,
                         jsonb_array_elements_text(change -> 'by') AS k (key)
                    WHERE c.workspace = \(workspace) AND c.held IS NOT NULL) AS d) AS h
            WHERE h.place <= \(PendingApproval.namedContacts)
            ORDER BY h.key, h.place
            """
        ) { row in
            let key: String = try row.get("key")
            summaries[key]?.contacts = try row.get("contacts")
            summaries[key]?.first.append(try PendingApproval.Person(row: row))
        }
        return summaries
    }

    /// What the changes that each hold on a rule keeps back do, by its key.
    private func heldTransitions() throws -> [String: HeldChangeSummary] {
        var summaries: [String: HeldChangeSummary] = [:]
        _ = try rows(
            """
            SELECT k.key, change -> 'field' AS field,
                   CASE WHEN change ->> 'field' IN ('portal_role', 'portal_role_id')
                   THEN change -> 'from' END AS was,
                   CASE WHEN change ->> 'field' IN ('portal_role', 'portal_role_id')
                   THEN change ->> 'value' END AS value, count(*) AS contacts,
                   bit_xor(hashtextextended(concat_ws(' ', c.contact_id, change), 0))
                       AS fingerprint
            FROM usher.contact c, jsonb_array_elements(c.held) AS change,
                 jsonb_array_elements_text(change -> 'by') AS k (key)
            WHERE c.workspace = \(workspace) AND c.held IS NOT NULL
            GROUP BY 1, 2, 3, 4
            """
        ) { row in
            let transition = PendingApproval.transition(
                try row.get("field", as: JSON.self).decode(),
                from: try row.get("was", as: JSON?.self)?.decode(),
                to: try row.get("value") ?? "")
            var summary = summaries[try row.get("key")] ?? HeldChangeSummary()
            summary.transitions[transition, default: 0] += try row.get("contacts", as: Int.self)
            summary.fingerprint ^= try row.get("fingerprint", as: Int.self)
            summaries[try row.get("key")] = summary
        }
        return summaries
    }

    private func contactHoldApprovals() throws -> [PendingApproval] {
        try rows(
            """
            SELECT h.contact_id, h.field, h.reason, h.wish, h.placed_seq, h.placed_at, h.refused_at,
                   h.expired_at, c.email, c.document, c.known_since
            FROM usher.hold h
            LEFT JOIN usher.contact c
              ON c.workspace = \(workspace) AND c.contact_id = h.contact_id
            WHERE h.workspace = \(workspace)
            """
        ) { row in
            guard let hold = try? ContactHold(row: row) else { return nil }
            // A contact that cannot be read is listed all the same, without the value that it has.
            let contact = try? Contact(row: row)
            return PendingApproval(
                hold, email: try row.get("email"), from: contact?[hold.wish.field.path],
                placedAt: try row.get("placed_at"), refusedAt: try row.get("refused_at"),
                expiredAt: try row.get("expired_at"))
        }.compactMap(\.self)
    }

    /// - Parameter contactID: Only that contact's; nil is all.
    fileprivate func driftApprovals(
        of contactID: String? = nil, atMost limit: Int
    ) throws -> [PendingApproval] {
        try rows(
            """
            SELECT c.contact_id, c.email, s.slot, s.rules
            FROM usher.contact c, jsonb_each(c.drifts) AS s (slot, rules)
            WHERE c.workspace = \(workspace) AND c.drifts <> '{}' AND c.deleted_at IS NULL
              AND (\(contactID)::text IS NULL OR c.contact_id = \(contactID))
              AND EXISTS (SELECT 1 FROM jsonb_each(s.rules) AS r (rule_id, drift)
                          WHERE NOT r.drift ? 'rejection')
            ORDER BY c.contact_id, s.slot
            LIMIT \(limit)
            """
        ) { row in
            let drifts = try? row.get("rules", as: JSON.self).decode(as: [String: Drift].self)
            return PendingApproval(
                (drifts ?? [:]).filter { $0.value.rejection == nil }, slot: try row.get("slot"),
                of: try PendingApproval.Person(row: row))
        }.compactMap(\.self)
    }

    /// - Parameter actionID: Only that action; nil is all.
    fileprivate func blockedActionApprovals(
        _ actionID: Int? = nil, atMost limit: Int
    ) throws -> [PendingApproval] {
        try rows(
            """
            SELECT \(sql: Action.columns), c.document, c.known_since, c.email,
                   coalesce(e.recorded_at, a.due_at) AS blocked_at
            FROM (
                SELECT \(sql: Action.columns) FROM usher.action
                WHERE workspace = \(workspace) AND state = 'blocked'
                  AND (\(actionID)::bigint IS NULL OR action_id = \(actionID))
                ORDER BY action_id
                LIMIT \(limit)) AS a
            JOIN (
                SELECT contact_id AS id, document, known_since, email FROM usher.contact
                WHERE workspace = \(workspace)) AS c ON c.id = a.contact_id
            -- The event that blocked an action is the last that its row names.
            LEFT JOIN (
                SELECT seq, recorded_at FROM usher.event
                WHERE workspace = \(workspace)) AS e ON e.seq = a.cause_seq
            """
        ) { row in
            try? PendingApproval(
                Action(row: row), on: Contact(row: row), email: row.get("email"),
                blockedAt: row.get("blocked_at"))
        }.compactMap(\.self)
    }

    fileprivate func massDeleteApproval() throws -> [PendingApproval] {
        guard let hold = try massDeleteHold() else { return [] }
        let missing = try rows(
            """
            SELECT x.contact_id, c.email, count(*) OVER () AS missing,
                   bit_xor(hashtextextended(x.contact_id, 0)) OVER () AS fingerprint
            FROM usher.absence x
            LEFT JOIN usher.contact c
              ON c.workspace = \(workspace) AND c.contact_id = x.contact_id
            WHERE x.workspace = \(workspace) AND x.is_held
            ORDER BY x.contact_id
            LIMIT \(PendingApproval.namedContacts)
            """
        ) {
            (
                person: try PendingApproval.Person(row: $0),
                all: try $0.get("missing", as: Int.self),
                fingerprint: try $0.get("fingerprint", as: Int.self)
            )
        }
        return [
            PendingApproval(
                hold, missing: missing.first?.all ?? 0, first: missing.map(\.person),
                fingerprint: missing.first?.fingerprint ?? 0)
        ]
    }

    fileprivate func organisationApproval() throws -> [PendingApproval] {
        try rows(
            """
            SELECT coalesce(w.organisation_name, w.organisation_id) AS own, p.set_at
            FROM usher.pause p
            JOIN usher.workspace w ON w.workspace = \(workspace)
            WHERE p.workspace = \(workspace) AND p.endpoint = '' AND p.reason = 'organisation'
            """
        ) {
            PendingApproval(
                otherThan: try $0.get("own", as: String?.self), pausedAt: try $0.get("set_at"))
        }
    }
}

extension PendingApproval.Person {
    fileprivate init(row: Row) throws {
        self.init(contact: try row.get("contact_id"), email: try row.get("email"))
    }
}
