internal import Contacts

/// Evaluates the enforcing rules on one contact until they want nothing new.
///
/// In each round all rules see the same copy: the contact as it would be after what they want so
/// far. What they want accumulates; a slot's winner is found first, and then not acted upon if it
/// has drifted.
struct Rounds {
    /// What a rule wants for one slot.
    struct Wish {
        let rule: Rule
        let effect: Effect
    }

    /// The last winner of a slot.
    struct Winner {
        let effect: Effect
        let rules: [Rule]
        let beaten: [Wish]
        let isDrift: Bool
    }

    private struct Slot {
        let number: Int
        var winner: Winner
        /// What the copy holds beyond the contact.
        var held: Effect?
    }

    let ruleset: Ruleset
    let contact: Contact
    let grants: [String: Grant]

    /// The contact as it is, and the copy after each round that changed it.
    private(set) var copies: [Contact]
    private(set) var matches: [(rule: Rule, round: Int)] = []
    private(set) var ties: [[Wish]] = []
    /// Who took part in a chase; nil when the rules settled.
    private(set) var chase: [Wish]?
    /// The few slots that any rule won, in the order in which they were won first.
    private var slots: [Slot] = []

    init(_ ruleset: Ruleset, _ contact: Contact, grants: [String: Grant]) {
        self.ruleset = ruleset
        self.contact = contact
        self.grants = grants
        copies = [contact]
        for round in 1...RuleLimits.rounds where evaluate(round).isEmpty { return }
        chase = Self.chase(ruleset, contact, grants: grants)
    }

    /// Rules that do not settle, and nothing done yet.
    private init(unsettled ruleset: Ruleset, _ contact: Contact, grants: [String: Grant]) {
        self.ruleset = ruleset
        self.contact = contact
        self.grants = grants
        copies = [contact]
    }

    /// Goes through the rounds again to see who takes part.
    private static func chase(
        _ ruleset: Ruleset, _ contact: Contact, grants: [String: Grant]
    ) -> [Wish] {
        var rounds = Rounds(unsettled: ruleset, contact, grants: grants)
        var trail: [(before: [Int: Int], moves: [Wish])] = []
        for round in 1...RuleLimits.rounds {
            let before = rounds.choices
            trail.append((before, rounds.evaluate(round)))
        }
        // What repeats began where the copy was as it is now; without a repetition, all are in it.
        let start = trail.lastIndex { $0.before == rounds.choices } ?? trail.startIndex
        return trail[start...].flatMap(\.moves)
    }

    var winners: [Winner] { slots.map(\.winner) }

    var copy: Contact { copies[copies.count - 1] }

    /// The copy that rules saw in a round.
    func seen(in round: Int) -> Contact { copies[min(round, copies.count) - 1] }

    /// What the contact does not hold yet; nothing where rules chase each other.
    var changes: ContactPatch {
        guard chase == nil else { return ContactPatch() }
        var values: [SettableField: String] = [:]
        for effect in slots.lazy.compactMap(\.held)
        where contact[effect.field.path] != .text(effect.value) {
            values[effect.field] = effect.value
        }
        return ContactPatch(values)
    }

    /// By slot, what the copy holds beyond the contact.
    private var choices: [Int: Int] {
        Dictionary(
            uniqueKeysWithValues: slots.compactMap { slot in
                slot.held.map { (slot.number, $0.choice) }
            })
    }

    private var patch: ContactPatch {
        var values: [SettableField: String] = [:]
        for effect in slots.lazy.compactMap(\.held) { values[effect.field] = effect.value }
        return ContactPatch(values)
    }

    /// One round; gives the wishes that changed the copy.
    private mutating func evaluate(_ round: Int) -> [Wish] {
        let reading = Reading(copies[copies.count - 1], fields: ruleset.fields)
        var wishes: [Wish] = []
        for position in ruleset.index.candidates(for: reading) {
            let rule = ruleset.enforcing[position]
            guard rule.condition.truth(of: reading) == .true else { continue }
            if round == 1 || !matches.contains(where: { $0.rule === rule }) {
                matches.append((rule, round))
            }
            for effect in rule.effects { wishes.append(Wish(rule: rule, effect: effect)) }
        }
        ties = []
        var moves: [Wish] = []
        if wishes.count == 1 {
            moves = settle(wishes)
        } else {
            for wishes in Dictionary(grouping: wishes, by: \.effect.slot).values {
                moves += settle(wishes)
            }
        }
        if !moves.isEmpty { copies.append(contact.applying(patch)) }
        return moves
    }

    /// Finds the winner of one slot and acts on it; gives the wishes that changed something.
    private mutating func settle(_ wishes: [Wish]) -> [Wish] {
        let priority = wishes.lazy.map(\.rule.priority).max()
        let top = wishes.filter { $0.rule.priority == priority }
        let effect = top[0].effect
        guard top.allSatisfy({ $0.effect.choice == effect.choice }) else {
            ties.append(top)
            return []
        }
        let agreeing = wishes.filter { $0.effect.choice == effect.choice }
        let isDrift = isDrift(effect, agreeing)
        let known = slots.firstIndex { $0.number == effect.slot }
        if isDrift, let known, slots[known].held != nil { return [] }
        let before = known.map { slots[$0].winner }
        let winner = Winner(
            effect: effect, rules: agreeing.map(\.rule),
            beaten: beaten(by: effect, in: wishes, before: before), isDrift: isDrift)
        let position = known ?? slots.count
        if known == nil {
            slots.append(Slot(number: effect.slot, winner: winner))
        } else {
            slots[position].winner = winner
        }
        if isDrift || copies[copies.count - 1][effect.field.path] == .text(effect.value) {
            return []
        }
        slots[position].held = effect
        return agreeing
    }

    /// What lost to the effect, also in earlier rounds that it won: a loser may no longer be true
    /// once the winner has its way.
    private func beaten(by effect: Effect, in wishes: [Wish], before: Winner?) -> [Wish] {
        let known = before?.effect.choice == effect.choice ? before?.beaten ?? [] : []
        return known
            + wishes.filter { wish in
                wish.effect.choice != effect.choice && !known.contains { $0.rule === wish.rule }
            }
    }

    private func isDrift(_ effect: Effect, _ wishes: [Wish]) -> Bool {
        guard !grants.isEmpty, let grant = grants[effect.field.slot] else { return false }
        return grant.field == effect.field && grant.value.sameBytes(as: effect.value)
            && contact[effect.field.path] != .text(effect.value)
            && wishes.allSatisfy { wish in
                grant.rules.contains { $0.sameBytes(as: wish.rule.id) }
            }
    }
}
