package import Contacts
internal import Foundation
internal import Postgres
internal import Rules

/// Where a contact was read that is set aside.
struct AsidePlace: Encodable {
    var sweepID: Int? = nil
    var page: Int? = nil
    var place: Int? = nil

    enum CodingKeys: String, CodingKey {
        case sweepID = "sweep_id"
        case page, place
    }
}

/// A contact to set aside, and when it is tried again though it is the same.
struct AsideContact {
    let contact: UnreadableContact
    /// nil is with every sweep: only reading it failed.
    var retryAt: Date? = nil
    /// The ruleset under which its evaluation failed.
    var rulesetHash: String? = nil

    /// Between tries of what the database refused: a newer Usher or a larger database may take it.
    static let retryPause: Duration = .seconds(3600)

    var key: AsideKey {
        AsideKey(contactID: ByteText(contact.contactID ?? ""), rawDigest: contact.rawDigest)
    }
}

/// What a contact that is set aside is known by.
struct AsideKey: Hashable {
    let contactID: ByteText
    let rawDigest: [UInt8]
}

/// The contacts already set aside, among some.
struct KnownAsides {
    struct Row {
        let reason: String
        let since: Date
        let retryAt: Date?
        let rulesetHash: String?
    }

    private let rows: [AsideKey: Row]
    private let since: [ByteText: Date]

    init(_ found: [(key: AsideKey, row: Row)] = []) {
        rows = Dictionary(found.map { ($0.key, $0.row) }) { first, _ in first }
        since = Dictionary(found.map { ($0.key.contactID, $0.row.since) }, uniquingKeysWith: min)
    }

    func row(of key: AsideKey) -> Row? { rows[key] }

    /// Since when a contact is set aside, with whatever bytes.
    func since(of key: AsideKey) -> Date? {
        key.contactID.text.isEmpty ? rows[key]?.since : since[key.contactID]
    }

    /// Why a contact that the database refused is not yet tried again.
    func refusal(of key: AsideKey, at now: Date) -> (reason: String, retryAt: Date)? {
        guard let row = rows[key], row.rulesetHash == nil, let retryAt = row.retryAt, retryAt > now
        else { return nil }
        return (row.reason, retryAt)
    }
}

/// The contacts that one transaction sets aside or takes back, gathered before anything is written.
struct AsideChanges {
    private var aside: [AsideKey: (contact: AsideContact, event: Int?, since: Date?)] = [:]
    private var readable: [String] = []
    var place = AsidePlace()

    var isEmpty: Bool { aside.isEmpty && readable.isEmpty }
    var hasNew: Bool { aside.values.contains { $0.event != nil } }

    /// - Returns: The event, where its bytes are news.
    mutating func setAside(
        _ contact: AsideContact, known: KnownAsides, event: Int
    ) throws -> NewEvent? {
        guard aside[contact.key] == nil else { return nil }
        let isKnown = known.row(of: contact.key) != nil
        aside[contact.key] = (contact, isKnown ? nil : event, known.since(of: contact.key))
        guard !isKnown else { return nil }
        let body = UnreadableBody(
            reason: contact.contact.reason, digest: contact.contact.rawDigest.hexadecimal,
            place: place(of: contact))
        return NewEvent(
            kind: .contactUnreadable, contactID: contact.contact.contactID,
            body: try JSON(encoding: body))
    }

    /// Takes back what was set aside of a contact that was read.
    mutating func takeBack(_ contactID: String) { readable.append(contactID) }

    private func place(of contact: AsideContact) -> AsidePlace {
        var place = place
        place.place = contact.contact.place
        return place
    }

    func statements(at places: LogPlaces, in workspace: WorkspaceName) throws -> [Statement] {
        var statements: [Statement] = []
        if !readable.isEmpty { statements.append(takingBack(readable, in: workspace)) }
        guard !aside.isEmpty else { return statements }
        let rows = Array(aside.values)
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
                   coalesce(n.since, \(places.recordedAt)), \(place.sweepID), n.retry_at,
                   n.ruleset_hash
            FROM unnest(
                \(ids)::text[], \(digests)::bytea[], \(rows.map(\.contact.contact.reason))::text[],
                \(try rows.map { try JSON(encoding: place(of: $0.contact)) })::jsonb[],
                \(rows.map { places.first + ($0.event ?? 0) })::bigint[],
                \(rows.map(\.since))::timestamptz[], \(rows.map(\.contact.retryAt))::timestamptz[],
                \(rows.map(\.contact.rulesetHash))::text[])
                AS n (contact_id, raw_digest, reason, place, seq, since, retry_at, ruleset_hash)
            ON CONFLICT (workspace, contact_id, raw_digest) DO UPDATE
            SET sweep_id = coalesce(EXCLUDED.sweep_id, u.sweep_id), reason = EXCLUDED.reason,
                retry_at = EXCLUDED.retry_at, ruleset_hash = EXCLUDED.ruleset_hash
            """,
            // It is there, whatever the last sweep showed.
            absenceRemoval(of: ids, in: workspace),
        ]
    }
}

private struct UnreadableBody: Encodable {
    let reason: String
    let digest: String
    let place: AsidePlace
}

/// The statement that ends the setting aside of contacts.
func takingBack(_ contactIDs: [String], in workspace: WorkspaceName) -> Statement {
    """
    DELETE FROM usher.unreadable
    WHERE workspace = \(workspace) AND contact_id = ANY (\(contactIDs)::text[])
    """
}

extension NewEvent {
    /// A contact is set aside no longer.
    static func readable(_ contactID: String?, reason: String) throws -> NewEvent {
        NewEvent(
            kind: .contactReadable, contactID: contactID,
            body: try JSON(encoding: ["reason": reason]))
    }
}

extension Alert {
    /// Contacts were set aside.
    static func unreadable(_ contact: UnreadableContact) -> Alert {
        Alert(
            code: .unreadable,
            message:
                "contact \(contact.contactID ?? "without a usable id") cannot be read or stored "
                + "and is set aside: \(contact.reason); nothing is decided or sent for it until its "
                + "data change; all that are set aside: usher status",
            contactID: contact.contactID)
    }
}

extension Transaction {
    /// Raises alerts at this moment, as the transaction's last statements.
    func raise(_ alerts: [Alert], in workspace: WorkspaceName) throws -> [Alert] {
        alerts.isEmpty ? [] : try raise(alerts, at: try now(), in: workspace)
    }

    /// The rows of contacts that may have been set aside before.
    func knownAsides(_ keys: [AsideKey], in workspace: WorkspaceName) throws -> KnownAsides {
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
                    row: KnownAsides.Row(
                        reason: try row.get("reason"), since: try row.get("since"),
                        retryAt: try row.get("retry_at"),
                        rulesetHash: try row.get("ruleset_hash"))
                )
            })
    }

    /// Those of some contacts that are not to be decided on now: their newest bytes cannot be read, or
    /// their evaluation under this ruleset failed a short while ago.
    func undecidable(
        among ids: [String], under rulesetHash: String, at now: Date, in workspace: WorkspaceName
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

    /// Takes back what a complete sweep shows no longer and of which no proof of absence is to be had:
    /// what has no usable id, or was never read.
    ///
    /// - Returns: The events.
    func takeBackVanished(from sweep: Sweep, in workspace: WorkspaceName) throws -> [NewEvent] {
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
}

extension Store {
    /// Sets aside contacts that were read singly and cannot be read or stored.
    ///
    /// - Parameter askedAt: `lastSeq()` from before they were asked for.
    /// - Returns: What people are to be told.
    package func setAside(
        _ contacts: [UnreadableContact], askedAt: Int
    ) async throws -> [Alert] {
        try await database.transaction { [workspace] db in
            var changes = SnapshotChanges()
            _ = try db.observe(
                [], unreadable: contacts.map { AsideContact(contact: $0) }, askedAt: askedAt,
                into: &changes, in: workspace)
            return try db.write(changes, in: workspace)
        }
    }
}

extension Store {
    /// Sets those of some contacts aside of which, or of whose action, what is stored cannot be read.
    ///
    /// - Returns: What people are to be told; nil when there are none.
    func setUnreadableRowsAside(among contactIDs: [String]) async throws -> [Alert]? {
        let culprits = try await culprits(among: contactIDs) { [workspace] db, ids in
            _ = try db.lockActions(ofContacts: ids, in: workspace)
            _ = try db.lockContacts(ids, in: workspace)
            throw TrialOver()
        }
        guard !culprits.isEmpty else { return nil }
        let refused = RefusedContacts(culprits.map { ($0.item, $0.error) })
        return try await database.transaction { [workspace] db in
            try db.setAside(
                culprits.map(\.item), refused: refused,
                under: try db.activeRulesetHash(of: workspace) ?? "", in: workspace)
        }
    }
}

extension Transaction {
    /// Sets contacts aside that cannot be evaluated as they are stored.
    func setAside(
        _ ids: [String], refused: RefusedContacts, under rulesetHash: String,
        in workspace: WorkspaceName
    ) throws -> [Alert] {
        let retryAt = try now() + AsideContact.retryPause
        let contacts = try rows(
            """
            SELECT contact_id, raw_digest FROM usher.contact
            WHERE workspace = \(workspace) AND contact_id = ANY (\(ids)::text[])
            """
        ) { row in
            let id: String = try row.get("contact_id")
            let contact = UnreadableContact(
                contactID: id, rawDigest: try row.get("raw_digest"),
                reason: refused.reason(for: id) ?? "its evaluation fails")
            return AsideContact(contact: contact, retryAt: retryAt, rulesetHash: rulesetHash)
        }
        let known = try knownAsides(contacts.map(\.key), in: workspace)
        var changes = SnapshotChanges()
        for contact in contacts { try changes.setAside(contact, known: known) }
        return try write(changes, in: workspace)
    }
}
