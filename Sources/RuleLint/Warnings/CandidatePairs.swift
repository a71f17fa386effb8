internal import Rules

/// Which rules may be true of the same contact, as far as the values that they need tell.
struct CandidatePairs {
    private struct NeededValue: Hashable {
        let field: Int
        let value: Bytes
    }

    private let needs: [Condition.Necessity?]
    private var byValue: [NeededValue: [Int]] = [:]
    private var byField: [Int: [Int]] = [:]
    /// Rules that need no value.
    private var anywhere: [Int] = []

    init(_ rules: [Rule]) {
        needs = rules.map(\.condition.necessity)
        for (position, need) in needs.enumerated() {
            guard case .value(let field, let values) = need else {
                anywhere.append(position)
                continue
            }
            byField[field, default: []].append(position)
            for value in values {
                byValue[NeededValue(field: field, value: value), default: []].append(position)
            }
        }
    }

    /// The positions after this one of the rules that it may meet, in order.
    func candidates(of position: Int) -> [Int] {
        guard case .value(let field, let values) = needs[position] else {
            return Array(needs.indices[(position + 1)...])
        }
        var found = anywhere
        for (other, positions) in byField where other != field { found += positions }
        for value in values { found += byValue[NeededValue(field: field, value: value)] ?? [] }
        return Set(found).filter { $0 > position }.sorted()
    }
}
