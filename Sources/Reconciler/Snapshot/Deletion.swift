package import Contacts

/// A proven deletion of a contact.
package struct Deletion: Sendable {
    package let contactID: String
    let before: [String: FieldValue]
    package let absence: Absence

    /// - Parameter causeSeq: The event of the release that covers it, if one does.
    package func event(causeSeq: Int? = nil) throws -> NewEvent {
        try NewEvent(
            .contactDeleted, contactID: contactID, causeSeq: causeSeq,
            DeletionBody(
                by: ChangeSource.other.rawValue, before: before, requestID: absence.requestID,
                mergedInto: absence.mergedInto))
    }
}

/// The body of `contact.deleted`.
struct DeletionBody: EventContent, Encodable {
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

/// Contacts of which answers prove that they are gone.
package enum ProvenAbsences {
    /// The deletions that follow from proofs of absence, in the order of the ids.
    ///
    /// - Parameters:
    ///   - stale: Contacts whose proof was asked for before their last outcome.
    ///   - inFlight: By contact, the action that may still change it.
    package static func deletions(
        of absent: [ByteText: Absence], known: [KnownContact], stale: Set<ByteText>,
        inFlight: [ByteText: Action]
    ) -> [Deletion] {
        known.filter {
            let id = ByteText($0.contactID)
            return !$0.isDeleted && !stale.contains(id)
                && (inFlight[id]?.state ?? .blocked) == .blocked
        }
        .sorted { ByteText($0.contactID) < ByteText($1.contactID) }
        .compactMap { contact in absent[contact.contactID].map(contact.deletion) }
    }
}
