package import Contacts
package import Foundation
internal import Postgres

/// A contact as the evaluator would take it, with what stands for or against its changes.
package struct StoredContact: Sendable {
    /// While a request is under way, as it is about to be.
    package let contact: Contact
    /// What Usher itself set on it, by slot.
    package let grants: [String: GrantRecord]
    let approved: [String: ApprovedChange]
    let action: Action?
    let holds: [String: Hold]

    init(_ row: SnapshotRow, action: Action?, holds: [String: Hold]) {
        self.init(
            row.contact, grants: row.grants, approved: row.approved, action: action, holds: holds)
    }

    init(
        _ contact: Contact, grants: [String: GrantRecord], approved: [String: ApprovedChange],
        action: Action?, holds: [String: Hold]
    ) {
        let sent = action?.isInFlight == true ? action?.sent : nil
        self.contact = sent.map(contact.applying) ?? contact
        self.grants = grants
        self.approved = approved
        self.action = action
        self.holds = holds
    }

    /// Why a wish waits for a person for this contact alone; nil where it does not.
    func reason(toHold wish: Admission.Wish, at now: Date) -> Hold.Reason? {
        let slot = wish.field.slot
        if let hold = holds[slot], hold.wish.field == wish.field.path,
            hold.wish.value.utf8.elementsEqual(wish.value.utf8)
        {
            return hold.reason
        }
        return grants[slot]?.reason(toHold: wish.field, wish.value, wish.rules, at: now)
    }

    /// What a person agreed to for a field, and still does.
    func approval(of field: SettableField, at now: Date) -> ApprovedChange? {
        approved[field.slot].flatMap { $0.until > now ? $0 : nil }
    }
}

extension StoredContact {
    /// How a change stands that rules want for this contact.
    package enum Standing: Sendable, Equatable {
        /// It goes unless all its rules are held.
        case open
        /// It goes, whatever is held.
        case agreed
        /// It waits, for this contact alone, and why.
        case held(String)
    }

    /// - Parameter ruleset: The hash of the ruleset of these terms.
    package func standing(
        of field: SettableField, _ value: String, rules: [String], under terms: RulesetTerms,
        ofRuleset ruleset: String, at now: Date
    ) -> Standing {
        let wish = Admission.Wish(
            field: field, value: value, from: contact[field.path], rules: rules,
            classes: contact.classes(of: field, value))
        if let reason = reason(toHold: wish, at: now) { return .held(reason.rawValue) }
        // It went through the door under these very rules.
        if let action, action.wants(field, value) == ruleset {
            return action.state == .blocked ? .held(Action.State.blocked.rawValue) : .agreed
        }
        guard let approval = approval(of: field, at: now) else { return .open }
        return approval.covers(wish, rules.map { terms.hash($0) ?? "" }) ? .agreed : .open
    }
}

/// Contacts as they stand in the database, not yet decoded: that is work for another thread.
package struct StoredPage: Sendable {
    fileprivate struct Row {
        let id: String
        let document: JSON
        let firstSeen: Date?
        let grants: JSON
        let approved: JSON?
    }

    fileprivate let rows: [Row]
    fileprivate let actions: [String: Action]
    fileprivate let holds: [String: [String: Hold]]

    package var count: Int { rows.count }
    package var lastID: String? { rows.last?.id }

    package func decoded() throws -> [StoredContact] {
        let decoder = JSONDecoder()
        return try rows.map { row in
            var contact = try Contact(json: row.document.bytes, decoder: decoder)
            contact.firstSeen = row.firstSeen
            return StoredContact(
                contact, grants: try row.grants.decodeMap(),
                approved: try row.approved?.decode() ?? [:],
                action: actions[row.id], holds: holds[row.id] ?? [:])
        }
    }
}

extension Store {
    /// The next contacts by id that are not deleted; nothing is locked.
    package func storedContacts(after id: String, limit: Int) async throws -> StoredPage {
        try await database.transaction { [workspace] db in
            let rows = try db.rows(
                """
                SELECT contact_id, document, known_since, grants, approved FROM usher.contact
                WHERE workspace = \(workspace) AND contact_id > \(id) AND deleted_at IS NULL
                ORDER BY contact_id
                LIMIT \(limit)
                """
            ) {
                StoredPage.Row(
                    id: try $0.get("contact_id"), document: try $0.get("document"),
                    firstSeen: try $0.get("known_since"), grants: try $0.get("grants"),
                    approved: try $0.get("approved"))
            }
            let actions = try db.rows(
                """
                SELECT action_id, contact_id, state, ruleset_hash, desired, rules, reverts, sent,
                       sent_before, refused, one_by_one, next, priority, due_at, attempt,
                       unsettled, fence, cause_seq
                FROM usher.action
                WHERE workspace = \(workspace) AND contact_id > \(id)
                  AND contact_id <= \(rows.last?.id ?? id)
                """, decode: Action.init(row:))
            return StoredPage(
                rows: rows,
                actions: Dictionary(uniqueKeysWithValues: actions.map { ($0.contactID, $0) }),
                holds: try db.holds(after: id, upTo: rows.last?.id ?? id, in: workspace))
        }
    }
}

extension Transaction {
    fileprivate func holds(
        after first: String, upTo last: String, in workspace: WorkspaceName
    ) throws -> [String: [String: Hold]] {
        let holds = try rows(
            """
            SELECT contact_id, field, reason, wish, placed_seq FROM usher.hold
            WHERE workspace = \(workspace) AND contact_id > \(first) AND contact_id <= \(last)
              AND contact_id <> '*'
            """, decode: Hold.init(row:))
        return Dictionary(grouping: holds, by: \.contactID).mapValues {
            Dictionary(uniqueKeysWithValues: $0.map { ($0.field, $0) })
        }
    }
}
