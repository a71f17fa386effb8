package import Foundation
internal import Reconciler
package import Rules
package import Store

/// Makes recorded decisions again, each with the ruleset, the contact, the grants and the time that
/// it was made with: the same must come of it.
package struct DecisionReplay: Sendable {
    private let store: Store
    /// The newest decisions that are made again in one run.
    private let limit: Int

    /// Decisions made again in one run, unless a test has fewer.
    package static let maxDecisions = 100_000
    /// Decisions read at once.
    private static let page = 200
    /// Rulesets that are kept compiled.
    private static let maxRulesets = 8

    package init(of store: Store, limit: Int = maxDecisions) {
        self.store = store
        self.limit = limit
    }

    /// - Parameters:
    ///   - since: Only decisions that were recorded from then on; nil is all.
    ///   - contact: Only those on contacts of this id or e-mail address; nil is all.
    package func run(
        since: Date? = nil, contact: String? = nil, progress: (Int) -> Void = { _ in }
    ) async throws -> ReplayReport {
        var report = ReplayReport()
        var rulesets: [String: RecordedRuleset] = [:]
        var seq = Int.max
        while report.decisions < limit {
            let wanted = min(Self.page, limit - report.decisions)
            let page = try await store.historicalDecisions(
                before: seq, since: since, contact: contact, limit: wanted)
            for past in page {
                let hash = past.recorded.body.rulesetHash
                if rulesets[hash] == nil, rulesets.count == Self.maxRulesets { rulesets = [:] }
                let ruleset =
                    if let known = rulesets[hash] { known } else {
                        try await store.compiledRuleset(hash: hash)
                    }
                rulesets[hash] = ruleset
                try report.add(past, madeWith: ruleset)
            }
            progress(report.decisions)
            guard page.count == wanted, let last = page.last else { return report }
            seq = last.recorded.seq
        }
        report.isCut = try await !store.historicalDecisions(
            before: seq, since: since, contact: contact, limit: 1
        ).isEmpty
        return report
    }
}

extension Store {
    /// A ruleset of the record.
    package func compiledRuleset(hash: String) async throws -> RecordedRuleset {
        guard let stored = try await ruleset(hash: hash) else { return .missing }
        guard let ruleset = try? Ruleset(stored), ruleset.hash == hash else { return .unusable }
        return .usable(ruleset)
    }
}

/// A ruleset as the record has it.
package enum RecordedRuleset: Sendable {
    case usable(Ruleset)
    /// To this version of Usher it means something else than to the one that put it in force.
    case unusable
    /// Nothing of this name was ever in force.
    case missing
}
