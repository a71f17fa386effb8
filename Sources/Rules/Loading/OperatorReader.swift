internal import Contacts

/// What stands after a field in a condition.
extension RulesetReader {
    /// The field that a condition begins with.
    mutating func conditionField(
        _ entry: YAMLNode.Entry
    ) -> (path: FieldPath, row: FieldRow)? {
        let key = entry.key
        if Vocabulary.laterConditionKeys.contains(key) {
            error("`\(key)` is not in this version", at: entry.place, offending: key)
            return nil
        }
        if OperatorName(rawValue: key) != nil {
            error("`\(key)` must stand after a field", at: entry.place, offending: key)
            return nil
        }
        let combinators = CombinatorName.allCases.map(\.rawValue)
        if !key.contains("."), let near = Nearest.name(to: key, among: combinators),
            Vocabulary.fields.allSatisfy({ !$0.covers(key) })
        {
            error(
                "`\(key)` is neither a field nor a combinator", at: entry.place, offending: key,
                suggestion: near)
            return nil
        }
        return field(key, at: entry.place, for: .read)
    }

    /// The one operator of a mapping.
    mutating func operatorAndOperand(
        _ entry: YAMLNode.Entry
    ) -> (name: OperatorName, operand: YAMLNode)? {
        let operators = mapping(entry.value, what: "`\(entry.key)`")
        guard let first = operators.first else { return nil }
        guard operators.count == 1 else {
            error(
                "`\(entry.key)` takes one operator; write each in a condition of its own",
                at: operators[1].place, offending: operators[1].key)
            return nil
        }
        if let name = OperatorName(rawValue: first.key) { return (name, first.value) }
        guard !Vocabulary.laterOperators.contains(first.key) else {
            error(
                "the operator `\(first.key)` is not in this version", at: first.place,
                offending: first.key)
            return nil
        }
        error(
            "there is no operator `\(first.key)`", at: first.place, offending: first.key,
            suggestion: Nearest.name(
                to: first.key, among: OperatorName.allCases.map(\.rawValue)))
        return nil
    }

    /// The operator's row, if it applies to the field.
    mutating func applicable(
        _ name: OperatorName, to field: FieldRow, _ entry: YAMLNode.Entry
    ) -> OperatorRow? {
        guard let row = Vocabulary.operators.first(where: { $0.name == name }) else { return nil }
        if row.kinds.contains(field.kind) { return row }
        let names = Vocabulary.operators.filter { $0.kinds.contains(field.kind) }
            .map { "`\($0.name.rawValue)`" }.joined(separator: ", ")
        let holds = field.kind == .list ? " holds several values and" : ""
        error(
            "`\(entry.key)`\(holds) takes only \(names), not `\(name.rawValue)`",
            at: entry.place, offending: entry.key)
        return nil
    }

    /// What the operator tests, and its operand as written.
    mutating func check(
        _ row: OperatorRow, _ node: YAMLNode, kind: FieldKind
    ) -> (check: Test.Check, operand: [String])? {
        let what = "the operand of `\(row.name.rawValue)`"
        switch row.operand {
        case .yes:
            guard case .text("true", isPlain: true) = node.content else {
                error("`\(row.name.rawValue)` takes only `true`", at: node)
                return nil
            }
            return (.present, [])
        case .listName:
            guard let values = values(ofList: node, for: kind) else { return nil }
            return (.among(values), [node.excerpt])
        case .texts:
            let items = sequence(node, what: what)
            guard items.count <= RuleLimits.listValues else {
                error("\(what) has more than \(RuleLimits.listValues) values", at: node)
                return nil
            }
            let values = items.compactMap { item in
                text(item, what: "a value of `\(row.name.rawValue)`").flatMap { text in
                    operand(text, item, row.name, for: kind).map { (text, $0) }
                }
            }
            guard !items.isEmpty, values.count == items.count else { return nil }
            return (.among(Set(values.map(\.1))), values.map(\.0))
        case .text:
            guard let text = text(node, what: what),
                let bytes = operand(text, node, row.name, for: kind)
            else { return nil }
            return (Self.check(row.name, bytes), [text])
        }
    }

    private static func check(_ name: OperatorName, _ operand: Bytes) -> Test.Check {
        switch name {
        case .startsWith: .startsWith(operand)
        case .endsWith: .endsWith(operand)
        case .contains: .contains(operand)
        case .under: .under(operand)
        case .present, .absent: .present
        case .is, .isNot: .is(operand)
        case .in, .notIn, .inList, .notInList: .among([operand])
        }
    }

    /// An operand as a field of this kind may hold it; one that it can never hold is an error.
    mutating func operand(
        _ text: String, _ node: YAMLNode, _ name: OperatorName, for kind: FieldKind
    ) -> Bytes? {
        if let problem = Operand.problem(text, name, for: kind) {
            error(problem.message, at: node, suggestion: problem.suggestion)
            return nil
        }
        if let doubt = Operand.doubt(text, name, for: kind) { warn(doubt, at: node) }
        return Bytes(of: Operand.isEmailPart(kind) ? text.asciiLowercased : text)
    }
}
