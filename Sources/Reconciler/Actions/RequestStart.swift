package import Foundation

/// The next step of a request that is not a PATCH.
package enum RequestStep: Sendable {
    /// The whole workspace is paused.
    case paused(Pause.Reason)
    /// Nothing can be sent before this moment.
    case wait(until: Date)
    /// - Parameters:
    ///   - permit: nil where the endpoint has no limit.
    ///   - held: Permits that are not free, this one among them.
    ///   - isAfterFailure: The endpoint had failed before: then its good answer is news.
    case send(Permit?, held: Int, isAfterFailure: Bool)
}

extension SendingState {
    /// The reason that keeps a request from taking a permit; nil where none does.
    ///
    /// - Parameter isProbe: Whether it asks if the token is good again, even during a pause.
    package func obstacle(to endpoint: String, isProbe: Bool) -> RequestStep? {
        if let pause = workspacePause {
            if !isProbe { return .paused(pause.reason) }
        } else if let pause = pause(of: endpoint) {
            return .wait(until: pause.until)
        }
        if case .nothing(let until) = allowance(of: endpoint) { return .wait(until: until) }
        return nil
    }
}

/// A permit whose request was answered.
package struct UsedPermit: Sendable {
    package let permit: Permit
    package let limit: RequestLimit
    /// `X-Rate-Limit-Remaining` of the answer.
    package let remaining: Int?
    /// Permits that were held when this one was taken.
    package let held: Int

    package init(permit: Permit, limit: RequestLimit, remaining: Int?, held: Int) {
        self.permit = permit
        self.limit = limit
        self.remaining = remaining
        self.held = held
    }
}
