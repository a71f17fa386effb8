internal import Contacts

/// Evaluates the enforcing rules on one contact until they want nothing new.
///
/// In each round all rules see the same copy: the contact as it would be after what they want so
/// far. What they want accumulates; a slot is resolved first, and then not acted upon if the value
/// has drifted.
///
/// A copy is never made: what was read of the contact is kept, and what the copy was given beyond
/// it, so that every round can be told again.
struct Fixpoint {
    /// A value that a rule wants for one slot.
    struct Proposal {
        let rule: Rule
        let effect: Effect
        /// What its template says of the contact; nil where it is none.
        let template: Bytes?

        var text: Bytes { template ?? effect.bytes }
        var value: String { template.map { String(decoding: $0, as: UTF8.self) } ?? effect.value }
    }

    /// What a slot gets, as the last round that had proposals for it resolved them.
    struct Resolution {
        /// The proposal of just the value that the slot gets.
        let proposal: Proposal
        /// The proposals on whose account it gets it.
        let owners: [Proposal]
        /// The ceilings that keep it from being more.
        let cappedBy: [Proposal]
        var losers: [Loser]
        /// A person changed it after Usher had set it: it is recorded and not acted upon.
        var isDrift: Bool
        /// Whether a bound decides rather than an exact value.
        let isBound: Bool
        /// The last round that found it.
        var round = 0

        var rules: [Rule] { owners.map(\.rule) }
    }

    struct Loser {
        let proposal: Proposal
        let by: [Proposal]
    }

    /// A value that the copy was given beyond the contact.
    private struct Assignment {
        let resolution: Resolution
        /// The first round that sees it.
        let since: Int
        /// The last one; nil while the copy has it.
        var until: Int?
        /// Whether nothing was given in its place.
        var isRetracted = false

        var proposal: Proposal { resolution.proposal }

        func isSeen(in round: Int) -> Bool { since <= round && round <= until ?? .max }
    }

    let ruleset: Ruleset
    let memory: ContactMemory
    /// Rules that neither act nor make room, each with the slots in which it does not.
    private let passedOver: PassedOver
    /// What leaves the contact out of rules now.
    let exceptions: [Exception]
    /// What the contact holds.
    let original: EvaluationContext
    /// What the copy holds.
    private(set) var copy: EvaluationContext
    /// The number of the last round.
    private(set) var round = 0
    /// Whether the last round changed nothing.
    private(set) var hasConverged = false

    private(set) var matches: [(rule: Rule, round: Int)] = []
    /// Rules that are true and do nothing for this contact.
    private(set) var excepted: [(rule: Rule, exception: Exception)] = []
    /// Of the few slots for which there are proposals.
    var resolutions: [Resolution] = []
    var ties: [[Proposal]] = []
    /// What guardrails kept from being wanted.
    private(set) var denied: [(proposal: Proposal, guardrail: Guardrail)] = []
    /// Bounds on a role that has no order.
    var unordered: [Proposal] = []
    /// The slots whose value is a custom role and is not assigned, since a ceiling caps the role.
    var capped: Set<Int> = []
    /// Values that rules had set and revert, since they no longer apply.
    private(set) var reverts: [Revert] = []
    /// Whether every revert waits for a person.
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
        self.memory = memory
        self.exceptions = exceptions
        original = EvaluationContext(contact, fields: ruleset.fields, now: now)
        copy = original
        candidates = ruleset.index.candidates(for: original)
        while !hasConverged, round < RuleLimits.rounds { evaluate() }
    }

    var now: Instant? { original.now }
    var grants: [String: Grant] { memory.grants }

    /// What the copy that rules saw in a round was given.
    func given(in round: Int) -> ContactPatch {
        var values: [SettableField: String] = [:]
        for assignment in assignments where assignment.isSeen(in: round) {
            values[assignment.proposal.effect.field] = assignment.proposal.value
        }
        return ContactPatch(values)
    }

    /// What the contact does not hold yet, one proposal a slot; nothing where rules undo each
    /// other in a cycle.
    var pending: [Proposal] {
        guard hasConverged else { return [] }
        return assignments.filter {
            $0.until == nil && !original.holds($0.proposal.text, at: $0.proposal.effect.position)
        }.map(\.proposal)
    }

    /// The proposals of a cycle; nil where the rules converged.
    var cycle: [Proposal]? {
        if hasConverged { return nil }
        // What repeats began where the copy was as it is now; without a repetition, all are in it.
        let start = (1...round).last { choices(in: $0) == choices(in: round + 1) } ?? 1
        return (start...round).flatMap(moves)
    }

    /// By slot, what the copy in a round holds beyond the contact.
    private func choices(in round: Int) -> [Int: Int] {
        Dictionary(
            uniqueKeysWithValues: assignments.lazy.filter { $0.isSeen(in: round) }
                .map { ($0.proposal.effect.slot, $0.proposal.effect.choice) })
    }

    /// The proposals that changed the copy in a round.
    private func moves(in round: Int) -> [Proposal] {
        assignments.filter { $0.since == round + 1 }
            .flatMap { $0.resolution.owners + $0.resolution.cappedBy }
            + assignments.filter { $0.isRetracted && $0.until == round }.map(\.proposal)
    }

    private mutating func evaluate() {
        round += 1
        hasConverged = true
        (ties, denied, unordered, capped) = ([], [], [], [])
        var proposals: [Proposal] = []
        // Templates with something unknown in them want nothing.
        var undefinedEffects: [Effect] = []
        for position in candidates {
            let rule = ruleset.enforcing[Int(position)]
            guard matches(rule) else { continue }
            for effect in rule.effects where !isPassedOver(rule, effect) {
                if !effect.isTemplate {
                    proposals.append(Proposal(rule: rule, effect: effect, template: nil))
                } else if let text = effect.text(for: copy) {
                    proposals.append(Proposal(rule: rule, effect: effect, template: text))
                } else {
                    undefinedEffects.append(effect)
                }
            }
        }
        reverts = findReverts()
        for revert in reverts { grantsThatCounted.insert(revert.proposal.effect.field.slot) }
        proposals += reverts.lazy.filter { !$0.needsPerson }.map(\.proposal)
        if !ruleset.guardrails.isEmpty { proposals.removeAll { !$0.isCeiling && isDenied($0) } }
        resolve(bySlot: proposals)
        retract(undefinedEffects)
        if !hasConverged { readCopy() }
    }

    func isPassedOver(_ rule: Rule, _ effect: Effect) -> Bool {
        !passedOver.isEmpty && passedOver[rule.id]?.contains(effect.field.slot) == true
    }

    /// Whether a rule acts on the copy.
    private mutating func matches(_ rule: Rule) -> Bool {
        guard rule.isActive(at: now), rule.condition.truth(of: copy) == .true
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

    private mutating func resolve(bySlot proposals: [Proposal]) {
        if proposals.count == 1 { return resolve(proposals) }
        for proposals in Dictionary(grouping: proposals, by: \.effect.slot).values {
            resolve(proposals)
        }
    }

    /// Reads the copy again, after it has changed.
    private mutating func readCopy() {
        copy = original
        for assignment in assignments where assignment.until == nil {
            let proposal = assignment.proposal
            copy.apply(proposal.text, to: proposal.effect, accountFields: ruleset.accountFields)
        }
        if ruleset.isIndexChangeable { candidates = ruleset.index.candidates(for: copy) }
    }

    /// Whether the copy was given anything for a slot.
    func isAssigned(_ slot: Int) -> Bool {
        assignments.contains { $0.until == nil && $0.proposal.effect.slot == slot }
    }

    /// Assigns the value of a resolution to the copy, in the place of what it had been given.
    mutating func apply(_ resolution: Resolution) {
        for index in assignments.indices
        where assignments[index].until == nil
            && assignments[index].proposal.effect.slot == resolution.proposal.effect.slot
        {
            assignments[index].until = round
        }
        assignments.append(Assignment(resolution: resolution, since: round + 1))
        hasConverged = false
    }

    /// Retracts what earlier rounds gave a slot and this one does not stand by: rules tie over it
    /// now, a guardrail or a cap has come to forbid it, or its template has nothing to say any
    /// more.
    private mutating func retract(_ undefinedEffects: [Effect]) {
        if ties.isEmpty, undefinedEffects.isEmpty, capped.isEmpty, ruleset.guardrails.isEmpty {
            return
        }
        for index in assignments.indices where assignments[index].until == nil {
            let proposal = assignments[index].proposal
            let slot = proposal.effect.slot
            guard
                !resolutions.contains(where: {
                    $0.proposal.effect.slot == slot && $0.round == round
                })
                    && (capped.contains(slot) || ties.contains { $0[0].effect.slot == slot })
                    || undefinedEffects.contains(where: { $0 === proposal.effect })
                    || guardrail(against: proposal) != nil
                    || assignments[index].resolution.owners.allSatisfy({
                        guardrail(against: $0) != nil
                    })
            else { continue }
            (assignments[index].until, assignments[index].isRetracted) = (round, true)
            resolutions.removeAll { $0.proposal.effect.slot == slot }
            hasConverged = false
        }
    }

    /// Whether a guardrail forbids a proposal.
    mutating func isDenied(_ proposal: Proposal) -> Bool {
        guard let guardrail = guardrail(against: proposal) else { return false }
        denied.append((proposal, guardrail))
        return true
    }

    /// The guardrail that forbids a proposal, for the contact as it is or as it would be.
    private func guardrail(against proposal: Proposal) -> Guardrail? {
        ruleset.guardrails.first { guardrail in
            guard guardrail.denies(proposal.effect.field, proposal.value) else { return false }
            var wanted = copy
            wanted.apply(proposal.text, to: proposal.effect, accountFields: ruleset.accountFields)
            return guardrail.condition.truth(of: original) != .false
                || guardrail.condition.truth(of: wanted) != .false
        }
    }
}
