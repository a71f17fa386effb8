internal import Contacts

extension RulesetReader {
    /// A condition: a combinator alone in its mapping, or fields that must all be as they say.
    mutating func condition(_ node: YAMLNode, depth: Int) -> Condition? {
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
            return combinator(entry, depth: depth)
        }
        let why = entries.first { $0.key == Vocabulary.why }.flatMap {
            text($0.value, what: "`why`", atMost: RuleLimits.proseBytes)
        }
        let leaves = entries.filter { $0.key != Vocabulary.why }
        if leaves.isEmpty, !entries.isEmpty {
            error("`why` explains a condition, and there is none beside it", at: node)
        }
        let tests = leaves.map { test($0, why: why) }
        guard !tests.isEmpty, tests.allSatisfy({ $0 != nil }) else { return nil }
        let conditions = tests.compactMap(\.self)
        return conditions.count == 1 ? conditions[0] : .all(conditions)
    }

    private mutating func combinator(_ entry: YAMLNode.Entry, depth: Int) -> Condition? {
        guard let name = CombinatorName(rawValue: entry.key) else { return nil }
        if name == .not {
            if case .sequence = entry.value.content {
                error("`not` takes one condition; for several there is `none`", at: entry.value)
                return nil
            }
            return condition(entry.value, depth: depth + 1).map(Condition.not)
        }
        let items = sequence(entry.value, what: "`\(entry.key)`")
        let conditions = items.compactMap { condition($0, depth: depth + 1) }
        guard !items.isEmpty, conditions.count == items.count else { return nil }
        return switch name {
        case .all: .all(conditions)
        case .any: .any(conditions)
        case .none: .none(conditions)
        case .not: nil
        }
    }

    private mutating func test(_ entry: YAMLNode.Entry, why: String?) -> Condition? {
        guard case (let path, var field)? = conditionField(entry) else { return nil }
        declared = declaration(of: path, named: entry)
        if let declared { field = field.declared(to: declared.kind) }
        defer { declared = nil }
        let operation: (name: OperatorName, operand: YAMLNode)?
        switch entry.value.content {
        case .text: operation = (.is, entry.value)
        case .sequence: operation = (.in, entry.value)
        case .mapping: operation = operatorAndOperand(entry)
        }
        guard let (name, operand) = operation else { return nil }
        guard let row = applicable(name, to: field, entry),
            let (check, texts) = check(row, operand, kind: field.kind)
        else { return nil }
        return .test(
            Test(
                field: fields.position(of: path), name: name, check: check, operand: texts, why: why
            ))
    }
}
