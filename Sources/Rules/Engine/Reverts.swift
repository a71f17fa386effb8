internal import Contacts

/// Reverts of values whose rules no longer apply.
extension Fixpoint {
    /// A proposal below every priority, or one that waits for a person since it would raise access.
    struct Revert {
        let proposal: Proposal
        let needsPerson: Bool
    }

    /// Below every priority that a rule can have.
    static let revertPriority = RuleLimits.priorities.lowerBound - 1

    /// The reverts of what Usher has set and nobody has changed since: where all rules that wanted
    /// it say so, and none of them is true.
    func findReverts() -> [Revert] {
        guard ruleset.hasReverts, !grants.isEmpty else { return [] }
        return grants.values.sorted { $0.field.description < $1.field.description }
            .flatMap(reverts)
    }

    private func reverts(of grant: Grant) -> [Revert] {
        let rules = grant.rules.compactMap(ruleset.reverter)
        guard !rules.isEmpty, rules.count == grant.rules.count,
            rules.allSatisfy(hasUnmatched)
        else { return [] }
        return rules.compactMap { rule in
            guard let effect = rule.effects.first(where: { $0.field == grant.field }),
                !isPassedOver(rule, effect),
                original.holds(Bytes(of: grant.value), at: effect.position),
                let value = grant.valueBefore(rule.terms.revertTo[grant.field]),
                !value.hasSameBytes(as: grant.value)
            else { return nil }
            return Revert(
                proposal: Proposal(
                    rule: rule.with(priority: Self.revertPriority),
                    effect: effect.with(value: value), template: Bytes(of: value)),
                needsPerson: grant.mayRaise != true
                    && (holdsReverts || grant.couldRaise(to: value)))
        }
    }

    /// Whether a rule that was true is so no more: false, or unknown only for want of a value. What
    /// has expired and what cannot be read tell nothing, and a rule that is switched off, or from
    /// which the contact is left out, reverts nothing.
    private func hasUnmatched(_ rule: Rule) -> Bool {
        guard rule.mode == .enforce, rule.terms.reverts,
            !exceptions.contains(where: { $0.covers(rule) })
        else { return false }
        if let now, let until = rule.until, until <= now { return true }
        switch rule.condition.truth(of: copy) {
        case .true: return false
        case .false: return true
        case .unknown:
            return rule.condition.predicates.allSatisfy { predicate in
                predicate.truth(of: copy) != .unknown || copy.values[predicate.field].isAbsent
            }
        }
    }
}

extension Grant {
    /// What goes in the place of what was set; nil where there is no way back.
    fileprivate func valueBefore(_ wanted: String?) -> String? {
        if let wanted { return wanted }
        switch (from, field) {
        case (.text(let text), _): return text
        // Nobody has less than no access, and only a custom field can be unset.
        case (nil, .portalRole): return PortalRole.names[0]
        case (nil, .customField): return ""
        case (nil, _), (.list, _): return nil
        }
    }

    /// Whether the revert might show a contact more than it sees now.
    fileprivate func couldRaise(to before: String) -> Bool {
        switch field {
        case .name, .avatarURL, .customField: return false
        case .accountID, .portalRoleID: return true
        case .portalRole:
            return PortalRole.Standing(ofRole: value).effect(ofChangeTo: .init(ofRole: before))
                .isLimitedAsGrant
        }
    }
}
