package import Contacts
package import Foundation
internal import Rules

/// The page and place at which a contact was read that is set aside.
package struct AsidePlace: Codable, Sendable {
    package var sweepID: Int?
    package var page: Int?
    package var place: Int?

    package init(sweepID: Int? = nil, page: Int? = nil) {
        self.sweepID = sweepID
        self.page = page
    }

    enum CodingKeys: String, CodingKey {
        case sweepID = "sweep_id"
        case page, place
    }
}

/// A contact to set aside, and when it is tried again though it is the same.
package struct AsideContact: Sendable {
    package let contact: UnreadableContact
    /// nil is with every sweep: only reading it failed.
    package let retryAt: Date?
    /// The ruleset under which its evaluation failed.
    package let rulesetHash: String?

    package init(_ contact: UnreadableContact, retryAt: Date? = nil, rulesetHash: String? = nil) {
        self.contact = contact
        self.retryAt = retryAt
        self.rulesetHash = rulesetHash
    }

    /// Between tries of what the database refused: a newer Usher or a larger database may take it.
    package static let retryPause: Duration = .seconds(3600)

    package var key: AsideKey {
        AsideKey(contactID: ByteText(contact.contactID ?? ""), rawDigest: contact.rawDigest)
    }
}

/// The id and the bytes by which a contact that is set aside is known.
package struct AsideKey: Hashable, Sendable {
    package let contactID: ByteText
    package let rawDigest: [UInt8]

    package init(contactID: ByteText, rawDigest: [UInt8]) {
        self.contactID = contactID
        self.rawDigest = rawDigest
    }
}

/// The contacts already set aside, among some.
package struct KnownAsides: Sendable {
    package struct Record: Sendable {
        let reason: String
        let since: Date
        let retryAt: Date?
        let rulesetHash: String?

        package init(reason: String, since: Date, retryAt: Date?, rulesetHash: String?) {
            self.reason = reason
            self.since = since
            self.retryAt = retryAt
            self.rulesetHash = rulesetHash
        }
    }

    private let records: [AsideKey: Record]
    private let since: [ByteText: Date]

    package init(_ found: [(key: AsideKey, record: Record)] = []) {
        records = Dictionary(found.map { ($0.key, $0.record) }) { first, _ in first }
        since = Dictionary(
            found.map { ($0.key.contactID, $0.record.since) }, uniquingKeysWith: min)
    }

    func includes(_ key: AsideKey) -> Bool { records[key] != nil }

    /// Since when a contact is set aside, with whatever bytes.
    func since(of key: AsideKey) -> Date? {
        key.contactID.text.isEmpty ? records[key]?.since : since[key.contactID]
    }

    /// Why a contact that the database refused is not yet tried again.
    func refusal(of key: AsideKey, at now: Date) -> (reason: String, retryAt: Date)? {
        guard let record = records[key], record.rulesetHash == nil,
            let retryAt = record.retryAt, retryAt > now
        else { return nil }
        return (record.reason, retryAt)
    }
}

/// Contacts that the database refuses, each with the reason.
package struct RefusedContacts: Sendable {
    private let reasons: [ByteText: String]

    package init(_ reasons: [ByteText: String] = [:]) { self.reasons = reasons }

    package var isEmpty: Bool { reasons.isEmpty }

    package func reason(for contactID: String) -> String? { reasons[contactID] }
}

/// The contacts that one transaction sets aside or takes back, gathered before anything is written.
package struct AsideChanges: Sendable {
    package struct AsideRow: Sendable {
        package let contact: AsideContact
        package let place: AsidePlace
        /// Its event among those of the transaction; nil where its bytes are known.
        package let event: Int?
        package let since: Date?
    }

    private var aside: [AsideKey: AsideRow] = [:]
    /// Contacts that are set aside no longer.
    package private(set) var readable: [String] = []
    package var place = AsidePlace()

    package init() {}

    package var rows: [AsideRow] { Array(aside.values) }
    package var isEmpty: Bool { aside.isEmpty && readable.isEmpty }

    /// - Returns: The event, where its bytes are news.
    mutating func setAside(
        _ contact: AsideContact, known: KnownAsides, event: Int
    ) throws -> NewEvent? {
        let key = contact.key
        guard aside[key] == nil else { return nil }
        let isKnown = known.includes(key)
        var place = place
        place.place = contact.contact.place
        aside[key] = AsideRow(
            contact: contact, place: place, event: isKnown ? nil : event,
            since: known.since(of: key))
        guard !isKnown else { return nil }
        return try NewEvent(
            .contactUnreadable, contactID: contact.contact.contactID,
            UnreadableBody(
                reason: contact.contact.reason, digest: contact.contact.rawDigest.hexadecimal,
                place: place))
    }

    /// Ends the setting aside of a contact that was read or decided on.
    mutating func takeBack(_ contactID: String) { readable.append(contactID) }
}

/// The body of `contact.unreadable`.
struct UnreadableBody: EventContent, Encodable {
    let reason: String
    let digest: String
    let place: AsidePlace
}

/// The body of `contact.readable`.
struct ReadableBody: EventContent, Encodable {
    let reason: String
}

extension NewEvent {
    /// A contact is set aside no longer.
    package static func readable(_ contactID: String?, reason: String) throws -> NewEvent {
        try NewEvent(.contactReadable, contactID: contactID, ReadableBody(reason: reason))
    }
}
