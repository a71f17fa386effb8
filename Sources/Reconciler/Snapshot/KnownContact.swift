package import Contacts
package import Foundation

/// A value that was sent and has left no trace so far; it may still land.
package struct LateValue: Codable, Sendable, Equatable {
    package var field: SettableField
    package var value: String
    package var rules: [String]
    /// From then on it would be another party's.
    package var until: Date

    /// How long a PATCH without a trace may still land: proxies time out long before.
    static let timeToLive: Duration = .seconds(3600)
}

/// A contact as it is stored.
package struct KnownContact: Sendable {
    package let contactID: String
    /// The number of the contact in the workspace.
    package let ref: Int
    package let contact: Contact
    package let isDeleted: Bool
    /// The contact that it was merged into when it was deleted.
    package let mergedInto: String?
    /// Whether it is set aside; what is known of it may be old then.
    package let isAside: Bool
    /// The last event that changed it.
    package let changedSeq: Int
    /// The last outcome of a PATCH: older reads are stale.
    package let touchedSeq: Int
    package let record: ContactRecord
    package private(set) var late: [String: LateValue]
    package let decisionDigest: [UInt8]?
    /// Alerts that its last decision is a cause of.
    package let alerts: Set<String>
    private let readAt: Date

    package init(
        contactID: String, ref: Int, contact: Contact, isDeleted: Bool, mergedInto: String?,
        isAside: Bool, changedSeq: Int, touchedSeq: Int, record: ContactRecord,
        late: [String: LateValue], decisionDigest: [UInt8]?, alerts: Set<String>, readAt: Date
    ) {
        self.contactID = contactID
        self.ref = ref
        self.contact = contact
        self.isDeleted = isDeleted
        self.mergedInto = mergedInto
        self.isAside = isAside
        self.changedSeq = changedSeq
        self.touchedSeq = touchedSeq
        self.record = record
        self.late = late.filter {
            let until = $0.value.until
            return until > readAt && !until.isBeyond(LateValue.timeToLive, at: readAt)
        }
        self.decisionDigest = decisionDigest
        self.alerts = alerts
        self.readAt = readAt
    }

    /// The contact as rules are evaluated on it.
    package func subject(action: Action?, holds: [String: ContactHold]) -> Subject {
        Subject(
            contact, grants: record.grants, drifts: record.drifts, approved: record.approved,
            declined: record.declined, action: action, holds: holds)
    }

    /// This contact, on which the values that an action sent may still appear.
    package func awaiting(_ action: Action) -> KnownContact {
        var known = self
        for (field, value) in action.sent?.values ?? [:] {
            known.late[field.slot] = LateValue(
                field: field, value: value, rules: action.rules[field.slot] ?? [],
                until: readAt + LateValue.timeToLive)
        }
        return known
    }
}

extension KnownContact {
    /// The event and the row of its deletion.
    package func deletion(_ absence: Absence) -> Deletion {
        Deletion(contactID: contactID, before: contact.fields, absence: absence)
    }
}

extension Contact {
    /// The address that people look a contact up by.
    ///
    /// nil where it is longer than any address: an index holds no texts of any length.
    package var searchableEmail: String? {
        emailAddress.address
            ?? email.flatMap { $0.utf8.count <= EmailAddress.maxLength ? $0 : nil }
    }

    /// The values that the fields of a patch hold now, by name.
    package func values(of patch: ContactPatch) -> [String: FieldValue] {
        var values: [String: FieldValue] = [:]
        for field in patch.fields { values[field.description] = self[field.path] }
        return values
    }
}
