package import Contacts
internal import Foundation
package import Rules

/// The changes to the snapshot that one transaction makes, with their events.
///
/// Filled first, under the contacts' locks; written last, when the numbers in the log are known.
package struct SnapshotChanges: Sendable {
    package struct ContactRow: Sendable {
        package let document: ContactDocument
        /// nil where the contact is new.
        package let ref: Int?
        package let grants: [String: Grant]
        package let late: [String: LateValue]
        /// Its event among `events`, where rules have to look at the change.
        package let event: Int?
    }

    package private(set) var rows: [ContactRow] = []
    package private(set) var events: [NewEvent] = []
    /// Contacts with an outcome of our own PATCH: older reads are stale from here on.
    private var invalidated: Set<ByteText> = []
    package private(set) var asides = AsideChanges()
    /// What people are to be told of contacts that were set aside here.
    package private(set) var alerts: [Alert] = []

    package init() {}

    /// Says where the contacts that are set aside from now on stand.
    package mutating func setAside(at place: AsidePlace) { asides.place = place }

    package var isEmpty: Bool { rows.isEmpty && asides.isEmpty }
    package var newContacts: Int { rows.count { $0.ref == nil } }

    /// The numbers of the new contacts; nil range is none.
    package func newRefs(in range: SequenceRange?) -> [Int] {
        guard let range else { return [] }
        return (0..<newContacts).map { range.lastRef + 1 + $0 }
    }

    /// Appends an event of the same transaction that is not a change seen from outside.
    mutating func append(_ event: NewEvent) { events.append(event) }

    /// Makes everything stale that was asked for before now about a contact that is changed here.
    mutating func invalidateReads(of contactID: String) { invalidated.insert(contactID) }

    /// Whether older reads of a contact are stale from here on.
    package func invalidatesReads(of contactID: String) -> Bool { invalidated.contains(contactID) }

    /// Sets a contact aside that cannot be read or stored.
    package mutating func setAside(_ contact: AsideContact, known: KnownAsides) throws {
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

    /// Records a contact as it was read.
    ///
    /// - Parameter known: The contact as stored; nil where it is new.
    mutating func observe(_ document: ContactDocument, over known: KnownContact?) throws {
        guard let known else {
            // It may have been set aside until now; its creation says that it can be read.
            asides.takeBack(document.contact.id)
            return try begin(.contactCreated, document, ref: nil)
        }
        try endAside(of: known)
        guard !known.isDeleted else {
            return try begin(.contactRestored, document, ref: known.ref)
        }
        // A change to exactly what was sent without a trace is our own late PATCH, never drift.
        let difference = ContactDifference(from: known.contact, to: document.contact)
        let slots = Set(difference.changed.map(SettableField.slot(ofChanged:)))
        let landed = known.late.filter { slot, value in
            slots.contains(slot) && document.contact.holds(value.value, in: value.field)
        }
        let event = try append(difference, ofContact: known.contactID) {
            landed[SettableField.slot(ofChanged: $0)] != nil
        }
        rows.append(
            ContactRow(
                document: document, ref: known.ref,
                grants: known.record.grants.merging(landed.map(known.grant)) { $1 },
                late: known.late.filter { landed[$0.key] == nil }, event: event))
    }

    /// Records the answer that shows the result of our own PATCH: the values sent are ours, every
    /// other difference is another party's.
    mutating func applyOwnWrite(
        _ document: ContactDocument, of action: Action, over known: KnownContact, at now: Date
    ) throws {
        try endAside(of: known)
        // A value that does not show is not ours: another party may have written another one.
        let shown = (action.sent ?? ContactPatch()).values
            .filter { document.contact.holds($0.value, in: $0.key) }
        let slots = Set(shown.keys.map(\.slot))
        // The outcome's own event says what was set, and a role and its id are one; an account's
        // external ids, which came along, and others' changes are news to the rules.
        let rest = ContactDifference(from: known.contact, to: document.contact).keeping {
            let isRole = $0 == FieldPath.portalRoleID.description
            return !slots.contains(isRole ? FieldPath.portalRole.description : $0)
        }
        let event = try append(rest, ofContact: known.contactID) {
            slots.contains(SettableField.slot(ofChanged: $0))
        }
        rows.append(
            ContactRow(
                document: document, ref: known.ref,
                grants: known.grants(afterSending: action, showing: shown, at: now),
                late: known.late.filter { !slots.contains($0.key) }, event: event))
        invalidateReads(of: known.contactID)
    }

    private mutating func endAside(of known: KnownContact) throws {
        guard known.isAside else { return }
        try takeBack(known.contactID, reason: "it can be read again")
    }

    private mutating func begin(_ kind: EventKind, _ document: ContactDocument, ref: Int?) throws {
        rows.append(
            ContactRow(document: document, ref: ref, grants: [:], late: [:], event: events.count))
        events.append(
            NewEvent(
                kind, contactID: document.contact.id, body: CreationBody.encoded(document)))
    }

    /// Appends what changed, our own part apart from what others did.
    ///
    /// - Returns: The last event; nil where nothing changed: only the bytes differ then.
    private mutating func append(
        _ difference: ContactDifference, ofContact id: String, isOurs: (String) -> Bool
    ) throws -> Int? {
        for (part, source) in [
            (difference.keeping(isOurs), ChangeSource.usher),
            (difference.keeping { !isOurs($0) }, .other),
        ] where !part.isEmpty {
            events.append(
                try NewEvent(.contactUpdated, contactID: id, ChangeBody(part, by: source)))
        }
        return difference.isEmpty ? nil : events.count - 1
    }
}

extension KnownContact {
    /// The grant of a value that landed late, by slot.
    fileprivate func grant(_ slot: String, of value: LateValue) -> (String, Grant) {
        let grant = Grant(
            field: value.field, value: value.value, from: contact[value.field.path],
            rules: value.rules, times: record.grants[slot]?.times)
        return (slot, grant)
    }

    /// The contact's grants after the answer to a PATCH.
    fileprivate func grants(
        afterSending action: Action, showing shown: [SettableField: String], at now: Date
    ) -> [String: Grant] {
        var grants = record.grants
        for (field, value) in action.sent?.values ?? [:] {
            let (slot, before) = (field.slot, record.grants[field.slot])
            let times = (before?.ownChanges(at: now) ?? []) + [now]
            guard shown[field] != nil else {
                // A value that the answer does not show still counts as an own change.
                grants[slot] =
                    before
                    ?? Grant(field: field, value: value, from: contact[field.path], rules: [])
                grants[slot]?.times = times
                continue
            }
            // A reverted value belongs to no rule.
            let rules = action.reverts.contains(slot) ? [] : action.rules[slot] ?? []
            var grant = Grant(
                field: field, value: value, from: contact[field.path], rules: rules,
                times: times)
            if let before, before.isReasserted(by: field, value, rules) {
                // There was another value in between, and an earlier one before Usher's own.
                grant.from = before.from
                grant.reasserted = before.reassertions(within: .seconds(86_400), at: now) + [now]
            }
            grants[slot] = grant
        }
        return grants
    }
}

/// Who brought an observation about.
package enum ChangeSource: String, Sendable { case usher, other }

/// The body of `contact.created` and `contact.restored`.
struct CreationBody: EventContent {
    let by: String
    let after: RecordedContact

    /// A contact as it came.
    struct RecordedContact: Decodable {
        let id: String
    }

    /// The document as it came is the record: a first sweep writes one of these per contact.
    static func encoded(_ document: ContactDocument) -> EventBody {
        let by = ChangeSource.other.rawValue
        return EventBody(
            bytes: Array(#"{"by":"\#(by)","after":"#.utf8) + document.json + [UInt8(ascii: "}")])
    }
}

/// The body of `contact.updated`.
struct ChangeBody: EventContent, Encodable {
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
