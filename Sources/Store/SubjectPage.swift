internal import Contacts
internal import Foundation
internal import Postgres
package import Reconciler

/// Contacts as they stand in the database, not yet decoded: that is work for another thread.
package struct SubjectPage: Sendable {
    fileprivate struct Row {
        let id: String
        let document: JSON
        let firstSeen: Date?
        let grants: JSON
        let drifts: JSON
        let approved: JSON?
        let declined: JSON?
    }

    fileprivate let rows: [Row]
    fileprivate let actions: [ByteText: Action]
    fileprivate let holds: [ByteText: [String: ContactHold]]

    package var count: Int { rows.count }
    package var lastID: String? { rows.last?.id }

    package func decoded() throws -> [Subject] {
        let decoder = JSONDecoder()
        return try rows.map { row in
            var contact = try Contact(json: row.document.bytes, decoder: decoder)
            contact.firstSeen = row.firstSeen
            return Subject(
                contact, grants: try row.grants.decodeMap(), drifts: try row.drifts.decodeMap(),
                approved: try row.approved?.decode() ?? [],
                declined: try row.declined?.decode() ?? [], action: actions[row.id],
                holds: holds[row.id] ?? [:])
        }
    }
}

extension Store {
    /// The next contacts by id that are not deleted; nothing is locked.
    package func subjects(after id: String, limit: Int) async throws -> SubjectPage {
        try await database.transaction { [workspace] db in
            let rows = try db.rows(
                """
                SELECT contact_id, document, known_since, grants, drifts, approved, declined
                FROM usher.contact
                WHERE workspace = \(workspace) AND contact_id > \(id) AND deleted_at IS NULL
                  -- Nothing is decided on what cannot be read.
                  AND NOT EXISTS (
                      SELECT 1 FROM usher.unreadable u
                      WHERE u.workspace = \(workspace) AND u.contact_id = contact.contact_id)
                ORDER BY contact_id
                LIMIT \(limit)
                """
            ) {
                SubjectPage.Row(
                    id: try $0.get("contact_id"), document: try $0.get("document"),
                    firstSeen: try $0.get("known_since"), grants: try $0.get("grants"),
                    drifts: try $0.get("drifts"), approved: try $0.get("approved"),
                    declined: try $0.get("declined"))
            }
            let last = rows.last?.id ?? id
            let actions = try db.rows(
                """
                SELECT action_id, contact_id, state, ruleset_hash, desired, rules, reverts, sent,
                       sent_before, refused, one_by_one, next, priority, due_at, attempt,
                       unsettled, fence, cause_seq, failing, lands_until
                FROM usher.action
                WHERE workspace = \(workspace) AND contact_id > \(id) AND contact_id <= \(last)
                """, decode: Action.init(row:))
            return SubjectPage(
                rows: rows,
                actions: Dictionary(
                    uniqueKeysWithValues: actions.map { (ByteText($0.contactID), $0) }),
                holds: try db.holds(after: id, upTo: last, in: workspace))
        }
    }
}

extension Transaction {
    fileprivate func holds(
        after first: String, upTo last: String, in workspace: WorkspaceName
    ) throws -> [ByteText: [String: ContactHold]] {
        let holds = try rows(
            """
            SELECT contact_id, field, reason, wish, placed_seq FROM usher.hold
            WHERE workspace = \(workspace) AND contact_id > \(first) AND contact_id <= \(last)
              AND contact_id <> '*'
            """, decode: ContactHold.init(row:))
        return Dictionary(grouping: holds) { ByteText($0.contactID) }.mapValues {
            Dictionary(uniqueKeysWithValues: $0.map { ($0.field, $0) })
        }
    }
}
