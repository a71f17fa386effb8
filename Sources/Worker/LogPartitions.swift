internal import Logging
internal import ServiceLifecycle
internal import Store

/// Makes the partitions of the event log ahead, and waits where somebody keeps them locked.
///
/// Without them, events go to `usher.event_rest`: that nobody could make one stops nothing.
struct LogPartitions {
    let store: Store
    let clock: any Clock<Duration>
    let logger: Logger

    /// Tries in a row: a lock that lasts longer is a restore or an archiving, not a statement.
    static let attempts = 5
    static let pause: Duration = .seconds(2)

    func make() async throws {
        for attempt in 1...Self.attempts {
            if try await store.makePartitions() { return }
            if attempt == 1 {
                logger.warning(
                    "the event log is locked by another session; waiting to make its partitions",
                    metadata: ["for_at_most": "\(Self.pause * Self.attempts)"])
            }
            await Signal().wait(upTo: Self.pause, clock: clock)
            if Task.isCancelled || Task.isShuttingDownGracefully { return }
        }
        logger.warning(
            """
            the partitions of the event log could not be made and are tried again within the hour; \
            until then events of a new month go to usher.event_rest
            """)
    }
}
