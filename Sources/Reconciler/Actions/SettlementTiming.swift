internal import Contacts

/// The waits between the attempts of an action.
package struct SettlementTiming: Sendable {
    /// A PATCH may still land for this long after it was sent.
    /// Source: docs/pylon-api.md, “What the client does”.
    package var requestTimeout: Duration = .seconds(10)
    /// And this much longer, on its way through the API.
    package var grace: Duration = .seconds(2)
    /// Longest wait between attempts that settle nothing; the wait is random up to it.
    package var maxBackoff: Duration = .seconds(30)
    package var firstBackoff: Duration = .milliseconds(500)
    /// How long an endpoint that fails is left alone.
    package var breaker = BreakerPacing()

    package init() {}

    /// Full jitter: anything from nothing to an exponentially growing cap.
    /// Source: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
    package func backoff(afterUnsettled count: Int, random: Double) -> Duration {
        let cap = min(
            maxBackoff.seconds, firstBackoff.seconds * Double(1 << min(count, 16)))
        return .milliseconds(Int(cap * 1000 * random))
    }
}
