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
        let value: String

        func agrees(with other: Wish) -> Bool {
            switch (effect.kind, other.effect.kind) {
            case (.template, _), (_, .template):
                effect.field == other.effect.field && value.sameBytes(as: other.value)
            default: effect.choice == other.effect.choice
            }
        }
    }

    /// The last winner of a slot.
    struct Winner {
        let wish: Wish
        let rules: [Rule]
        let beaten: [Wish]
        let isDrift: Bool
    }

    private struct Slot {
        let number: Int
        var winner: Winner
        /// What the copy holds beyond the contact.
        var held: Wish?
    }

    let ruleset: Ruleset
    let contact: Contact
    let grants: [String: Grant]

    /// The contact as it is, and the copy after each round that changed it.
    private(set) var copies: [Contact]
    private(set) var matches: [(rule: Rule, round: Int)] = []
    /// Rules that are true and do nothing for this contact.
    private(set) var excepted: [(rule: Rule, exception: Exception)] = []
    private(set) var ties: [[Wish]] = []
    /// What guardrails kept from being wanted.
    private(set) var denied: [(wish: Wish, guardrail: Guardrail)] = []
    /// Bounds on a role that has no order.
    private(set) var unordered: [Wish] = []
    /// Who took part in a chase; nil when the rules settled.
    private(set) var chase: [Wish]?
    /// The few slots that any rule won, in the order in which they were won first.
    private var slots: [Slot] = []
    /// Of the last copy.
    private var reading: Reading
    /// The positions of the rules that can be true of it.
    private var candidates: [Int32]

    init(
        _ ruleset: Ruleset, _ contact: Contact, grants: [String: Grant], now: Instant? = nil
    ) {
        self.ruleset = ruleset
        self.contact = contact
        self.grants = grants
        copies = [contact]
        reading = Reading(contact, fields: ruleset.fields, now: now)
        candidates = ruleset.index.candidates(for: reading)
        for round in 1...RuleLimits.rounds where evaluate(round).isEmpty { return }
        chase = Self.chase(ruleset, contact, grants: grants, now: now)
    }

    /// Rules that do not settle, and nothing done yet.
    private init(
        unsettled ruleset: Ruleset, _ contact: Contact, grants: [String: Grant], now: Instant?
    ) {
        self.ruleset = ruleset
        self.contact = contact
        self.grants = grants
        copies = [contact]
        reading = Reading(contact, fields: ruleset.fields, now: now)
        candidates = ruleset.index.candidates(for: reading)
    }

    /// Goes through the rounds again to see who takes part.
    private static func chase(
        _ ruleset: Ruleset, _ contact: Contact, grants: [String: Grant], now: Instant?
    ) -> [Wish] {
        var rounds = Rounds(unsettled: ruleset, contact, grants: grants, now: now)
        var trail: [(before: [Int: Int], moves: [Wish])] = []
        for round in 1...RuleLimits.rounds {
            let before = rounds.choices
            trail.append((before, rounds.evaluate(round)))
        }
        // What repeats began where the copy was as it is now; without a repetition, all are in it.
        let start = trail.lastIndex { $0.before == rounds.choices } ?? trail.startIndex
        return trail[start...].flatMap(\.moves)
    }

    var now: Instant? { reading.now }

    var winners: [Winner] { slots.map(\.winner) }

    var copy: Contact { copies[copies.count - 1] }

    /// The copy that rules saw in a round.
    func seen(in round: Int) -> Contact { copies[min(round, copies.count) - 1] }

    /// What the contact does not hold yet; nothing where rules chase each other.
    var changes: ContactPatch {
        guard chase == nil else { return ContactPatch() }
        var values: [SettableField: String] = [:]
        for wish in slots.lazy.compactMap(\.held)
        where contact[wish.effect.field.path] != .text(wish.value) {
            values[wish.effect.field] = wish.value
        }
        return ContactPatch(values)
    }

    /// By slot, what the copy holds beyond the contact.
    private var choices: [Int: Int] {
        Dictionary(
            uniqueKeysWithValues: slots.compactMap { slot in
                slot.held.map { (slot.number, $0.effect.choice) }
            })
    }

    private var patch: ContactPatch {
        var values: [SettableField: String] = [:]
        for wish in slots.lazy.compactMap(\.held) { values[wish.effect.field] = wish.value }
        return ContactPatch(values)
    }

    /// One round; gives the wishes that changed the copy.
    private mutating func evaluate(_ round: Int) -> [Wish] {
        var wishes: [Wish] = []
        var speechless: [Effect] = []
        for position in candidates {
            let rule = ruleset.enforcing[Int(position)]
            guard rule.isActive(at: reading.now), rule.condition.truth(of: reading) == .true
            else { continue }
            if let exception = ruleset.exception(from: rule, for: contact, at: reading.now) {
                if !excepted.contains(where: { $0.rule === rule }) {
                    excepted.append((rule, exception))
                }
                continue
            }
            if round == 1 || !matches.contains(where: { $0.rule === rule }) {
                matches.append((rule, round))
            }
            for effect in rule.effects {
                // A template with something unknown in it wants nothing.
                guard let value = effect.value(for: reading) else {
                    speechless.append(effect)
                    continue
                }
                wishes.append(Wish(rule: rule, effect: effect, value: value))
            }
        }
        (ties, denied, unordered) = ([], [], [])
        if !ruleset.guardrails.isEmpty { wishes.removeAll { isDenied($0) } }
        var moves: [Wish] = []
        if wishes.count == 1 {
            moves = settle(wishes)
        } else {
            for wishes in Dictionary(grouping: wishes, by: \.effect.slot).values {
                moves += settle(wishes)
            }
        }
        moves += takeBack(speechless)
        if !moves.isEmpty {
            copies.append(contact.applying(patch))
            reading.reread(copies[copies.count - 1], ruleset.fields, at: ruleset.changeable)
            if ruleset.isIndexChangeable { candidates = ruleset.index.candidates(for: reading) }
        }
        return moves
    }

    /// Takes back what earlier rounds gave a slot and this one does not stand by: rules tie over it
    /// now, a guardrail has come to forbid it, or its template has nothing to say any more.
    ///
    /// - Returns: The wishes that were taken back.
    private mutating func takeBack(_ speechless: [Effect]) -> [Wish] {
        let tied = Set(ties.map { $0[0].effect.slot })
        let over = slots.filter { slot in
            guard let wish = slot.held else { return false }
            return tied.contains(slot.number) || speechless.contains { $0 === wish.effect }
                || guardrail(against: wish) != nil
        }
        if over.isEmpty { return [] }
        slots.removeAll { slot in over.contains { $0.number == slot.number } }
        return over.compactMap(\.held)
    }

    /// Whether a guardrail forbids a wish.
    private mutating func isDenied(_ wish: Wish) -> Bool {
        guard let guardrail = guardrail(against: wish) else { return false }
        denied.append((wish, guardrail))
        return true
    }

    /// The guardrail that forbids a wish, for the contact as it is or as it would be.
    private func guardrail(against wish: Wish) -> Guardrail? {
        ruleset.guardrails.first { guardrail in
            guard guardrail.denies(wish.effect.field, wish.value) else { return false }
            let wanted = copies[copies.count - 1]
                .applying(ContactPatch([wish.effect.field: wish.value]))
            return [contact, wanted].contains {
                let reading = Reading($0, fields: ruleset.fields, now: reading.now)
                return guardrail.condition.truth(of: reading) != .false
            }
        }
    }

    /// Finds the winner of one slot and acts on it; gives the wishes that changed something.
    private mutating func settle(_ wishes: [Wish]) -> [Wish] {
        if wishes.count == 1, wishes[0].effect.isExact {
            return win(wishes[0], agreeing: wishes, among: wishes)
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
        let acting = top.first.flatMap { first in
            isDrift(first, exact.filter { $0.agrees(with: first) }) ? nil : first
        }
        if exact.count < wishes.count, let bound = bound(wishes, on: acting) {
            return win(bound, agreeing: wishes.filter { $0.agrees(with: bound) }, among: wishes)
        }
        guard let winner = top.first else { return [] }
        return win(winner, agreeing: exact.filter { $0.agrees(with: winner) }, among: wishes)
    }

    /// The bound that decides the role: min(at_most, max(at_least, exact winner)), where without an
    /// exact winner the contact keeps what it has.
    ///
    /// - Returns: nil where the bounds change nothing.
    private mutating func bound(_ wishes: [Wish], on exact: Wish?) -> Wish? {
        let bounds = wishes.filter { !$0.effect.isExact }
        guard let base = order(of: exact) else {
            unordered += bounds
            return nil
        }
        func rank(_ wish: Wish) -> Int { Vocabulary.roles.firstIndex(of: wish.value) ?? base }
        let floor = bounds.filter { $0.effect.isFloor }.max { rank($0) < rank($1) }
        let ceiling = bounds.filter { !$0.effect.isFloor }.min { rank($0) < rank($1) }
        var (decisive, target): (Wish?, Int) = (nil, base)
        if let floor, rank(floor) > target { (decisive, target) = (floor, rank(floor)) }
        if let ceiling, rank(ceiling) < target { (decisive, target) = (ceiling, rank(ceiling)) }
        return target == base ? nil : decisive
    }

    /// The order of the role that is wanted, or that the copy has; none is as little as `no_access`.
    private func order(of exact: Wish?) -> Int? {
        if let exact {
            return exact.effect.field == .portalRole
                ? Vocabulary.roles.firstIndex(of: exact.value) : nil
        }
        let copy = copies[copies.count - 1]
        guard let role = copy.portalRole else { return copy.portalRoleID == nil ? 0 : nil }
        return Vocabulary.roles.firstIndex(of: role)
    }

    private mutating func win(_ wish: Wish, agreeing: [Wish], among wishes: [Wish]) -> [Wish] {
        let isDrift = isDrift(wish, agreeing)
        let known = slots.firstIndex { $0.number == wish.effect.slot }
        if isDrift, let known, slots[known].held != nil { return [] }
        let before = known.map { slots[$0].winner }
        let winner = Winner(
            wish: wish, rules: agreeing.map(\.rule),
            beaten: beaten(by: wish, in: wishes, before: before), isDrift: isDrift)
        let position = known ?? slots.count
        if known == nil {
            slots.append(Slot(number: wish.effect.slot, winner: winner))
        } else {
            slots[position].winner = winner
        }
        if isDrift || isSo(wish) { return [] }
        slots[position].held = wish
        return agreeing
    }

    /// Whether the copy has it already; to a bound, nobody without a role has more than `no_access`.
    private func isSo(_ wish: Wish) -> Bool {
        let last = copies.count - 1
        if !wish.effect.isExact, wish.value == Vocabulary.roles[0],
            copies[last].portalRole == nil, copies[last].portalRoleID == nil
        {
            return true
        }
        return copies[last][wish.effect.field.path] == .text(wish.value)
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

    private func isDrift(_ wish: Wish, _ agreeing: [Wish]) -> Bool {
        guard !grants.isEmpty, let grant = grants[wish.effect.field.slot] else { return false }
        return grant.field == wish.effect.field && grant.value.sameBytes(as: wish.value)
            && contact[wish.effect.field.path] != .text(wish.value)
            && agreeing.allSatisfy { wish in
                grant.rules.contains { $0.sameBytes(as: wish.rule.id) }
            }
    }
}

extension Rounds.Wish {
    /// Whether the rule has what it wants when `winner` has its way.
    fileprivate func isSatisfied(by winner: Self) -> Bool {
        if agrees(with: winner) { return true }
        guard !effect.isExact, let bound = Vocabulary.roles.firstIndex(of: value),
            let role = Vocabulary.roles.firstIndex(of: winner.value)
        else { return !effect.isExact }
        return effect.isFloor ? role >= bound : role <= bound
    }
}
