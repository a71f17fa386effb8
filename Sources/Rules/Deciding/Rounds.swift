internal import Contacts

/// Evaluates the enforcing rules on one contact until they want nothing new.
///
/// In each round all rules see the same copy: the contact as it would be after what they want so
/// far. What they want accumulates; a slot's winner is found first, and then not acted upon if it
/// has drifted.
struct Rounds {
    /// The last winner of a slot.
    struct Winner {
        let effect: Effect
        let rules: [Rule]
        let beaten: [(rule: Rule, effect: Effect)]
        let isDrift: Bool
    }

    let ruleset: Ruleset
    let contact: Contact
    let grants: [String: Grant]

    private(set) var copy: Contact
    private(set) var matches: [(rule: Rule, round: Int, seen: Contact)] = []
    private(set) var winners: [Int: Winner] = [:]
    private(set) var ties: [[(rule: Rule, effect: Effect)]] = []
    /// Who took part in a chase; nil when the rules settled.
    private(set) var chase: [(rule: Rule, effect: Effect)]?

    /// By slot, what the copy holds beyond the contact.
    private var held: [Int: Effect] = [:]
    private var isMatched: Set<String> = []

    init(_ ruleset: Ruleset, _ contact: Contact, grants: [String: Grant]) {
        self.ruleset = ruleset
        self.contact = contact
        self.grants = grants
        copy = contact
        var trail: [(before: [Int: Int], moves: [(rule: Rule, effect: Effect)])] = []
        for round in 1...RuleLimits.rounds {
            let before = held.mapValues(\.choice)
            let moves = evaluate(round)
            if moves.isEmpty { return }
            trail.append((before, moves))
        }
        let last = held.mapValues(\.choice)
        // What repeats began where the copy was as it is now; without a repetition, all are in it.
        let start = trail.lastIndex { $0.before == last } ?? trail.startIndex
        chase = trail[start...].flatMap(\.moves)
    }

    /// What the copy holds beyond the contact.
    var patch: ContactPatch {
        ContactPatch(
            Dictionary(
                held.values.map { ($0.field, $0.value) }, uniquingKeysWith: { first, _ in first }))
    }

    /// One round; gives the wishes that changed the copy.
    private mutating func evaluate(_ round: Int) -> [(rule: Rule, effect: Effect)] {
        let reading = Reading(copy, fields: ruleset.fields)
        let rules = ruleset.enforcing
        let matching = rules.indices.filter { rules[$0].condition.truth(of: reading) == .true }
            .map { rules[$0] }
        for rule in matching where isMatched.insert(rule.id).inserted {
            matches.append((rule, round, copy))
        }
        ties = []
        var moves: [(rule: Rule, effect: Effect)] = []
        let wishes = matching.flatMap { rule in rule.effects.map { (rule: rule, effect: $0) } }
        for (slot, wishes) in Dictionary(grouping: wishes, by: \.effect.slot) {
            moves += settle(slot, wishes)
        }
        if !moves.isEmpty { copy = contact.applying(patch) }
        return moves
    }

    /// Finds the winner of one slot and acts on it; gives the wishes that changed something.
    private mutating func settle(
        _ slot: Int, _ wishes: [(rule: Rule, effect: Effect)]
    ) -> [(rule: Rule, effect: Effect)] {
        let priority = wishes.map(\.rule.priority).max()
        let top = wishes.filter { $0.rule.priority == priority }
        let effect = top[0].effect
        guard top.allSatisfy({ $0.effect.choice == effect.choice }) else {
            ties.append(top)
            return []
        }
        let agreeing = wishes.filter { $0.effect.choice == effect.choice }
        let isDrift = isDrift(effect, agreeing.map(\.rule))
        if isDrift, held[slot] != nil { return [] }
        winners[slot] = Winner(
            effect: effect, rules: agreeing.map(\.rule),
            beaten: beaten(by: effect, in: wishes), isDrift: isDrift)
        if isDrift || copy[effect.field.path] == .text(effect.value) { return [] }
        held[slot] = effect
        return agreeing
    }

    /// What lost to the effect, also in earlier rounds that it won: a loser may no longer be true
    /// once the winner has its way.
    private func beaten(
        by effect: Effect, in wishes: [(rule: Rule, effect: Effect)]
    ) -> [(rule: Rule, effect: Effect)] {
        let before = winners[effect.slot].flatMap { $0.effect.choice == effect.choice ? $0 : nil }
        let known = before?.beaten ?? []
        return known
            + wishes.filter { wish in
                wish.effect.choice != effect.choice
                    && !known.contains { $0.rule.id == wish.rule.id }
            }
    }

    private func isDrift(_ effect: Effect, _ rules: [Rule]) -> Bool {
        guard let grant = grants[effect.field.slot] else { return false }
        return grant.field == effect.field && grant.value.sameBytes(as: effect.value)
            && contact[effect.field.path] != .text(effect.value)
            && rules.allSatisfy { rule in grant.rules.contains { $0.sameBytes(as: rule.id) } }
    }
}
