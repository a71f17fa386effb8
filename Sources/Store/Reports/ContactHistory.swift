package import Contacts
package import Foundation
package import Postgres
package import Reconciler
package import Rules

/// One event of a contact's history.
package struct HistoryEvent: Sendable {
    package let seq: Int
    package let recordedAt: Date
    package let kind: EventKind
    package let actionID: Int?
    package let causeSeq: Int?
    package let body: JSON
}

/// A contact and all that is on record about it.
package struct ContactHistory: Sendable {
    package let contact: Contact
    /// What rules are told of Usher's own changes of it.
    package let memory: ContactMemory
    package let firstSeenAt: Date
    package let isDeleted: Bool
    /// Oldest first; the newest `Store.historyEvents`.
    package let events: [HistoryEvent]
    /// State of its open action, if there is one.
    package let openAction: String?
}

extension Store {
    /// Events in a history.
    package static let historyEvents = 500
    /// Contacts that one address may name.
    static let historyContacts = 20

    /// The histories of the contacts that an id or an e-mail address names.
    package func histories(of idOrEmail: String) async throws -> [ContactHistory] {
        try await transaction { db in
            let ids = try db.contactIDs(named: idOrEmail)
            return try ids.compactMap { try db.history(of: $0) }
        }
    }
}

extension WorkspaceTransaction {
    /// The contacts that an id or an e-mail address names, deleted ones too.
    func contactIDs(named idOrEmail: String) throws -> [String] {
        let email = EmailAddress(idOrEmail).address ?? idOrEmail
        return try rows(
            """
            SELECT contact_id FROM usher.contact
            WHERE workspace = \(workspace)
              AND (contact_id = \(idOrEmail) OR email = \(email) OR email = \(idOrEmail))
            ORDER BY contact_id
            LIMIT \(Store.historyContacts)
            """
        ) { try $0.get("contact_id") }
    }

    fileprivate func history(of id: String) throws -> ContactHistory? {
        try row(
            """
            SELECT document, known_since, grants, drifts, first_seen_at, deleted_at
            FROM usher.contact
            WHERE workspace = \(workspace) AND contact_id = \(id)
            """
        ) { row in
            ContactHistory(
                contact: try Contact(row: row),
                memory: ContactMemory(
                    grants: try row.get("grants", as: JSON.self).decodeMap(),
                    drifts: try row.get("drifts", as: JSON.self).decodeMap()),
                firstSeenAt: try row.get("first_seen_at"),
                isDeleted: try row.get("deleted_at", as: Date?.self) != nil,
                events: try events(of: id),
                openAction: try openAction(of: id))
        }
    }

    fileprivate func events(of contactID: String) throws
        -> [HistoryEvent]
    {
        try rows(
            """
            SELECT seq, recorded_at, kind, action_id, cause_seq, body FROM usher.event
            WHERE workspace = \(workspace) AND contact_id = \(contactID)
            ORDER BY seq DESC
            LIMIT \(Store.historyEvents)
            """
        ) { row in
            HistoryEvent(
                seq: try row.get("seq"), recordedAt: try row.get("recorded_at"),
                kind: try row.named("kind"),
                actionID: try row.get("action_id"), causeSeq: try row.get("cause_seq"),
                body: try row.get("body"))
        }.reversed()
    }

    fileprivate func openAction(of contactID: String) throws -> String? {
        try row(
            """
            SELECT state FROM usher.action
            WHERE workspace = \(workspace) AND contact_id = \(contactID)
            """
        ) { try $0.get("state") }
    }
}
