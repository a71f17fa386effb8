internal import Contacts

/// The resolution of the proposals for a slot in a round.
extension Fixpoint {
    /// Resolves the proposals for one slot and assigns the value.
    mutating func resolve(_ proposals: [Proposal]) {
        let drifted = driftedRules(among: proposals)
        guard proposals.allSatisfy(\.effect.isExact) else { return resolveRole(proposals, drifted) }
        let top = proposals.ofHighestPriority
        guard top.allSatisfy({ $0.agrees(with: top[0]) }) else { return ties.append(top) }
        let owners = proposals.count == 1 ? proposals : proposals.filter { $0.agrees(with: top[0]) }
        let losers =
            proposals.count == owners.count ? [] : proposals.filter { !$0.agrees(with: top[0]) }
        assign(
            Resolution(
                proposal: top[0], owners: owners, cappedBy: [],
                losers: losers.map { Loser(proposal: $0, by: owners) },
                isDrift: owners.allSatisfy { drifted.contains($0.rule.id) }, isBound: false))
    }

    private mutating func resolveRole(_ proposals: [Proposal], _ drifted: Set<String>) {
        let role = RoleResolution(
            proposals, original: original.roleStanding, copy: copy.roleStanding, drifted: drifted)
        unordered += role.unordered
        if !role.tie.isEmpty { ties.append(role.tie) }
        if role.isCapped { capped.insert(proposals[0].effect.slot) }
        guard var resolution = role.resolution else { return }
        // A ceiling holds although its own value is denied, and then nothing is assigned.
        if resolution.proposal.isCeiling, isDenied(resolution.proposal) { return }
        // A floor had shaped what a rule set, and a person changed it since.
        if let grant = grants[resolution.proposal.effect.field.slot], grant.isFor(resolution),
            !original.holds(resolution.proposal.text, at: resolution.proposal.effect.position)
        {
            grantsThatCounted.insert(grant.field.slot)
            resolution.isDrift = true
        }
        assign(resolution)
    }

    private mutating func assign(_ resolution: Resolution) {
        var resolution = resolution
        resolution.round = round
        let slot = resolution.proposal.effect.slot
        if resolution.isDrift, isAssigned(slot) { return }
        let known = resolutions.firstIndex { $0.proposal.effect.slot == slot }
        // A loser may no longer be true once the value is assigned.
        if let known, resolutions[known].proposal.agrees(with: resolution.proposal) {
            resolution.losers += resolutions[known].losers.filter { earlier in
                !resolution.losers.contains { $0.proposal.rule === earlier.proposal.rule }
                    && !resolution.owners.contains { $0.rule === earlier.proposal.rule }
            }
        }
        if let known { resolutions[known] = resolution } else { resolutions.append(resolution) }
        if !resolution.isDrift, !isSo(resolution) { apply(resolution) }
    }

    /// Whether the copy has it already; to a bound, nobody without a role has more than
    /// `no_access`.
    private func isSo(_ resolution: Resolution) -> Bool {
        copy.holds(resolution.proposal.text, at: resolution.proposal.effect.position)
            || resolution.isBound && resolution.proposal.standing == .noAccess && !copy.hasRole
    }

    /// The rules whose value for this contact a person changed after Usher had set it.
    private mutating func driftedRules(among proposals: [Proposal]) -> Set<String> {
        guard !grants.isEmpty || !memory.drifts.isEmpty else { return [] }
        let drifted = Set(proposals.lazy.filter { [self] in isDrift($0) }.map(\.rule.id))
        if !drifted.isEmpty { grantsThatCounted.insert(proposals[0].effect.field.slot) }
        return drifted
    }

    private func isDrift(_ proposal: Proposal) -> Bool {
        let slot = proposal.effect.field.slot
        guard !proposal.rule.terms.reasserts,
            !original.holds(proposal.text, at: proposal.effect.position)
        else { return false }
        if let drift = memory.drifts[slot]?[proposal.rule.id] {
            return drift.field == proposal.effect.field && drift.to.hasSameBytes(as: proposal.value)
        }
        return grants[slot]?.isUndone(for: proposal, in: original) ?? false
    }
}

extension Grant {
    /// Whether somebody else changed what Usher had set for a rule's proposal.
    ///
    /// A role may have been set to less than the rule wants, as a ceiling shaped it.
    fileprivate func isUndone(for proposal: Fixpoint.Proposal, in original: EvaluationContext)
        -> Bool
    {
        guard field == proposal.effect.field,
            rules.contains(where: { $0.hasSameBytes(as: proposal.rule.id) }),
            !original.holds(Bytes(of: value), at: proposal.effect.position)
        else { return false }
        if value.hasSameBytes(as: proposal.value) { return true }
        guard field == .portalRole, let set = PortalRole.rank(of: value) else { return false }
        return proposal.standing.rank.map { $0 > set } ?? false
    }

    /// Whether this very value was set on account of these rules.
    fileprivate func isFor(_ resolution: Fixpoint.Resolution) -> Bool {
        field == resolution.proposal.effect.field
            && value.hasSameBytes(as: resolution.proposal.value)
            && resolution.rules.allSatisfy { rule in
                !rule.terms.reasserts && rules.contains { $0.hasSameBytes(as: rule.id) }
            }
    }
}

extension Fixpoint.Proposal {
    func agrees(with other: Self) -> Bool {
        if effect.isTemplate || other.effect.isTemplate {
            return effect.field == other.effect.field && text == other.text
        }
        return effect.choice == other.effect.choice
    }
}
