import RuleSources
import Rules
import Store
import Worker

extension Bench {
    /// How many decisions the rules make in a second, each recorded with the action that it begins.
    func measureEvaluation() async throws -> [Figure] {
        let worker = try worker("evaluate", of: "some")
        try await readContacts(of: worker)
        let start = ContinuousClock.now
        let decisions = try await evaluateAll(of: worker)
        let elapsed = ContinuousClock.now - start
        return [
            Figure(
                name: Benchmark.evaluate.rawValue, value: Double(decisions) / elapsed.seconds,
                unit: "decisions/s")
        ]
    }

    /// Brings a worker's rules in force and then its contacts into the snapshot, not yet evaluated.
    func readContacts(of worker: WorkspaceWorker) async throws {
        try await worker.prepare()
        // What new rules say of the contacts so far: none.
        _ = try await evaluateAll(of: worker)
        _ = try await worker.poller.sweep()
        // What precedes the first decision under new rules, and no other.
        _ = try await worker.evaluateOnce()
    }

    /// Evaluates until nothing is left, and returns the number of decisions.
    func evaluateAll(of worker: WorkspaceWorker) async throws -> Int {
        let seq = try await worker.store.lastSeq()
        while try await worker.evaluateOnce() < .seconds(1) {}
        return try await worker.store.summary(after: seq).decisions
    }
}
