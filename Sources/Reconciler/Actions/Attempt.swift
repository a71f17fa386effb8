package import Contacts
internal import Foundation

/// The result of one request of a claimed action.
package enum PatchResult: Sendable {
    /// 200 with the contact as it is now.
    case contact(ContactDocument)
    /// A definite refusal of these values.
    case refused(message: String)
    /// 429: nothing was applied.
    case throttled(retryAfter: Duration)
    /// The token was refused: nothing was applied, and nothing will be until a person replaces it.
    case unauthorized
    /// 403: nothing was applied, and it is not known whether the token is at fault.
    case forbidden(message: String)
    /// It may have been applied.
    case unknown(reason: String)
    /// It was never sent.
    case notSent(reason: String)

    /// The kinds of event that record it in time.
    package var kinds: [EventKind] {
        switch self {
        case .contact: [.patchApplied, .patchNotTaken]
        case .refused, .unauthorized, .forbidden: [.patchRefused]
        case .throttled: [.patchThrottled]
        case .unknown: [.patchUnknown]
        case .notSent: [.patchNotApplied]
        }
    }
}

/// One request of a claimed action with its result.
package struct Attempt: Sendable {
    package let action: ClaimedAction
    package var result: PatchResult
    package var status: Int?
    package var code: String?
    package var requestID: String?
    package var milliseconds: Int?
    /// `X-Rate-Limit-Remaining`.
    package var remaining: Int?
    /// When the answer was seen, by the local monotonic clock.
    package let seenAt: ContinuousClock.Instant
    /// What the answer says of the endpoint.
    package let sign: EndpointSign

    package init(
        _ action: ClaimedAction, _ result: PatchResult, status: Int? = nil, code: String? = nil,
        requestID: String? = nil, milliseconds: Int? = nil, remaining: Int? = nil,
        seenAt: ContinuousClock.Instant, sign: EndpointSign = .nothing
    ) {
        self.action = action
        self.result = result
        self.status = status
        self.code = code
        self.requestID = requestID
        self.milliseconds = milliseconds
        self.remaining = remaining
        self.seenAt = seenAt
        self.sign = sign
    }
}

extension AttemptBody {
    init(_ attempt: Attempt) {
        self.init(
            attempt: attempt.action.attempt, values: attempt.action.values,
            httpStatus: attempt.status, requestID: attempt.requestID,
            milliseconds: attempt.milliseconds, code: attempt.code)
    }
}
