internal import CSimdjson
package import Contacts
internal import Foundation

/// One page of contacts, kept as the bytes that came; a contact is decoded only when asked for.
package struct ContactPage: Sendable {
    private let answer: DividedResponse

    /// Whether there was a list of contacts, be it an empty one. A page without is no evidence.
    package var hasData: Bool { answer.envelope.dataKind == SCAN_LIST }
    /// Whether the answer said how to go on.
    package var hasPagination: Bool { answer.envelope.paginationKind == SCAN_OBJECT }
    package var hasNextPage: Bool { answer.envelope.hasNextPage }
    /// For the next page; nil when the API gave none or an empty one.
    package var cursor: String? { answer.envelope.cursor }

    /// Bytes of a cursor. It travels in a URL, which servers bound to 8 KiB.
    static let maxCursorLength = 4096

    init(_ body: ResponseBody) throws(Unusable) {
        answer = try DividedResponse(body)
        // An object that cannot be read leaves no trace in what is around it.
        guard answer.envelope.dataKind != SCAN_OBJECT, hasData || answer.unreadable.isEmpty else {
            throw Unusable("one contact instead of a page")
        }
        guard (cursor ?? "").utf8.count <= Self.maxCursorLength else {
            throw Unusable("a cursor that is too long")
        }
    }

    /// Contacts whose bytes are JSON with a usable id.
    package var count: Int { answer.contacts.count }

    /// The other contacts on the page, which are there and cannot be read.
    package var unreadable: [UnreadableContact] { answer.unreadable }

    /// As `ContactID.isUsable` wants it.
    package func id(at index: Int) -> String { answer.contacts[index].id }

    /// SHA-256 of the object's bytes as they came.
    package func rawDigest(at index: Int) -> [UInt8] {
        ContactDocument.rawDigest(answer.json(of: answer.contacts[index]))
    }

    package func document(at index: Int) throws(UnreadableContact) -> ContactDocument {
        let contact = answer.contacts[index]
        return try answer.document(of: contact, place: contact.place)
    }

    /// The request id in the body.
    var requestID: String? { answer.envelope.requestID }
}

extension DividedResponse {
    fileprivate func document(
        of contact: FoundContact, place: Int?
    ) throws(UnreadableContact) -> ContactDocument {
        let bytes = json(of: contact)
        do throws(ContactProblem) { return try ContactDocument(Array(bytes)) } catch {
            throw UnreadableContact(
                contactID: contact.id, rawDigest: ContactDocument.rawDigest(bytes),
                reason: error.description, place: place)
        }
    }

    /// The contact of an answer that holds one, which must be the one asked for.
    func contact(id: String?) throws(Unusable) -> ContactDocument {
        let isPage = envelope.dataKind == SCAN_LIST
        guard !isPage, let foundID = contacts.first?.id ?? unreadable.first?.contactID else {
            throw Unusable(
                isPage || unreadable.isEmpty
                    ? "no contact in the answer" : "a contact without a usable id")
        }
        guard id.map(foundID.hasSameBytes) ?? true else {
            throw Unusable("another contact than the one asked for", otherContact: foundID)
        }
        do throws(UnreadableContact) {
            if let contact = unreadable.first {
                throw UnreadableContact(
                    contactID: foundID, rawDigest: contact.rawDigest, reason: contact.reason)
            }
            return try document(of: contacts[0], place: nil)
        } catch { throw Unusable(error) }
    }
}
