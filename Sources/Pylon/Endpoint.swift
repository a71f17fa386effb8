internal import Contacts

/// The endpoints that the API counts requests by.
package enum Endpoint: String, Sendable, Hashable, CaseIterable, Codable {
    case list, get, create, update, delete, search, me

    /// Whether a request to it can change a contact.
    package var isWrite: Bool { self == .create || self == .update || self == .delete }
}

extension Endpoint: CustomStringConvertible {
    package var description: String { rawValue }
}

/// One request to the API, as errors and logs name it.
package struct Call: Sendable, Equatable {
    package let endpoint: Endpoint
    package let contactID: String?
    /// The API's own name for the request, once it has answered.
    package let requestID: String?

    package init(_ endpoint: Endpoint, contactID: String? = nil, requestID: String? = nil) {
        self.endpoint = endpoint
        self.contactID = contactID
        self.requestID = requestID
    }

    func answered(requestID: String?) -> Call {
        Call(endpoint, contactID: contactID, requestID: requestID)
    }
}

extension Call: CustomStringConvertible {
    package var description: String {
        let id = contactID.map { Quotes.plain($0, atMost: ContactID.maxLength) }
        return endpoint.rawValue + (id.map { " of contact \($0)" } ?? "")
            + (requestID.map { ", request \($0)" } ?? "")
    }
}
