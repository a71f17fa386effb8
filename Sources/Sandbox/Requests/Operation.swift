internal import Foundation
internal import Hummingbird

/// What a request asks for, its parameters and body checked as far as that needs no contact.
enum Operation {
    case me
    case get(id: String)
    case create(ContactWrite)
    case update(id: String, ContactWrite)
    case delete(id: String)
    case page(PageRequest)

    init(_ request: SandboxRequest, _ route: SandboxRoute, in organisation: SandboxOrganisation)
        throws(APIError)
    {
        guard let body = request.body else { throw .bodyTooLarge }
        switch route.endpoint {
        case .me: self = .me
        case .get: self = .get(id: route.contactID!)
        case .delete: self = .delete(id: route.contactID!)
        case .create: self = .create(try Self.decode(body))
        case .update: self = .update(id: route.contactID!, try Self.decode(body))
        case .list: self = .page(try PageRequest(query: request.query))
        case .search: self = .page(try PageRequest(try Self.decode(body), in: organisation))
        }
    }

    private static func decode<Body: Decodable>(_ body: ByteBuffer) throws(APIError) -> Body {
        do {
            return try JSONDecoder().decode(Body.self, from: Data(body.readableBytesView))
        } catch {
            throw .unreadable(error)
        }
    }
}

/// Which contacts, how many, and after which one.
struct PageRequest {
    let limit: Int
    let after: ContactBook.Position?
    let filter: SandboxSearchFilter?
    /// In lower case.
    let searchText: String?

    /// Source: docs/pylon-api.md, “List”.
    private static let limits = 1...999
    private static let defaultLimit = 100

    init(query: [String: String]) throws(APIError) {
        var limit = Self.defaultLimit
        if let text = query["limit"] {
            guard let number = Int(text) else { throw .invalid("limit must be a number") }
            limit = number
        }
        self.limit = try Self.check(limit)
        after = try Self.position(query["cursor"])
        filter = nil
        searchText = nil
    }

    init(_ body: SearchBody, in organisation: SandboxOrganisation) throws(APIError) {
        limit = try Self.check(body.limit ?? Self.defaultLimit)
        after = try Self.position(body.cursor)
        filter =
            if let node = body.filter { try SandboxSearchFilter(node, in: organisation) } else {
                nil
            }
        searchText = body.searchText?.lowercased()
    }

    func matches(_ contact: SandboxContact) -> Bool {
        if let filter, !filter.matches(contact) { return false }
        guard let searchText, !searchText.isEmpty else { return true }
        return ([contact.name] + contact.emails).contains { $0.lowercased().contains(searchText) }
    }

    private static func check(_ limit: Int) throws(APIError) -> Int {
        guard limits.contains(limit) else {
            throw .invalid("limit must be greater than 0 and less than 1000")
        }
        return limit
    }

    private static func position(
        _ cursor: String?
    ) throws(APIError) -> ContactBook.Position? {
        guard let cursor, !cursor.isEmpty else { return nil }
        return try Cursor.position(from: cursor)
    }
}
