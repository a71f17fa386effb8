internal import Contacts
internal import Foundation
internal import Postgres
internal import Reconciler

extension WorkspaceTransaction {
    /// Writes changes to the snapshot, as the transaction's last statements.
    ///
    /// - Returns: The alerts that people have not been told of yet.
    func write(_ changes: SnapshotChanges) throws -> [Alert] {
        guard !changes.isEmpty else { return [] }
        let range = try reserveSequence(changes.events.count, refs: changes.newContacts)
        try pipeline(
            statements(for: changes.events, at: range) + contactStatements(for: changes, at: range))
        return try raise(changes.alerts)
    }

    /// The statements that write the rows of contacts; those for their events come first.
    func contactStatements(
        for changes: SnapshotChanges, at range: SequenceRange
    ) throws -> [Statement] {
        var statements: [Statement] = []
        let new = changes.rows.filter { $0.ref == nil }
        if !new.isEmpty { statements.append(insertion(of: new, at: range)) }
        let known = changes.rows.filter { $0.ref != nil }
        if !known.isEmpty { statements.append(try update(of: known, in: changes, at: range)) }
        return try statements + self.statements(for: changes.asides, at: range)
    }

    private func insertion(of new: [SnapshotChanges.ContactRow], at range: SequenceRange)
        -> Statement
    {
        """
        INSERT INTO usher.contact
            (workspace, contact_id, ref, raw_digest, document, email, first_seen_at, known_since,
             changed_seq)
        SELECT \(workspace), n.contact_id, \(range.lastRef) + n.place, n.raw_digest,
               n.document, n.email, \(range.recordedAt), w.known_since, n.changed_seq
        FROM (SELECT CASE WHEN first_swept_at IS NOT NULL THEN \(range.recordedAt) END
                     AS known_since
              FROM usher.workspace WHERE workspace = \(workspace)) AS w, unnest(
            \(new.map(\.document.contact.id))::text[], \(new.map(\.document.rawDigest))::bytea[],
            \(new.map { JSON(bytes: $0.document.json) })::jsonb[],
            \(new.map(\.document.contact.searchableEmail))::text[],
            \(new.map { range.first + ($0.event ?? 0) })::bigint[])
            WITH ORDINALITY
            AS n (contact_id, raw_digest, document, email, changed_seq, place)
        """
    }

    private func update(
        of known: [SnapshotChanges.ContactRow], in changes: SnapshotChanges, at range: SequenceRange
    ) throws -> Statement {
        """
        UPDATE usher.contact AS c
        SET raw_digest = n.raw_digest, document = n.document, email = n.email,
            changed_seq = coalesce(n.changed_seq, c.changed_seq),
            touched_seq = CASE WHEN n.is_outcome THEN \(range.first + changes.events.count - 1)
                          ELSE c.touched_seq END,
            deleted_at = NULL, merged_into = NULL, grants = n.grants, late = n.late
        FROM unnest(
            \(known.map(\.document.contact.id))::text[],
            \(known.map(\.document.rawDigest))::bytea[],
            \(known.map { JSON(bytes: $0.document.json) })::jsonb[],
            \(known.map(\.document.contact.searchableEmail))::text[],
            \(known.map { $0.event.map { range.first + $0 } })::bigint[],
            \(known.map { changes.invalidatesReads(of: $0.document.contact.id) })::boolean[],
            \(try known.map { try JSON(encoding: $0.grants) })::jsonb[],
            \(try known.map { try JSON(encoding: $0.late) })::jsonb[])
            AS n (contact_id, raw_digest, document, email, changed_seq, is_outcome, grants, late)
        WHERE c.workspace = \(workspace) AND c.contact_id = n.contact_id
        """
    }
}
