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
        try await count(worker)
    }

    /// What precedes the first decision under new rules, and no other.
    private func count(_ worker: WorkspaceWorker) async throws {
        let ruleset = try Ruleset(sources: RuleFiles.read(rules))
        guard let lease = try await worker.store.acquire(.evaluate),
            case .counted = try await worker.store.countChanges(
                under: lease, of: ruleset, cap: nil)
        else { throw BenchmarkFailed("the changes could not be counted") }
    }

    /// Evaluates until nothing is left, and returns the number of decisions.
    func evaluateAll(of worker: WorkspaceWorker) async throws -> Int {
        guard let lease = try await worker.store.acquire(.evaluate) else {
            throw BenchmarkFailed("somebody else evaluates")
        }
        let ruleset = try Ruleset(sources: RuleFiles.read(rules))
        var decisions = 0
        while true {
            let result = try await worker.store.evaluate(
                under: lease, with: ruleset, cap: nil)
            guard let result else { throw BenchmarkFailed("another ruleset is in force") }
            decisions += result.decisions
            if !result.hasMore { return decisions }
        }
    }
}
