internal import Contacts
package import Foundation

/// What the answer to one request says of the endpoint that gave it.
package enum EndpointSign: Sendable, Equatable {
    /// The API's own words, be they a refusal.
    case well
    /// No answer, or none that can be used.
    case failing(cause: String)
    /// The API asked to wait for this long.
    case throttled(Duration)
    /// Nothing: it never left, or what was wrong is the request's own.
    case nothing
}

/// How long an endpoint that fails is left alone.
package struct BreakerPacing: Sendable, Equatable {
    /// The shortest pause, for an outage of a moment.
    package var shortest: Duration = .seconds(1)
    /// The longest: what was down for hours is found to be well again within half a minute.
    package var longest: Duration = .seconds(30)
    /// How long an endpoint fails before people are told.
    package var alarm: Duration = .seconds(10)
    /// How long the API may ask to wait, without one good answer, before that counts as failing:
    /// two of its windows of a minute.
    package var longestThrottle: Duration = .seconds(120)

    package init() {}
}

/// An endpoint that has not given one good answer since it began to fail.
///
/// After five failures in a row, requests stop, and single ones are tried: the next after half of
/// the time that the endpoint has been failing for, at random a little earlier, at most
/// `BreakerPacing.longest`. The first good answer ends it. So an outage lasts at most half as long
/// again for us, and costs a handful of requests.
package struct Breaker: Sendable, Equatable {
    package let endpoint: String
    package private(set) var failures: Int
    package let since: Date
    package private(set) var cause: String
    /// The only contact that the failures are about; nil where there are several, or none.
    package private(set) var contactID: String?
    /// When a single request may be tried; nil while requests flow as ever.
    package var nextTryAt: Date?
    package private(set) var toldAt: Date?

    /// Failures in a row after which requests stop: more than bad luck, fewer than a batch.
    package static let threshold = 5

    package init(
        endpoint: String, failures: Int = 0, since: Date, cause: String = "",
        contactID: String? = nil, nextTryAt: Date? = nil, toldAt: Date? = nil
    ) {
        self.endpoint = endpoint
        self.failures = failures
        self.since = since
        self.cause = cause
        self.contactID = contactID
        self.nextTryAt = nextTryAt
        self.toldAt = toldAt
    }

    package var isOpen: Bool { nextTryAt != nil }

    /// Takes in an answer that was not good.
    ///
    /// - Parameters:
    ///   - contactID: The contact that was asked for or sent to; nil for pages.
    ///   - random: In 0 ..< 1, for the jitter.
    /// - Returns: Whether people have to be told now.
    package mutating func take(
        _ sign: EndpointSign, about contactID: String?, at now: Date, pacing: BreakerPacing,
        random: Double
    ) -> Bool {
        let age = now.timeIntervalSince(since)
        var isDue = age >= pacing.alarm.seconds
        switch sign {
        case .well, .nothing: return false
        case .failing(let cause):
            if failures == 0 || isOnly(contactID) {
                self.contactID = contactID
            } else {
                self.contactID = nil
            }
            self.cause = cause
            failures += 1
            guard failures >= Self.threshold || isOpen else { return false }
            nextTryAt = now + pause(afterFailingFor: age, pacing, random)
        case .throttled(let wait):
            self.cause = "the API asks to wait for \(Int(wait.seconds.rounded(.up))) s"
            let isLong = max(age, wait.seconds) >= pacing.longestThrottle.seconds
            // Back off from an API that keeps asking for short waits.
            guard isOpen || isLong || isDue else { return false }
            nextTryAt = now + max(wait.seconds, pause(afterFailingFor: age, pacing, random))
            isDue = isLong || isDue && failures >= Self.threshold
        }
        guard toldAt == nil, isDue else { return false }
        toldAt = now
        return true
    }

    /// Whether all failures so far are about this contact, by the bytes of its id.
    fileprivate func isOnly(_ id: String?) -> Bool {
        self.contactID.map { ByteText($0) } == id.map { ByteText($0) }
    }

    private func pause(
        afterFailingFor age: TimeInterval, _ pacing: BreakerPacing, _ random: Double
    ) -> TimeInterval {
        let pause = min(pacing.longest.seconds, max(pacing.shortest.seconds, age / 2))
        // Workers of many workspaces that fail together are not to come back together.
        return pause * (0.5 + random / 2)
    }
}

/// What may be sent to an endpoint now.
package enum Allowance: Sendable, Equatable {
    /// As much as the request limits allow.
    case everything
    /// This much, since a few failures are no outage yet.
    case atMost(Int)
    /// One request, to see whether the endpoint is well again.
    case oneTry
    case nothing(until: Date)

    /// How many of so many requests may be sent.
    package func limit(_ requests: Int) -> Int {
        switch self {
        case .everything: requests
        case .atMost(let most): min(requests, most)
        case .oneTry: 1
        case .nothing: 0
        }
    }
}

extension Breaker? {
    package func allowance(at now: Date) -> Allowance {
        guard let self else { return .everything }
        guard let nextTryAt = self.nextTryAt else {
            return self.failures == 0
                ? .everything : .atMost(max(1, Breaker.threshold - self.failures))
        }
        return nextTryAt <= now ? .oneTry : .nothing(until: nextTryAt)
    }
}

extension [Breaker] {
    package func of(_ endpoint: String) -> Breaker? { first { $0.endpoint == endpoint } }

    /// Whether a failure about a contact is the endpoint's fault: it fails for others too, or other
    /// endpoints fail as well. Then it does not count against the contact's action.
    package func excuse(_ endpoint: String, contactID: String) -> Bool {
        guard let breaker = of(endpoint), breaker.isOpen else { return false }
        return !breaker.isOnly(contactID)
            || contains { $0.endpoint != endpoint && $0.isOpen }
    }
}

/// What one answer says of its endpoint.
package struct EndpointReport: Sendable {
    package let sign: EndpointSign
    /// The contact that was asked for or sent to; nil for pages.
    package let contactID: String?

    package init(_ sign: EndpointSign, contactID: String? = nil) {
        self.sign = sign
        self.contactID = contactID
    }

    /// Whether it has to be recorded even where nothing had failed before.
    package var isBad: Bool {
        switch sign {
        case .failing, .throttled: true
        case .well, .nothing: false
        }
    }
}

extension Breaker {
    /// The breaker after answers, in their order, and the alert; nil where the endpoint is well.
    ///
    /// - Parameter random: In 0 ..< 1, for the jitter.
    package func after(
        _ reports: [EndpointReport], at now: Date, pacing: BreakerPacing, random: Double
    ) -> (breaker: Breaker?, alerts: [Alert]) {
        var breaker: Breaker? = self
        var isNews = false
        for report in reports {
            if report.sign == .well { breaker = nil }
            guard report.isBad else { continue }
            var failing = breaker ?? Breaker(endpoint: endpoint, since: now)
            isNews =
                failing.take(
                    report.sign, about: report.contactID, at: now, pacing: pacing, random: random)
                || isNews
            breaker = failing
        }
        guard let breaker else { return (nil, []) }
        return (breaker, isNews ? [.failing(breaker)] : [])
    }
}
