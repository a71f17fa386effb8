package import Contacts
package import Foundation

/// A page of contacts: ids, digests, and the means to decode one.
package protocol SweptPage: Sendable {
    /// Contacts of which at least the id can be read.
    var count: Int { get }
    func id(at index: Int) -> String
    /// SHA-256 of the contact's bytes as they came.
    func rawDigest(at index: Int) -> [UInt8]
    func document(at index: Int) throws(UnreadableContact) -> ContactDocument
    /// The others on the page, which are there and cannot be read.
    var unreadable: [UnreadableContact] { get }
}

extension SweptPage {
    package var ids: [String] { (0..<count).map(id(at:)) }

    package func key(at index: Int) -> AsideKey {
        AsideKey(contactID: ByteText(id(at: index)), rawDigest: rawDigest(at: index))
    }

    /// The places of these contacts on the page; of one that is there twice, the first.
    package func firstPlaces(of ids: Set<ByteText>) -> [ByteText: Int] {
        var places: [ByteText: Int] = [:]
        for place in 0..<count {
            let id = ByteText(id(at: place))
            if ids.contains(id) && places[id] == nil { places[id] = place }
        }
        return places
    }
}

/// The contacts of a page that had to be decoded: the readable ones, and those set aside.
package struct DecodedContacts: Sendable {
    package private(set) var documents: [ContactDocument] = []
    package private(set) var unreadable: [AsideContact] = []

    /// Decodes the contacts at these indexes; of one that is twice on a page, the first.
    ///
    /// What the database refused a short while ago is not tried again.
    ///
    /// - Parameter refused: Contacts that the database refuses now.
    package init(
        _ page: some SweptPage, at indexes: [Int], known: KnownAsides, refused: RefusedContacts,
        at now: Date
    ) {
        unreadable = page.unreadable.map { AsideContact($0) }
        var seen = Set(texts: page.unreadable.compactMap(\.contactID))
        for index in indexes {
            let key = page.key(at: index)
            guard seen.insert(key.contactID).inserted else { continue }
            if let reason = refused.reason(for: key.contactID.text) {
                setAside(key, reason, until: now + AsideContact.retryPause)
            } else if let refusal = known.refusal(of: key, at: now) {
                setAside(key, refusal.reason, until: refusal.retryAt)
            } else {
                do throws(UnreadableContact) {
                    documents.append(try page.document(at: index))
                } catch { unreadable.append(AsideContact(error)) }
            }
        }
    }

    private mutating func setAside(_ key: AsideKey, _ reason: String, until retryAt: Date) {
        let contact = UnreadableContact(
            contactID: key.contactID.text, rawDigest: key.rawDigest, reason: reason)
        unreadable.append(AsideContact(contact, retryAt: retryAt))
    }

    /// The ids of all of them that have one.
    package var ids: [String] {
        documents.map(\.contact.id) + unreadable.compactMap(\.contact.contactID)
    }
}
