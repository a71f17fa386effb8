internal import Contacts
internal import Foundation
internal import Postgres
internal import Reconciler

extension Store {
    /// More missing contacts than this are a mass delete, which waits for a person.
    /// Source: the design, max(25, 2 %).
    package static func massDelete(of total: Int) -> Int { max(25, total / 50) }

    /// Contacts that a complete sweep did not show and whose absence is not proven.
    package func missingContacts(after id: String, limit: Int) async throws -> [String] {
        try await database.transaction { [workspace] db in
            try db.rows(
                """
                SELECT contact_id FROM usher.contact
                WHERE workspace = \(workspace) AND missing_sweep_id IS NOT NULL
                  AND contact_id > \(id)
                ORDER BY contact_id
                LIMIT \(limit)
                """
            ) { try $0.get("contact_id") }
        }
    }

    /// A contact that the last complete sweep did see: the control for a proof of absence.
    package func presentContact() async throws -> String? {
        try await database.transaction { [workspace] db in
            try db.row(
                """
                SELECT contact_id FROM usher.contact
                WHERE workspace = \(workspace) AND deleted_at IS NULL AND missing_sweep_id IS NULL
                  -- While a mass delete waits for a person, who is missing is not marked.
                  AND (ref IN (
                           SELECT unnest(p.refs) FROM usher.sweep_page p
                           WHERE p.workspace = \(workspace) AND p.page = 1)
                       OR NOT EXISTS (
                           SELECT FROM usher.sweep_page p WHERE p.workspace = \(workspace)))
                  -- One with work in flight may be the very contact in question.
                  AND NOT EXISTS (
                      SELECT FROM usher.action a
                      WHERE a.workspace = contact.workspace AND a.contact_id = contact.contact_id
                        AND a.state IN ('sending', 'unknown'))
                ORDER BY contact_id
                LIMIT 1
                """
            ) { try $0.get("contact_id") }
        }
    }

    /// Records that contacts are gone.
    ///
    /// - Parameters:
    ///   - absent: Contact id → request id of the 404 that proved it.
    ///   - askedAt: `lastSeq()` from before they were asked for.
    package func delete(_ absent: [String: String?], askedAt: Int) async throws {
        try await database.transaction { [workspace] db in
            let rows = try db.lockContacts(Array(absent.keys), in: workspace)
            let inFlight = try db.actionsInFlight(Array(absent.keys), in: workspace)
            let gone = rows.values.filter {
                !$0.isDeleted && $0.touchedSeq <= askedAt
                    && (inFlight[$0.contactID]?.state ?? .blocked) == .blocked
            }.sorted { $0.contactID < $1.contactID }
            let events = try gone.map { row in
                try deletionEvent(of: row, requestID: absent[row.contactID] ?? nil)
            }
            guard let places = try db.append(events, in: workspace) else { return }
            try db.execute(deletionStatement(of: gone.map(\.contactID), at: places, in: workspace))
        }
    }
}

/// The event of a proven deletion.
func deletionEvent(of row: SnapshotRow, requestID: String?) throws -> NewEvent {
    NewEvent(
        kind: .contactDeleted, contactID: row.contactID,
        body: try JSON(
            encoding: DeletionBody(
                by: "other", before: row.contact.fields, requestID: requestID)))
}

/// The statement that marks contacts as deleted; their events stand at `places.first` or after it.
func deletionStatement(
    of ids: [String], at places: LogPlaces, in workspace: WorkspaceName
) -> Statement {
    """
    UPDATE usher.contact AS c
    SET deleted_at = \(places.recordedAt), missing_sweep_id = NULL, changed_seq = \(places.first),
        touched_seq = \(places.first)
    WHERE c.workspace = \(workspace) AND c.contact_id = ANY (\(ids)::text[])
    """
}

private struct DeletionBody: Encodable {
    let by: String
    let before: [String: FieldValue]
    let requestID: String?

    enum CodingKeys: String, CodingKey {
        case by, before
        case requestID = "request_id"
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
                    AND k.first_seen_at < \(sweep.startedAt)
                  EXCEPT
                  SELECT unnest(p.refs) FROM usher.sweep_page p
                  WHERE p.workspace = \(workspace) AND p.sweep_id = \(sweep.sweepID))
            ORDER BY c.contact_id
            """
        ) { try $0.get("contact_id") }
    }

    /// Marks these contacts as missing, and all others as not.
    func mark(missing ids: [String], by sweep: Sweep, in workspace: WorkspaceName) throws {
        try execute(
            """
            UPDATE usher.contact SET missing_sweep_id = NULL
            WHERE workspace = \(workspace) AND missing_sweep_id IS NOT NULL
              AND contact_id <> ALL (\(ids)::text[])
            """)
        try execute(
            """
            UPDATE usher.contact SET missing_sweep_id = \(sweep.sweepID)
            WHERE workspace = \(workspace) AND contact_id = ANY (\(ids)::text[])
            """)
    }

    func hasMassDeleteHold(in workspace: WorkspaceName) throws -> Bool {
        try row(
            """
            SELECT 1 AS one FROM usher.hold
            WHERE workspace = \(workspace) AND contact_id = '*' AND field = 'contacts'
            """
        ) { _ in true } ?? false
    }

    /// How many missing contacts a person released, once.
    func takeReleasedMassDelete(in workspace: WorkspaceName) throws -> Int? {
        try row(
            """
            DELETE FROM usher.hold
            WHERE workspace = \(workspace) AND contact_id = '*' AND field = 'contacts'
              AND wish ? 'released_by'
            RETURNING (wish ->> 'missing')::integer AS missing
            """
        ) { try $0.get("missing") }
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
                    body: try JSON(encoding: ["field": "contacts"]))
            ], in: workspace)
    }
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
