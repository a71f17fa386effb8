import Foundation
import Store
import Worker

extension Bench {
    static let workspaces = 8

    /// How many actions several workspaces send and record in a second: intent, answer, outcome,
    /// snapshot, and the action's end. Request limits are off.
    ///
    /// The server remembers what it was sent, so each run has contacts of its own.
    func measureDispatch() async throws -> [Figure] {
        let workers = try (0..<Self.workspaces).map {
            try worker("w\($0)", of: "few/\(getpid())-\($0)")
        }
        var actions = 0
        for worker in workers {
            try await readContacts(of: worker)
            actions += try await evaluateAll(of: worker)
        }
        let start = ContinuousClock.now
        let elapsed = try await withThrowingTaskGroup { group in
            for worker in workers { group.addTask { try await worker.run() } }
            defer { group.cancelAll() }
            for worker in workers {
                while try await worker.store.pending().open > 0 {
                    try await Task.sleep(for: .milliseconds(50))
                }
            }
            return ContinuousClock.now - start
        }
        var applied = 0
        for worker in workers {
            applied += try await worker.store.summary(after: 0).actions["applied"] ?? 0
        }
        guard applied == actions else {
            throw BenchmarkFailed("\(applied) of \(actions) actions were applied")
        }
        return [
            Figure(
                name: Benchmark.dispatch.rawValue, value: Double(actions) / elapsed.seconds,
                unit: "actions/s")
        ]
    }
}
