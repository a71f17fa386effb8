package import Contacts

/// Why a call to Pylon gave no usable answer; the cases differ in what the caller must do.
package enum PylonError: Error, Equatable {
    /// HTTP 429, which proves that nothing was applied. `retryAfter` is the answer's own hint, at
    /// most `RetryAfter.longest`.
    case rateLimited(retryAfter: Duration?, call: Call)
    /// HTTP 401, or a code that names the token: no request with this token will do better.
    case unauthorized(status: Int, code: String?, call: Call)
    /// HTTP 403 or `permission_denied`: this request, or every request with this token; `GET /me`
    /// tells which. Of a write only in the API's own words, which prove that nothing was applied.
    /// `message` is as that of `rejected`.
    case forbidden(status: Int, code: String?, call: Call, message: String)
    /// HTTP 404 or 410. Only the API's own answer about this very contact can prove that it is
    /// gone, and a wrong base URL can still imitate it.
    case notFound(isAPIEnvelope: Bool, status: Int = 404, call: Call)
    /// Another contact shows where this one was asked for, in its place (200) or by a redirect for
    /// good (301, 308), which is not followed: it was merged.
    case merged(into: String, status: Int, call: Call)
    /// Any other HTTP 4xx: the request is wrong and will stay wrong; of a write only in the API's
    /// own words. `message` is the API's sentence, cut and without control characters; it may quote
    /// the contact.
    case rejected(status: Int, code: String?, call: Call, message: String)
    /// HTTP 5xx or 408, a time-out, a lost connection, an answer of another program than the API,
    /// or a success that cannot be read: a write may have been applied.
    case unknownOutcome(reason: String, status: Int?, call: Call)
    /// A read succeeded with a body that is no evidence of anything.
    case unreadable(reason: String, call: Call)
    /// A read succeeded with a body that goes beyond our limit: a smaller page may do.
    case tooLarge(call: Call)
    /// The contact that was asked for is there, and cannot be read.
    case unreadableContact(UnreadableContact, call: Call)
    /// The request never left: no connection, or it cannot be a request at all.
    case notSent(reason: String, call: Call)
}

extension PylonError {
    package var call: Call {
        switch self {
        case .rateLimited(_, let call), .unauthorized(_, _, let call),
            .forbidden(_, _, let call, _), .notFound(_, _, let call), .merged(_, _, let call),
            .rejected(_, _, let call, _), .unknownOutcome(_, _, let call),
            .unreadable(_, let call), .tooLarge(let call),
            .unreadableContact(_, let call), .notSent(_, let call):
            call
        }
    }

    package var requestID: String? { call.requestID }

    /// Whether no request with this token will do better: that of `GET /me` needs no permission.
    package var refusesToken: Bool {
        switch self {
        case .unauthorized: true
        case .forbidden(_, _, let call, _): call.endpoint == .me
        default: false
        }
    }

    package var status: Int? {
        switch self {
        case .rateLimited: 429
        case .unauthorized(let status, _, _), .forbidden(let status, _, _, _),
            .rejected(let status, _, _, _), .notFound(_, let status, _), .merged(_, let status, _):
            status
        case .unknownOutcome(_, let status, _): status
        case .unreadable, .tooLarge, .unreadableContact: 200
        case .notSent: nil
        }
    }

    /// Why the contact of a successful read cannot be read, if that is so.
    package var unreadableReason: String? {
        switch self {
        case .unreadable(let reason, _): reason
        case .tooLarge: "a body that is too large"
        case .unreadableContact(let contact, _): contact.reason
        default: nil
        }
    }

    /// Whether a smaller page may fare better: the answer was too large, or did not come in time.
    package var mayBeTooMuchAtOnce: Bool {
        switch self {
        case .tooLarge: true
        case .unknownOutcome(let reason, let status, _):
            reason.contains(Self.noAnswerInTime) || [408, 413, 504].contains(status)
        case .rejected(let status, _, _, _): status == 413
        default: false
        }
    }

    /// What a server did that used up the time of a request.
    static let noAnswerInTime = "gave no answer within"

    /// The API's stable name for the error, when it gave one that no case stands for.
    package var code: String? {
        switch self {
        case .unauthorized(_, let code, _), .forbidden(_, let code, _, _),
            .rejected(_, let code, _, _):
            code
        default: nil
        }
    }
}

extension PylonError: CustomStringConvertible {
    /// One line with what was attempted on what; never the token, never a contact's data.
    package var description: String { "\(call): \(cause)" }

    /// What went wrong, without its request: the same words for the same failure.
    package var cause: String {
        switch self {
        case .rateLimited(let retryAfter, _):
            "too many requests (429)" + (retryAfter.map { ", wait \($0)" } ?? "")
        case .unauthorized(let status, let code, _):
            "not authorised (\(status) \(code?.word ?? "without a code of the API's"))"
                + (code.map { Self.advice[$0].map { "; \($0)" } ?? "" }
                    ?? "; does a proxy answer in its place?")
        case .forbidden(let status, let code, _, _):
            "forbidden (\(status) \(code?.word ?? "without a code"))"
        case .notFound(let isAPIEnvelope, let status, _):
            "not found (\(status))"
                + (isAPIEnvelope ? "" : ", but not in the API's words; is the base URL right?")
        case .merged(let id, let status, _): "contact \(id.word) has taken its place (\(status))"
        case .rejected(let status, let code, _, _):
            "rejected (\(status) \(code?.word ?? "without a code"))"
        case .unknownOutcome(let reason, let status, let call):
            reason + (status.map { " (\($0))" } ?? "")
                + (call.endpoint.isWrite ? "; it may have been applied" : "")
        case .unreadable(let reason, _): "unusable answer: \(reason)"
        case .tooLarge: "an answer that is too large"
        case .unreadableContact(let contact, _): contact.reason
        case .notSent(let reason, _): "not sent: \(reason)"
        }
    }

    /// Source: docs/pylon-api.md, “Base URLs and tokens”.
    private static let advice = [
        "wrong_region_token":
            "the token works in its own region only: set the base URL to https://api.usepylon.com "
            + "(US) or https://api.eu.usepylon.com (EU)",
        "invalid_api_token":
            "the token is unknown or revoked; an admin of the workspace can make a new one",
    ]
}
