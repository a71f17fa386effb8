internal import Contacts
internal import Foundation
internal import NIOHTTP1

/// An answer that is no success: the API's own words, or as much of them as there is.
struct ErrorResponse {
    private let head: HTTPResponseHead
    private let envelope: Envelope?
    private let baseURL: BaseURL
    private let quotes: Quotes
    /// What it is, where somebody else than the API wrote it.
    private let foreign: String?

    private struct Envelope: Decodable {
        let sentence: String?
        let code: String?
        let requestID: String?

        private enum Key: String, CodingKey {
            case errors, code
            case requestID = "request_id"
        }

        /// Takes what is as it should be; nothing else about an error answer is worth an error.
        init(from decoder: any Decoder) throws {
            let object = try decoder.container(keyedBy: Key.self)
            sentence = (try? object.decode([String].self, forKey: .errors))?.first.nonEmpty
            code = (try? object.decode(String.self, forKey: .code)).nonEmpty
            requestID = (try? object.decode(String.self, forKey: .requestID)).nonEmpty
        }
    }

    init(head: HTTPResponseHead, body: [UInt8], baseURL: BaseURL, quotes: Quotes) {
        self.head = head
        self.baseURL = baseURL
        self.quotes = quotes
        foreign = ForeignResponse.words(head, body, quotes: quotes)
        envelope = try? JSONDecoder().decode(Envelope.self, from: Data(body))
    }

    /// What the caller is told: by the code, then by the status.
    func error(of call: Call) -> PylonError {
        let status = Int(head.status.code)
        let call = call.answered(
            requestID: call.requestID ?? (envelope?.requestID).map(quotes.requestID))
        let code = (envelope?.code).map(quotes.code)
        // Whatever the words, such an answer does not say that nothing was applied.
        if status >= 500 || status == 408 {
            return .unknownOutcome(
                reason: foreign.map { "the API failed: \($0)" } ?? "the API failed",
                status: status, call: call)
        }
        if let code, Self.tokenCodes.contains(code) {
            return .unauthorized(status: status, code: code, call: call)
        }
        if code == Self.permissionCode { return forbidden(status, code, call) }
        if code == "rate_limited" || status == 429 {
            let wait = RetryAfter.read(head.headers, now: .now)
            return .rateLimited(retryAfter: wait, call: call)
        }
        if let id = mergedContact(call) { return .merged(into: id, status: status, call: call) }
        return switch status {
        case 401: .unauthorized(status: status, code: code, call: call)
        case 403: forbidden(status, code, call)
        case 404:
            .notFound(isAPIEnvelope: saysContactIsMissing(call), status: status, call: call)
        // Only a thing that was there is gone: no unknown path is.
        case 410:
            .notFound(
                isAPIEnvelope: call.contactID != nil && isAPIEnvelope, status: status, call: call)
        case _ where isForeign(to: call):
            .unknownOutcome(reason: message, status: status, call: call)
        default: .rejected(status: status, code: code, call: call, message: message)
        }
    }

    private func forbidden(_ status: Int, _ code: String?, _ call: Call) -> PylonError {
        isForeign(to: call)
            ? .unknownOutcome(reason: message, status: status, call: call)
            : .forbidden(status: status, code: code, call: call, message: message)
    }

    /// Whether another program than the API answered. Of a write, whatever is not in the API's
    /// words may have been let through first; of a read, a redirect and a web page say nothing of
    /// the request.
    private func isForeign(to call: Call) -> Bool {
        !isAPIEnvelope && (call.endpoint.isWrite || foreign != nil || isRedirect)
    }

    private var isRedirect: Bool { (300..<400).contains(head.status.code) }

    /// Codes that are about the token whatever the status.
    /// Source: docs/pylon-api.md, “Responses and errors”.
    private static let tokenCodes: Set = [
        "invalid_authorization_header", "invalid_api_token", "wrong_region_token",
    ]
    /// Says nothing of the token by itself, whatever the status.
    private static let permissionCode = "permission_denied"

    private var isAPIEnvelope: Bool { envelope?.sentence != nil || envelope?.code != nil }

    private var message: String {
        if isRedirect {
            let location = head.headers.first(name: "location")
            let host = location.flatMap { URLComponents(string: $0)?.host }
            return quotes.message(
                "a redirect to \(host ?? "this host"), which is not followed: is the base URL "
                    + "right, or does a proxy want a login?")
        }
        guard let sentence = envelope?.sentence else {
            return foreign ?? "an answer that is not the API's own"
        }
        return quotes.message(sentence)
    }

    /// The other contact that stands in the place of the one asked for, as a redirect for good to
    /// its path on this very API tells. It is not followed.
    private func mergedContact(_ call: Call) -> String? {
        guard call.endpoint == .get, let asked = call.contactID,
            [301, 308].contains(head.status.code),
            let location = head.headers.first(name: "location"),
            let id = baseURL.contactID(at: location), !id.utf8.elementsEqual(asked.utf8)
        else { return nil }
        return id
    }

    /// Whether the API says, in its own words, that there is no such contact.
    ///
    /// An unknown path has the same code, so its sentence is the one sentence that must be known.
    /// Source: docs/pylon-api.md, “Responses and errors”.
    private func saysContactIsMissing(_ call: Call) -> Bool {
        guard call.contactID != nil, let sentence = envelope?.sentence,
            sentence != "Not a valid API URL!"
        else { return false }
        guard let code = envelope?.code else { return sentence == "Contact not found!" }
        return code == "not_found"
    }
}
