internal import Contacts
internal import Rules

/// A condition with one change.
struct ConditionMutant {
    let condition: Condition
    /// What was changed, and what it became.
    let part: String
    let change: String

    init(_ condition: Condition, _ part: String, _ change: String) {
        (self.condition, self.part, self.change) = (condition, part, change)
    }
}

extension Condition {
    /// Every condition that differs from this one in one operator, predicate or value.
    func mutants(_ fields: [FieldPath]) -> AnySequence<ConditionMutant> {
        switch self {
        case .all(let parts):
            // One part by itself is the same in both.
            let whole = parts.count > 1 ? [whole(.all, fields, became: .any(parts), "any")] : []
            return Self.mutants(whole, parts, fields, Condition.all)
        case .any(let parts):
            let whole = parts.count > 1 ? [whole(.any, fields, became: .all(parts), "all")] : []
            return Self.mutants(whole, parts, fields, Condition.any)
        case .none(let parts):
            let whole = whole(.none, fields, became: .any(parts), "any")
            return Self.mutants([whole], parts, fields, Condition.none)
        case .not(let part):
            let whole = whole(.not, fields, became: part, "without `not`")
            return Self.mutants([whole], [part], fields) { .not($0[0]) }
        case .predicate(let predicate):
            let field = fields[predicate.field]
            let part = "\(field) \(predicate.excerpt)"
            return AnySequence(
                predicate.mutants.map { ConditionMutant($0.condition, part, $0.change) })
        }
    }

    private static func mutants(
        _ whole: [ConditionMutant], _ parts: [Condition], _ fields: [FieldPath],
        _ combined: @escaping ([Condition]) -> Condition
    ) -> AnySequence<ConditionMutant> {
        let inner = parts.indices.lazy.flatMap { index in
            parts[index].mutants(fields).lazy.map { mutant in
                var parts = parts
                parts[index] = mutant.condition
                return ConditionMutant(combined(parts), mutant.part, mutant.change)
            }
        }
        return AnySequence([AnySequence(whole), AnySequence(inner)].joined())
    }

    /// A combinator, told from others by the first predicate in it.
    private func whole(
        _ name: CombinatorName, _ fields: [FieldPath], became other: Condition, _ change: String
    ) -> ConditionMutant {
        let first = firstPredicate.map { "\(fields[$0.field]) \($0.excerpt)" } ?? ""
        return ConditionMutant(other, "`\(name.rawValue)` of \(first), …", change)
    }

    private var firstPredicate: Predicate? {
        switch self {
        case .all(let parts), .any(let parts), .none(let parts):
            parts.lazy.compactMap(\.firstPredicate).first
        case .not(let part): part.firstPredicate
        case .predicate(let predicate): predicate
        }
    }
}

extension Predicate {
    /// Always true, always false, with a near operator, with a value left out or changed.
    fileprivate var mutants: [(condition: Condition, change: String)] {
        [(.always, "always true"), (.never, "always false")]
            + nearOperators.map { (.predicate($0), $0.excerpt) }
            + otherValues.map { (.predicate($0.predicate), $0.change) }
    }

    /// How many values of an operand are shown.
    private static let shown = 5

    /// The operator and the beginning of its operand.
    fileprivate var excerpt: String {
        guard operand.count > Self.shown else { return description }
        return with(name, comparison, operand.prefix(Self.shown) + ["…"]).description
    }

    private func with(_ name: OperatorName, _ comparison: Comparison, _ operand: [String]? = nil)
        -> Predicate
    {
        Predicate(
            field: field, name: name, comparison: comparison, operand: operand ?? self.operand,
            why: why,
            expires: expires)
    }

    /// Operators that say the opposite of each other of the same operand.
    private static let opposites: [OperatorName: OperatorName] = [
        .is: .isNot, .isNot: .is, .in: .notIn, .notIn: .in, .inList: .notInList,
        .notInList: .inList, .present: .absent, .absent: .present, .olderThan: .newerThan,
        .newerThan: .olderThan,
    ]

    private var nearOperators: [Predicate] {
        if let opposite = Self.opposites[name] { return [with(opposite, comparison)] }
        switch comparison {
        case .startsWith(let text):
            return [with(.endsWith, .endsWith(text)), with(.contains, .contains(text))]
        case .endsWith(let text):
            return [with(.startsWith, .startsWith(text)), with(.contains, .contains(text))]
        case .contains(let text):
            return [with(.startsWith, .startsWith(text)), with(.endsWith, .endsWith(text))]
        case .under(let text), .isCI(let text): return [with(.is, .is(text))]
        case .hasAny(let values) where values.count > 1: return [with(.hasAll, .hasAll(values))]
        case .hasAll(let values) where values.count > 1: return [with(.hasAny, .hasAny(values))]
        case .within(let ordered, .below(let bound, let orEqual)):
            let range = OrderedKind.Range.below(bound, orEqual: !orEqual)
            return [with(orEqual ? .lt : .lte, .within(ordered, range))]
        case .within(let ordered, .above(let bound, let orEqual)):
            let range = OrderedKind.Range.above(bound, orEqual: !orEqual)
            return [with(orEqual ? .gt : .gte, .within(ordered, range))]
        case .within(let ordered, .between(let first, let last)):
            return [
                with(.gte, .within(ordered, .above(first, orEqual: true)), [operand[0]]),
                with(.lte, .within(ordered, .below(last, orEqual: true)), [operand[1]]),
            ]
        case .is, .among, .hasAny, .hasAll, .within, .age, .present: return []
        }
    }

    private var otherValues: [(predicate: Predicate, change: String)] {
        func changed(_ comparison: Comparison) -> [(predicate: Predicate, change: String)] {
            [(with(name, comparison), "another value")]
        }
        /// Each value left out in turn; the only one changed.
        func without(
            _ values: Set<Bytes>, _ comparison: (Set<Bytes>) -> Comparison
        ) -> [(predicate: Predicate, change: String)] {
            guard values.count > 1 else { return changed(comparison(Set(values.map(Self.other)))) }
            let sorted = values.sorted { $0.lexicographicallyPrecedes($1) }
            return sorted.prefix(RuleLimits.mutatedValues).map { value in
                let text = String(decoding: value, as: UTF8.self)
                return (with(name, comparison(values.subtracting([value]))), "without \(text)")
            }
        }
        switch comparison {
        case .is(let text): return changed(.is(Self.other(text)))
        case .startsWith(let text): return changed(.startsWith(Self.other(text)))
        case .endsWith(let text): return changed(.endsWith(Self.other(text)))
        case .contains(let text): return changed(.contains(Self.other(text)))
        case .under(let text): return changed(.under(Self.other(text)))
        case .isCI(let text): return changed(.isCI(Self.other(text)))
        case .among(let values): return without(values) { .among($0) }
        case .hasAny(let values): return without(values) { .hasAny($0) }
        case .hasAll(let values): return without(values) { .hasAll($0) }
        case .within(let ordered, let range): return otherRanges(ordered, range)
        case .age(let least): return [(with(name, .age(atLeast: least + 1)), "a second longer")]
        case .present: return []
        }
    }

    private static func other(_ text: Bytes) -> Bytes { text + [UInt8(ascii: "x")] }

    private func otherRanges(
        _ ordered: OrderedKind, _ range: OrderedKind.Range
    ) -> [(predicate: Predicate, change: String)] {
        let other: OrderedKind.Range
        switch range {
        case .below(let bound, let orEqual): other = .below(bound + ordered.step, orEqual: orEqual)
        case .above(let bound, let orEqual): other = .above(bound + ordered.step, orEqual: orEqual)
        case .among(let points) where points.count > 1:
            let values = operand.prefix(RuleLimits.mutatedValues)
            return values.compactMap { value in
                guard let point = ordered.point(of: Bytes(of: value)) else { return nil }
                let rest = OrderedKind.Range.among(points.subtracting([point]))
                return (with(name, .within(ordered, rest)), "without \(value)")
            }
        case .among(let points): other = .among(Set(points.map { $0 + ordered.step }))
        // Each bound left out is a near operator.
        case .between: return []
        }
        return [(with(name, .within(ordered, other)), ordered.stepText)]
    }
}

extension OrderedKind {
    fileprivate var stepText: String {
        switch self {
        case .integer, .number: "1 more"
        case .date: "a day later"
        case .time: "a second later"
        }
    }
}
