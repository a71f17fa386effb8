package import Contacts
internal import Foundation
internal import Postgres
internal import Reconciler

/// A value that was sent and has left no trace so far; it may still land.
struct LateValue: Codable, Sendable, Equatable {
    var field: FieldPath
    var value: String
    var rules: [String]
    /// From then on it would be somebody else's.
    var until: Date

    /// How long a PATCH without a trace may still take effect; proxies give up long before.
    static let patience: Duration = .seconds(3600)
}

/// One row of the snapshot, locked.
struct SnapshotRow: Sendable {
    let contactID: String
    let ref: Int
    let contact: Contact
    let isDeleted: Bool
    /// The contact that it was merged into when it was deleted.
    let mergedInto: String?
    /// Whether it is set aside; what is known of it may be old then.
    let isAside: Bool
    let changedSeq: Int
    let touchedSeq: Int
    var grants: [String: GrantRecord]
    var late: [String: LateValue]
    let drifts: [String: [String: DriftRecord]]
    let decisionDigest: [UInt8]?
    let held: [HeldChange]
    let approved: [ApprovedChange]
    let declined: [DeclinedChange]
    /// Alerts that its last decision is a cause of.
    let alerts: Set<String>
    private let readAt: Date

    init(row: Row) throws {
        contactID = try row.get("contact_id")
        ref = try row.get("ref")
        contact = try Contact(row: row)
        isDeleted = try row.get("deleted_at", as: Date?.self) != nil
        mergedInto = try row.get("merged_into")
        isAside = try row.get("is_aside")
        changedSeq = try row.get("changed_seq")
        touchedSeq = try row.get("touched_seq")
        grants = try row.get("grants", as: JSON.self).decodeMap()
        readAt = try row.get("read_at")
        late = try row.get("late", as: JSON.self).decodeMap()
        late = late.filter { [readAt] in
            let until = $0.value.until
            return until > readAt && !until.isBeyond(LateValue.patience, at: readAt)
        }
        drifts = try row.get("drifts", as: JSON.self).decodeMap()
        decisionDigest = try row.get("decision_digest")
        held = try row.get("held", as: JSON?.self)?.decode() ?? []
        approved = try row.get("approved", as: JSON?.self)?.decode() ?? []
        declined = try row.get("declined", as: JSON?.self)?.decode() ?? []
        alerts = Set(try row.get("alerts", as: [String].self))
    }

    /// The contact as rules are evaluated on it.
    func subject(action: Action?, holds: [String: ContactHold]) -> Subject {
        Subject(
            contact, grants: grants, drifts: drifts, approved: approved, declined: declined,
            action: action, holds: holds)
    }
}

extension Contact {
    /// The contact in the columns `document` and `known_since`.
    init(row: Row) throws {
        self = try Contact(json: row.get("document", as: JSON.self).bytes)
        firstSeen = try row.get("known_since")
    }
}

extension Transaction {
    /// Locks contacts in the order of their ids.
    func lockContacts(_ ids: [String], in workspace: WorkspaceName) throws -> [ByteText:
        SnapshotRow]
    {
        guard !ids.isEmpty else { return [:] }
        let found = try rows(
            """
            SELECT contact_id, ref, document, known_since, deleted_at, merged_into, changed_seq,
                   touched_seq, grants, late, drifts, decision_digest, held, approved, declined,
                   alerts, clock_timestamp() AS read_at,
                   EXISTS (SELECT 1 FROM usher.unreadable u
                           WHERE u.workspace = \(workspace)
                             AND u.contact_id = contact.contact_id) AS is_aside
            FROM usher.contact
            WHERE workspace = \(workspace) AND contact_id = ANY (\(ids)::text[])
            ORDER BY contact_id
            FOR NO KEY UPDATE
            """, decode: SnapshotRow.init(row:))
        return Dictionary(uniqueKeysWithValues: found.map { (ByteText($0.contactID), $0) })
    }

    /// Locks contacts as `lockContacts` does, whatever is stored of them.
    ///
    /// - Returns: The last outcome of a PATCH for each.
    func lockTouched(_ ids: [String], in workspace: WorkspaceName) throws -> [ByteText: Int] {
        let found = try rows(
            """
            SELECT contact_id, touched_seq FROM usher.contact
            WHERE workspace = \(workspace) AND contact_id = ANY (\(ids)::text[])
            ORDER BY contact_id
            FOR NO KEY UPDATE
            """
        ) {
            (
                ByteText(try $0.get("contact_id", as: String.self)),
                try $0.get("touched_seq", as: Int.self)
            )
        }
        return Dictionary(uniqueKeysWithValues: found)
    }

    /// The contacts that had an outcome after `askedAt`, so that what was read of them is stale.
    ///
    /// Ignores numbers beyond the end of the log: Usher never writes them, and they would hide the contact
    /// from every sweep.
    ///
    /// - Parameter touches: By contact, its last outcome, read under the contact's lock.
    func stale(
        _ touches: [ByteText: Int], askedAt: Int, in workspace: WorkspaceName
    ) throws -> Set<ByteText> {
        let late = touches.filter { $0.value > askedAt }
        guard !late.isEmpty else { return [] }
        let end = try row("SELECT last_seq FROM usher.workspace WHERE workspace = \(workspace)") {
            try $0.get("last_seq", as: Int.self)
        }
        return Set(late.filter { $0.value <= end ?? 0 }.keys)
    }

    /// By contact, the actions whose request is under way or not settled: what is read of such a contact
    /// is stale, settled elsewhere or our own change. Asked after the contacts are locked, so that no claim comes between.
    func actionsInFlight(
        _ ids: [String], in workspace: WorkspaceName
    ) throws -> [ByteText: Action] {
        let found = try rows(
            """
            SELECT action_id, contact_id, state, ruleset_hash, desired, rules, reverts, sent, sent_before,
                   refused, one_by_one, next, priority, due_at, attempt, unsettled, fence, cause_seq,
                   failing, lands_until
            FROM usher.action
            WHERE workspace = \(workspace) AND contact_id = ANY (\(ids)::text[])
              AND sent IS NOT NULL
            """, decode: Action.init(row:))
        return Dictionary(uniqueKeysWithValues: found.map { (ByteText($0.contactID), $0) })
    }
}

extension SnapshotRow {
    /// This row, in which what an action sent may still appear.
    func awaiting(_ action: Action) -> SnapshotRow {
        var row = self
        for (field, value) in action.sent?.values ?? [:] {
            row.late[field.slot] = LateValue(
                field: field.path, value: value, rules: action.rules[field.slot] ?? [],
                until: readAt + LateValue.patience)
        }
        return row
    }
}

extension JSON {
    /// An object by key; most contacts have an empty one, which needs no decoder.
    func decodeMap<Value: Decodable>() throws -> [String: Value] {
        bytes == Self.emptyObject ? [:] : try decode()
    }

    private static let emptyObject = Array("{}".utf8)
}

/// Who brought an observation about.
enum ChangeSource: String, Sendable { case usher, other }

/// The changes to the snapshot that one transaction makes, with their events.
///
/// Filled first, under the contacts' locks; written last, when the places in the log are known.
struct SnapshotChanges {
    private struct Change {
        let document: ContactDocument
        let ref: Int?
        var grants: [String: GrantRecord]
        var late: [String: LateValue]
        /// Its event among `events`, where rules have to look at the change.
        let event: Int?
    }

    private var changes: [Change] = []
    private(set) var events: [NewEvent] = []
    /// Contacts with an outcome of our own PATCH: older reads are stale from here on.
    private var outdated: Set<ByteText> = []
    private var asides = AsideChanges()
    /// What people are to be told of contacts that were set aside here.
    private(set) var alerts: [Alert] = []

    init(_ place: AsidePlace = AsidePlace()) { asides.place = place }

    /// Says where the contacts that are set aside from now on stand.
    mutating func setAside(at place: AsidePlace) { asides.place = place }

    var isEmpty: Bool { changes.isEmpty && asides.isEmpty }
    var newContacts: Int { changes.count { $0.ref == nil } }

    /// Appends an event of the same transaction that is not a change seen from outside.
    mutating func note(_ event: NewEvent) { events.append(event) }

    /// Makes everything stale that was asked for before now about a contact that is changed here.
    mutating func outdate(_ contactID: String) { outdated.insert(contactID) }

    /// Sets a contact aside that cannot be read or stored.
    mutating func setAside(_ contact: AsideContact, known: KnownAsides) throws {
        guard
            let event = try asides.setAside(contact, known: known, event: events.count)
        else { return }
        events.append(event)
        alerts.append(.unreadable(contact.contact))
    }

    /// Ends the setting aside of a contact that was read or decided on.
    mutating func takeBack(_ contactID: String, reason: String) throws {
        asides.takeBack(contactID)
        events.append(try .readable(contactID, reason: reason))
    }

    /// Takes in what was read of a contact.
    ///
    /// - Parameter row: The contact as stored, nil where it is new.
    mutating func observe(_ document: ContactDocument, over row: SnapshotRow?) throws {
        guard let row else {
            // It may have been set aside until now; that it is there is on record from here on.
            asides.takeBack(document.contact.id)
            return try begin(.contactCreated, document, row: nil)
        }
        if row.isAside { try takeBack(row.contactID, reason: Self.isReadAgain) }
        guard !row.isDeleted else {
            return try begin(.contactRestored, document, row: row)
        }
        let difference = ContactDifference(from: row.contact, to: document.contact)
        guard !difference.isEmpty else {
            // Only the bytes differ: remember them and make no noise.
            return changes.append(
                Change(
                    document: document, ref: row.ref, grants: row.grants, late: row.late,
                    event: nil))
        }
        try update(document, difference: difference, row: row)
    }

    /// Takes in the answer that shows what our own PATCH did: `sent` is ours, all else is others'.
    mutating func land(
        _ document: ContactDocument, of action: Action, over row: SnapshotRow, at now: Date
    ) throws {
        if row.isAside { try takeBack(row.contactID, reason: Self.isReadAgain) }
        let sent = action.sent ?? ContactPatch()
        // A value that does not show is not ours: somebody may have written another one.
        let shown = sent.values.filter { document.contact.holds($0.value, in: $0.key.path) }
        let slots = Set(shown.keys.map(\.slot))
        // The outcome's own event tells what was set, and a role and its id are one; an account's
        // external ids, which came along, and what others did are changes that rules have not seen.
        let rest = ContactDifference(from: row.contact, to: document.contact).keeping {
            let isRole = $0 == FieldPath.portalRoleID.description
            return !slots.contains(isRole ? FieldPath.portalRole.description : $0)
        }
        let event = try note(rest, ofContact: row.contactID) {
            slots.contains(SettableField.slot(ofChanged: $0))
        }
        changes.append(
            Change(
                document: document, ref: row.ref,
                grants: grants(of: row, afterSending: sent, showing: shown, for: action, at: now),
                late: row.late.filter { !slots.contains($0.key) }, event: event))
        outdate(row.contactID)
    }

    /// The contact's grants after the answer to a PATCH.
    private func grants(
        of row: SnapshotRow, afterSending sent: ContactPatch,
        showing shown: [SettableField: String], for action: Action, at now: Date
    ) -> [String: GrantRecord] {
        var grants = row.grants
        for (field, value) in shown {
            let before = grants[field.slot]
            let recent = before?.ownChanges(at: now) ?? []
            // What was given back is nobody's any more.
            let rules = action.reverts.contains(field.slot) ? [] : action.rules[field.slot] ?? []
            var grant = GrantRecord(
                field: field.path, value: value, from: row.contact[field.path], rules: rules,
                times: recent + [now])
            if let before, before.isReasserted(by: field, value, rules) {
                // There was something else in between, and before Usher's own.
                grant.from = before.from
                grant.reasserted = before.reassertions(within: .seconds(86_400), at: now) + [now]
            }
            grants[field.slot] = grant
        }
        // A value that the answer does not show still counts as an own change.
        for (field, value) in sent.values where shown[field] == nil {
            var grant =
                grants[field.slot]
                ?? GrantRecord(
                    field: field.path, value: value, from: row.contact[field.path], rules: [],
                    times: [])
            grant.times = grant.ownChanges(at: now) + [now]
            grants[field.slot] = grant
        }
        return grants
    }

    private static let isReadAgain = "it can be read again"

    private mutating func begin(
        _ kind: EventKind, _ document: ContactDocument, row: SnapshotRow?
    ) throws {
        // The document as it came is the record: a first sweep writes one of these per contact.
        let body = Array(#"{"by":"other","after":"#.utf8) + document.json + [UInt8(ascii: "}")]
        changes.append(
            Change(
                document: document, ref: row?.ref, grants: [:], late: [:], event: events.count))
        events.append(
            NewEvent(kind: kind, contactID: document.contact.id, body: JSON(bytes: body)))
    }

    private mutating func update(
        _ document: ContactDocument, difference: ContactDifference, row: SnapshotRow
    ) throws {
        // A change to exactly what was sent without a trace is our own PATCH come late, never drift.
        var (grants, late) = (row.grants, row.late)
        let slots = Set(difference.changed.map(SettableField.slot(ofChanged:)))
        for slot in slots {
            guard let value = late[slot], document.contact.holds(value.value, in: value.field)
            else { continue }
            grants[slot] = GrantRecord(
                field: value.field, value: value.value, from: row.contact[value.field],
                rules: value.rules, times: grants[slot]?.times ?? [])
            late[slot] = nil
        }
        let ours = slots.filter { row.late[$0] != nil && late[$0] == nil }
        let event = try note(difference, ofContact: row.contactID) {
            ours.contains(SettableField.slot(ofChanged: $0))
        }
        changes.append(
            Change(document: document, ref: row.ref, grants: grants, late: late, event: event))
    }

    /// Appends what changed, our own part apart from what others did.
    ///
    /// - Returns: The last event, nil where nothing changed.
    private mutating func note(
        _ difference: ContactDifference, ofContact id: String, isOurs: (String) -> Bool
    ) throws -> Int? {
        for (part, source) in [
            (difference.keeping(isOurs), ChangeSource.usher),
            (difference.keeping { !isOurs($0) }, .other),
        ] where !part.isEmpty {
            events.append(
                NewEvent(
                    kind: .contactUpdated, contactID: id,
                    body: try JSON(encoding: ChangeBody(part, by: source))))
        }
        return difference.isEmpty ? nil : events.count - 1
    }

    /// The statements that write everything, for places taken with `takePlaces`.
    func statements(at places: LogPlaces, in workspace: WorkspaceName) throws -> [Statement] {
        var statements: [Statement] = []
        if !events.isEmpty { statements.append(events.insertion(at: places, in: workspace)) }
        let new = changes.filter { $0.ref == nil }
        if !new.isEmpty {
            statements.append(insertion(of: new, at: places, in: workspace))
        }
        let known = changes.filter { $0.ref != nil }
        if !known.isEmpty {
            statements.append(try update(of: known, at: places, in: workspace))
        }
        return try statements + asides.statements(at: places, in: workspace)
    }

    private func insertion(
        of new: [Change], at places: LogPlaces, in workspace: WorkspaceName
    ) -> Statement {
        """
        INSERT INTO usher.contact
            (workspace, contact_id, ref, raw_digest, document, email, first_seen_at, known_since,
             changed_seq)
        SELECT \(workspace), n.contact_id, \(places.lastRef) + n.place, n.raw_digest,
               n.document, n.email, \(places.recordedAt), w.known_since, n.changed_seq
        FROM (SELECT CASE WHEN first_swept_at IS NOT NULL THEN \(places.recordedAt) END AS known_since
              FROM usher.workspace WHERE workspace = \(workspace)) AS w, unnest(
            \(new.map(\.document.contact.id))::text[], \(new.map(\.document.rawDigest))::bytea[],
            \(new.map { JSON(bytes: $0.document.json) })::jsonb[],
            \(new.map(\.document.contact.searchableEmail))::text[],
            \(new.map { places.first + ($0.event ?? 0) })::bigint[])
            WITH ORDINALITY
            AS n (contact_id, raw_digest, document, email, changed_seq, place)
        """
    }

    private func update(
        of known: [Change], at places: LogPlaces, in workspace: WorkspaceName
    ) throws -> Statement {
        """
        UPDATE usher.contact AS c
        SET raw_digest = n.raw_digest, document = n.document, email = n.email,
            changed_seq = coalesce(n.changed_seq, c.changed_seq),
            touched_seq = CASE WHEN n.is_outcome THEN \(places.first + events.count - 1)
                          ELSE c.touched_seq END,
            deleted_at = NULL, merged_into = NULL, grants = n.grants, late = n.late
        FROM unnest(
            \(known.map(\.document.contact.id))::text[], \(known.map(\.document.rawDigest))::bytea[],
            \(known.map { JSON(bytes: $0.document.json) })::jsonb[],
            \(known.map(\.document.contact.searchableEmail))::text[],
            \(known.map { $0.event.map { places.first + $0 } })::bigint[],
            \(known.map { outdated.contains($0.document.contact.id) })::boolean[],
            \(try known.map { try JSON(encoding: $0.grants) })::jsonb[],
            \(try known.map { try JSON(encoding: $0.late) })::jsonb[])
            AS n (contact_id, raw_digest, document, email, changed_seq, is_outcome, grants, late)
        WHERE c.workspace = \(workspace) AND c.contact_id = n.contact_id
        """
    }
}

/// The body of `contact.updated`.
struct ChangeBody: Encodable {
    let by: String
    let changed: [String]
    let before: [String: FieldValue]
    let after: [String: FieldValue]

    init(_ difference: ContactDifference, by source: ChangeSource) {
        by = source.rawValue
        changed = difference.changed
        before = difference.before
        after = difference.after
    }
}

extension Contact {
    /// What people look a contact up by.
    ///
    /// Nothing where it is longer than any address: an index holds no texts of any length.
    var searchableEmail: String? {
        emailAddress.address
            ?? email.flatMap { $0.utf8.count <= EmailAddress.maxLength ? $0 : nil }
    }
}

extension Store {
    /// Takes in contacts that were read singly.
    ///
    /// - Parameters:
    ///   - askedAt: `lastSeq()` from before they were asked for.
    /// - Returns: The ids whose observation was stale and is to be read again.
    package func observe(
        _ documents: [ContactDocument], askedAt: Int
    ) async throws -> [String] {
        try await database.transaction { [workspace] db in
            try db.record(documents, askedAt: askedAt, in: workspace)
        }
    }
}

extension Transaction {
    /// Takes in contacts and writes what they changed.
    func record(
        _ documents: [ContactDocument], askedAt: Int, in workspace: WorkspaceName
    ) throws -> [String] {
        var changes = SnapshotChanges()
        let stale = try observe(documents, askedAt: askedAt, into: &changes, in: workspace)
        _ = try write(changes, in: workspace)
        return stale
    }

    /// Writes what was taken in, as the transaction's last statements.
    ///
    /// - Returns: What people are to be told.
    func write(_ changes: SnapshotChanges, in workspace: WorkspaceName) throws -> [Alert] {
        guard !changes.isEmpty else { return [] }
        let places = try takePlaces(changes.events.count, refs: changes.newContacts, in: workspace)
        _ = try pipeline(changes.statements(at: places, in: workspace))
        return try raise(changes.alerts, in: workspace)
    }

    /// Locks the contacts and takes in what is not stale; the caller writes `changes`.
    ///
    /// - Parameter unreadable: Contacts that were seen and are set aside.
    func observe(
        _ documents: [ContactDocument], unreadable: [AsideContact] = [], askedAt: Int,
        into changes: inout SnapshotChanges, in workspace: WorkspaceName
    ) throws -> [String] {
        let ids = documents.map(\.contact.id) + unreadable.compactMap(\.contact.contactID)
        // What is stored of a contact that is set aside need not be readable either.
        let touched = unreadable.isEmpty ? [:] : try lockTouched(ids, in: workspace)
        let rows = try lockContacts(documents.map(\.contact.id), in: workspace)
        let inFlight =
            rows.isEmpty && touched.isEmpty ? [:] : try actionsInFlight(ids, in: workspace)
        let known = try knownAsides(unreadable.map(\.key), in: workspace)
        var stale: [String] = []
        let late = try self.stale(
            touched.merging(rows.mapValues(\.touchedSeq)) { $1 }, askedAt: askedAt, in: workspace)
        func isStale(_ id: String) -> Bool {
            late.contains(ByteText(id)) || inFlight[id]?.state == .sending
        }
        for document in documents {
            let id = document.contact.id
            guard !isStale(id) else {
                stale.append(id)
                continue
            }
            // Whoever settles an unknown outcome reads the contact, and takes all of it in.
            if inFlight[id]?.state == .unknown { continue }
            // What could not be settled may have been applied: then the change is our own.
            let row = rows[id]
            try changes.observe(document, over: inFlight[id].flatMap { row?.awaiting($0) } ?? row)
        }
        for contact in unreadable {
            if let id = contact.contact.contactID, isStale(id) {
                stale.append(id)
            } else {
                try changes.setAside(contact, known: known)
            }
        }
        return stale
    }
}
