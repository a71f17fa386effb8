package import Contacts

/// One value that one rule wants for a contact, whether it has its way or not.
package struct RuleWish: Sendable {
    package let rule: Rule
    package let field: SettableField
    package let value: String
    /// The effect on the contact if the rule had its way alone.
    package let effect: AccessEffect
    /// Whether the contact holds it already, or is within the bound.
    package let isMet: Bool
}

extension Evaluation {
    /// The wishes of all rules that are true, and the reverts of those that no longer are.
    package var ruleWishes: [RuleWish] {
        let wishes = fixpoint.matches.flatMap { match in
            match.rule.effects.compactMap { effect in
                effect.text(for: fixpoint.copy).map {
                    wish(of: match.rule, effect, String(decoding: $0, as: UTF8.self))
                }
            }
        }
        let reverts = fixpoint.reverts.filter { !$0.needsPerson }.map { revert in
            wish(of: revert.proposal.rule, revert.proposal.effect, revert.proposal.value)
        }
        return wishes + reverts
    }

    private func wish(of rule: Rule, _ effect: Effect, _ value: String) -> RuleWish {
        let access = contact.accessEffect(of: effect.field, value)
        let isBeyondBound =
            effect.isFloor ? access.isLimitedAsGrant : effect.isExact || access == .lowers
        let isMet = contact.holds(value, in: effect.field) || !isBeyondBound
        return RuleWish(
            rule: rule, field: effect.field, value: value, effect: isMet ? .neutral : access,
            isMet: isMet)
    }
}
