/// Finds the few rules that can be true of a contact, by a value that each of them needs.
///
/// A rule whose condition needs a field to have one of a few values is looked at only where the
/// field has one of them; every other rule is looked at always.
package struct RuleIndex: Sendable {
    /// The rules that need one value: the first by itself, since most have no other.
    private struct IndexedRules {
        var first: Int32
        /// Their place in `more`, −1 where there are none.
        var others: Int32 = -1
    }

    /// By the field's position and a hash of its value. Values that share a hash cost a look at
    /// each other's rules and nothing else: whether a rule is true is for its condition to say.
    private var byValue: [(field: Int, rules: [UInt64: IndexedRules])] = []
    /// The same for domains and everything under them.
    private var byDomain: [(field: Int, rules: [UInt64: IndexedRules])] = []
    private var more: [[Int32]] = []
    private var always: [Int32] = []
    package var alwaysLookedAt: Int { always.count }
    /// A rule that is looked at always, whatever it is filed under: another one stands in its
    /// place.
    var replaced: Int32?

    package init(_ rules: [Rule]) {
        for (position, rule) in rules.enumerated() {
            let position = Int32(position)
            switch rule.condition.necessity {
            case .value(let field, let values):
                for value in values { file(position, under: value, of: field, in: \.byValue) }
            case .domain(let field, let domain):
                file(position, under: domain, of: field, in: \.byDomain)
            case nil: always.append(position)
            }
        }
    }

    private mutating func file(
        _ position: Int32, under value: Bytes, of field: Int,
        in table: WritableKeyPath<RuleIndex, [(field: Int, rules: [UInt64: IndexedRules])]>
    ) {
        let place: Int
        if let known = self[keyPath: table].firstIndex(where: { $0.field == field }) {
            place = known
        } else {
            place = self[keyPath: table].count
            self[keyPath: table].append((field, [:]))
        }
        let hash = Self.hash(value[...])
        guard var entry = self[keyPath: table][place].rules[hash] else {
            self[keyPath: table][place].rules[hash] = IndexedRules(first: position)
            return
        }
        if entry.others < 0 {
            entry.others = Int32(more.count)
            more.append([])
            self[keyPath: table][place].rules[hash] = entry
        }
        more[Int(entry.others)].append(position)
    }

    /// Whether the rules that can be true are others once these fields have changed.
    func depends(on fields: [Int]) -> Bool {
        (byValue + byDomain).contains { fields.contains($0.field) }
    }

    /// The positions of the rules that can be true, each once.
    package func candidates(for context: EvaluationContext) -> [Int32] {
        var found = always
        for (field, rules) in byValue {
            guard case .text(let text) = context.values[field] else { continue }
            if let entry = rules[Self.hash(text[...])] { add(entry, to: &found) }
        }
        for (field, rules) in byDomain {
            guard case .text(let text) = context.values[field] else { continue }
            var start = text.startIndex
            while true {
                if let entry = rules[Self.hash(text[start...])] { add(entry, to: &found) }
                guard let dot = text[start...].firstIndex(of: UInt8(ascii: ".")) else { break }
                start = dot + 1
            }
        }
        if let replaced, !found.contains(replaced) { found.append(replaced) }
        return found
    }

    private func add(_ entry: IndexedRules, to found: inout [Int32]) {
        found.append(entry.first)
        if entry.others >= 0 { found += more[Int(entry.others)] }
    }

    /// FNV-1a, 64 bits. Source: https://datatracker.ietf.org/doc/draft-eastlake-fnv/
    private static func hash(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        return hash
    }
}

extension Condition {
    /// What must hold for the condition to be true, in a form that can be looked up.
    package enum Necessity {
        case value(field: Int, values: Set<Bytes>)
        case domain(field: Int, Bytes)

        var size: Int {
            switch self {
            case .value(_, let values): values.count
            case .domain: 1
            }
        }
    }

    /// Values that one rule is filed under at most: a rule that needs one of more is looked at
    /// always.
    private static let maxValues = 1_000

    /// The narrowest such thing; nil where there is none.
    package var necessity: Necessity? {
        switch self {
        case .all(let conditions):
            conditions.compactMap(\.necessity).min { $0.size < $1.size }
        case .any(let conditions):
            Self.oneOf(conditions.map(\.necessity))
        case .none, .not: nil
        case .predicate(let predicate): predicate.necessity
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

extension Predicate {
    fileprivate var necessity: Condition.Necessity? {
        switch (name, comparison) {
        case (.is, .is(let value)): .value(field: field, values: [value])
        case (.in, .among(let values)), (.inList, .among(let values)):
            values.count > 1_000 ? nil : .value(field: field, values: values)
        case (.under, .under(let domain)): .domain(field: field, domain)
        default: nil
        }
    }
}
