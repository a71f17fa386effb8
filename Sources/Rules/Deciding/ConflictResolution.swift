internal import Contacts

/// Who has their way over a slot in a round.
extension Rounds {
    /// Finds the winner of one slot and acts on it.
    mutating func resolve(_ wishes: [Wish]) {
        let drifted = driftedRules(among: wishes)
        guard wishes.allSatisfy(\.effect.isExact) else { return resolveRole(wishes, drifted) }
        let top = wishes.ofHighestPriority
        guard top.allSatisfy({ $0.agrees(with: top[0]) }) else { return ties.append(top) }
        let owners = wishes.count == 1 ? wishes : wishes.filter { $0.agrees(with: top[0]) }
        let losers = wishes.count == owners.count ? [] : wishes.filter { !$0.agrees(with: top[0]) }
        assign(
            Winner(
                wish: top[0], owners: owners, cappedBy: [],
                beaten: losers.map { Beaten(wish: $0, by: owners) },
                isDrift: owners.allSatisfy { drifted.contains($0.rule.id) }, isBound: false))
    }

    private mutating func resolveRole(_ wishes: [Wish], _ drifted: Set<String>) {
        let resolution = RoleResolution(
            wishes, original: original.roleStanding, copy: reading.roleStanding, drifted: drifted)
        unordered += resolution.unordered
        if !resolution.tie.isEmpty { ties.append(resolution.tie) }
        if resolution.isCapped { capped.insert(wishes[0].effect.slot) }
        guard let winner = resolution.winner else { return }
        // A ceiling holds although its own value is denied, and then nothing is assigned.
        if winner.wish.isCeiling, isDenied(winner.wish) { return }
        var drifting = winner
        // A floor had shaped what a rule set, and a person changed it since.
        if let grant = grants[winner.wish.effect.field.slot], grant.isFor(winner),
            !original.holds(winner.wish.text, at: winner.wish.effect.position)
        {
            grantsThatCounted.insert(grant.field.slot)
            drifting.isDrift = true
        }
        assign(drifting)
    }

    private mutating func assign(_ winner: Winner) {
        var winner = winner
        winner.round = round
        let slot = winner.wish.effect.slot
        if winner.isDrift, isAssigned(slot) { return }
        let known = winners.firstIndex { $0.wish.effect.slot == slot }
        // A loser may no longer be true once the winner has its way.
        if let known, winners[known].wish.agrees(with: winner.wish) {
            winner.beaten += winners[known].beaten.filter { earlier in
                !winner.beaten.contains { $0.wish.rule === earlier.wish.rule }
                    && !winner.owners.contains { $0.rule === earlier.wish.rule }
            }
        }
        if let known { winners[known] = winner } else { winners.append(winner) }
        if !winner.isDrift, !isSo(winner) { apply(winner) }
    }

    /// Whether the copy has it already; to a bound, nobody without a role has more than `no_access`.
    private func isSo(_ winner: Winner) -> Bool {
        reading.holds(winner.wish.text, at: winner.wish.effect.position)
            || winner.isBound && winner.wish.standing == .noAccess && !reading.hasRole
    }

    /// The rules whose value for this contact a person changed after Usher had set it.
    private mutating func driftedRules(among wishes: [Wish]) -> Set<String> {
        guard !grants.isEmpty || !drifts.isEmpty else { return [] }
        let drifted = Set(wishes.lazy.filter { [self] in isDrift($0) }.map(\.rule.id))
        if !drifted.isEmpty { grantsThatCounted.insert(wishes[0].effect.field.slot) }
        return drifted
    }

    private func isDrift(_ wish: Wish) -> Bool {
        let slot = wish.effect.field.slot
        guard !wish.rule.terms.reasserts,
            !original.holds(wish.text, at: wish.effect.position)
        else { return false }
        if let drift = drifts[slot]?[wish.rule.id] {
            return drift.field == wish.effect.field && drift.value.hasSameBytes(as: wish.value)
        }
        return grants[slot]?.isUndone(for: wish, in: original) ?? false
    }
}

extension Grant {
    /// Whether somebody else changed what Usher had set for a rule's wish.
    ///
    /// A role may have been set to less than the rule wants, as a ceiling shaped it.
    fileprivate func isUndone(for wish: Rounds.Wish, in original: Reading) -> Bool {
        guard field == wish.effect.field,
            rules.contains(where: { $0.hasSameBytes(as: wish.rule.id) }),
            !original.holds(Bytes(of: value), at: wish.effect.position)
        else { return false }
        if value.hasSameBytes(as: wish.value) { return true }
        guard field == .portalRole, let set = PortalRole.rank(of: value) else { return false }
        return wish.standing.rank.map { $0 > set } ?? false
    }

    /// Whether this very value was set on account of these rules.
    fileprivate func isFor(_ winner: Rounds.Winner) -> Bool {
        field == winner.wish.effect.field && value.hasSameBytes(as: winner.wish.value)
            && winner.rules.allSatisfy { rule in
                !rule.terms.reasserts && rules.contains { $0.hasSameBytes(as: rule.id) }
            }
    }
}

extension Rounds.Wish {
    func agrees(with other: Self) -> Bool {
        if effect.isTemplate || other.effect.isTemplate {
            return effect.field == other.effect.field && text == other.text
        }
        return effect.choice == other.effect.choice
    }
}
