internal import Contacts
internal import Rules

/// All changes that a ruleset would make, counted before any is made.
///
/// A rule that would exceed a limit is held as a whole, before it has changed anybody.
package struct ImpactAssessment: Sendable {
    /// As it was before anything was counted.
    package private(set) var gate: ChangeGate
    /// By scope and class, the contacts that would be changed.
    private var changes: [LimitScope: [ChangeClass: Int]] = [:]
    /// By the key of the hold, the changes that missing approvals keep back.
    private var unapproved: [String: (hold: RuleHold, changes: Int)] = [:]
    /// By class, how many contacts each rule as written would change.
    private var contributors: [ChangeClass: [String: Int]] = [:]

    /// - Parameter gate: One that does not count changes one by one.
    package init(_ gate: ChangeGate) { self.gate = gate }

    /// Counts what would follow for one contact, as the gate reconciled it.
    package mutating func add(_ result: Reconciliation) {
        for change in result.held {
            for hold in Set(change.rules.keys.compactMap(gate.ruleset.rule).map(\.base))
                .map({ gate.newHold(on: $0, .approval, RuleHold.approvalDetail) })
            where change.by.contains(hold.key) {
                unapproved[hold.key, default: (hold, 0)].changes += 1
            }
        }
        count(result.counted.filter { !$0.isApproved })
    }

    private mutating func count(_ counted: [CountedChange]) {
        for (scope, classes) in gate.scopes(of: counted) {
            for kind in classes { changes[scope, default: [:]][kind, default: 0] += 1 }
        }
        var bases: [String: Set<ChangeClass>] = [:]
        for change in counted {
            for rule in change.rules.compactMap(gate.ruleset.rule) {
                bases[rule.base, default: []].formUnion(change.classes)
            }
        }
        for (base, classes) in bases {
            for kind in classes { contributors[kind, default: [:]][base, default: 0] += 1 }
        }
    }

    /// Whether a person has to agree to a rule first.
    package mutating func lacksApproval(_ id: String) -> Bool { gate.lacksApproval(id) }

    /// The holds that are needed, each with the changes that it holds, in the order of their keys.
    package mutating func holds() -> [(hold: RuleHold, changes: Int)] {
        var held: [String: (hold: RuleHold, changes: Int)] = unapproved
        for kind in ChangeClass.allCases {
            // The narrowest limit is the one that is told.
            for rule in exceedingRules(kind) + exceedingTogether(kind) {
                let hold = gate.newHold(on: rule.id, kind.holdReason, rule.bound)
                if held[hold.key] == nil { held[hold.key] = (hold, rule.changes) }
            }
        }
        return held.values.sorted { $0.hold.key < $1.hold.key }
    }

    private struct ExceedingRule {
        let id: String
        let changes: Int
        /// The limit that it exceeds.
        let bound: String
    }

    /// The rules that exceed a limit by themselves.
    private func exceedingRules(_ kind: ChangeClass) -> [ExceedingRule] {
        changes.compactMap { scope, counts -> ExceedingRule? in
            guard case .rule(let id) = scope, let more = counts[kind],
                let rule = gate.ruleset.rule(id) ?? gate.ruleset.rows(of: id).first,
                let bound = gate.scopes(of: rule, kind).lazy.filter({ $0.0 == scope })
                    .compactMap({ gate.ledger.exceeded($0.1, by: more, kind, in: scope) }).first
            else { return nil }
            return ExceedingRule(id: id, changes: more, bound: bound)
        }.sorted { $0.id < $1.id }
    }

    /// The rules that exceed a limit of the workspace together.
    ///
    /// Of what lowers access, the rules that lower most are held until the rest is within the
    /// limit, so that a flood by one rule holds no other; of everything else, all of them.
    private func exceedingTogether(_ kind: ChangeClass) -> [ExceedingRule] {
        func exceeded(by count: Int) -> String? {
            gate.ledger.exceeded(gate.limits.workspace, by: count, kind, in: .workspace)
        }
        var left = changes[.workspace]?[kind] ?? 0
        guard left > 0, let bound = exceeded(by: left) else { return [] }
        var exceeding: [ExceedingRule] = []
        let sorted = (contributors[kind] ?? [:])
            .sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        for (id, changes) in sorted {
            if kind == .lowering, exceeded(by: max(0, left)) == nil { break }
            exceeding.append(ExceedingRule(id: id, changes: changes, bound: bound))
            left -= changes
        }
        return exceeding
    }
}
