package import Contacts

/// Speaks to the contacts API: one request for each call, reported and never repeated.
///
/// A cancelled task's request counts as `unknownOutcome`, since it may have been written. No
/// redirect is ever followed, whatever the HTTP client is configured to do.
package struct PylonClient: Sendable {
    private let exchange: Exchange

    /// Contacts of one page; 1000 is refused. Source: docs/pylon-api.md, “List”.
    package static let maxPageSize = 999

    /// - Parameter route: Leads to the configuration's base URL; its HTTP client may be shared.
    package init(configuration: PylonConfiguration, route: Route) {
        exchange = Exchange(configuration: configuration, route: route)
    }

    /// Where requests take their token from.
    package var token: TokenSource { exchange.configuration.token }

    /// Where requests go.
    package var baseURL: String { exchange.configuration.baseURL.text }

    /// The organisation behind the token.
    package func me() async throws(PylonError) -> Reply<Organisation> {
        try await exchange.send(Request(Call(.me), "/me")).reply(Organisation.read)
    }

    /// One page of all contacts, newest first.
    ///
    /// - Parameter cursor: nil for the first page.
    package func list(
        cursor: String? = nil, limit: Int = maxPageSize
    ) async throws(PylonError) -> Reply<ContactPage> {
        let call = Call(.list)
        try Self.check(cursor: cursor, limit: limit, of: call)
        let cursor = cursor.nonEmpty.map { "&cursor=\($0.percentEncoded)" } ?? ""
        let answer = try await exchange.send(Request(call, "/contacts?limit=\(limit)\(cursor)"))
        return try answer.reply(Self.page)
    }

    package func get(_ id: String) async throws(PylonError) -> Reply<ContactDocument> {
        let call = Call(.get, contactID: id)
        let answer = try await exchange.send(Request(call, try Self.path(of: call)))
        return try answer.reply { (body) throws(Unusable) in try Self.contact(body, id: id) }
    }

    package func create(
        _ contact: NewContact
    ) async throws(PylonError) -> Reply<ContactDocument> {
        let request = Request(Call(.create), "/contacts", body: contact.json)
        let answer = try await exchange.send(request)
        return try answer.reply { (body) throws(Unusable) in try Self.contact(body, id: nil) }
    }

    /// Sends absolute values; what the patch does not name stays.
    ///
    /// - Returns: The contact after the change, which need not show the values asked for.
    package func update(
        _ id: String, _ patch: ContactPatch
    ) async throws(PylonError) -> Reply<ContactDocument> {
        let call = Call(.update, contactID: id)
        guard !patch.isEmpty else { throw .notSent(reason: "nothing to change", call: call) }
        let request = Request(call, try Self.path(of: call), body: patch.requestJSON)
        let answer = try await exchange.send(request)
        return try answer.reply { (body) throws(Unusable) in try Self.contact(body, id: id) }
    }

    @discardableResult
    package func delete(_ id: String) async throws(PylonError) -> Reply<Void> {
        let call = Call(.delete, contactID: id)
        let answer = try await exchange.send(Request(call, try Self.path(of: call)))
        return try answer.reply { (body) throws(Unusable) in ((), try ResponseScan(body).requestID)
        }
    }

    /// One page of the contacts that a filter matches.
    package func search(
        filter: SearchFilter, cursor: String? = nil, limit: Int = maxPageSize
    ) async throws(PylonError) -> Reply<ContactPage> {
        let call = Call(.search)
        try Self.check(cursor: cursor, limit: limit, of: call)
        guard filter.depth <= SearchFilter.maxDepth else {
            throw .notSent(reason: "a filter deeper than \(SearchFilter.maxDepth)", call: call)
        }
        let body = filter.requestJSON(cursor: cursor.nonEmpty, limit: limit)
        let answer = try await exchange.send(Request(call, "/contacts/search", body: body))
        return try answer.reply(Self.page)
    }

    private static func page(
        _ body: ResponseBody
    ) throws(Unusable) -> (value: ContactPage, requestID: String?) {
        let page = try ContactPage(body)
        return (page, page.requestID)
    }

    private static func contact(
        _ body: ResponseBody, id: String?
    ) throws(Unusable) -> (value: ContactDocument, requestID: String?) {
        let answer = try DividedResponse(body)
        return (try answer.contact(id: id), answer.envelope.requestID)
    }

    private static func path(of call: Call) throws(PylonError) -> String {
        guard let id = call.contactID, ContactID.isUsable(id) else {
            throw .notSent(reason: "not the id of a contact", call: call)
        }
        return "/contacts/" + id.percentEncoded
    }

    private static func check(
        cursor: String?, limit: Int, of call: Call
    ) throws(PylonError) {
        guard (1...maxPageSize).contains(limit) else {
            throw .notSent(reason: "a limit that is not from 1 to \(maxPageSize)", call: call)
        }
        guard (cursor ?? "").utf8.count <= ContactPage.maxCursorLength else {
            throw .notSent(reason: "a cursor that is too long", call: call)
        }
    }
}

/// A usable answer.
package struct Reply<Value: Sendable>: Sendable {
    package let value: Value
    package let requestID: String?
    package let status: Int
    /// Requests left to this endpoint in the API's current window, when it says so.
    package let rateLimitRemaining: Int?
}

/// The HTTP client's insides hold requests with their tokens, so nothing prints them.
extension PylonClient: CustomStringConvertible, CustomReflectable {
    package var description: String { "Pylon at \(baseURL)" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
