internal import Contacts
internal import Foundation
internal import Postgres
internal import Reconciler

extension KnownContact {
    /// Every column that `init(row:)` reads, apart from `is_aside` and `read_at`.
    static let columns: StaticString =
        """
        contact_id, ref, document, known_since, deleted_at, merged_into, changed_seq, touched_seq,
        grants, late, drifts, decision_digest, held, approved, declined, alerts
        """

    init(row: Row) throws {
        var record = ContactRecord()
        record.grants = try row.get("grants", as: JSON.self).decodeMap()
        record.drifts = try row.get("drifts", as: JSON.self).decodeMap()
        record.held = try row.get("held", as: JSON?.self)?.decode() ?? []
        record.approved = try row.get("approved", as: JSON?.self)?.decode() ?? []
        record.declined = try row.get("declined", as: JSON?.self)?.decode() ?? []
        self.init(
            contactID: try row.get("contact_id"), ref: try row.get("ref"),
            contact: try Contact(row: row),
            isDeleted: try row.get("deleted_at", as: Date?.self) != nil,
            mergedInto: try row.get("merged_into"), isAside: try row.get("is_aside"),
            changedSeq: try row.get("changed_seq"), touchedSeq: try row.get("touched_seq"),
            record: record, late: try row.get("late", as: JSON.self).decodeMap(),
            decisionDigest: try row.get("decision_digest"),
            alerts: Set(try row.get("alerts", as: [String].self)),
            readAt: try row.get("read_at"))
    }
}

extension Contact {
    /// The contact in the columns `document` and `known_since`.
    init(row: Row) throws {
        self = try Contact(json: row.get("document", as: JSON.self).bytes)
        firstSeen = try row.get("known_since")
    }
}

extension WorkspaceTransaction {
    /// Locks contacts in the order of their ids.
    func lockContacts(_ ids: [String]) throws -> [ByteText: KnownContact] {
        guard !ids.isEmpty else { return [:] }
        let found = try rows(
            """
            SELECT \(sql: KnownContact.columns), clock_timestamp() AS read_at,
                   EXISTS (SELECT 1 FROM usher.unreadable u
                           WHERE u.workspace = \(workspace)
                             AND u.contact_id = contact.contact_id) AS is_aside
            FROM usher.contact
            WHERE workspace = \(workspace) AND contact_id = ANY (\(ids)::text[])
            ORDER BY contact_id
            FOR NO KEY UPDATE
            """, decode: KnownContact.init(row:))
        return Dictionary(uniqueKeysWithValues: found.map { (ByteText($0.contactID), $0) })
    }

    /// The contacts of a lock, in the order of their ids.
    func lockedContacts(_ ids: [String]) throws -> [KnownContact] {
        try lockContacts(ids).sorted { $0.key < $1.key }.map(\.value)
    }

    /// Locks contacts as `lockContacts` does, whatever is stored of them.
    ///
    /// - Returns: The last outcome of a PATCH for each.
    func lockTouched(_ ids: [String]) throws -> [ByteText: Int] {
        let found = try rows(
            """
            SELECT contact_id, touched_seq FROM usher.contact
            WHERE workspace = \(workspace) AND contact_id = ANY (\(ids)::text[])
            ORDER BY contact_id
            FOR NO KEY UPDATE
            """
        ) { (ByteText(try $0.get("contact_id")), try $0.get("touched_seq", as: Int.self)) }
        return Dictionary(uniqueKeysWithValues: found)
    }

    /// The contacts that had an outcome after `askedAt`, so that what was read of them is stale.
    ///
    /// Ignores numbers beyond the end of the log: Usher never writes them, and they would hide the
    /// contact from every sweep.
    ///
    /// - Parameter touches: By contact, its last outcome, read under the contact's lock.
    func stale(_ touches: [ByteText: Int], askedAt: Int) throws -> Set<ByteText> {
        let late = touches.filter { $0.value > askedAt }
        guard !late.isEmpty else { return [] }
        let end = try row("SELECT last_seq FROM usher.workspace WHERE workspace = \(workspace)") {
            try $0.get("last_seq", as: Int.self)
        }
        return Set(late.filter { $0.value <= end ?? 0 }.keys)
    }

    /// The numbers of contacts.
    func refs(of ids: [String]) throws -> [Int] {
        guard !ids.isEmpty else { return [] }
        return try rows(
            """
            SELECT ref FROM usher.contact
            WHERE workspace = \(workspace) AND contact_id = ANY (\(ids)::text[])
            """
        ) { try $0.get("ref") }
    }
}
