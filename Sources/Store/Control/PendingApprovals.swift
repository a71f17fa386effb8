package import Contacts
package import Foundation
internal import Postgres
internal import Reconciler

/// Something that waits for a person's word, as people look at it.
package struct PendingApproval: Encodable, Sendable {
    /// What the changes do, and to how many: `portal_role: no_access → admin` → 3.
    package typealias Transitions = [String: Int]

    /// The event that placed the hold: its name.
    package let hold: Int
    /// The rule that is held; nil where it is one contact's change.
    package let rule: String?
    package let contact: String?
    package let email: String?
    package let reason: String
    /// Which limit, or what asks for the approval; what is held of one contact.
    package let detail: String
    package let contacts: Int
    package let transitions: Transitions
    package let placedAt: Date
    package let refusedAt: Date?
    package var expiredAt: Date?

    enum CodingKeys: String, CodingKey {
        case hold, rule, contact, email, reason, detail, contacts, transitions
        case placedAt = "placed_at"
        case refusedAt = "refused_at"
        case expiredAt = "expired_at"
    }

    /// When it expires unless a person decides.
    package var expiresAt: Date { placedAt + RuleHold.timeToLive }

    /// The reason in words.
    package var cause: String {
        RuleHold.Reason(rawValue: reason)?.words ?? ContactHold.Reason(rawValue: reason)?.words
            ?? "too many contacts are gone at once"
    }
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
    /// Contacts of one hold that are listed.
    package static let listedContacts = 1_000

    /// Everything that waits for a person's word, the oldest first.
    package func pendingApprovals() async throws -> [PendingApproval] {
        try await transaction { db in
            let transitions = try db.heldTransitions()
            let rules = try db.ruleHolds().placed.values.map { hold in
                let held = transitions[hold.key] ?? [:]
                return PendingApproval(
                    hold: hold.placedSeq, rule: hold.ruleID, contact: nil, email: nil,
                    reason: hold.reason.rawValue, detail: hold.detail,
                    contacts: try db.heldContactCount(by: hold.key),
                    transitions: held, placedAt: hold.placedAt, refusedAt: hold.rejectedAt)
            }
            return try (rules + db.contactHolds() + db.massDelete()).sorted { $0.hold < $1.hold }
        }
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
                    field: change.field.description, from: change.from, value: change.value,
                    rules: change.rules.keys.sorted())
            }
        }
    }
}

extension WorkspaceTransaction {
    /// By hold, what the changes that it keeps back do. Of most fields only the field is told: as
    /// many names as contacts would tell nobody anything.
    fileprivate func heldTransitions() throws -> [String: PendingApproval.Transitions] {
        let counts = try rows(
            """
            SELECT k.key,
                   CASE WHEN change ->> 'field' IN ('portal_role', 'portal_role_id') THEN
                       (change ->> 'field') || ': ' || coalesce(change ->> 'from', 'nothing')
                       || ' → ' || (change ->> 'value')
                   ELSE change ->> 'field' END AS transition, count(*) AS contacts
            FROM usher.contact c, jsonb_array_elements(c.held) AS change,
                 jsonb_array_elements_text(change -> 'by') AS k (key)
            WHERE c.workspace = \(workspace) AND c.held IS NOT NULL
            GROUP BY 1, 2
            """
        ) { row in
            (
                key: try row.get("key", as: String.self),
                transition: try row.get("transition", as: String.self),
                contacts: try row.get("contacts", as: Int.self)
            )
        }
        return Dictionary(grouping: counts, by: \.key).mapValues { counts in
            Dictionary(uniqueKeysWithValues: counts.map { ($0.transition, $0.contacts) })
        }
    }

    fileprivate func heldContactCount(by key: String) throws -> Int {
        try row(
            """
            SELECT count(*) AS contacts
            FROM usher.contact c
            WHERE c.workspace = \(workspace) AND c.held IS NOT NULL
              AND EXISTS (SELECT 1 FROM jsonb_array_elements(c.held) AS change
                          WHERE change -> 'by' ? \(key))
            """
        ) { try $0.get("contacts") } ?? 0
    }

    fileprivate func contactHolds() throws -> [PendingApproval] {
        try rows(
            """
            SELECT h.contact_id, c.email, h.field, h.reason, h.wish, h.placed_seq, h.placed_at,
                   h.refused_at, h.expired_at
            FROM usher.hold h
            LEFT JOIN usher.contact c
              ON c.workspace = \(workspace) AND c.contact_id = h.contact_id
            WHERE h.workspace = \(workspace)
            """
        ) { row in
            let field: String = try row.get("field")
            let wish = try? row.get("wish", as: JSON.self).decode(as: HeldWish.self)
            return PendingApproval(
                hold: try row.get("placed_seq"), rule: nil, contact: try row.get("contact_id"),
                email: try row.get("email", as: String?.self), reason: try row.get("reason"),
                detail: wish.map { "\($0.field): \($0.value)" } ?? field,
                contacts: 1, transitions: [:], placedAt: try row.get("placed_at"),
                refusedAt: try row.get("refused_at", as: Date?.self),
                expiredAt: try row.get("expired_at", as: Date?.self))
        }
    }

    fileprivate func massDelete() throws -> [PendingApproval] {
        try rows(
            """
            SELECT missing, placed_seq, placed_at FROM usher.mass_delete
            WHERE workspace = \(workspace)
            """
        ) { row in
            PendingApproval(
                hold: try row.get("placed_seq"), rule: nil, contact: nil, email: nil,
                reason: "mass_delete", detail: "to end it: usher release mass-delete",
                contacts: try row.get("missing"), transitions: [:],
                placedAt: try row.get("placed_at"), refusedAt: nil)
        }
    }
}
