internal import Contacts

/// What a part of a condition is to the whole.
enum Part {
    /// The whole is true only if this is.
    case needed
    /// The whole may be true because of it.
    case possible
    /// The whole may be true because it is not.
    case negated

    func below(_ combinator: CombinatorName) -> Part {
        switch (combinator, self) {
        case (.all, _): self
        case (.any, .needed), (.any, .possible): .possible
        case (.any, .negated), (.none, _), (.not, _): .negated
        }
    }
}

extension RulesetReader {
    /// Whether an operator takes contacts in by a value that it names.
    static func names(_ name: OperatorName) -> Bool {
        [.is, .in, .inList, .under].contains(name)
    }

    /// A condition: a combinator alone in its mapping, or fields that must all be as they say.
    ///
    /// - Parameter part: What it is to the rule's whole condition.
    mutating func condition(
        _ node: YAMLNode, depth: Int, part: Part = .possible
    ) -> Condition? {
        guard depth < RuleLimits.conditionDepth else {
            error("conditions nested more than \(RuleLimits.conditionDepth) deep", at: node)
            return nil
        }
        let entries = mapping(node, what: depth == 0 ? "`when`" : "a condition")
        let combinators = entries.filter { CombinatorName(rawValue: $0.key) != nil }
        if let entry = combinators.first {
            guard entries.count == 1 else {
                error(
                    "`\(entry.key)` must stand alone in its mapping; put the others beside it in "
                        + "an `all`", at: entry.place, offending: entry.key)
                return nil
            }
            return combinator(entry, depth: depth, part: part)
        }
        let why = entries.first { $0.key == Vocabulary.why }.flatMap {
            prose($0.value, what: "`why`")
        }
        if let entry = entries.first(where: { $0.key == Vocabulary.inTable }) {
            guard useTable(entry, isNeeded: part == .needed) else { return nil }
            // What the row asks for is put in its place, row by row.
            if entries.allSatisfy({ Self.besides.contains($0.key) }) { return .all([]) }
        }
        let leaves = entries.filter { !Self.besides.contains($0.key) }
        if leaves.isEmpty, why != nil, entries.count == 1 {
            error("`why` explains a condition, and there is none beside it", at: node)
        }
        let isPositive = part != .negated
        let tests = leaves.map { test($0, why: why, isPositive: isPositive) }
        guard !tests.isEmpty, tests.allSatisfy({ $0 != nil }) else { return nil }
        let conditions = tests.compactMap(\.self)
        return conditions.count == 1 ? conditions[0] : .all(conditions)
    }

    private mutating func combinator(
        _ entry: YAMLNode.Entry, depth: Int, part: Part
    ) -> Condition? {
        guard let name = CombinatorName(rawValue: entry.key) else { return nil }
        if name == .not {
            if case .sequence = entry.value.content {
                error("`not` takes one condition; for several there is `none`", at: entry.value)
                return nil
            }
            return condition(entry.value, depth: depth + 1, part: .negated).map(Condition.not)
        }
        let items = sequence(entry.value, what: "`\(entry.key)`")
        let conditions = items.compactMap {
            condition($0, depth: depth + 1, part: part.below(name))
        }
        guard !items.isEmpty, conditions.count == items.count else { return nil }
        return switch name {
        case .all: .all(conditions)
        case .any: .any(conditions)
        case .none: .none(conditions)
        case .not: nil
        }
    }

    /// What a condition holds besides its tests.
    private static let besides = [Vocabulary.why, Vocabulary.inTable]

    /// Notes that the rule is one for each row of a table.
    private mutating func useTable(_ entry: YAMLNode.Entry, isNeeded: Bool) -> Bool {
        guard let name = text(entry.value, what: "the name of a table") else { return false }
        if brokenTables.contains(name) { return false }
        guard tables[name] != nil else {
            error(
                "there is no table `\(name)`", at: entry.value,
                suggestion: nearest(to: name, among: tables.keys.sorted()))
            return false
        }
        guard isNeeded, tableOfRule == nil else {
            error(
                isNeeded
                    ? "a rule names one table"
                    : "`in_table` stands in a rule's `when` itself or in an `all`, not below `any`, "
                        + "`none` or `not`", at: entry.place, offending: entry.key)
            return false
        }
        tables[name]?.isUsed = true
        tableOfRule = name
        return true
    }

    private mutating func test(
        _ entry: YAMLNode.Entry, why: String?, isPositive: Bool
    ) -> Condition? {
        guard case (let path, var field)? = conditionField(entry) else { return nil }
        declared = declaration(of: path, named: entry)
        if let declared { field = field.declared(to: declared.kind) }
        defer { declared = nil }
        let operation: (name: OperatorName, operand: YAMLNode)?
        switch entry.value.content {
        case .text: operation = (.is, entry.value)
        case .sequence: operation = (.in, entry.value)
        case .mapping: operation = operatorAndOperand(entry, of: field)
        }
        guard let (name, operand) = operation else { return nil }
        takesIn = isPositive && Self.names(name) ? path : nil
        testsRole = path == .portalRole && Operand.isWhole(name)
        expiriesOfOperand = [:]
        defer { (takesIn, testsRole) = (nil, false) }
        guard let row = applicable(name, to: field, entry),
            let (comparison, texts) = comparison(row, operand, kind: field.kind)
        else { return nil }
        warnOfPatterns(operand, name, on: path, field.kind)
        return .predicate(
            Predicate(
                field: fields.position(of: path), name: name, comparison: comparison,
                operand: texts,
                why: why,
                expires: expiriesOfOperand))
    }
}
