package import Contacts
package import Foundation
package import Postgres
package import Reconciler
internal import Rules

/// A decision on record, with all that it was made on.
package struct RecordedDecision: Sendable {
    package let seq: Int
    package let contactID: String
    package let recordedAt: Date
    package let json: JSON
    package let body: DecisionBody
    /// The time that counted; nil where it is not on record.
    package let at: Date?

    init(row: Row) throws {
        seq = try row.get("seq")
        contactID = try row.get("contact_id")
        recordedAt = try row.get("recorded_at")
        json = try row.get("body")
        body = try json.decode()
        at = try row.get("at")
    }
}

/// A decision on record and the contact that it was made on.
package struct HistoricalDecision: Sendable {
    package let recorded: RecordedDecision
    /// As it was taken to be; nil where the log does not hold it any more.
    package let contact: Contact?
}

extension Store {
    /// Decisions on record, newest first, each with the contact as it was.
    ///
    /// - Parameters:
    ///   - seq: Only those before this place in the log.
    ///   - since: Only those that were recorded from then on.
    ///   - contact: Only those on the contacts that this id or e-mail address names.
    package func historicalDecisions(
        before seq: Int, since: Date?, contact: String?, limit: Int
    ) async throws -> [HistoricalDecision] {
        try await transaction { db in
            let ids = try contact.map { try db.contactIDs(named: $0) }
            let decisions = try db.decisions(
                before: seq, since: since, ids: ids, limit: limit)
            let contacts = try db.historicalContacts(
                decisions.map { ($0.contactID, $0.seq) })
            return zip(decisions, contacts).map { decision, past in
                HistoricalDecision(
                    recorded: decision, contact: past?.contact(on: decision.body.basis?.sent))
            }
        }
    }
}

extension WorkspaceTransaction {
    /// - Parameter ids: Only those on these contacts; nil is all.
    func decisions(
        before seq: Int, since: Date?, ids: [String]?, limit: Int
    ) throws -> [RecordedDecision] {
        try rows(
            """
            SELECT seq, contact_id, recorded_at, body,
                   -- PostgreSQL reads its own microseconds exactly.
                   (body #>> '{basis,at}')::timestamptz AS at
            FROM usher.event
            WHERE workspace = \(workspace) AND kind = 'decision.made' AND seq < \(seq)
              AND (\(since)::timestamptz IS NULL OR recorded_at >= \(since))
              AND (\(ids)::text[] IS NULL OR contact_id = ANY (\(ids)::text[]))
            ORDER BY seq DESC
            LIMIT \(limit)
            """, decode: RecordedDecision.init(row:))
    }
}
