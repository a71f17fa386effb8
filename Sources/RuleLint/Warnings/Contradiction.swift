internal import Contacts
internal import Rules

extension Path {
    /// The first field that can never be as all of these want it; nil where none can be seen.
    var contradiction: Int? {
        Dictionary(grouping: self, by: \.predicate.field).filter { Self.isContradictory($0.value) }
            .keys.min()
    }

    private static func isContradictory(_ literals: [Literal]) -> Bool {
        if literals.count < 2 { return false }
        if let values = literals.lazy.compactMap(\.onlyValues).min(by: { $0.count < $1.count }) {
            return !values.contains { value in literals.allSatisfy { $0.holds(for: .text(value)) } }
        }
        let isAbsent = literals.contains { $0.predicate.isPresence && !$0.isPositive }
        if isAbsent { return literals.contains { !$0.predicate.isPresence || $0.isPositive } }
        return areApart(domains(literals)) || isEmpty(literals.compactMap(\.range))
    }

    private static func domains(_ literals: [Literal]) -> [Bytes] {
        literals.compactMap { literal in
            guard literal.isPositive, case .under(let domain) = literal.predicate.comparison
            else { return nil }
            return domain
        }
    }

    private static func areApart(_ domains: [Bytes]) -> Bool {
        guard let longest = domains.max(by: { $0.count < $1.count }) else { return false }
        return !domains.allSatisfy { longest.isUnder(domain: $0) }
    }

    /// Whether no number lies in all ranges.
    private static func isEmpty(_ ranges: [OrderedKind.Range]) -> Bool {
        // If any does, one of their ends does, or something just beside it.
        let ends = ranges.flatMap(\.ends)
        if ends.isEmpty { return false }
        return !ends.flatMap { [$0.nextDown, $0, $0.nextUp] }.contains { point in
            ranges.allSatisfy { $0.contains(point) }
        }
    }
}

extension Literal {
    /// Where a number or a time must lie.
    fileprivate var range: OrderedKind.Range? {
        guard isPositive, case .within(_, let range) = predicate.comparison else { return nil }
        return range
    }
}

extension OrderedKind.Range {
    var ends: [Double] {
        switch self {
        case .below(let bound, _), .above(let bound, _): [bound]
        case .between(let first, let last): [first, last]
        case .among(let points): points.sorted()
        }
    }
}
