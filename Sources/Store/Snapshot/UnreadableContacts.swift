internal import Contacts
internal import Foundation
internal import Postgres
internal import Reconciler

extension WorkspaceTransaction {
    func statements(for changes: AsideChanges, at range: SequenceRange) throws -> [Statement] {
        var statements: [Statement] = []
        if !changes.readable.isEmpty { statements.append(takingBack(changes.readable)) }
        let rows = changes.rows
        guard !rows.isEmpty else { return statements }
        let ids = rows.map { $0.contact.contact.contactID ?? "" }
        let digests = rows.map(\.contact.contact.rawDigest)
        return statements + [
            """
            DELETE FROM usher.unreadable AS u
            WHERE u.workspace = \(workspace) AND u.contact_id = ANY (\(ids)::text[])
              AND u.contact_id <> '' AND u.raw_digest <> ALL (\(digests)::bytea[])
            """,
            """
            INSERT INTO usher.unreadable AS u
                (workspace, contact_id, raw_digest, reason, place, seq, since, sweep_id, retry_at,
                 ruleset_hash)
            SELECT \(workspace), n.contact_id, n.raw_digest, n.reason, n.place, n.seq,
                   coalesce(n.since, \(range.recordedAt)), \(changes.place.sweepID), n.retry_at,
                   n.ruleset_hash
            FROM unnest(
                \(ids)::text[], \(digests)::bytea[], \(rows.map(\.contact.contact.reason))::text[],
                \(try rows.map { try JSON(encoding: $0.place) })::jsonb[],
                \(rows.map { range.first + ($0.event ?? 0) })::bigint[],
                \(rows.map(\.since))::timestamptz[], \(rows.map(\.contact.retryAt))::timestamptz[],
                \(rows.map(\.contact.rulesetHash))::text[])
                AS n (contact_id, raw_digest, reason, place, seq, since, retry_at, ruleset_hash)
            ON CONFLICT (workspace, contact_id, raw_digest) DO UPDATE
            SET sweep_id = coalesce(EXCLUDED.sweep_id, u.sweep_id), reason = EXCLUDED.reason,
                retry_at = EXCLUDED.retry_at, ruleset_hash = EXCLUDED.ruleset_hash
            """,
            // It is there, whatever the last sweep showed.
            removalOfAbsences(of: ids),
        ]
    }

    /// The statement that ends the setting aside of contacts.
    func takingBack(_ contactIDs: [String]) -> Statement {
        """
        DELETE FROM usher.unreadable
        WHERE workspace = \(workspace) AND contact_id = ANY (\(contactIDs)::text[])
        """
    }

    /// The rows of contacts that may have been set aside before.
    func knownAsides(_ keys: [AsideKey]) throws -> KnownAsides {
        guard !keys.isEmpty else { return KnownAsides() }
        let anonymous = keys.filter { $0.contactID.text.isEmpty }.map(\.rawDigest)
        return KnownAsides(
            try rows(
                """
                SELECT contact_id, raw_digest, reason, since, retry_at, ruleset_hash
                FROM usher.unreadable
                WHERE workspace = \(workspace)
                  AND contact_id = ANY (\(keys.map(\.contactID.text))::text[])
                  AND (contact_id <> '' OR raw_digest = ANY (\(anonymous)::bytea[]))
                """
            ) { row in
                (
                    key: AsideKey(
                        contactID: ByteText(try row.get("contact_id")),
                        rawDigest: try row.get("raw_digest")),
                    record: KnownAsides.Record(
                        reason: try row.get("reason"), since: try row.get("since"),
                        retryAt: try row.get("retry_at"),
                        rulesetHash: try row.get("ruleset_hash"))
                )
            })
    }

    /// Decodes the contacts of a page at these indexes.
    func decode(
        _ page: some SweptPage, at indexes: [Int], without refused: RefusedContacts
    ) throws -> DecodedContacts {
        DecodedContacts(
            page, at: indexes, known: try knownAsides(indexes.map(page.key(at:))),
            refused: refused, at: try now())
    }

    /// Those of some contacts that are not to be decided on now: their newest bytes cannot be read,
    /// or their evaluation under this ruleset failed a short while ago.
    func undecidable(
        among ids: [String], under rulesetHash: String, at now: Date
    ) throws -> Set<ByteText> {
        Set(
            texts: try rows(
                """
                SELECT contact_id FROM usher.unreadable
                WHERE workspace = \(workspace) AND contact_id = ANY (\(ids)::text[])
                  AND (ruleset_hash IS NULL
                       OR ruleset_hash = \(rulesetHash) AND retry_at > \(now))
                """
            ) { try $0.get("contact_id", as: String.self) })
    }

    /// Removes what a complete sweep shows no longer and of which no proof of absence is to be had:
    /// what has no usable id, or was never read.
    ///
    /// - Returns: The events.
    func removeVanished(from sweep: Sweep) throws -> [NewEvent] {
        let vanished: [String] = try rows(
            """
            DELETE FROM usher.unreadable AS u
            WHERE u.workspace = \(workspace) AND u.since < \(sweep.startedAt)
              AND u.sweep_id IS DISTINCT FROM \(sweep.sweepID)
              AND NOT EXISTS (
                  SELECT 1 FROM usher.contact c
                  WHERE c.workspace = \(workspace) AND c.contact_id = u.contact_id
                    AND c.deleted_at IS NULL)
            RETURNING u.contact_id
            """
        ) { try $0.get("contact_id") }
        return try vanished.map {
            try .readable(
                $0.isEmpty ? nil : $0, reason: "no page of a complete sweep shows it any longer")
        }
    }

    /// Sets contacts aside that cannot be evaluated as they are stored.
    func setAside(_ refused: [RefusedItem<String>], under rulesetHash: String) throws -> [Alert] {
        guard !refused.isEmpty else { return [] }
        let retryAt = try now() + AsideContact.retryPause
        let reasons = refused.contacts(\.self)
        let contacts = try rows(
            """
            SELECT contact_id, raw_digest FROM usher.contact
            WHERE workspace = \(workspace) AND contact_id = ANY (\(refused.map(\.item))::text[])
            """
        ) { row in
            let id: String = try row.get("contact_id")
            return AsideContact(
                UnreadableContact(
                    contactID: id, rawDigest: try row.get("raw_digest"),
                    reason: reasons.reason(for: id) ?? "its evaluation fails"),
                retryAt: retryAt, rulesetHash: rulesetHash)
        }
        let known = try knownAsides(contacts.map(\.key))
        var changes = SnapshotChanges()
        for contact in contacts { try changes.setAside(contact, known: known) }
        return try write(changes)
    }
}

extension Store {
    /// Sets those contacts aside whose stored data, or whose stored action, cannot be read.
    ///
    /// - Returns: The alerts that people have not been told of yet; nil when there are none.
    func setUnreadableRowsAside(among contactIDs: [String]) async throws -> [Alert]? {
        let refused = try await refused(among: contactIDs) { db, ids in
            _ = try db.lockActions(ofContacts: ids)
            _ = try db.lockContacts(ids)
        }
        guard !refused.isEmpty else { return nil }
        return try await transaction { db in
            try db.setAside(refused, under: try db.activeRulesetHash() ?? "")
        }
    }
}
