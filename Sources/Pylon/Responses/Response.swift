internal import Contacts
internal import NIOHTTP1

/// A success, its body not yet read.
struct Response {
    private let call: Call
    private let status: Int
    private let body: ResponseBody
    private let remaining: Int?
    private let quotes: Quotes

    /// - Parameters:
    ///   - head: The answer's, whatever its status.
    ///   - body: What came of the body.
    ///   - failure: Why the rest of the body did not come.
    /// - Throws: What the status and the API's words mean, when they are no success.
    init(
        head: HTTPResponseHead, body: consuming [UInt8], failure: Unusable?, call: Call,
        baseURL: BaseURL, token: Token
    ) throws(PylonError) {
        let quotes = Quotes(token: token)
        let requestID = head.headers.first(name: "x-pylon-request-id").nonEmpty
            .map(quotes.requestID)
        self.call = call.answered(requestID: requestID)
        status = Int(head.status.code)
        remaining = RateLimitRemaining.read(head.headers)
        self.quotes = quotes
        guard (200..<300).contains(status) else {
            self.body = ResponseBody([])
            // Half an answer is not the API's words: a 404 must not prove anything by it.
            let whole = failure == nil ? body : []
            throw ErrorResponse(head: head, body: whole, baseURL: baseURL, quotes: quotes)
                .error(of: self.call)
        }
        let foreign = ForeignResponse.words(head, body, quotes: quotes)
        self.body = ResponseBody(body)
        if let failure { throw unusable(failure) }
        if let foreign { throw unusable(Unusable(foreign)) }
    }

    /// Reads the body.
    ///
    /// - Parameter read: Gives the value, and the body's request id for want of one in the header.
    func reply<Value: Sendable>(
        _ read: (ResponseBody) throws(Unusable) -> (value: Value, requestID: String?)
    ) throws(PylonError) -> Reply<Value> {
        do {
            let (value, requestID) = try read(body)
            return Reply(
                value: value, requestID: call.requestID ?? requestID.map(quotes.requestID),
                status: status, rateLimitRemaining: remaining)
        } catch {
            throw unusable(error)
        }
    }

    /// A write that succeeded somehow may have been applied; a read can simply be asked for again.
    private func unusable(_ error: Unusable) -> PylonError {
        if call.endpoint == .get, let id = error.otherContact {
            return .merged(into: id, status: status, call: call)
        }
        if call.endpoint.isWrite || error.isLoss {
            return .unknownOutcome(reason: error.reason, status: status, call: call)
        }
        if let contact = error.contact { return .unreadableContact(contact, call: call) }
        return error.isTooLarge
            ? .tooLarge(call: call) : .unreadable(reason: error.reason, call: call)
    }
}

/// Why a body that came with a success says nothing. Holds no contact's data.
struct Unusable: Error {
    let reason: String
    /// Whether the rest of the body was lost, rather than the body being wrong.
    let isLoss: Bool
    /// The contact that the body holds instead of the one asked for.
    let otherContact: String?
    /// Whether the body goes beyond `BodyLimit`.
    let isTooLarge: Bool
    /// The one contact that the body holds and that cannot be read.
    let contact: UnreadableContact?

    private init(
        _ reason: String, isLoss: Bool, isTooLarge: Bool, contact: UnreadableContact?,
        otherContact: String? = nil
    ) {
        self.reason = reason
        self.isLoss = isLoss
        self.isTooLarge = isTooLarge
        self.contact = contact
        self.otherContact = otherContact
    }

    init(_ reason: String, isLoss: Bool = false, otherContact: String? = nil) {
        self.init(
            reason, isLoss: isLoss, isTooLarge: false, contact: nil, otherContact: otherContact)
    }

    init(_ contact: UnreadableContact) {
        self.init(contact.reason, isLoss: false, isTooLarge: false, contact: contact)
    }

    static let tooLarge = Unusable(
        "a body that is too large", isLoss: false, isTooLarge: true, contact: nil)
}
