internal import ServiceLifecycle

/// Runs `pass` again and again until the process is asked to stop.
///
/// A graceful shutdown ends the wait between passes at once and never interrupts a pass. After a
/// pass that throws, the next one still runs after `errorPause`, so one bad answer or a database
/// that is away cannot stop the worker; of failures that go on, few lines tell.
///
/// - Parameter pass: Does one pass and says how long to wait for the next one, at most.
func repeatUntilShutdown(
    wakenBy signal: Signal, clock: any Clock<Duration>, failures: FailureLog,
    pass: () async throws -> Duration
) async {
    while !Task.isCancelled && !Task.isShuttingDownGracefully {
        var pause = errorPause
        do {
            pause = try await pass()
            failures.passed()
        } catch is CancellationError {
            continue
        } catch {
            failures.failed(error)
            await Signal().wait(upTo: errorPause, clock: clock)
            continue
        }
        if pause > .zero { await signal.wait(upTo: pause, clock: clock) }
    }
}

/// Between a failed pass and the next. The same for all, since most failures are the database's.
private let errorPause: Duration = .seconds(2)

/// Decides from the outcomes of its passes whether a loop is stuck.
///
/// A failure adds two to a score, a good pass takes one off, and the loop is stuck at sixty: after
/// thirty failures in a row, which take a minute, or sixty that alternate with good passes.
struct PassRecord {
    private static let alarm = 60
    /// A good pass before so long a pause ends the alert: the next pass is too far off to wait for.
    private static let longPause: Duration = .seconds(60)

    private var score = 0
    private var isAfterGoodPass = false

    /// - Returns: Whether the loop is stuck.
    mutating func failed() -> Bool {
        score = min(score + 2, Self.alarm)
        isAfterGoodPass = false
        return score == Self.alarm
    }

    /// - Returns: Whether the loop is well: two good passes in a row tell.
    mutating func passed(waiting pause: Duration) -> Bool {
        defer { isAfterGoodPass = true }
        guard score == 0 || isAfterGoodPass || pause >= Self.longPause else {
            score = max(score - 1, 1)
            return false
        }
        score = 0
        return true
    }
}
