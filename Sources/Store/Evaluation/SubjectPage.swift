internal import Contacts
internal import Foundation
internal import Postgres
package import Reconciler

/// Contacts as they stand in the database, not yet decoded: that is work for another thread.
package struct SubjectPage: Sendable {
    fileprivate struct StoredSubject {
        let id: String
        let document: JSON
        let firstSeen: Date?
        let grants: JSON
        let drifts: JSON
        let approved: JSON?
        let declined: JSON?
    }

    fileprivate let rows: [StoredSubject]
    fileprivate let actions: [ByteText: Action]
    fileprivate let holds: [ByteText: [String: ContactHold]]

    package var count: Int { rows.count }
    package var lastID: String? { rows.last?.id }

    /// The contacts, without those stored in an unreadable form: their evaluation reports it.
    package var decoded: [Subject] {
        rows.compactMap { row in
            try? row.subject(action: actions[row.id], holds: holds[row.id] ?? [:])
        }
    }
}

extension SubjectPage.StoredSubject {
    fileprivate func subject(
        action: Action?, holds: [String: ContactHold]
    ) throws -> Subject {
        var contact = try Contact(json: document.bytes)
        contact.firstSeen = firstSeen
        return Subject(
            contact, grants: try grants.decodeMap(), drifts: try drifts.decodeMap(),
            approved: try approved?.decode() ?? [], declined: try declined?.decode() ?? [],
            action: action, holds: holds)
    }
}

extension Store {
    /// The next contacts by id that are not deleted; nothing is locked.
    package func subjects(after id: String, limit: Int) async throws -> SubjectPage {
        try await transaction { db in
            let rows = try db.rows(
                """
                SELECT contact_id, document, known_since, grants, drifts, approved, declined
                FROM usher.contact
                WHERE workspace = \(workspace) AND contact_id > \(id) AND deleted_at IS NULL
                  -- Nothing is decided on what cannot be read.
                  AND NOT EXISTS (
                      SELECT 1 FROM usher.unreadable u
                      WHERE u.workspace = \(workspace) AND u.contact_id = contact.contact_id
                        AND u.ruleset_hash IS NULL)
                ORDER BY contact_id
                LIMIT \(limit)
                """
            ) {
                SubjectPage.StoredSubject(
                    id: try $0.get("contact_id"), document: try $0.get("document"),
                    firstSeen: try $0.get("known_since"), grants: try $0.get("grants"),
                    drifts: try $0.get("drifts"), approved: try $0.get("approved"),
                    declined: try $0.get("declined"))
            }
            let last = rows.last?.id ?? id
            return SubjectPage(
                rows: rows, actions: try db.actions(after: id, upTo: last),
                holds: try db.holds(after: id, upTo: last))
        }
    }
}
