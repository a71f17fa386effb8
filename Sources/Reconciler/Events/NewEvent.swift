internal import Contacts
package import Foundation

/// An event that has no number in the log yet.
package struct NewEvent: Sendable {
    package let kind: EventKind
    package var contactID: String?
    package var actionID: ActionReference
    package var causeSeq: Int?
    package let body: EventBody

    package enum ActionReference: Sendable {
        case none
        case action(Int)
        /// The event itself begins an action, which is named by the event's own number.
        case itself
    }

    /// - Parameter body: An encoded body of one of the kind's types.
    init(
        _ kind: EventKind, contactID: String? = nil, actionID: ActionReference = .none,
        causeSeq: Int? = nil, body: EventBody
    ) {
        self.kind = kind
        self.contactID = contactID
        self.actionID = actionID
        self.causeSeq = causeSeq
        self.body = body
    }

    init<Body: EventContent & Encodable>(
        _ kind: EventKind, contactID: String? = nil, actionID: ActionReference = .none,
        causeSeq: Int? = nil, _ body: Body
    ) throws {
        assert(kind.contents.contains { $0 == Body.self }, "\(kind) has no body of \(Body.self)")
        self.init(
            kind, contactID: contactID, actionID: actionID, causeSeq: causeSeq,
            body: try EventBody(encoding: body))
    }
}

/// The JSON object of an event, as it is stored.
package struct EventBody: Sendable {
    package let bytes: [UInt8]

    package init(encoding body: some Encodable) throws { bytes = try JSONCoding.encode(body) }

    /// - Parameter bytes: A JSON object.
    package init(bytes: [UInt8]) { self.bytes = bytes }
}

/// The numbers in the log that one transaction reserved.
package struct SequenceRange: Sendable {
    package let first: Int
    /// The number before its first new contact's.
    package let lastRef: Int
    package let recordedAt: Date

    package init(first: Int, lastRef: Int, recordedAt: Date) {
        self.first = first
        self.lastRef = lastRef
        self.recordedAt = recordedAt
    }
}
