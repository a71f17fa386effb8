package import Foundation

/// The purpose of a claim.
package enum ClaimPurpose: Sendable {
    /// To send what is due, while the endpoint is well.
    case work
    /// To send one request to an endpoint that fails, after `GET /me` was answered.
    case oneTry
}

/// The work of an endpoint that is due.
package struct DueWork: Sendable, Equatable {
    /// Counted up to a bound: more than there are permits is a backlog.
    package let due: Int
    /// When more is due; nil where that is not known.
    package let nextDueAt: Date?
    /// Whether any work is open, due or not.
    package let isAnyOpen: Bool

    package init(due: Int, nextDueAt: Date?, isAnyOpen: Bool) {
        self.due = due
        self.nextDueAt = nextDueAt
        self.isAnyOpen = isAnyOpen
    }
}

/// The next step of a claim.
package enum ClaimStep: Sendable, Equatable {
    /// Nothing can be claimed before this moment; nil where that is not known.
    case wait(until: Date?)
    /// No work is left by which a failing endpoint could show that it is well.
    case forgetBreaker
    /// The endpoint fails, and `GET /me` is asked before it is tried.
    case checkToken
    /// - Parameters:
    ///   - atMost: Actions.
    ///   - wanted: Permits; a backlog where it is more than are free.
    ///   - isTry: Whether it is the one try of a failing endpoint.
    case claim(atMost: Int, wanted: Int, isTry: Bool)
}

extension SendingState {
    /// The end of the wait while nothing may be sent to an endpoint; nil where something may.
    package func wait(for endpoint: String) -> Date? {
        if let pause = pause(of: endpoint) { return pause.until }
        if case .nothing(let until) = allowance(of: endpoint) { return until }
        return nil
    }

    /// The next step of a claim of at most a batch, at an endpoint that may be used.
    package func step(
        for endpoint: String, _ work: DueWork, atMost batch: Int, for purpose: ClaimPurpose
    ) -> ClaimStep {
        let allowance = allowance(of: endpoint)
        guard work.due > 0 else {
            return allowance == .oneTry && !work.isAnyOpen
                ? .forgetBreaker : .wait(until: work.nextDueAt)
        }
        if allowance == .oneTry, purpose != .oneTry { return .checkToken }
        let most = allowance.limit(batch)
        return .claim(
            atMost: most, wanted: most < batch ? min(most, work.due) : work.due,
            isTry: allowance == .oneTry)
    }
}
