package import Foundation

/// Something of a workspace that does not run for now.
package struct Pause: Sendable, Equatable {
    package enum Reason: String, Sendable {
        /// The API refused the token.
        case unauthorized
        /// The token belongs to another organisation than before; a person must release it.
        case organisation
        /// Its organisation is asked for before anything else is.
        case tokenChanged = "token_changed"
        /// The API asked to wait.
        case rateLimited = "rate_limited"
        /// A reason only a newer version knows: nothing is sent until an operator resumes.
        case unknown
    }

    /// nil is the whole workspace.
    package let endpoint: String?
    package let reason: Reason
    /// The end of an endpoint's pause; the next look at the workspace's.
    package let until: Date
    package let setAt: Date

    package init(endpoint: String?, reason: Reason, until: Date, setAt: Date) {
        self.endpoint = endpoint
        self.reason = reason
        self.until = until
        self.setAt = setAt
    }

    /// Whether nothing is sent on its account at a moment: an endpoint's pause lasts until its
    /// time, the workspace's until it is ended.
    package func isInForce(at now: Date) -> Bool { endpoint == nil || until > now }

    /// The pause that follows where there is one already: it is only prolonged, and another
    /// organisation stays the reason, since a good token does not end that.
    package func merged(into earlier: Pause) -> Pause {
        let isLonger = earlier.until < until
        return Pause(
            endpoint: endpoint, reason: earlier.reason == .organisation ? .organisation : reason,
            until: max(earlier.until, until), setAt: isLonger ? setAt : earlier.setAt)
    }

    /// Whether people are told of it though there is a pause already: an endpoint's ended by its
    /// time; a new token was only looked at; another organisation is the graver reason.
    package func isNews(after earlier: Pause) -> Bool {
        guard endpoint == nil else { return earlier.until <= setAt }
        return earlier.reason == .tokenChanged
            || earlier.reason != .organisation && reason == .organisation
    }
}

/// What keeps requests from being sent, as of a moment of the database's clock.
package struct SendingState: Sendable {
    /// The whole workspace's first.
    package let pauses: [Pause]
    /// Endpoints that have not given a good answer since they began to fail.
    package let breakers: [Breaker]
    package let now: Date

    package init(pauses: [Pause], breakers: [Breaker], now: Date) {
        self.pauses = pauses.filter { $0.isInForce(at: now) }
        self.breakers = breakers
        self.now = now
    }

    /// The pause of the whole workspace.
    package var workspacePause: Pause? { pauses.first { $0.endpoint == nil } }

    /// The pause of the workspace, or of this endpoint.
    package func pause(of endpoint: String) -> Pause? {
        pauses.first { $0.endpoint == nil || $0.endpoint == endpoint }
    }

    package func allowance(of endpoint: String) -> Allowance {
        breakers.of(endpoint).allowance(at: now)
    }
}
