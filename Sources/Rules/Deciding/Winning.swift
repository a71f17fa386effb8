internal import Contacts

/// Who wins a slot in a round.
extension Rounds {
    /// Finds the winner of one slot and acts on it.
    mutating func settle(_ wishes: [Wish]) {
        if wishes.count == 1, wishes[0].effect.isExact {
            return win(wishes[0], agreeing: [], among: wishes)
        }
        let exact = wishes.filter(\.effect.isExact)
        var top: [Wish] = []
        if let priority = exact.lazy.map(\.rule.priority).max() {
            top = exact.filter { $0.rule.priority == priority }
            if !top.allSatisfy({ $0.agrees(with: top[0]) }) {
                ties.append(top)
                top = []
            }
        }
        // A winner that has drifted is not acted upon: bounds are on what the contact holds.
        var acting = top.first.flatMap { first in
            isDrift(first, exact.agreeing(with: first)) ? nil : first
        }
        if let first = acting, first.rank == nil, let cap = wishes.first(where: \.isCeiling) {
            // A role without an order keeps no cap, so it is not given.
            capped.insert(first.effect.slot)
            if reading.roleRank != nil { unordered.append(cap) }
            acting = nil
        }
        if exact.count < wishes.count, let bound = bound(wishes, on: acting) {
            return win(bound, agreeing: wishes.agreeing(with: bound), among: wishes)
        }
        guard let winner = top.first, !capped.contains(winner.effect.slot) else { return }
        win(winner, agreeing: exact.agreeing(with: winner), among: wishes)
    }

    /// The bound that decides the role: min(at_most, max(at_least, exact winner)), where without an
    /// exact winner the contact keeps what it has.
    ///
    /// - Returns: nil where the bounds change nothing.
    private mutating func bound(_ wishes: [Wish], on exact: Wish?) -> Wish? {
        let bounds = wishes.filter { !$0.effect.isExact }
        let base = if let exact { exact.rank } else { reading.roleRank }
        guard let base else {
            unordered += bounds
            return nil
        }
        func rank(_ wish: Wish) -> Int { wish.rank ?? base }
        let floor = bounds.filter { $0.effect.isFloor }.max { rank($0) < rank($1) }
        let ceiling = bounds.filter(\.isCeiling).min { rank($0) < rank($1) }
        var (decisive, target): (Wish?, Int) = (nil, base)
        if let floor, rank(floor) > target { (decisive, target) = (floor, rank(floor)) }
        if let ceiling, rank(ceiling) < target { (decisive, target) = (ceiling, rank(ceiling)) }
        return target == base ? nil : decisive
    }

    /// - Parameter agreeing: The other wishes for the same.
    private mutating func win(_ wish: Wish, agreeing: [Wish], among wishes: [Wish]) {
        let isDrift = isDrift(wish, agreeing)
        if isDrift, isGiven(wish.effect.slot) { return }
        let known = winners.firstIndex { $0.wish.effect.slot == wish.effect.slot }
        let winner = Winner(
            wish: wish, agreeing: agreeing,
            beaten: beaten(by: wish, in: wishes, before: known.map { winners[$0] }),
            isDrift: isDrift)
        if let known { winners[known] = winner } else { winners.append(winner) }
        if !isDrift, !isSo(wish) { give(wish, agreeing: agreeing) }
    }

    /// Whether the copy has it already; to a bound, nobody without a role has more than `no_access`.
    private func isSo(_ wish: Wish) -> Bool {
        reading.holds(wish.text, at: wish.effect.position)
            || !wish.effect.isExact && wish.rank == 0 && !reading.hasRole
    }

    /// What lost to the wish, also in earlier rounds that it won: a loser may no longer be true
    /// once the winner has its way.
    private func beaten(by wish: Wish, in wishes: [Wish], before: Winner?) -> [Wish] {
        let known = before?.wish.agrees(with: wish) == true ? before?.beaten ?? [] : []
        if wishes.count == 1 { return known }
        return known
            + wishes.filter { other in
                !other.isSatisfied(by: wish) && !known.contains { $0.rule === other.rule }
            }
    }

    private mutating func isDrift(_ wish: Wish, _ agreeing: [Wish]) -> Bool {
        guard !grants.isEmpty, let grant = grants[wish.effect.field.slot],
            grant.field == wish.effect.field && grant.value.sameBytes(as: wish.value)
                && !original.holds(wish.text, at: wish.effect.position),
            ([wish] + agreeing).allSatisfy({ wish in
                !wish.rule.terms.reasserts
                    && grant.rules.contains { $0.sameBytes(as: wish.rule.id) }
            })
        else { return false }
        grantsThatCounted.insert(wish.effect.field.slot)
        return true
    }
}

extension Rounds.Wish {
    func agrees(with other: Self) -> Bool {
        if effect.isTemplate || other.effect.isTemplate {
            return effect.field == other.effect.field && text == other.text
        }
        return effect.choice == other.effect.choice
    }

    fileprivate var isCeiling: Bool { !effect.isExact && !effect.isFloor }

    /// Where the wanted role stands among those that have an order.
    fileprivate var rank: Int? {
        effect.field == .portalRole ? Vocabulary.rank(ofRole: text) : nil
    }

    /// Whether the rule has what it wants when `winner` has its way.
    fileprivate func isSatisfied(by winner: Self) -> Bool {
        if agrees(with: winner) { return true }
        guard !effect.isExact, let bound = rank, let role = winner.rank
        else { return !effect.isExact }
        return effect.isFloor ? role >= bound : role <= bound
    }
}

extension [Rounds.Wish] {
    /// The others that want the same.
    fileprivate func agreeing(with wish: Element) -> Self {
        filter { $0.rule !== wish.rule && $0.agrees(with: wish) }
    }
}
