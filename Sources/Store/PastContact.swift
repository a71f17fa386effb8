package import Contacts
internal import Foundation
internal import Postgres

/// A contact as it was, put together from the log.
package struct PastContact: Sendable {
    package fileprivate(set) var contact: Contact
    package let isDeleted: Bool
    /// The last event that changed it.
    package let changedSeq: Int
}

extension Store {
    /// Changes of one contact, since it was created or restored, that are put together. A contact
    /// has tens of them.
    static let maxPastChanges = 100_000
}

extension Transaction {
    /// Contacts as they were before places in the log.
    ///
    /// - Returns: nil for one that was not known then, or whose beginning is not in the log any more
    ///   while it has changed since.
    func pastContacts(
        _ wanted: [(id: String, before: Int)], in workspace: WorkspaceName
    ) throws -> [PastContact?] {
        guard !wanted.isEmpty else { return [] }
        let logged = try pipeline(
            wanted.map { changesStatement(of: $0.id, before: $0.before, in: workspace) })
        let knownSince = try knownSince(wanted.map(\.id), in: workspace)
        return try zip(wanted, logged).map { wanted, result in
            let changes = try result.rows(decode: PastChange.init(row:))
            var past = try PastContact(id: wanted.id, changes: changes)
            past?.contact.firstSeen = knownSince[wanted.id] ?? nil
            return try past ?? unchangedContact(wanted.id, before: wanted.before, in: workspace)
        }
    }

    /// Since when contacts are known, which never changes; nil for those of the first sweep.
    private func knownSince(
        _ ids: [String], in workspace: WorkspaceName
    ) throws -> [ByteText: Date?] {
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
    private func changesStatement(
        of id: String, before seq: Int, in workspace: WorkspaceName
    ) -> Statement {
        """
        SELECT seq, kind, body -> 'after' AS after, body -> 'changed' AS changed,
               body -> 'brought' AS brought
        FROM usher.event
        WHERE workspace = \(workspace) AND contact_id = \(id) AND seq < \(seq)
          AND kind = ANY (\(PastChange.kinds.map(\.rawValue))::text[])
          AND seq >= (
              SELECT max(b.seq) FROM usher.event b
              WHERE b.workspace = \(workspace) AND b.contact_id = \(id) AND b.seq < \(seq)
                AND b.kind IN ('contact.created', 'contact.restored'))
        ORDER BY seq
        LIMIT \(Store.maxPastChanges + 1)
        """
    }

    /// The contact as it is now, where that is as it was then.
    private func unchangedContact(
        _ id: String, before seq: Int, in workspace: WorkspaceName
    ) throws -> PastContact? {
        try row(
            """
            SELECT document, known_since, greatest(changed_seq, touched_seq) AS seq
            FROM usher.contact
            WHERE workspace = \(workspace) AND contact_id = \(id) AND deleted_at IS NULL
              AND changed_seq < \(seq) AND touched_seq < \(seq)
            """
        ) { row in
            PastContact(
                contact: try Contact(row: row), isDeleted: false, changedSeq: try row.get("seq"))
        }
    }
}

/// An event that tells what a contact holds from then on.
private struct PastChange {
    static let kinds: [EventKind] = [
        .contactCreated, .contactRestored, .contactUpdated, .contactDeleted, .patchApplied,
        .patchConfirmed, .patchNotTaken,
    ]

    let seq: Int
    let kind: EventKind
    let after: JSON?
    let changed: JSON?
    let brought: JSON?

    init(row: Row) throws {
        seq = try row.get("seq")
        kind = try row.named("kind")
        after = try row.get("after")
        changed = try row.get("changed")
        brought = try row.get("brought")
    }

    func apply(to fields: inout [String: FieldValue]) throws {
        let values: [String: FieldValue] = try after?.decode() ?? [:]
        for name in try changed?.decode(as: [String].self) ?? [] {
            // What Usher unset, it set to the empty text.
            fields[name] = values[name] == .text("") ? nil : values[name]
        }
        let others: [String: FieldValue?] = try brought?.decode() ?? [:]
        for (name, value) in others { fields[name] = value }
    }
}

extension PastContact {
    /// - Parameter changes: Oldest first; the first one holds the whole contact.
    fileprivate init?(id: String, changes: [PastChange]) throws {
        guard let first = changes.first, let document = first.after,
            changes.count <= Store.maxPastChanges
        else { return nil }
        var fields = try Contact(json: document.bytes).fields
        for change in changes.dropFirst() where change.kind != .contactDeleted {
            try change.apply(to: &fields)
        }
        contact = Contact(id: id, fields: fields)
        isDeleted = changes.last?.kind == .contactDeleted
        changedSeq = changes.last?.seq ?? first.seq
    }
}
