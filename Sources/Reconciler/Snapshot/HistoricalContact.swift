package import Contacts

/// A contact as it was, put together from the log.
package struct HistoricalContact: Sendable {
    package var contact: Contact
    package let isDeleted: Bool
    /// The last event that changed it.
    package let changedSeq: Int

    package init(contact: Contact, isDeleted: Bool, changedSeq: Int) {
        self.contact = contact
        self.isDeleted = isDeleted
        self.changedSeq = changedSeq
    }

    /// Changes of one contact since its creation or restoration that are read; a contact has tens.
    package static let maxChanges = 100_000

    /// - Parameter changes: Oldest first; the first one holds the whole contact.
    /// - Returns: nil where they do not begin with the whole contact, or are too many.
    package init?(id: String, changes: [LoggedChange]) throws {
        guard let first = changes.first, let document = first.after,
            changes.count <= Self.maxChanges
        else { return nil }
        var fields = try Contact(json: document).fields
        for change in changes.dropFirst() where change.kind != .contactDeleted {
            try change.apply(to: &fields)
        }
        contact = Contact(id: id, fields: fields)
        isDeleted = changes.last?.kind == .contactDeleted
        changedSeq = changes.last?.seq ?? first.seq
    }

    /// The contact as a decision took it to be: a request under way was taken for done.
    package func contact(on sent: ContactPatch?) -> Contact {
        sent.map(contact.applying) ?? contact
    }
}

/// An event that says what a contact holds from then on.
package struct LoggedChange: Sendable {
    package static let kinds: [EventKind] = [
        .contactCreated, .contactRestored, .contactUpdated, .contactDeleted, .patchApplied,
        .patchConfirmed, .patchNotTaken,
    ]

    let seq: Int
    let kind: EventKind
    /// The JSON of the members `after`, `changed` and `brought`.
    let after: [UInt8]?
    let changed: [UInt8]?
    let brought: [UInt8]?

    package init(seq: Int, kind: EventKind, after: [UInt8]?, changed: [UInt8]?, brought: [UInt8]?) {
        self.seq = seq
        self.kind = kind
        self.after = after
        self.changed = changed
        self.brought = brought
    }

    fileprivate func apply(to fields: inout [String: FieldValue]) throws {
        let values: [String: FieldValue] = try after.map { try JSONCoding.decode($0) } ?? [:]
        for name in try changed.map({ try JSONCoding.decode($0, as: [String].self) }) ?? [] {
            // A field that Usher unset, it set to the empty text.
            fields[name] = values[name] == .text("") ? nil : values[name]
        }
        let others: [String: FieldValue?] = try brought.map { try JSONCoding.decode($0) } ?? [:]
        for (name, value) in others { fields[name] = value }
    }
}
