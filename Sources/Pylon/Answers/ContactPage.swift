internal import CSimdjson
package import Contacts
internal import Foundation

/// One page of contacts, kept as the bytes that came; a contact is decoded only when asked for.
package struct ContactPage: Sendable {
    private let scan: AnswerScan

    /// Whether there was a list of contacts, be it an empty one. A page without is no evidence.
    package var hasData: Bool { scan.dataKind == SCAN_LIST }
    /// Whether the answer said how to go on.
    package var hasPagination: Bool { scan.paginationKind == SCAN_OBJECT }
    package var hasNextPage: Bool { scan.hasNextPage }
    /// For the next page; nil when the API gave none or an empty one.
    package var cursor: String? { scan.cursor }

    /// Bytes of a cursor. Source: ours; it travels in a URL, which servers bound to 8 KiB.
    static let maxCursorLength = 4096

    init(_ body: AnswerBody) throws(Unusable) {
        scan = try AnswerScan(body)
        guard scan.dataKind != SCAN_OBJECT else { throw Unusable("one contact instead of a page") }
        guard (scan.cursor ?? "").utf8.count <= Self.maxCursorLength else {
            throw Unusable("a cursor that is too long")
        }
    }

    package var count: Int { scan.contacts.count }

    /// Never empty, without control characters, at most 256 bytes.
    package func id(at index: Int) -> String { scan.text(scan.contacts[index].id) }

    /// SHA-256 of the object's bytes as they came.
    package func rawDigest(at index: Int) -> [UInt8] {
        ContactDocument.rawDigest(scan.json(at: index))
    }

    package func document(at index: Int) throws(UnreadableContact) -> ContactDocument {
        do { return try ContactDocument(Array(scan.json(at: index))) } catch {
            throw UnreadableContact(contactID: id(at: index))
        }
    }

    /// The request id in the body.
    var requestID: String? { scan.requestID }
}

/// A contact with a field of another type than the reference says: no evidence of anything.
package struct UnreadableContact: Error, CustomStringConvertible {
    package let contactID: String

    package var description: String {
        "contact \(contactID) is not as the API's reference describes contacts"
    }
}

extension ContactDocument {
    /// The contact of an answer that holds one, which must be the one asked for.
    init(_ scan: AnswerScan, id: String?) throws(Unusable) {
        guard scan.dataKind == SCAN_OBJECT else { throw Unusable("no contact in the answer") }
        do { try self.init(Array(scan.json(at: 0))) } catch {
            throw Unusable("a contact with a field of another type than the reference says")
        }
        guard id.map({ contact.id.utf8.elementsEqual($0.utf8) }) ?? true else {
            throw Unusable(
                "another contact than the one asked for", otherContact: contact.id)
        }
    }
}
