internal import Contacts
internal import Rules

/// A rule with one change.
struct RuleMutant {
    let rule: Rule
    /// What was changed, and what it became.
    let part: String
    let change: String
    let hasSameCondition: Bool

    init(_ rule: Rule, _ part: String, _ change: String, hasSameCondition: Bool = true) {
        (self.rule, self.part, self.change) = (rule, part, change)
        self.hasSameCondition = hasSameCondition
    }
}

/// Makes every mutant of a rule.
struct Mutator {
    private let ruleset: Ruleset
    /// By field and value.
    private let choices: [Bytes: Int]
    /// Whether tests run as if rules in shadow were enforced.
    private let isShadowTested: Bool
    private let rivals: [Rule]

    init(_ ruleset: Ruleset) {
        self.ruleset = ruleset
        isShadowTested = ruleset.tests.contains(where: \.isEnforced)
        rivals = ruleset.enforcing + (isShadowTested ? ruleset.shadowed : [])
        let effects = ruleset.rules.lazy.flatMap(\.effects)
        choices = Dictionary(effects.map { ($0.name, $0.choice) }) { first, _ in first }
    }

    /// One after the other, since those of a long condition would not all fit in memory.
    func mutants(of rule: Rule) -> AnySequence<RuleMutant> {
        let conditions = rule.condition.mutants(ruleset.fields).lazy.map { mutant in
            RuleMutant(
                rule.with(condition: mutant.condition), mutant.part, mutant.change,
                hasSameCondition: false)
        }
        guard rule.mode == .enforce || isShadowTested else { return AnySequence(conditions) }
        let modes =
            rule.mode == .enforce
            ? [RuleMutant(rule.with(mode: .shadow), "mode enforce", "shadow")] : []
        let others = effects(of: rule) + priorities(of: rule) + modes
        return AnySequence([AnySequence(conditions), AnySequence(others)].joined())
    }

    private func effects(of rule: Rule) -> [RuleMutant] {
        rule.effects.indices.flatMap { index in
            let effect = rule.effects[index]
            let others = effect.mutants(choices).map { (Optional($0), $0.written) }
            return (others + [(nil, "dropped")]).map { other, change in
                var effects = rule.effects
                effects.replaceSubrange(index...index, with: other.map { [$0] } ?? [])
                return RuleMutant(
                    rule.with(effects: effects), "set \(effect.field): \(effect.written)", change)
            }
        }
    }

    /// Above and below all rules with which it can disagree, where it is not there already.
    private func priorities(of rule: Rule) -> [RuleMutant] {
        let rivals = rivals.filter { other in
            other.base != rule.base && rule.disagrees(with: other)
                && !rule.condition.excludes(other.condition)
        }.map(\.priority)
        guard let highest = rivals.max(), let lowest = rivals.min() else { return [] }
        var priorities: [(Int, String)] = []
        if rule.priority <= highest { priorities.append((highest + 1, "above all others")) }
        if rule.priority >= lowest { priorities.append((lowest - 1, "below all others")) }
        return priorities.map { priority, change in
            RuleMutant(rule.with(priority: priority), "priority \(rule.priority)", change)
        }
    }
}

extension Rule {
    /// Whether both want one value for a slot, and not the same.
    fileprivate func disagrees(with other: Rule) -> Bool {
        effects.contains { effect in
            effect.isExact
                && other.effects.contains {
                    $0.isExact && $0.slot == effect.slot && $0.choice != effect.choice
                }
        }
    }
}

extension Condition {
    /// Whether both can be seen never to be true together: they need one field to have different
    /// values.
    fileprivate func excludes(_ other: Condition) -> Bool {
        let others = other.needs
        return needs.contains { need in others.contains(where: need.excludes) }
    }

    private var needs: [Necessity] {
        if case .all(let parts) = self {
            parts.flatMap(\.needs)
        } else {
            necessity.map { [$0] } ?? []
        }
    }
}

extension Condition.Necessity {
    fileprivate func excludes(_ other: Self) -> Bool {
        switch (self, other) {
        case (.value(let field, let values), .value(let same, let others)):
            field == same && values.isDisjoint(with: others)
        case (.value(let field, let values), .domain(let same, let domain)),
            (.domain(let same, let domain), .value(let field, let values)):
            field == same && !values.contains { $0.isUnder(domain: domain) }
        case (.domain(let field, let domain), .domain(let same, let other)):
            field == same && !domain.isUnder(domain: other) && !other.isUnder(domain: domain)
        }
    }
}

extension Effect {
    /// The field and the value as written, by which `choice` numbers them.
    fileprivate var name: Bytes { Bytes(of: "\(field)=\(value)") }

    /// As in `set`.
    fileprivate var written: String { bound.map { "\($0) \(value)" } ?? value }

    /// The same effect with another role or text, or bounded from the other side.
    fileprivate func mutants(_ choices: [Bytes: Int]) -> [Effect] {
        if case .template(let segments) = kind {
            return [with(value + "x", .template(segments + [.text("x")]), choices)]
        }
        guard field == .portalRole else { return [with(value + "x", kind, choices)] }
        let roles = Vocabulary.roles.filter { $0 != value }.map { with($0, kind, choices) }
        return switch kind {
        case .atLeast: roles + [with(value, .atMost, choices)]
        case .atMost: roles + [with(value, .atLeast, choices)]
        case .exact, .template: roles
        }
    }

    private func with(_ value: String, _ kind: Kind, _ choices: [Bytes: Int]) -> Effect {
        // No rule has the choice −1.
        let choice = choices[Bytes(of: "\(field)=\(value)")] ?? -1
        return Effect(
            field: field, value: value, position: position, slot: slot, choice: choice, kind: kind)
    }
}
