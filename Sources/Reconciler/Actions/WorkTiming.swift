/// The times that claims, permits and requests keep to.
package enum WorkTiming {
    /// How long a lease or a claim holds without a sign of life.
    package static let lease: Duration = .seconds(15)

    /// How far ahead sends are planned: a change that takes access away waits no longer behind
    /// them. Source: docs/decisions/0005-permits-ahead.md
    package static let permitHorizon: Duration = .seconds(1)

    /// How long after its time a permit may still be used: a request that takes its whole time-out
    /// of 10 s and begins no later has ended a second before its permit's lease.
    package static let latestSend: Duration = .seconds(4)

    /// How long to wait for the evaluator, when contacts changed after they were decided on.
    package static let evaluationWait: Duration = .milliseconds(50)

    /// The longest claim: a request that was planned at the last moment and whose sender died.
    package static let longestClaim = permitHorizon + lease
}
