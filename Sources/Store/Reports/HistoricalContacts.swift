internal import Contacts
internal import Foundation
internal import Postgres
internal import Reconciler

extension WorkspaceTransaction {
    /// Contacts as they were before places in the log.
    ///
    /// - Returns: nil for one that was not known then, or whose beginning is not in the log any
    ///   more while it has changed since.
    func historicalContacts(_ wanted: [(id: String, before: Int)]) throws -> [HistoricalContact?] {
        guard !wanted.isEmpty else { return [] }
        let logged = try pipeline(
            wanted.map { changesStatement(of: $0.id, before: $0.before) })
        let knownSince = try knownSince(wanted.map(\.id))
        return try zip(wanted, logged).map { wanted, result in
            let changes = try result.rows(decode: LoggedChange.init(row:))
            var past = try HistoricalContact(id: wanted.id, changes: changes)
            past?.contact.firstSeen = knownSince[wanted.id] ?? nil
            return try past ?? unchangedContact(wanted.id, before: wanted.before)
        }
    }

    /// Since when contacts are known, which never changes; nil for those of the first sweep.
    private func knownSince(_ ids: [String]) throws -> [ByteText: Date?] {
        let found = try rows(
            """
            SELECT contact_id, known_since FROM usher.contact
            WHERE workspace = \(workspace) AND contact_id = ANY (\(ids)::text[])
            """
        ) {
            (
                ByteText(try $0.get("contact_id", as: String.self)),
                try $0.get("known_since", as: Date?.self)
            )
        }
        return Dictionary(uniqueKeysWithValues: found)
    }

    /// What happened to a contact since it was last created or restored.
    private func changesStatement(of id: String, before seq: Int) -> Statement {
        """
        SELECT seq, kind, body -> 'after' AS after, body -> 'changed' AS changed,
               body -> 'brought' AS brought
        FROM usher.event
        WHERE workspace = \(workspace) AND contact_id = \(id) AND seq < \(seq)
          AND kind = ANY (\(LoggedChange.kinds.map(\.rawValue))::text[])
          AND seq >= (
              SELECT max(b.seq) FROM usher.event b
              WHERE b.workspace = \(workspace) AND b.contact_id = \(id) AND b.seq < \(seq)
                AND b.kind IN ('contact.created', 'contact.restored'))
        ORDER BY seq
        LIMIT \(HistoricalContact.maxChanges + 1)
        """
    }

    /// The contact as it is now, where that is as it was then.
    private func unchangedContact(_ id: String, before seq: Int) throws -> HistoricalContact? {
        try row(
            """
            SELECT document, known_since, greatest(changed_seq, touched_seq) AS seq
            FROM usher.contact
            WHERE workspace = \(workspace) AND contact_id = \(id) AND deleted_at IS NULL
              AND changed_seq < \(seq) AND touched_seq < \(seq)
            """
        ) { row in
            HistoricalContact(
                contact: try Contact(row: row), isDeleted: false, changedSeq: try row.get("seq"))
        }
    }
}

extension LoggedChange {
    fileprivate init(row: Row) throws {
        self.init(
            seq: try row.get("seq"), kind: try row.named("kind"),
            after: try row.get("after", as: JSON?.self)?.bytes,
            changed: try row.get("changed", as: JSON?.self)?.bytes,
            brought: try row.get("brought", as: JSON?.self)?.bytes)
    }
}
