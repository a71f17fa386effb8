internal import ServiceLifecycle

/// Runs `pass` again and again until the process is asked to stop.
///
/// A graceful shutdown ends the wait between passes at once and never interrupts a pass. After a pass
/// that throws, the next one still runs after `errorPause`, so one bad answer or a database that is
/// away cannot stop the worker; of failures that go on, few lines tell.
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
