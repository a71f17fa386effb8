internal import Contacts

/// Evaluates the enforcing rules on one contact until they want nothing new.
///
/// In each round all rules see the same copy: the contact as it would be after what they want so
/// far. What they want accumulates; a slot's winner is found first, and then not acted upon if it
/// has drifted.
///
/// A copy is never made: what was read of the contact is kept, and what the copy was given beyond
/// it, so that every round can be told again.
struct Rounds {
    /// What a rule wants for one slot.
    struct Wish {
        let rule: Rule
        let effect: Effect
        /// What its template says of the contact; nil where it is none.
        let template: Bytes?

        var text: Bytes { template ?? effect.bytes }
        var value: String { template.map { String(decoding: $0, as: UTF8.self) } ?? effect.value }
    }

    /// The last winner of a slot.
    struct Winner {
        let wish: Wish
        /// The other wishes for the same.
        let agreeing: [Wish]
        let beaten: [Wish]
        let isDrift: Bool

        var rules: [Rule] { [wish.rule] + agreeing.map(\.rule) }
    }

    /// What the copy was given beyond the contact.
    private struct Gift {
        let wish: Wish
        let agreeing: [Wish]
        /// The first round that sees it.
        let since: Int
        /// The last one; nil while the copy has it.
        var until: Int?
        /// Whether nothing was given in its place.
        var isTakenBack = false

        func isSeen(in round: Int) -> Bool { since <= round && round <= until ?? .max }
    }

    let ruleset: Ruleset
    let grants: [String: Grant]
    /// What leaves the contact out of rules now.
    let exceptions: [Exception]
    /// What the contact holds.
    let original: Reading
    /// What the copy holds.
    private(set) var reading: Reading
    /// The number of the last round.
    private(set) var round = 0
    /// Whether the last round changed nothing.
    private(set) var isSettled = false

    private(set) var matches: [(rule: Rule, round: Int)] = []
    /// Rules that are true and do nothing for this contact.
    private(set) var excepted: [(rule: Rule, exception: Exception)] = []
    /// The winners of the few slots that any rule won.
    var winners: [Winner] = []
    var ties: [[Wish]] = []
    /// What guardrails kept from being wanted.
    private(set) var denied: [(wish: Wish, guardrail: Guardrail)] = []
    /// Bounds on a role that has no order.
    var unordered: [Wish] = []
    /// The slots whose winner is a custom role and is not given, since a bound caps the role.
    var capped: Set<Int> = []
    /// What rules give back that are not true any more.
    private(set) var reverts: [Revert] = []
    /// Whether nothing is given back before a person has said so.
    let holdsReverts: Bool
    /// The slots whose grant made a difference in any round.
    var grantsThatCounted: Set<String> = []
    private var gifts: [Gift] = []
    /// The positions of the rules that can be true of the copy.
    private var candidates: [Int32]

    init(
        _ ruleset: Ruleset, _ contact: borrowing Contact, grants: [String: Grant],
        exceptions: [Exception], holdsReverts: Bool = false, now: Instant? = nil
    ) {
        self.holdsReverts = holdsReverts
        self.ruleset = ruleset
        self.grants = grants
        self.exceptions = exceptions
        original = Reading(contact, fields: ruleset.fields, now: now)
        reading = original
        candidates = ruleset.index.candidates(for: original)
        while !isSettled, round < RuleLimits.rounds { evaluate() }
    }

    var now: Instant? { original.now }

    /// What the copy that rules saw in a round was given.
    func given(in round: Int) -> ContactPatch { patch { $0.isSeen(in: round) } }

    /// What the contact does not hold yet; nothing where rules chase each other.
    var changes: ContactPatch {
        guard isSettled else { return ContactPatch() }
        return patch {
            $0.until == nil && !original.holds($0.wish.text, at: $0.wish.effect.position)
        }
    }

    private func patch(_ isIncluded: (Gift) -> Bool) -> ContactPatch {
        var values: [SettableField: String] = [:]
        for gift in gifts where isIncluded(gift) {
            values[gift.wish.effect.field] = gift.wish.value
        }
        return ContactPatch(values)
    }

    /// Who takes part in a chase; nil when the rules settled.
    var chase: [Wish]? {
        if isSettled { return nil }
        // What repeats began where the copy was as it is now; without a repetition, all are in it.
        let start = (1...round).last { choices(in: $0) == choices(in: round + 1) } ?? 1
        return (start...round).flatMap(moves)
    }

    /// By slot, what the copy in a round holds beyond the contact.
    private func choices(in round: Int) -> [Int: Int] {
        Dictionary(
            uniqueKeysWithValues: gifts.lazy.filter { $0.isSeen(in: round) }
                .map { ($0.wish.effect.slot, $0.wish.effect.choice) })
    }

    /// The wishes that changed the copy in a round.
    private func moves(in round: Int) -> [Wish] {
        gifts.filter { $0.since == round + 1 }.flatMap { [$0.wish] + $0.agreeing }
            + gifts.filter { $0.isTakenBack && $0.until == round }.map(\.wish)
    }

    private mutating func evaluate() {
        round += 1
        isSettled = true
        (ties, denied, unordered, capped) = ([], [], [], [])
        var wishes: [Wish] = []
        // Templates with something unknown in them want nothing.
        var speechless: [Effect] = []
        for position in candidates {
            let rule = ruleset.enforcing[Int(position)]
            guard matches(rule) else { continue }
            for effect in rule.effects {
                if !effect.isTemplate {
                    wishes.append(Wish(rule: rule, effect: effect, template: nil))
                } else if let text = effect.text(for: reading) {
                    wishes.append(Wish(rule: rule, effect: effect, template: text))
                } else {
                    speechless.append(effect)
                }
            }
        }
        reverts = findReverts()
        for revert in reverts { grantsThatCounted.insert(revert.wish.effect.field.slot) }
        wishes += reverts.lazy.filter { !$0.needsPerson }.map(\.wish)
        if !ruleset.guardrails.isEmpty { wishes.removeAll { isDenied($0) } }
        settle(bySlot: wishes)
        takeBack(speechless)
        if !isSettled { readCopy() }
    }

    /// Whether a rule acts on the copy.
    private mutating func matches(_ rule: Rule) -> Bool {
        guard rule.isActive(at: now), rule.condition.truth(of: reading) == .true
        else { return false }
        if let exception = exceptions.first(where: { $0.covers(rule) }) {
            if !excepted.contains(where: { $0.rule === rule }) {
                excepted.append((rule, exception))
            }
            return false
        }
        if round == 1 || !matches.contains(where: { $0.rule === rule }) {
            matches.append((rule, round))
        }
        return true
    }

    private mutating func settle(bySlot wishes: [Wish]) {
        if wishes.count == 1 { return settle(wishes) }
        for wishes in Dictionary(grouping: wishes, by: \.effect.slot).values { settle(wishes) }
    }

    /// Reads the copy again, after it has changed.
    private mutating func readCopy() {
        reading = original
        for gift in gifts where gift.until == nil {
            reading.apply(
                gift.wish.text, to: gift.wish.effect, accountFields: ruleset.accountFields)
        }
        if ruleset.isIndexChangeable { candidates = ruleset.index.candidates(for: reading) }
    }

    /// Whether the copy was given anything for a slot.
    func isGiven(_ slot: Int) -> Bool {
        gifts.contains { $0.until == nil && $0.wish.effect.slot == slot }
    }

    /// Gives the copy what a wish wants, in the place of what it had been given.
    mutating func give(_ wish: Wish, agreeing: [Wish]) {
        for index in gifts.indices
        where gifts[index].until == nil && gifts[index].wish.effect.slot == wish.effect.slot {
            gifts[index].until = round
        }
        gifts.append(Gift(wish: wish, agreeing: agreeing, since: round + 1))
        isSettled = false
    }

    /// Takes back what earlier rounds gave a slot and this one does not stand by: rules tie over it
    /// now, a guardrail or a cap has come to forbid it, or its template has nothing to say any more.
    private mutating func takeBack(_ speechless: [Effect]) {
        if ties.isEmpty, speechless.isEmpty, capped.isEmpty, ruleset.guardrails.isEmpty { return }
        for index in gifts.indices where gifts[index].until == nil {
            let wish = gifts[index].wish
            let slot = wish.effect.slot
            guard
                ties.contains(where: { $0[0].effect.slot == slot })
                    || speechless.contains(where: { $0 === wish.effect })
                    || capped.contains(slot) && wish.effect.isExact
                    || guardrail(against: wish) != nil
            else { continue }
            (gifts[index].until, gifts[index].isTakenBack) = (round, true)
            winners.removeAll { $0.wish.effect.slot == slot }
            isSettled = false
        }
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
            var wanted = reading
            wanted.apply(wish.text, to: wish.effect, accountFields: ruleset.accountFields)
            return guardrail.condition.truth(of: original) != .false
                || guardrail.condition.truth(of: wanted) != .false
        }
    }
}
