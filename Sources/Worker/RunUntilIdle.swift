internal import Contacts
internal import Foundation
internal import Logging
internal import Postgres
package import Pylon
internal import Reconciler
internal import ServiceLifecycle
package import Store

/// What came of running a workspace until nothing was left to do.
package struct OnceResult: Sendable {
    package let summary: RunSummary
    package let requests: [Endpoint: RequestCounts.Count]
    package let seconds: Double
    /// Why the run is not complete, if it is not.
    package let failure: String?
}

extension WorkspaceWorker {
    /// Between looks whether anything is left to do.
    private static let oncePoll: Duration = .milliseconds(100)

    /// Runs until a sweep begun from now on is complete and everything it leads to is evaluated,
    /// sent and settled, by whichever process; requests in flight are finished.
    package func runOnce() async -> OnceResult {
        let start = ContinuousClock.now
        var (firstSeq, failure): (Int?, String?)
        do {
            firstSeq = try await store.lastSeq()
            failure = try await runUntilNothingIsLeft()
        } catch {
            failure = "\(error)"
        }
        var summary = RunSummary.nothing
        if let firstSeq, let found = try? await store.summary(after: firstSeq) { summary = found }
        return OnceResult(
            summary: summary, requests: counts.all,
            seconds: Double((ContinuousClock.now - start).milliseconds) / 1000,
            // Whoever stops it knows that it is not complete.
            failure: Task.isShuttingDownGracefully ? nil : failure)
    }

    /// - Returns: Why it ended early, or nil.
    private func runUntilNothingIsLeft() async throws -> String? {
        guard await isRecognised(attempts: Self.recognitionAttempts) else {
            return "GET /me failed \(Self.recognitionAttempts) times: see the log"
        }
        let loops = ServiceGroup(services: [Loops(worker: self)], logger: logger)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await loops.run() }
            let outcome: Result<String?, any Error>
            do { outcome = .success(try await untilNothingIsLeft()) } catch {
                outcome = .failure(error)
            }
            await loops.triggerGracefulShutdown()
            try await group.waitForAll()
            return try outcome.get()
        }
    }

    private struct Loops: Service {
        let worker: WorkspaceWorker

        func run() async { await worker.runLoops() }
    }

    /// Times that the API is asked whose token it is.
    private static let recognitionAttempts = 5

    /// - Returns: Why it ended early, or nil.
    private func untilNothingIsLeft() async throws -> String? {
        let newest = try await store.demandSweep()
        while !Task.isShuttingDownGracefully {
            do {
                if let end = try await end(ofSweepAfter: newest) { return end.failure }
            } catch let error as PostgresError where error.isPassing {
                // The loops wait for the database too.
                logger.warning("no look at what is left yet", metadata: ["error": "\(error)"])
            }
            try await clock.sleep(for: Self.oncePoll)
        }
        return nil
    }

    /// How long an endpoint may fail before a single run gives up; longer than most restarts take.
    private static let longestOutage: Duration = .seconds(60)

    private struct End {
        let failure: String?
    }

    /// How the run ended; nil while it goes on.
    private func end(ofSweepAfter newest: Int) async throws -> End? {
        let state = try await store.sendingState()
        if let pause = state.pauses.first(where: {
            $0.endpoint == nil && $0.reason != .tokenChanged
        }) {
            return End(failure: "\(WorkspacePaused(reason: pause.reason))")
        }
        if let failing = state.breakers.first(where: {
            $0.toldAt != nil
                && $0.since.addingTimeInterval(Self.longestOutage.seconds) <= state.now
        }) {
            return End(
                failure: "the API's endpoint \(failing.endpoint) has been failing for "
                    + "\(Self.longestOutage): \(failing.cause)")
        }
        switch try await store.sweepState(after: newest) {
        case .aborted(let reason): return End(failure: "the sweep was given up: \(reason)")
        case .completed: return try await store.pending().isNothing ? End(failure: nil) : nil
        case .underWay: return nil
        }
    }
}
