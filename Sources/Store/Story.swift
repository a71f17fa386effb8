package import Contacts
package import Foundation
package import Postgres
internal import Reconciler
package import Rules

/// One event of a contact's story.
package struct StoryEvent: Sendable {
    package let seq: Int
    package let recordedAt: Date
    package let kind: EventKind
    package let actionID: Int?
    package let causeSeq: Int?
    package let body: JSON
}

/// A contact and all that is on record about it.
package struct Story: Sendable {
    package let contact: Contact
    /// What rules are told of Usher's own changes of it.
    package let memory: ContactMemory
    package let firstSeenAt: Date
    package let isDeleted: Bool
    /// Oldest first; the newest `Store.storyEvents`.
    package let events: [StoryEvent]
    /// State of its open action, if there is one.
    package let openAction: String?
}

extension Store {
    /// Events in a story.
    package static let storyEvents = 500
    /// Contacts that one address may name.
    static let storyContacts = 20

    /// The stories of the contacts that an id or an e-mail address names.
    package func stories(of idOrEmail: String) async throws -> [Story] {
        try await database.transaction { [workspace] db in
            let ids = try db.contactIDs(named: idOrEmail, in: workspace)
            return try ids.compactMap { try db.story(of: $0, in: workspace) }
        }
    }
}

extension Transaction {
    /// The contacts that an id or an e-mail address names, deleted ones too.
    func contactIDs(named idOrEmail: String, in workspace: WorkspaceName) throws -> [String] {
        let email = EmailAddress(idOrEmail).address ?? idOrEmail
        return try rows(
            """
            SELECT contact_id FROM usher.contact
            WHERE workspace = \(workspace)
              AND (contact_id = \(idOrEmail) OR email = \(email) OR email = \(idOrEmail))
            ORDER BY contact_id
            LIMIT \(Store.storyContacts)
            """
        ) { try $0.get("contact_id") }
    }

    fileprivate func story(of id: String, in workspace: WorkspaceName) throws -> Story? {
        try row(
            """
            SELECT document, known_since, grants, drifts, first_seen_at, deleted_at FROM usher.contact
            WHERE workspace = \(workspace) AND contact_id = \(id)
            """
        ) { row in
            Story(
                contact: try Contact(row: row),
                memory: ContactMemory(
                    grants: try row.get("grants", as: JSON.self).decodeMap(),
                    drifts: try row.get("drifts", as: JSON.self).decodeMap()),
                firstSeenAt: try row.get("first_seen_at"),
                isDeleted: try row.get("deleted_at", as: Date?.self) != nil,
                events: try events(of: id, in: workspace),
                openAction: try openAction(of: id, in: workspace))
        }
    }

    fileprivate func events(of contactID: String, in workspace: WorkspaceName) throws
        -> [StoryEvent]
    {
        try rows(
            """
            SELECT seq, recorded_at, kind, action_id, cause_seq, body FROM usher.event
            WHERE workspace = \(workspace) AND contact_id = \(contactID)
            ORDER BY seq DESC
            LIMIT \(Store.storyEvents)
            """
        ) { row in
            StoryEvent(
                seq: try row.get("seq"), recordedAt: try row.get("recorded_at"),
                kind: try row.named("kind"),
                actionID: try row.get("action_id"), causeSeq: try row.get("cause_seq"),
                body: try row.get("body"))
        }.reversed()
    }

    fileprivate func openAction(
        of contactID: String, in workspace: WorkspaceName
    ) throws -> String? {
        try row(
            """
            SELECT state FROM usher.action
            WHERE workspace = \(workspace) AND contact_id = \(contactID)
            """
        ) { try $0.get("state") }
    }
}
