internal import Contacts
internal import Rules

/// Rules that match the same contact and hide each other, tie or form a cycle.
///
/// What the conditions suggest is tried on a witness, a contact made for it; only what the ruleset
/// then decides is reported.
struct RuleInteractions {
    /// Warnings of one kind: a choice; authors mend the first of them and check again.
    static let maxReported = 20
    /// Pairs of rules that are compared, and witnesses that are decided on: chosen so that a check
    /// of ten thousand rules takes about a second. Source: docs/measurements.md, “Reports”.
    private static let maxPairs = 200_000
    private static let maxWitnesses = 10_000
    /// Rules that are evaluated for all witnesses together.
    private static let maxLooks = 20_000_000

    private let ruleset: Ruleset
    private let witness: Witness
    /// By position in `ruleset.enforcing`: the ways to be true that are possible.
    private let paths: [[Path]]
    private var witnessesLeft: Int
    private var reported: [Kind: Set<[String]>] = [:]
    private var found: [RuleDiagnostic] = []

    private enum Kind { case hidden, tie, cycle }

    init(_ ruleset: Ruleset) {
        self.ruleset = ruleset
        witness = Witness(fields: ruleset.fields)
        paths = ruleset.enforcing.map { rule in
            (rule.condition.paths ?? []).filter { $0.contradiction == nil }
        }
        witnessesLeft = min(
            Self.maxWitnesses, Self.maxLooks / (ruleset.index.alwaysLookedAt + 1))
    }

    mutating func warnings() -> [RuleDiagnostic] {
        for position in ruleset.enforcing.indices { lookAlone(position) }
        let pairs = CandidatePairs(ruleset.enforcing)
        var pairsLeft = Self.maxPairs
        for position in ruleset.enforcing.indices where pairsLeft > 0 {
            for other in pairs.candidates(of: position) where pairsLeft > 0 {
                pairsLeft -= 1
                lookAt(position, other)
            }
        }
        return found
    }

    /// A contact made for one rule: does it have its way there?
    private mutating func lookAlone(_ position: Int) {
        guard let path = paths[position].first, let (contact, decision) = decide(path) else {
            return
        }
        reportConflicts(of: decision, contact)
        let rule = ruleset.enforcing[position]
        guard rule.effects.allSatisfy({ $0.isExact || $0.isFloor }) else { return }
        let winners = rule.effects.map { effect in
            decision.beaten.first { $0.rule == rule.id && $0.field == effect.field }?.by ?? []
        }
        let hiding = winners.compactMap { by in
            by.compactMap(ruleset.rule).first { hides($0, position) }
        }
        guard hiding.count == rule.effects.count, let first = hiding.first else { return }
        report(
            .hidden, [rule.base], of: rule,
            "`\(rule.id)` never has its way: wherever it is true, `\(first.id)` with priority "
                + "\(first.priority) is true as well and wins; \(words(for: contact))")
    }

    /// Whether a rule is true wherever another one is, and nothing ever keeps it from its way.
    private func hides(_ rule: Rule, _ other: Int) -> Bool {
        let isDenied = ruleset.guardrails.contains { guardrail in
            rule.effects.contains { guardrail.denies($0.field, $0.value) }
        }
        guard rule.from == nil, rule.until == nil, !isDenied,
            !ruleset.exceptions.contains(where: { $0.covers(rule) }),
            let ways = rule.condition.paths
        else { return false }
        return paths[other].allSatisfy { path in
            ways.contains { way in way.allSatisfy { wanted in path.contains { $0.implies(wanted) } }
            }
        }
    }

    /// A contact made for two rules at once.
    private mutating func lookAt(_ one: Int, _ other: Int) {
        let (first, second) = (ruleset.enforcing[one], ruleset.enforcing[other])
        let canTie =
            first.priority == second.priority
            && first.effects.contains { effect in
                second.effects.contains { effect.canTie(with: $0) }
            }
        if canTie, (reported[.tie] ?? []).count < Self.maxReported {
            provoke(paths[one], paths[other])
        }
        guard (reported[.cycle] ?? []).count < Self.maxReported, wakes(first, other),
            wakes(second, one)
        else {
            return
        }
        // What the first rule sets, the second sees only then.
        let positions = Set(first.effects.map(\.position))
        let rest = paths[other].map { $0.filter { !positions.contains($0.predicate.field) } }
        provoke(paths[one], rest)
    }

    /// Whether what a rule sets makes another one true that predicates it.
    private func wakes(_ rule: Rule, _ other: Int) -> Bool {
        rule.effects.contains { effect in
            paths[other].contains { path in
                let literals = path.filter { $0.predicate.field == effect.position }
                return !literals.isEmpty
                    && literals.allSatisfy { $0.holds(for: .text(effect.bytes)) }
            }
        }
    }

    /// Looks for a contact that brings two rules together.
    private mutating func provoke(_ ones: [Path], _ others: [Path]) {
        for one in ones {
            for other in others where (one + other).contradiction == nil {
                guard let (contact, decision) = decide(one + other) else { continue }
                if reportConflicts(of: decision, contact) { return }
            }
        }
    }

    private mutating func decide(_ path: Path) -> (Contact, Decision)? {
        guard witnessesLeft > 0, let contact = witness.contact(for: path) else { return nil }
        witnessesLeft -= 1
        return (contact, ruleset.decide(contact))
    }

    @discardableResult
    private mutating func reportConflicts(of decision: Decision, _ contact: Contact) -> Bool {
        for conflict in decision.conflicts {
            let ids = Set(conflict.contenders.map(\.rule)).sorted()
            guard let rule = ids.first.flatMap(ruleset.rule) else { continue }
            let names = ids.map { "`\($0)`" }.joined(separator: ", ")
            let bases = Set(ids.map { ruleset.rule($0)?.base ?? $0 }).sorted()
            switch conflict.kind {
            case .tie:
                report(
                    .tie, bases + [conflict.slot], of: rule,
                    "\(names) want different values for `\(conflict.slot)` with the same priority, "
                        + "so nothing is done to it; give one of them a higher priority; "
                        + words(for: contact))
            case .unsettled:
                report(
                    .cycle, bases, of: rule,
                    "\(names) undo what they set, round after round, so nothing is done to the "
                        + "contact; \(words(for: contact))")
            }
        }
        return !decision.conflicts.isEmpty
    }

    private mutating func report(_ kind: Kind, _ key: [String], of rule: Rule, _ message: String) {
        guard (reported[kind] ?? []).count < Self.maxReported,
            reported[kind, default: []].insert(key).inserted
        else { return }
        found.append(RuleDiagnostic(.warning, of: rule, message))
    }

    private func words(for contact: Contact) -> String {
        var values: [(String, FieldValue)] = []
        if let email = contact.email { values.append(("email", .text(email))) }
        for field in Set(ruleset.fields) where !field.isPartOfAddress && field != .emailStatus {
            if let value = contact[field] { values.append(("\(field)", value)) }
        }
        let reported = values.sorted { $0.0 < $1.0 }.map { "\($0.0): \($0.1.words)" }
        return "for example { \(reported.joined(separator: ", ")) }"
    }
}

extension Effect {
    /// Whether the two may tie where their rules have one priority: an exact value with another
    /// one, or with a floor.
    fileprivate func canTie(with other: Effect) -> Bool {
        slot == other.slot && choice != other.choice
            && (isExact && (other.isExact || other.isFloor) || isFloor && other.isExact)
    }
}

extension FieldValue {
    fileprivate var words: String {
        switch self {
        case .text(let text): text
        case .list(let values): "[\(values.joined(separator: ", "))]"
        }
    }
}
