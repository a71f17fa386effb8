package import Contacts
internal import Foundation
internal import Postgres
package import Reconciler

extension Store {
    /// Claims contacts whose absence is to be proven, those first that have waited longest.
    ///
    /// A claim counts as an attempt that proved nothing, until more is known: so a contact that
    /// ends its reader each time is asked for ever more rarely, too.
    package func claimAbsences(atMost: Int) async throws -> [MissingContact] {
        try await transaction { db in
            let now = try db.now()
            let due = try db.rows(
                """
                SELECT contact_id, attempts + 1 AS attempts FROM usher.absence
                WHERE workspace = \(workspace) AND NOT is_held AND due_at <= \(now)
                ORDER BY due_at, contact_id
                LIMIT \(atMost)
                FOR UPDATE SKIP LOCKED
                """
            ) {
                MissingContact(
                    contactID: try $0.get("contact_id"), attempts: try $0.get("attempts"))
            }
            try db.schedule(
                due.map { ($0, now + AbsenceProof.pause(after: $0.attempts)) })
            return due
        }
    }

    /// Returns claims that say nothing about their contacts.
    ///
    /// - Parameter pause: How long to wait with them.
    package func postpone(_ contacts: [MissingContact], for pause: Duration) async throws {
        try await transaction { db in
            let dueAt = try db.now() + pause
            try db.schedule(
                contacts.map {
                    (MissingContact(contactID: $0.contactID, attempts: $0.attempts - 1), dueAt)
                })
        }
    }

    /// Records why answers about contacts prove nothing.
    ///
    /// - Parameter problems: Contact id → the reason, without a contact's data.
    package func record(unproven problems: [ByteText: String]) async throws {
        try await transaction { db in
            _ = try db.execute(
                """
                UPDATE usher.absence AS x SET problem = n.problem
                FROM unnest(\(problems.keys.map(\.text))::text[], \(Array(problems.values))::text[])
                     AS n (contact_id, problem)
                WHERE x.workspace = \(workspace) AND x.contact_id = n.contact_id
                """)
        }
    }

    /// Contacts that are there after all.
    package func forgetAbsence(of ids: [String]) async throws {
        try await transaction { db in
            _ = try db.execute(db.removalOfAbsences(of: ids))
        }
    }

    /// Contacts that the last complete sweep did see, for the control of a proof of absence.
    ///
    /// - Parameter start: Where to begin, so that not the same ones answer for all.
    package func presentContacts(from start: String, atMost: Int) async throws -> [String] {
        try await transaction { db in
            let ids = try db.presentContacts(from: start, atMost: atMost)
            guard ids.count < atMost else { return ids }
            let others = try db.presentContacts(from: "", atMost: atMost)
            return Array((ids + others.filter { $0 < start }).prefix(atMost))
        }
    }

    /// Records that contacts are gone.
    ///
    /// - Parameters:
    ///   - absent: By contact id.
    ///   - askedAt: `lastSeq()` from before they were asked for.
    package func delete(_ absent: [ByteText: Absence], askedAt: Int) async throws {
        try await transaction { db in
            let ids = absent.keys.map(\.text)
            let releases = try db.releases(of: ids)
            let known = try db.lockContacts(ids)
            let inFlight = try db.actionsInFlight(ids)
            let stale = try db.stale(known.mapValues(\.touchedSeq), askedAt: askedAt)
            // A sweep may have recorded an absence while the contact was being deleted.
            try db.execute(
                db.removalOfAbsences(of: known.values.filter(\.isDeleted).map(\.contactID)))
            let deletions = ProvenAbsences.deletions(
                of: absent, known: Array(known.values), stale: stale, inFlight: inFlight)
            let events = try deletions.map { try $0.event(causeSeq: releases[$0.contactID]) }
            guard let range = try db.append(events) else { return }
            try db.pipeline(db.statements(for: deletions, at: range))
        }
    }
}

/// A contact that a complete sweep did not show.
package struct MissingContact: Sendable, Equatable {
    package let contactID: String
    /// How often it was asked for, this time included.
    package let attempts: Int
}

extension WorkspaceTransaction {
    /// The statements that mark contacts as deleted; their events have the numbers from `first`.
    func statements(for deletions: [Deletion], at range: SequenceRange) -> [Statement] {
        let ids = deletions.map(\.contactID)
        return [
            """
            UPDATE usher.contact AS c
            SET deleted_at = \(range.recordedAt), changed_seq = \(range.first),
                touched_seq = \(range.first), merged_into = d.merged_into
            FROM unnest(\(ids)::text[], \(deletions.map(\.absence.mergedInto))::text[])
                 AS d (contact_id, merged_into)
            WHERE c.workspace = \(workspace) AND c.contact_id = d.contact_id
            """,
            removalOfAbsences(of: ids),
            takingBack(ids),
        ]
    }

    func removalOfAbsences(of ids: [String]) -> Statement {
        """
        DELETE FROM usher.absence
        WHERE workspace = \(workspace) AND contact_id = ANY (\(ids)::text[])
        """
    }
}

extension WorkspaceTransaction {
    /// Contacts known before the sweep began that none of its pages held.
    func missing(from sweep: Sweep) throws -> [String] {
        try rows(
            """
            SELECT c.contact_id FROM usher.contact c
            WHERE c.workspace = \(workspace)
              -- EXCEPT hashes or sorts whatever the statistics say; an anti-join on tables that
              -- were just filled may be planned as a loop within a loop.
              AND c.ref IN (
                  SELECT k.ref FROM usher.contact k
                  WHERE k.workspace = \(workspace) AND k.deleted_at IS NULL
                    AND k.ref <= \(sweep.knownRef)
                  EXCEPT
                  SELECT unnest(p.refs) FROM usher.sweep_page p
                  WHERE p.workspace = \(workspace) AND p.sweep_id = \(sweep.sweepID))
            ORDER BY c.contact_id
            """
        ) { try $0.get("contact_id") }
    }

    /// How many of these contacts no release of a mass delete covers.
    func unreleased(among missing: [String]) throws -> Int {
        try row(
            """
            SELECT cardinality(\(missing)::text[]) - count(*) AS unreleased FROM usher.absence
            WHERE workspace = \(workspace) AND released_seq IS NOT NULL
              AND contact_id = ANY (\(missing)::text[])
            """
        ) { try $0.get("unreleased") } ?? missing.count
    }

    /// Keeps these contacts as missing, and all others as not.
    ///
    /// - Parameter isHeld: Whether those that no release covers wait for one.
    func keep(missing ids: [String], by sweep: Sweep, isHeld: Bool, at now: Date) throws {
        try execute(
            """
            DELETE FROM usher.absence
            WHERE workspace = \(workspace) AND contact_id <> ALL (\(ids)::text[])
            """)
        try execute(
            """
            INSERT INTO usher.absence AS x (workspace, contact_id, sweep_id, is_held, due_at)
            SELECT \(workspace), m.contact_id, \(sweep.sweepID), \(isHeld), \(now)
            FROM unnest(\(ids)::text[]) AS m (contact_id)
            -- A contact may have been deleted since the sweep looked.
            JOIN usher.contact c ON c.workspace = \(workspace) AND c.contact_id = m.contact_id
            WHERE c.deleted_at IS NULL
            ON CONFLICT (workspace, contact_id) DO UPDATE
            SET is_held = EXCLUDED.is_held AND x.released_seq IS NULL
            WHERE x.is_held <> (EXCLUDED.is_held AND x.released_seq IS NULL)
            """)
    }

    fileprivate func schedule(_ due: [(contact: MissingContact, at: Date)]) throws {
        guard !due.isEmpty else { return }
        try execute(
            """
            UPDATE usher.absence AS x SET attempts = n.attempts, due_at = n.due_at
            FROM unnest(\(due.map(\.contact.contactID))::text[],
                        \(due.map(\.contact.attempts))::bigint[], \(due.map(\.at))::timestamptz[])
                 AS n (contact_id, attempts, due_at)
            WHERE x.workspace = \(workspace) AND x.contact_id = n.contact_id
            """)
    }

    fileprivate func presentContacts(from start: String, atMost: Int) throws -> [String] {
        try rows(
            """
            SELECT c.contact_id FROM usher.contact c
            WHERE c.workspace = \(workspace) AND c.deleted_at IS NULL AND c.contact_id >= \(start)
              AND NOT EXISTS (
                  SELECT 1 FROM usher.absence x
                  WHERE x.workspace = \(workspace) AND x.contact_id = c.contact_id)
              -- One with work in flight may be the very contact in question.
              AND NOT EXISTS (
                  SELECT 1 FROM usher.action a
                  WHERE a.workspace = \(workspace) AND a.contact_id = c.contact_id
                    AND a.state IN ('sending', 'unknown'))
              -- Nor does one prove anything whose answer cannot be read.
              AND NOT EXISTS (
                  SELECT 1 FROM usher.unreadable u
                  WHERE u.workspace = \(workspace) AND u.contact_id = c.contact_id)
            ORDER BY c.contact_id
            LIMIT \(atMost)
            """
        ) { try $0.get("contact_id") }
    }

    /// By contact, the event of the release that covers its absence, where one does. The absences
    /// are locked, before the contacts.
    fileprivate func releases(of ids: [String]) throws -> [ByteText: Int] {
        let found = try rows(
            """
            SELECT contact_id, released_seq FROM usher.absence
            WHERE workspace = \(workspace) AND contact_id = ANY (\(ids)::text[])
            ORDER BY contact_id
            FOR UPDATE
            """
        ) { (try $0.get("contact_id", as: String.self), try $0.get("released_seq", as: Int?.self)) }
        return found.reduce(into: [:]) { $0[$1.0] = $1.1 }
    }
}
