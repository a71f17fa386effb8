package import Logging
internal import Postgres
internal import ServiceLifecycle

/// Runs `pass` again and again until the process is asked to stop.
///
/// A graceful shutdown ends the wait between passes at once and never interrupts a pass. A pass that
/// throws is logged, and the next one still runs after `errorPause`, so one bad answer or a database
/// that is away cannot stop the worker.
///
/// - Parameter outage: Tells of a database that cannot be used, once for all loops.
/// - Parameter pass: Does one pass and says how long to wait for the next one, at most.
package func repeatUntilShutdown(
    _ name: String, wakenBy signal: Signal, clock: any Clock<Duration>, outage: DatabaseOutage,
    logger: Logger,
    pass: () async throws -> Duration
) async {
    var isOut = false
    while !Task.isCancelled && !Task.isShuttingDownGracefully {
        var pause = errorPause
        do {
            pause = try await pass()
            if isOut { outage.end() }
            isOut = false
        } catch is CancellationError {
            continue
        } catch let error as PostgresError where error.isAboutDatabase {
            isOut = true
            outage.note(error)
            await Signal().wait(upTo: errorPause, clock: clock)
            continue
        } catch {
            logger.warning("\(name) failed and is tried again", metadata: ["error": "\(error)"])
            await Signal().wait(upTo: errorPause, clock: clock)
            continue
        }
        if pause > .zero { await signal.wait(upTo: pause, clock: clock) }
    }
}

/// Between a failed pass and the next. The same for all, since most failures are the database's.
private let errorPause: Duration = .seconds(2)
