package import Contacts
internal import Foundation
internal import Postgres
package import Reconciler

extension Store {
    /// More missing contacts than this are a mass delete, which waits for a person.
    /// Source: docs/operations.md, “Alerts”.
    package static func massDelete(of total: Int) -> Int { max(25, total / 50) }

    /// Claims contacts whose absence is to be proven, those first that have waited longest.
    ///
    /// A claim counts as an attempt that proved nothing, until more is known: so a contact that ends
    /// its reader each time is asked for ever more rarely, too.
    package func claimAbsences(atMost: Int) async throws -> [MissingContact] {
        try await database.transaction { [workspace] db in
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
                due.map { ($0, now + AbsenceProof.pause(after: $0.attempts)) }, in: workspace)
            return due
        }
    }

    /// Takes claims back that say nothing about their contacts.
    ///
    /// - Parameter pause: How long to wait with them.
    package func postpone(_ contacts: [MissingContact], for pause: Duration) async throws {
        try await database.transaction { [workspace] db in
            let dueAt = try db.now() + pause
            try db.schedule(
                contacts.map {
                    (MissingContact(contactID: $0.contactID, attempts: $0.attempts - 1), dueAt)
                }, in: workspace)
        }
    }

    /// Notes why answers about contacts prove nothing.
    ///
    /// - Parameter problems: Contact id → the reason, without a contact's data.
    package func note(unproven problems: [ByteText: String]) async throws {
        try await database.transaction { [workspace] db in
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
        try await database.transaction { [workspace] db in
            _ = try db.execute(absenceRemoval(of: ids, in: workspace))
        }
    }

    /// Contacts that the last complete sweep did see, for the control of a proof of absence.
    ///
    /// - Parameter start: Where to begin, so that not the same ones answer for all.
    package func presentContacts(from start: String, atMost: Int) async throws -> [String] {
        try await database.transaction { [workspace] db in
            let ids = try db.presentContacts(from: start, atMost: atMost, in: workspace)
            guard ids.count < atMost else { return ids }
            let others = try db.presentContacts(from: "", atMost: atMost, in: workspace)
            return Array((ids + others.filter { $0 < start }).prefix(atMost))
        }
    }

    /// Records that contacts are gone.
    ///
    /// - Parameters:
    ///   - absent: By contact id.
    ///   - askedAt: `lastSeq()` from before they were asked for.
    package func delete(_ absent: [ByteText: Absence], askedAt: Int) async throws {
        try await database.transaction { [workspace] db in
            let ids = absent.keys.map(\.text)
            let releases = try db.releases(of: ids, in: workspace)
            let rows = try db.lockContacts(ids, in: workspace)
            let inFlight = try db.actionsInFlight(ids, in: workspace)
            let late = try db.stale(
                rows.mapValues(\.touchedSeq), askedAt: askedAt, in: workspace)
            try db.endAbsences(
                of: rows.values.filter(\.isDeleted).map(\.contactID), in: workspace)
            let gone = rows.values.filter {
                !$0.isDeleted && !late.contains(ByteText($0.contactID))
                    && (inFlight[$0.contactID]?.state ?? .blocked) == .blocked
            }.sorted { ByteText($0.contactID) < ByteText($1.contactID) }
            let deletions = gone.compactMap { row in
                absent[row.contactID].map { Deletion(of: row, $0) }
            }
            let events = try deletions.map { try $0.event(causeSeq: releases[$0.row.contactID]) }
            guard let places = try db.append(events, in: workspace) else { return }
            for statement in deletions.statements(at: places, in: workspace) {
                try db.execute(statement)
            }
        }
    }
}

/// A contact that a complete sweep did not show.
package struct MissingContact: Sendable, Equatable {
    package let contactID: String
    /// How often it was asked for, this time included.
    package let attempts: Int
}

/// A proven deletion.
struct Deletion {
    let row: SnapshotRow
    let absence: Absence

    init(of row: SnapshotRow, _ absence: Absence) {
        self.row = row
        self.absence = absence
    }

    /// - Parameter causeSeq: The event of the release that covers it, if one does.
    func event(causeSeq: Int? = nil) throws -> NewEvent {
        NewEvent(
            kind: .contactDeleted, contactID: row.contactID, causeSeq: causeSeq,
            body: try JSON(
                encoding: DeletionBody(
                    by: "other", before: row.contact.fields, requestID: absence.requestID,
                    mergedInto: absence.mergedInto)))
    }
}

extension [Deletion] {
    /// The statements that mark contacts as deleted; their events stand at `places.first` or after it.
    func statements(at places: LogPlaces, in workspace: WorkspaceName) -> [Statement] {
        [
            """
            UPDATE usher.contact AS c
            SET deleted_at = \(places.recordedAt), changed_seq = \(places.first),
                touched_seq = \(places.first), merged_into = d.merged_into
            FROM unnest(\(map(\.row.contactID))::text[], \(map(\.absence.mergedInto))::text[])
                 AS d (contact_id, merged_into)
            WHERE c.workspace = \(workspace) AND c.contact_id = d.contact_id
            """,
            absenceRemoval(of: map(\.row.contactID), in: workspace),
            takingBack(map(\.row.contactID), in: workspace),
        ]
    }
}

func absenceRemoval(of ids: [String], in workspace: WorkspaceName) -> Statement {
    """
    DELETE FROM usher.absence
    WHERE workspace = \(workspace) AND contact_id = ANY (\(ids)::text[])
    """
}

private struct DeletionBody: Encodable {
    let by: String
    let before: [String: FieldValue]
    let requestID: String?
    /// The contact that shows in its place.
    let mergedInto: String?

    enum CodingKeys: String, CodingKey {
        case by, before
        case requestID = "request_id"
        case mergedInto = "merged_into"
    }
}

extension Transaction {
    /// Contacts known before the sweep began that none of its pages held.
    func missing(from sweep: Sweep, in workspace: WorkspaceName) throws -> [String] {
        try rows(
            """
            SELECT c.contact_id FROM usher.contact c
            WHERE c.workspace = \(workspace)
              -- EXCEPT hashes or sorts whatever the statistics say; an anti-join on tables that were
              -- just filled may be planned as a loop within a loop.
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
    func unreleased(among missing: [String], in workspace: WorkspaceName) throws -> Int {
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
    func keep(
        missing ids: [String], by sweep: Sweep, isHeld: Bool, at now: Date,
        in workspace: WorkspaceName
    ) throws {
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

    /// Removes absences that a sweep recorded while the contact was being deleted.
    fileprivate func endAbsences(of deleted: [String], in workspace: WorkspaceName) throws {
        guard !deleted.isEmpty else { return }
        try execute(
            """
            DELETE FROM usher.absence
            WHERE workspace = \(workspace) AND contact_id = ANY (\(deleted)::text[])
            """)
    }

    fileprivate func schedule(
        _ due: [(contact: MissingContact, at: Date)], in workspace: WorkspaceName
    ) throws {
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

    fileprivate func presentContacts(
        from start: String, atMost: Int, in workspace: WorkspaceName
    ) throws -> [String] {
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
    fileprivate func releases(
        of ids: [String], in workspace: WorkspaceName
    ) throws -> [ByteText: Int] {
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

extension Transaction {
    func hasMassDeleteHold(in workspace: WorkspaceName) throws -> Bool {
        try row(
            """
            SELECT 1 AS one FROM usher.hold
            WHERE workspace = \(workspace) AND contact_id = '*' AND field = 'contacts'
            """
        ) { _ in true } ?? false
    }

    func placeMassDeleteHold(
        missing: Int, seq: Int, at now: Date, in workspace: WorkspaceName
    ) throws {
        try execute(
            """
            INSERT INTO usher.hold
                (workspace, contact_id, field, reason, wish, placed_seq, placed_at)
            VALUES (\(workspace), '*', 'contacts', 'mass_delete',
                    jsonb_build_object('missing', \(missing)::integer), \(seq), \(now))
            ON CONFLICT (workspace, contact_id, field) DO UPDATE
            SET wish = EXCLUDED.wish
            """)
    }

    /// The contacts are back: there is nothing to release any more.
    func withdrawMassDeleteHold(in workspace: WorkspaceName) throws {
        let placed: Int? = try row(
            """
            DELETE FROM usher.hold
            WHERE workspace = \(workspace) AND contact_id = '*' AND field = 'contacts'
            RETURNING placed_seq
            """
        ) { try $0.get("placed_seq") }
        try append(
            [
                NewEvent(
                    kind: .holdWithdrawn, causeSeq: placed,
                    body: try JSON(
                        encoding: [
                            "field": "contacts",
                            "reason": "a complete sweep shows enough of the missing contacts again",
                        ]))
            ], in: workspace)
    }

    /// Lets the absence of all be proven that are held as missing now; who goes missing later is
    /// counted anew.
    ///
    /// - Returns: What was released, in words; empty when nothing waited.
    func releaseMassDelete(
        by act: OperatorAct, in workspace: WorkspaceName
    ) throws -> [String] {
        let now = try now()
        let missing: [String] = try rows(
            """
            SELECT contact_id FROM usher.absence
            WHERE workspace = \(workspace) AND is_held
            ORDER BY contact_id
            FOR UPDATE
            """
        ) { try $0.get("contact_id") }
        guard !missing.isEmpty else { return [] }
        let placed: Int? = try row(
            """
            DELETE FROM usher.hold
            WHERE workspace = \(workspace) AND contact_id = '*' AND field = 'contacts'
            RETURNING placed_seq
            """
        ) { try $0.get("placed_seq") }
        let what =
            "the deletion of \(missing.count) missing contacts, each once the API says that it "
            + "is gone"
        let body = MassDeleteRelease(who: act.who, reason: act.reason, missing: missing.count)
        let places = try append(
            [
                NewEvent(
                    kind: .holdReleased, causeSeq: placed, body: try JSON(encoding: body)),
                try act.event("released \(what)", hold: placed),
            ], in: workspace)
        try execute(
            """
            UPDATE usher.absence SET is_held = false, released_seq = \(places?.first), due_at = \(now)
            WHERE workspace = \(workspace) AND is_held
            """)
        return [what]
    }
}

/// The body of `hold.released` where a mass delete was.
private struct MassDeleteRelease: Encodable {
    var field = "contacts"
    let who: String
    let reason: String
    /// Contacts that it covers.
    let missing: Int
}

private struct MassDeleteBody: Encodable {
    struct Wish: Encodable { let missing: Int }

    var field = "contacts"
    var reason = "mass_delete"
    let wish: Wish
}

extension NewEvent {
    static func massDelete(missing: Int) throws -> NewEvent {
        NewEvent(
            kind: .holdPlaced,
            body: try JSON(encoding: MassDeleteBody(wish: MassDeleteBody.Wish(missing: missing))))
    }
}
