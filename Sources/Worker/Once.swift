package import Pylon
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

    /// Runs until a sweep begun from now on is complete and everything it leads to is evaluated, sent
    /// and settled, by whichever process.
    package func runOnce() async throws -> OnceResult {
        let start = ContinuousClock.now
        let firstSeq = try await store.lastSeq()
        var failure: String? = "GET /me told nothing \(Self.recognitionAttempts) times"
        if await isRecognised(attempts: Self.recognitionAttempts) {
            failure = try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await runLoops() }
                defer { group.cancelAll() }
                return try await untilNothingIsLeft()
            }
        }
        try? await store.releaseLeases()
        let seconds = ContinuousClock.now - start
        return OnceResult(
            summary: try await store.summary(after: firstSeq), requests: counts.all,
            seconds: Double(seconds.milliseconds) / 1000,
            // Whoever stops it knows that it is not complete.
            failure: Task.isShuttingDownGracefully ? nil : failure)
    }

    /// Times that the API is asked whose token it is.
    private static let recognitionAttempts = 5

    /// - Returns: Why it ended early, or nil.
    private func untilNothingIsLeft() async throws -> String? {
        let begun = try await store.demandSweep()
        while !Task.isShuttingDownGracefully {
            let pauses = try await store.pauses().pauses
            if let pause = pauses.first(where: {
                $0.endpoint == nil && $0.reason != .tokenChanged
            }) {
                return "\(WorkspacePaused(reason: pause.reason))"
            }
            switch try await store.sweepState(begunSince: begun) {
            case .aborted(let reason): return "the sweep was given up: \(reason)"
            case .completed:
                if try await store.pending().isNothing { return nil }
            case .underWay: break
            }
            try await clock.sleep(for: Self.oncePoll)
        }
        return nil
    }
}
