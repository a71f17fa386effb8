internal import Foundation
internal import HTTPTypes

/// One of the routes that the API counts requests by: a method and a path pattern.
package enum SandboxEndpoint: String, Sendable, Codable, CaseIterable {
    case list, get, create, update, delete, search, me

    /// Whether it answers with pages of contacts.
    var isPaged: Bool { self == .list || self == .search }

    /// Whether it can change a contact.
    var isWrite: Bool { self == .create || self == .update || self == .delete }
}

/// Where a request leads.
struct SandboxRoute: Equatable {
    let endpoint: SandboxEndpoint
    /// The id in the path, whether or not such a contact exists.
    let contactID: String?

    /// Unknown paths and wrong methods are found out here, before anybody looks at the token.
    ///
    /// `search` is a contact's id to every method but POST, as `/contacts/{id}` has it.
    static func find(method: HTTPRequest.Method, path: String) -> Result<SandboxRoute, APIError> {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        switch (parts.count, parts.first) {
        case (1, "contacts"):
            return endpoint(method, [.get: .list, .post: .create], contactID: nil)
        case (1, "me"):
            return endpoint(method, [.get: .me], contactID: nil)
        case (2, "contacts") where !parts.last!.isEmpty:
            guard let id = String(parts.last!).removingPercentEncoding else {
                return .failure(.unknownPath)
            }
            if id == "search", method == .post {
                return .success(SandboxRoute(endpoint: .search, contactID: nil))
            }
            return endpoint(
                method, [.get: .get, .patch: .update, .delete: .delete], contactID: id)
        default:
            return .failure(.unknownPath)
        }
    }

    private static func endpoint(
        _ method: HTTPRequest.Method, _ table: [HTTPRequest.Method: SandboxEndpoint],
        contactID: String?
    ) -> Result<SandboxRoute, APIError> {
        guard let endpoint = table[method] else { return .failure(.wrongMethod) }
        return .success(SandboxRoute(endpoint: endpoint, contactID: contactID))
    }
}
