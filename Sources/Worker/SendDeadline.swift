internal import Reconciler

/// Until when a request may begin whose permit was asked for when this was made.
///
/// By a clock that no jump of the wall clock moves and that goes on while the process is stopped: a
/// permit is not used after its time, however long the wait for it took.
struct SendDeadline: Sendable {
    private let elapsed: @Sendable () -> Duration

    init(clock: any Clock<Duration>) { elapsed = Self.stopwatch(clock) }

    /// - Parameter delay: How long after the answer to its permit's taking the request was planned.
    func isOver(after delay: Duration) -> Bool {
        elapsed() - max(.zero, delay) >= WorkTiming.latestSend
    }

    private static func stopwatch<C: Clock<Duration>>(_ clock: C) -> @Sendable () -> Duration {
        let start = clock.now
        return { start.duration(to: clock.now) }
    }
}
