package import Contacts
package import Foundation
package import Rules

/// What one rule makes of a contact, and what stands in its way.
package struct RuleExplanation: Sendable, Encodable {
    /// The rule, or the rows of its table that came near.
    package let rules: [ExplainedRule]
    /// Why nothing, or what, comes of it; one sentence each.
    package let reasons: [String]
}

extension RuleExplanation: TextLines {
    package var lines: [String] {
        let shown = rules.isEmpty ? [] : rules.flatMap(\.lines) + [""]
        return shown + reasons.map { "- \($0)" }
    }
}

extension Ruleset {
    /// Rows of a table that are shown; few ever match at once.
    package static let shownRows = 5

    /// Explains one rule, by its id as written or as one row of its table; pure.
    ///
    /// - Parameter maxRows: Rows that are shown of those that are true, or else unknown.
    /// - Returns: nil where there is no such rule.
    package func explain(
        rule id: String, on contact: Contact, memory: ContactMemory = ContactMemory(),
        now: Date? = nil, maxRows: Int = shownRows
    ) -> RuleExplanation? {
        let rows = rules.filter { $0.id == id || $0.base == id }
        let explanation = explain(contact, memory: memory, now: now)
        guard !rows.isEmpty else {
            guard retired[id] != nil else { return nil }
            let reason = "it is retired: it only reverts what it had set"
            return RuleExplanation(
                rules: [], reasons: [reason] + explanation.decision.wishes(of: id).statements)
        }
        let ids = Set(rows.map(\.id))
        let explained = explanation.rules.filter { ids.contains($0.rule) }
        guard rows.count > 1 else {
            return RuleExplanation(
                rules: explained, reasons: reasons(for: rows[0], explained[0], explanation))
        }
        let isTrue = explained.filter { $0.truth == .true }
        let near = isTrue.isEmpty ? explained.filter { $0.truth == .unknown } : isTrue
        let shown = near.prefix(maxRows)
        let ofRows = shown.flatMap { explained in
            rule(explained.rule).map { reasons(for: $0, explained, explanation) } ?? []
        }
        let summary =
            "\(isTrue.count) of its \(rows.count) rows \(isTrue.count == 1 ? "is" : "are") true"
        return RuleExplanation(rules: Array(shown), reasons: [summary] + ofRows)
    }

    /// Says that there is no rule of this id, and which was probably meant.
    package func missing(_ id: String) -> String {
        let ids = Set(rules.flatMap { [$0.id, $0.base] }).union(retired.keys)
        let near = Suggestion.name(to: id, among: ids.sorted()).map { "; did you mean \($0)?" }
        return "no rule \(id.escaped)" + (near ?? "")
    }

    private func reasons(
        for rule: Rule, _ explained: ExplainedRule, _ explanation: Explanation
    ) -> [String] {
        let decision = explanation.decision
        var reasons: [String] = []
        switch rule.mode {
        case .enforce: break
        case .shadow: reasons.append("it is in shadow: what it wants is recorded and not sent")
        case .off: reasons.append("it is off: it is only checked")
        }
        if let period = explained.period { reasons.append("it is not its time: it \(period)") }
        switch explained.truth {
        case .true: break
        case .false: reasons.append("its condition is false")
        case .unknown: reasons.append("its condition is unknown, so the rule does not apply")
        }
        reasons += explanation.lapses.filter { $0.rule == rule.id && $0.kind != .rule }
            .map(\.description)
        for excepted in decision.excepted ?? [] where excepted.rule == rule.id {
            guard let exception = exceptions.first(where: { $0.id == excepted.exception })
            else { continue }
            reasons.append(
                "the exception \(exception.id) leaves the contact out until "
                    + "\(exception.until.timeText): "
                    + exception.reason)
        }
        for denied in decision.denied ?? [] where denied.rule == rule.id {
            let why = guardrails.first { $0.id == denied.guardrail }?.reason ?? ""
            reasons.append(
                "the guardrail \(denied.guardrail) denies \(denied.field): "
                    + "\(denied.value.escaped): \(why)")
        }
        let isAtWork =
            rule.mode == .enforce && decision.matched.contains { $0.rule == rule.id }
            && decision.conflicts.allSatisfy { $0.kind == .tie }
        return reasons + decision.wishes(of: rule.id).statements
            + (isAtWork ? rule.effectsWithoutWish(in: decision) : [])
    }
}

extension Rule {
    /// What a rule that is true wants nothing for, and why.
    fileprivate func effectsWithoutWish(in decision: Decision) -> [String] {
        var explained = Set(decision.wishes.filter { $0.rules.contains(id) }.map(\.field))
        explained.formUnion(decision.beaten.filter { $0.rule == id }.map(\.field))
        explained.formUnion((decision.denied ?? []).filter { $0.rule == id }.map(\.field))
        for conflict in decision.conflicts {
            explained.formUnion(conflict.contenders.filter { $0.rule == id }.map(\.field))
        }
        return effects.filter { !explained.contains($0.field) }.compactMap { effect in
            if effect.isTemplate {
                return "\(effect.field) stays unset: something in its template is unknown"
            }
            if effect.isExact || decision.unordered?.contains(id) == true { return nil }
            let bound = effect.bound ?? ""
            return "\(effect.field) is within its bound, \(bound): \(effect.value.escaped)"
        }
    }
}
