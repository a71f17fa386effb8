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
        /// The wish for just the value that the slot gets.
        let wish: Wish
        /// The wishes on whose account it gets it.
        let owners: [Wish]
        /// The ceilings that keep it from being more.
        let cappedBy: [Wish]
        var beaten: [Beaten]
        /// A person changed it after Usher had set it: it is recorded and not acted upon.
        var isDrift: Bool
        /// Whether a bound decides rather than an exact value.
        let isBound: Bool
        /// The last round that found it.
        var round = 0

        var rules: [Rule] { owners.map(\.rule) }
    }

    struct Beaten {
        let wish: Wish
        let by: [Wish]
    }

    /// A value that the copy was given beyond the contact.
    private struct Assignment {
        let winner: Winner
        /// The first round that sees it.
        let since: Int
        /// The last one; nil while the copy has it.
        var until: Int?
        /// Whether nothing was given in its place.
        var isRetracted = false

        var wish: Wish { winner.wish }

        func isSeen(in round: Int) -> Bool { since <= round && round <= until ?? .max }
    }

    let ruleset: Ruleset
    let grants: [String: Grant]
    let drifts: [String: [String: Drift]]
    /// Rules that neither act nor make room, each with the slots in which it does not.
    private let passedOver: PassedOver
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
    /// The slots whose winner is a custom role and is not assigned, since a ceiling caps the role.
    var capped: Set<Int> = []
    /// What rules give back that are not true any more.
    private(set) var reverts: [Revert] = []
    /// Whether nothing is given back before a person has said so.
    let holdsReverts: Bool
    /// The slots whose grant made a difference in any round.
    var grantsThatCounted: Set<String> = []
    private var assignments: [Assignment] = []
    /// The positions of the rules that can be true of the copy.
    private var candidates: [Int32]

    init(
        _ ruleset: Ruleset, _ contact: borrowing Contact, memory: ContactMemory,
        exceptions: [Exception], passingOver passedOver: PassedOver = [:],
        holdsReverts: Bool = false, now: Instant? = nil
    ) {
        self.holdsReverts = holdsReverts
        self.ruleset = ruleset
        self.passedOver = passedOver
        (grants, drifts) = (memory.grants, memory.drifts)
        self.exceptions = exceptions
        original = Reading(contact, fields: ruleset.fields, now: now)
        reading = original
        candidates = ruleset.index.candidates(for: original)
        while !isSettled, round < RuleLimits.rounds { evaluate() }
    }

    var now: Instant? { original.now }

    /// What the copy that rules saw in a round was given.
    func given(in round: Int) -> ContactPatch {
        var values: [SettableField: String] = [:]
        for assignment in assignments where assignment.isSeen(in: round) {
            values[assignment.wish.effect.field] = assignment.wish.value
        }
        return ContactPatch(values)
    }

    /// What the contact does not hold yet, one wish a slot; nothing where rules chase each other.
    var pending: [Wish] {
        guard isSettled else { return [] }
        return assignments.filter {
            $0.until == nil && !original.holds($0.wish.text, at: $0.wish.effect.position)
        }.map(\.wish)
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
            uniqueKeysWithValues: assignments.lazy.filter { $0.isSeen(in: round) }
                .map { ($0.wish.effect.slot, $0.wish.effect.choice) })
    }

    /// The wishes that changed the copy in a round.
    private func moves(in round: Int) -> [Wish] {
        assignments.filter { $0.since == round + 1 }
            .flatMap { $0.winner.owners + $0.winner.cappedBy }
            + assignments.filter { $0.isRetracted && $0.until == round }.map(\.wish)
    }

    private mutating func evaluate() {
        round += 1
        isSettled = true
        (ties, denied, unordered, capped) = ([], [], [], [])
        var wishes: [Wish] = []
        // Templates with something unknown in them want nothing.
        var undefinedEffects: [Effect] = []
        for position in candidates {
            let rule = ruleset.enforcing[Int(position)]
            guard matches(rule) else { continue }
            for effect in rule.effects where !isPassedOver(rule, effect) {
                if !effect.isTemplate {
                    wishes.append(Wish(rule: rule, effect: effect, template: nil))
                } else if let text = effect.text(for: reading) {
                    wishes.append(Wish(rule: rule, effect: effect, template: text))
                } else {
                    undefinedEffects.append(effect)
                }
            }
        }
        reverts = findReverts()
        for revert in reverts { grantsThatCounted.insert(revert.wish.effect.field.slot) }
        wishes += reverts.lazy.filter { !$0.needsPerson }.map(\.wish)
        if !ruleset.guardrails.isEmpty { wishes.removeAll { !$0.isCeiling && isDenied($0) } }
        resolve(bySlot: wishes)
        retract(undefinedEffects)
        if !isSettled { readCopy() }
    }

    func isPassedOver(_ rule: Rule, _ effect: Effect) -> Bool {
        !passedOver.isEmpty && passedOver[rule.id]?.contains(effect.field.slot) == true
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

    private mutating func resolve(bySlot wishes: [Wish]) {
        if wishes.count == 1 { return resolve(wishes) }
        for wishes in Dictionary(grouping: wishes, by: \.effect.slot).values { resolve(wishes) }
    }

    /// Reads the copy again, after it has changed.
    private mutating func readCopy() {
        reading = original
        for assignment in assignments where assignment.until == nil {
            let wish = assignment.wish
            reading.apply(wish.text, to: wish.effect, accountFields: ruleset.accountFields)
        }
        if ruleset.isIndexChangeable { candidates = ruleset.index.candidates(for: reading) }
    }

    /// Whether the copy was given anything for a slot.
    func isAssigned(_ slot: Int) -> Bool {
        assignments.contains { $0.until == nil && $0.wish.effect.slot == slot }
    }

    /// Gives the copy what a winner wants, in the place of what it had been given.
    mutating func apply(_ winner: Winner) {
        for index in assignments.indices
        where assignments[index].until == nil
            && assignments[index].wish.effect.slot == winner.wish.effect.slot
        {
            assignments[index].until = round
        }
        assignments.append(Assignment(winner: winner, since: round + 1))
        isSettled = false
    }

    /// Retracts what earlier rounds gave a slot and this one does not stand by: rules tie over it
    /// now, a guardrail or a cap has come to forbid it, or its template has nothing to say any more.
    private mutating func retract(_ undefinedEffects: [Effect]) {
        if ties.isEmpty, undefinedEffects.isEmpty, capped.isEmpty, ruleset.guardrails.isEmpty {
            return
        }
        for index in assignments.indices where assignments[index].until == nil {
            let wish = assignments[index].wish
            let slot = wish.effect.slot
            guard
                !winners.contains(where: { $0.wish.effect.slot == slot && $0.round == round })
                    && (capped.contains(slot) || ties.contains { $0[0].effect.slot == slot })
                    || undefinedEffects.contains(where: { $0 === wish.effect })
                    || guardrail(against: wish) != nil
                    || assignments[index].winner.owners.allSatisfy({
                        guardrail(against: $0) != nil
                    })
            else { continue }
            (assignments[index].until, assignments[index].isRetracted) = (round, true)
            winners.removeAll { $0.wish.effect.slot == slot }
            isSettled = false
        }
    }

    /// Whether a guardrail forbids a wish.
    mutating func isDenied(_ wish: Wish) -> Bool {
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
