/// When a rule is true.
indirect enum Condition: Sendable {
    case all([Condition])
    case any([Condition])
    case none([Condition])
    case not(Condition)
    case test(Test)

    func truth(of reading: Reading) -> Truth {
        switch self {
        case .all(let conditions): .all(conditions) { $0.truth(of: reading) }
        case .any(let conditions): .any(conditions) { $0.truth(of: reading) }
        case .none(let conditions): !.any(conditions) { $0.truth(of: reading) }
        case .not(let condition): !condition.truth(of: reading)
        case .test(let test): test.truth(of: reading)
        }
    }

    /// The positions of the fields that the condition reads, each once.
    var fields: [Int] {
        switch self {
        case .all(let conditions), .any(let conditions), .none(let conditions):
            Array(Set(conditions.flatMap(\.fields)))
        case .not(let condition): condition.fields
        case .test(let test): [test.field]
        }
    }
}

/// One field and one operator.
struct Test: Sendable {
    enum Check: Sendable {
        case `is`(Bytes)
        case among(Set<Bytes>)
        case startsWith(Bytes)
        case endsWith(Bytes)
        case contains(Bytes)
        case under(Bytes)
        case present
    }

    /// The field's position in `Ruleset.fields`.
    let field: Int
    let name: OperatorName
    let check: Check
    /// The operand as its author wrote it.
    let operand: [String]

    func truth(of reading: Reading) -> Truth {
        let value = reading.values[field]
        if case .present = check { return Truth(value.isPresent != isNegated) }
        guard case .text(let text) = value else { return .unknown }
        return Truth(holds(for: text) != isNegated)
    }

    private var isNegated: Bool {
        switch name {
        case .isNot, .notIn, .notInList, .absent: true
        default: false
        }
    }

    private func holds(for text: Bytes) -> Bool {
        switch check {
        case .is(let value): text == value
        case .among(let values): values.contains(text)
        case .startsWith(let start): text.starts(with: start)
        case .endsWith(let end): text.ends(with: end)
        case .contains(let part): text.contains(sequence: part)
        case .under(let domain): text.isUnder(domain: domain)
        case .present: true
        }
    }
}
