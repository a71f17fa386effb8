/// Finds the few rules that can be true of a contact, by a value that each of them needs.
///
/// A rule whose condition needs a field to have one of a few values is looked at only where the field
/// has one of them; every other rule is looked at always.
struct RuleIndex: Sendable {
    /// By the field's position and its value, the positions of the rules that need it.
    private var byValue: [Int: [Bytes: [Int]]] = [:]
    /// The same for domains and everything under them.
    private var byDomain: [Int: [Bytes: [Int]]] = [:]
    private var others: [Int] = []

    init(_ rules: [Rule]) {
        for (position, rule) in rules.enumerated() {
            switch rule.condition.necessity {
            case .value(let field, let values):
                for value in values {
                    byValue[field, default: [:]][value, default: []].append(position)
                }
            case .domain(let field, let domain):
                byDomain[field, default: [:]][domain, default: []].append(position)
            case nil: others.append(position)
            }
        }
    }

    /// The positions of the rules that can be true, each once.
    func candidates(for reading: Reading) -> [Int] {
        var found = others
        for (field, rules) in byValue {
            guard case .text(let text) = reading.values[field], let rules = rules[text]
            else { continue }
            found += rules
        }
        for (field, rules) in byDomain {
            guard case .text(let text) = reading.values[field] else { continue }
            var start = text.startIndex
            while true {
                if let rules = rules[Bytes(text[start...])] { found += rules }
                guard let dot = text[start...].firstIndex(of: UInt8(ascii: ".")) else { break }
                start = dot + 1
            }
        }
        return found
    }
}

extension Condition {
    /// What must hold for the condition to be true, in a form that can be looked up.
    enum Necessity {
        case value(field: Int, values: Set<Bytes>)
        case domain(field: Int, Bytes)

        var size: Int {
            switch self {
            case .value(_, let values): values.count
            case .domain: 1
            }
        }
    }

    /// Values that one rule is filed under at most: a rule that needs one of more is looked at always.
    private static let maxValues = 1_000

    /// The narrowest such thing; nil where there is none.
    var necessity: Necessity? {
        switch self {
        case .all(let conditions):
            conditions.compactMap(\.necessity).min { $0.size < $1.size }
        case .any(let conditions):
            Self.oneOf(conditions.map(\.necessity))
        case .none, .not: nil
        case .test(let test): test.necessity
        }
    }

    /// Alternatives need one of the values that each of them needs, if all need the same field.
    private static func oneOf(_ alternatives: [Necessity?]) -> Necessity? {
        var union: (field: Int, values: Set<Bytes>)?
        for alternative in alternatives {
            guard case .value(let field, let values) = alternative,
                union.map({ $0.field == field }) ?? true
            else { return nil }
            union = (field, (union?.values ?? []).union(values))
        }
        return union.flatMap {
            $0.values.count > maxValues ? nil : .value(field: $0.field, values: $0.values)
        }
    }
}

extension Test {
    fileprivate var necessity: Condition.Necessity? {
        switch (name, check) {
        case (.is, .is(let value)): .value(field: field, values: [value])
        case (.in, .among(let values)), (.inList, .among(let values)):
            values.count > 1_000 ? nil : .value(field: field, values: values)
        case (.under, .under(let domain)): .domain(field: field, domain)
        default: nil
        }
    }
}
