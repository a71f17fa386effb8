internal import Logging
internal import Reconciler
internal import Rules
internal import Store

/// Decides what the rules want for every contact that changed.
struct Evaluator: Sendable {
    let store: Store
    let rulesets: ActiveRuleset
    let notifier: AlertNotifier
    let logger: Logger
    /// Woken when there may be something to send.
    let dispatch: Signal

    /// Between looks for events that another process recorded.
    static let poll: Duration = .seconds(1)
    /// Before a pass begins again since something that it was decided on has changed.
    static let retryPause: Duration = .milliseconds(20)

    /// One pass: reads what changed, decides, and writes what follows.
    ///
    /// - Returns: How long to wait for the next pass.
    func evaluate() async throws -> Duration {
        guard let ruleset = try await rulesets.current(in: store) else { return Self.poll }
        if ruleset.dependsOnTime { try await store.recheckWhenDue(ruleset) }
        guard let lease = try await store.acquire(.evaluate) else { return Self.poll }
        do {
            switch try await store.nextEvaluation(under: lease, of: ruleset.hash) {
            case .otherRuleset: return Self.poll
            case .count: return try await count(ruleset, under: lease)
            case .idle: return Self.poll
            case .endHolds:
                try await store.withdrawEmptyHolds(under: lease)
                return Self.poll
            case .evaluate(let pending):
                let gate = ChangeGate(
                    ruleset, before: pending.limitsBefore, cap: rulesets.cap,
                    ledger: pending.ledger, holds: pending.holds)
                let batch = try EvaluationBatch(
                    of: pending.subjects, through: gate, at: pending.now)
                notifier.notify(try await store.write(batch, of: pending))
                if batch.begunActions > 0 { dispatch.send() }
                return pending.hasMore ? .zero : Self.poll
            }
        } catch StoreError.evaluationMoved, StoreError.leaseLost {
            return Self.retryPause
        }
    }

    /// Counts all that a new ruleset would change, before any of it is done.
    private func count(_ ruleset: Ruleset, under lease: Lease) async throws -> Duration {
        guard let start = try await store.beginCount(of: ruleset.hash), start.isSwept
        else { return Self.poll }
        var gate = ChangeGate(
            ruleset, before: start.limitsBefore, cap: rulesets.cap, ledger: start.ledger,
            holds: start.holds, isCounting: false)
        var impact = ImpactAssessment(gate)
        var last: String? = ""
        while let after = last {
            let page = try await store.subjects(after: after, limit: Store.countBatch)
            for subject in page.decoded { impact.add(gate.reconcile(subject, at: start.now)) }
            last = page.count == Store.countBatch ? page.lastID : nil
            try await store.renew(lease)
        }
        notifier.notify(
            try await store.finishCount(impact.holds(), under: lease, of: ruleset.hash))
        return .zero
    }
}
