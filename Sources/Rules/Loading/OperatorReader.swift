internal import Contacts

/// What stands after a field in a condition.
extension RulesetReader {
    /// The field that a condition begins with.
    mutating func conditionField(
        _ entry: YAMLNode.Entry
    ) -> (path: FieldPath, row: FieldRow)? {
        let key = entry.key
        if OperatorName(rawValue: key) != nil {
            error("`\(key)` must stand after a field", at: entry.place, offending: key)
            return nil
        }
        let combinators =
            CombinatorName.allCases.map(\.rawValue) + [Vocabulary.inTable, Vocabulary.why]
        if !key.contains("."), declarations[key] == nil,
            let near = Suggestion.name(to: key, among: combinators),
            Vocabulary.fields.allSatisfy({ !$0.covers(key) })
        {
            error(
                "`\(key)` is neither a field nor a combinator", at: entry.place, offending: key,
                suggestion: near)
            return nil
        }
        return field(key, at: entry.place, for: .read)
    }

    /// The one operator of a mapping; a misspelt one is taken for one that the field has.
    mutating func operatorAndOperand(
        _ entry: YAMLNode.Entry, of field: FieldRow
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
        let names = Vocabulary.operators.filter { $0.kinds.contains(field.kind) }
            .map(\.name.rawValue)
        let meant = Suggestion.name(to: first.key, among: names)
        // What has no opposite of its own is denied by `not`.
        let denied =
            ForeignWords.denied(by: first.key).flatMap { Suggestion.name(to: $0, among: names) }
            .map { "not: { \(entry.key): { \($0): … } }" }
        let hint =
            ForeignWords.isPattern(ForeignWords.denied(by: first.key) ?? first.key)
            ? "; rules have no patterns, but `starts_with`, `ends_with`, `contains` and, for "
                + "domains, `under`" : ""
        error(
            "there is no operator `\(first.key)`\(hint)", at: first.place, offending: first.key,
            suggestion: meant ?? denied)
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
        let holds = Set.several.contains(field.kind) ? " holds several values and" : ""
        error(
            "`\(entry.key)`\(holds) takes only \(names), not `\(name.rawValue)`",
            at: entry.place, offending: entry.key)
        return nil
    }

    /// What the operator tests, and its operand as written.
    mutating func comparison(
        _ row: OperatorRow, _ node: YAMLNode, kind: FieldKind
    ) -> (comparison: Predicate.Comparison, operand: [String])? {
        let what = "the operand of `\(row.name.rawValue)`"
        switch row.operand {
        case .yes:
            guard case .text("true", isPlain: true) = node.content else {
                error("`\(row.name.rawValue)` takes only `true`", at: node)
                return nil
            }
            return (.present, [])
        case .duration:
            guard let text = text(node, what: what) else { return nil }
            guard let seconds = Operand.seconds(text) else {
                error(
                    "\(what) must be a whole number of minutes, hours or days, such as 30m, 24h or 7d",
                    at: node)
                return nil
            }
            return (.age(atLeast: seconds), [text])
        case .listName:
            guard let values = values(ofList: node, for: kind) else { return nil }
            return (.among(values), [node.excerpt])
        case .bounds:
            let items = sequence(node, what: what)
            let points = items.compactMap { point($0, row.name, kind) }
            guard points.count == items.count, !items.isEmpty else { return nil }
            guard points.count == 2, points[0] <= points[1], let ordered = kind.orderedKind else {
                error("\(what) must be two values, the smaller one first", at: node)
                return nil
            }
            return (.within(ordered, .between(points[0], points[1])), items.map(\.excerpt))
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
            return (Self.comparison(row.name, values.map(\.1), kind), values.map(\.0))
        case .text:
            guard let text = text(node, what: what, edges: row.name.edges),
                let bytes = operand(text, node, row.name, for: kind)
            else { return nil }
            return (Self.comparison(row.name, bytes, kind), [text])
        }
    }

    /// The point on the field's scale that a bound names.
    private mutating func point(
        _ node: YAMLNode, _ name: OperatorName, _ kind: FieldKind
    ) -> Double? {
        text(node, what: "a bound of `\(name.rawValue)`")
            .flatMap { operand($0, node, name, for: kind) }
            .flatMap { kind.orderedKind?.point(of: $0) }
    }

    private static func comparison(
        _ name: OperatorName, _ operands: [Bytes], _ kind: FieldKind
    ) -> Predicate.Comparison {
        if let ordered = kind.orderedKind {
            return .within(ordered, .among(Set(operands.compactMap(ordered.point))))
        }
        return switch name {
        case .hasAny: .hasAny(Set(operands))
        case .hasAll: .hasAll(Set(operands))
        default: .among(Set(operands))
        }
    }

    static func comparison(
        _ name: OperatorName, _ operand: Bytes, _ kind: FieldKind
    ) -> Predicate.Comparison {
        if let ordered = kind.orderedKind, let point = ordered.point(of: operand) {
            return .within(ordered, Self.range(name, point))
        }
        return switch name {
        case .isCI: .isCI(operand.map(\.asciiLowercased))
        case .has: .hasAny([operand])
        case .startsWith: .startsWith(operand)
        case .endsWith: .endsWith(operand)
        case .contains: .contains(operand)
        case .under: .under(operand)
        case .present, .absent: .present
        case .is, .isNot: .is(operand)
        default: .among([operand])
        }
    }

    private static func range(_ name: OperatorName, _ point: Double) -> OrderedKind.Range {
        switch name {
        case .lt: .below(point, orEqual: false)
        case .lte: .below(point, orEqual: true)
        case .gt: .above(point, orEqual: false)
        case .gte: .above(point, orEqual: true)
        default: .among([point])
        }
    }

    /// An operand as a field of this kind may hold it; one that it can never hold is an error.
    mutating func operand(
        _ text: String, _ node: YAMLNode, _ name: OperatorName, for kind: FieldKind
    ) -> Bytes? {
        if let problem = Operand.problem(text, name, for: kind) ?? declaredProblem(text) {
            error(problem.message, at: node, suggestion: problem.suggestion)
            return nil
        }
        if let warning = Operand.warning(text, name, for: kind) { warn(warning, at: node) }
        notePublic(text, node)
        if testsRole { noteRole(name == .isCI ? text.asciiLowercased : text, node) }
        return Operand.bytes(of: text, for: kind)
    }
}

extension OperatorName {
    /// What may stand at the ends of its operand.
    fileprivate var edges: RulesetReader.Edges {
        switch self {
        case .startsWith, .endsWith, .contains: .blanks
        default: .visible
        }
    }
}
