/// What a sandbox is like.
package struct SandboxOptions: Sendable {
    package var host = "127.0.0.1"
    /// 0 means any that is free.
    package var port = 0
    package var token = "sandbox-token"
    /// How many contacts are generated when there is no state file yet.
    package var contacts = 250
    /// The same seed gives the same contacts.
    package var seed: UInt64 = 1
    package var limits = SandboxLimits.seed
    /// Where contacts are kept between runs; nil means nowhere.
    package var stateFile: String?
    package var organisationID = "7d0f1c52-6f0b-4f3a-8f57-0c8a3a9d1e10"
    package var organisationName = "Usher Sandbox"
    package var faults = FaultPlan()
    package var clock = SandboxClock.system

    package init() {}
}

/// The time that limits and the request log go by.
package struct SandboxClock: Sendable {
    /// Time since the clock was made, about; never goes back.
    package let now: @Sendable () -> Duration

    package init(now: @escaping @Sendable () -> Duration) {
        self.now = now
    }

    package static var system: SandboxClock {
        let start = ContinuousClock.now
        return SandboxClock { ContinuousClock.now - start }
    }
}
