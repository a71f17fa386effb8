internal import Reconciler
internal import Rules

extension Plan {
    /// A hold on a rule under a plan.
    package struct Hold: Sendable, Encodable, Equatable {
        package let rule: String
        package let reason: String
        /// Which limit, or what asks for the approval.
        package let detail: String

        init(_ hold: RuleHold) {
            (rule, reason, detail) = (hold.ruleID, hold.reason.rawValue, hold.detail)
        }
    }
}

/// The holds on rules under a plan: those that are placed already, and those that would be.
struct PlannedHolds {
    private let byRule: [String: [RuleHold]]
    private let unapproved: Set<String>
    private let ruleset: Ruleset

    init(_ impact: inout ImpactAssessment, of ruleset: Ruleset) {
        let placed = impact.gate.holds.placed.values.filter { $0.reason != .approval }
        byRule = Dictionary(
            grouping: Dictionary(
                (placed + impact.holds().map(\.hold)).map { ($0.key, $0) }
            ) { first, _ in first }.values, by: \.ruleID)
        unapproved = Set(
            ruleset.rules.filter { $0.mode == .enforce && impact.lacksApproval($0.id) }.map(\.id))
        self.ruleset = ruleset
    }

    /// In the order of their rules.
    var all: [Plan.Hold] {
        byRule.values.joined().sorted { ($0.ruleID, $0.key) < ($1.ruleID, $1.key) }
            .map(Plan.Hold.init)
    }

    /// What holds a rule, or the rule as written of which it is a row.
    func hold(on id: String) -> Plan.Hold? {
        let base = ruleset.rule(id)?.base ?? id
        // It is placed only where a change has no other rule, and keeps this one back everywhere.
        if unapproved.contains(id) {
            return Plan.Hold(
                RuleHold(
                    ruleID: base, reason: .approval, ruleHash: "", detail: RuleHold.approvalDetail))
        }
        return (byRule[id] ?? byRule[base])?.min { $0.key < $1.key }.map(Plan.Hold.init)
    }
}
