/// When a rule is true.
package enum Condition: Sendable {
    case all([Condition])
    case any([Condition])
    case none([Condition])
    indirect case not(Condition)
    case predicate(Predicate)

    package func truth(of context: EvaluationContext) -> Truth {
        switch self {
        case .all(let conditions): .all(conditions) { $0.truth(of: context) }
        case .any(let conditions): .any(conditions) { $0.truth(of: context) }
        case .none(let conditions): !.any(conditions) { $0.truth(of: context) }
        case .not(let condition): !condition.truth(of: context)
        case .predicate(let predicate): predicate.truth(of: context)
        }
    }

    /// Every predicate in it.
    package var predicates: [Predicate] {
        var predicates: [Predicate] = []
        addPredicates(to: &predicates)
        return predicates
    }

    package func addPredicates(to predicates: inout [Predicate]) {
        switch self {
        case .all(let parts), .any(let parts), .none(let parts):
            for part in parts { part.addPredicates(to: &predicates) }
        case .not(let part): part.addPredicates(to: &predicates)
        case .predicate(let predicate): predicates.append(predicate)
        }
    }

    /// The positions of the fields that the condition reads, each once.
    package var fields: Set<Int> { Set(predicates.map(\.field)) }
}

/// One field and one operator.
package final class Predicate: Sendable {
    package enum Comparison: Sendable {
        case `is`(Bytes)
        case among(Set<Bytes>)
        case startsWith(Bytes)
        case endsWith(Bytes)
        case contains(Bytes)
        case under(Bytes)
        case isCI(Bytes)
        /// Of several values.
        case hasAny(Set<Bytes>)
        case hasAll(Set<Bytes>)
        /// On a scale; unknown where the text is not on it.
        case within(OrderedKind, OrderedKind.Range)
        /// In seconds; of a time of which nothing is known, long enough.
        case age(atLeast: Double)
        case present

        /// In seconds; nil for anything but an age.
        var age: Double? { if case .age(let least) = self { least } else { nil } }
    }

    /// The field's position in `Ruleset.fields`.
    package let field: Int
    package let name: OperatorName
    package let comparison: Comparison
    /// From when on a value of a list tells nothing any more.
    package let expires: [Bytes: Instant]
    /// The operand as its author wrote it.
    package let operand: [String]
    /// Why it is asked for.
    package let why: String?

    package init(
        field: Int, name: OperatorName, comparison: Comparison, operand: [String],
        why: String? = nil,
        expires: [Bytes: Instant] = [:]
    ) {
        self.field = field
        self.name = name
        self.comparison = comparison
        self.operand = operand
        self.why = why
        self.expires = expires
    }

    package func truth(of context: EvaluationContext) -> Truth {
        truth(of: context.values[field], at: context.now)
    }

    package func truth(of value: EvaluationContext.FieldContent, at now: Instant?) -> Truth {
        if case .age(let least) = comparison { return truth(ofAge: value, least, at: now) }
        switch value {
        case .text(let text): return truth(of: text, at: now)
        case .list(let values, let isComplete): return truth(of: values, isComplete)
        case .unreadable: return isPresence ? Truth(!isNegated) : .unknown
        case .unreadablePart, .absent: return isPresence ? Truth(isNegated) : .unknown
        }
    }

    /// Without a time, an age is unknown; what was there from the beginning is older than anything.
    private func truth(
        ofAge value: EvaluationContext.FieldContent, _ least: Double, at now: Instant?
    ) -> Truth {
        guard case .text(let text) = value else { return Truth(!isNegated) }
        guard let now, let point = OrderedKind.time.point(of: text) else { return .unknown }
        return Truth((now - point >= least) != isNegated)
    }

    private func truth(of values: [Bytes], _ isComplete: Bool) -> Truth {
        switch comparison {
        case .present: Truth(!isNegated)
        case .hasAny(let wanted):
            Self.known(values.contains { wanted.contains($0) }, isComplete)
        case .hasAll(let wanted): Self.known(wanted.isSubset(of: values), isComplete)
        default: .unknown
        }
    }

    private func truth(of text: Bytes, at now: Instant?) -> Truth {
        if case .within(let ordered, let range) = comparison {
            guard let point = ordered.point(of: text) else { return .unknown }
            return Truth(range.contains(point) != isNegated)
        }
        // What has expired is unknown, never false: a negation must not fire by it.
        if !expires.isEmpty, let end = expires[text], let now, end <= now { return .unknown }
        return Truth(holds(for: text) != isNegated)
    }

    /// What was found is there; what was not may be among the values that cannot be read.
    private static func known(_ isFound: Bool, _ isComplete: Bool) -> Truth {
        isFound ? .true : isComplete ? .false : .unknown
    }

    package var isNegated: Bool {
        switch name {
        case .isNot, .notIn, .notInList, .newerThan, .absent: true
        default: false
        }
    }

    /// Whether it asks only if there is anything.
    package var isPresence: Bool { if case .present = comparison { true } else { false } }

    private func holds(for text: Bytes) -> Bool {
        switch comparison {
        case .is(let value): text == value
        case .among(let values): values.contains(text)
        case .startsWith(let start): text.starts(with: start)
        case .endsWith(let end): text.ends(with: end)
        case .contains(let part): text.contains(sequence: part)
        case .under(let domain): text.isUnder(domain: domain)
        case .isCI(let value): text.map(\.asciiLowercased) == value
        // A custom field with one value has that one.
        case .hasAny(let wanted): wanted.contains(text)
        case .hasAll(let wanted): wanted == [text]
        case .present, .within, .age: true
        }
    }
}

extension Predicate: CustomStringConvertible {
    /// The operator and its operand.
    package var description: String {
        switch name {
        case .present, .absent: name.rawValue
        case .in, .notIn, .hasAny, .hasAll, .between:
            "\(name.rawValue) [\(operand.joined(separator: ", "))]"
        default: "\(name.rawValue) \(operand.joined())"
        }
    }
}
