internal import Contacts

/// What an operator compares a field with.
struct Operands {
    let comparison: Predicate.Comparison
    /// As their author wrote them.
    let written: [String]
    /// When the values of a list expire.
    var expires: [Bytes: Instant] = [:]

    init(_ comparison: Predicate.Comparison, _ written: [String]) {
        (self.comparison, self.written) = (comparison, written)
    }
}

extension CompilerStage {
    /// An operand as a field may hold it; one that it can never hold is an error.
    func operand(
        _ text: String, _ node: YAMLNode, _ name: OperatorName, on field: NamedField
    ) -> Bytes? {
        operand(text, node, name, kind: field.kind, field.declaration)
    }

    func operand(
        _ text: String, _ node: YAMLNode, _ name: OperatorName, kind: FieldKind,
        _ declaration: DeclaredField? = nil
    ) -> Bytes? {
        if let problem = Operand.problem(text, name, for: kind)
            ?? declaration?.problem(text, in: self)
        {
            error(problem.message, at: node, suggestion: problem.suggestion)
            return nil
        }
        if let warning = Operand.warning(text, name, for: kind) { warn(warning, at: node) }
        return Operand.bytes(of: text, for: kind)
    }
}

extension ConditionCompiler {
    /// The field that a condition begins with.
    func conditionField(_ entry: YAMLNode.MappingEntry) -> NamedField? {
        let key = entry.key
        if OperatorName(rawValue: key) != nil {
            error("`\(key)` must stand after a field", at: entry)
            return nil
        }
        let combinators =
            CombinatorName.allCases.map(\.rawValue) + [Vocabulary.inTable, Vocabulary.why]
        if !key.contains("."), declarations.fields[key] == nil,
            let near = Suggestion.name(to: key, among: combinators),
            Vocabulary.fields.allSatisfy({ !$0.covers(key) })
        {
            error("`\(key)` is neither a field nor a combinator", at: entry, suggestion: near)
            return nil
        }
        return field(key, at: entry.place, for: .read)
    }

    /// The one operator of a mapping, with its operand; a misspelt one is taken for one that the
    /// field has.
    func operatorAndOperand(
        _ entry: YAMLNode.MappingEntry, of kind: FieldKind
    ) -> (name: OperatorName, operand: YAMLNode)? {
        let operators = mapping(entry.value, what: "`\(entry.key)`")
        guard let first = operators.first else { return nil }
        guard operators.count == 1 else {
            error(
                "`\(entry.key)` takes one operator; write each in a condition of its own",
                at: operators[1])
            return nil
        }
        if let name = OperatorName(rawValue: first.key) { return (name, first.value) }
        refuseOperator(first, on: entry.key, of: kind)
        return nil
    }

    private func refuseOperator(
        _ entry: YAMLNode.MappingEntry, on field: String, of kind: FieldKind
    ) {
        let names = Vocabulary.operators(on: kind).map(\.rawValue)
        let meant = Suggestion.name(to: entry.key, among: names)
        let affirmed = ForeignWords.denied(by: entry.key)
        // What has no opposite of its own is denied by `not`.
        let denied = affirmed.flatMap { Suggestion.name(to: $0, among: names) }
            .map { "not: { \(field): { \($0): … } }" }
        let hint =
            ForeignWords.isPattern(affirmed ?? entry.key)
            ? "; rules have no patterns, but `starts_with`, `ends_with`, `contains` and, for "
                + "domains, `under`" : ""
        error(
            "there is no operator `\(entry.key)`\(hint)", at: entry, suggestion: meant ?? denied)
    }

    /// The operator's row, if it applies to the field.
    func applicable(
        _ name: OperatorName, to kind: FieldKind, _ entry: YAMLNode.MappingEntry
    ) -> OperatorRow? {
        guard let row = Vocabulary.operators.first(where: { $0.name == name }) else { return nil }
        if row.kinds.contains(kind) { return row }
        let names = Vocabulary.operators(on: kind).map { "`\($0.rawValue)`" }
            .joined(separator: ", ")
        let holds = Set.several.contains(kind) ? " holds several values and" : ""
        error("`\(entry.key)`\(holds) takes only \(names), not `\(name.rawValue)`", at: entry)
        return nil
    }

    mutating func operands(
        _ row: OperatorRow, _ node: YAMLNode, on field: NamedField, role: ConditionRole
    ) -> Operands? {
        let what = "the operand of `\(row.name.rawValue)`"
        switch row.operand {
        case .yes:
            return isTrue(node, what: "`\(row.name.rawValue)`") ? Operands(.present, []) : nil
        case .duration: return duration(node, what: what)
        case .listName: return list(node, row.name, on: field, role: role)
        case .bounds: return bounds(node, row.name, on: field, role: role)
        case .texts: return texts(node, row.name, on: field, role: role)
        case .text:
            guard let text = text(node, what: what, edges: row.name.edges),
                let bytes = noted(text, node, row.name, on: field, role: role)
            else { return nil }
            return Operands(.init(row.name, bytes, field.kind), [text])
        }
    }

    private func duration(_ node: YAMLNode, what: String) -> Operands? {
        guard let text = text(node, what: what) else { return nil }
        if let seconds = Operand.seconds(text) { return Operands(.age(atLeast: seconds), [text]) }
        error(
            "\(what) must be a whole number of minutes, hours or days, such as 30m, 24h or 7d",
            at: node)
        return nil
    }

    private mutating func bounds(
        _ node: YAMLNode, _ name: OperatorName, on field: NamedField, role: ConditionRole
    ) -> Operands? {
        let what = "the operand of `\(name.rawValue)`"
        let items = sequence(node, what: what)
        let points = items.compactMap { item in
            text(item, what: "a bound of `\(name.rawValue)`")
                .flatMap { noted($0, item, name, on: field, role: role) }
                .flatMap { field.kind.orderedKind?.point(of: $0) }
        }
        guard points.count == items.count, !items.isEmpty else { return nil }
        guard points.count == 2, points[0] <= points[1], let kind = field.kind.orderedKind else {
            error("\(what) must be two values, the smaller one first", at: node)
            return nil
        }
        return Operands(.within(kind, .between(points[0], points[1])), items.map(\.excerpt))
    }

    private mutating func texts(
        _ node: YAMLNode, _ name: OperatorName, on field: NamedField, role: ConditionRole
    ) -> Operands? {
        let what = "the operand of `\(name.rawValue)`"
        let items = sequence(node, what: what)
        guard items.count <= RuleLimits.listValues else {
            error("\(what) has more than \(RuleLimits.listValues) values", at: node)
            return nil
        }
        var (written, operands): ([String], [Bytes]) = ([], [])
        for item in items {
            guard let text = text(item, what: "a value of `\(name.rawValue)`"),
                let operand = noted(text, item, name, on: field, role: role)
            else { continue }
            written.append(text)
            operands.append(operand)
        }
        guard !items.isEmpty, operands.count == items.count else { return nil }
        return Operands(.init(name, operands, field.kind), written)
    }

    /// The values of a list as the field may hold them; nil without such a list.
    private mutating func list(
        _ node: YAMLNode, _ name: OperatorName, on field: NamedField, role: ConditionRole
    ) -> Operands? {
        guard let listName = text(node, what: "the name of a list") else { return nil }
        guard let list = declarations.lists[listName] else {
            error(
                "there is no list `\(listName)`", at: node,
                suggestion: nearest(to: listName, among: declarations.lists.keys.sorted()))
            return nil
        }
        mentions.lists.insert(listName)
        let known = mentions.listSets[listName]?[field.kind]
        let values =
            known ?? Set(list.values.compactMap { operand($0.text, $0.node, .is, on: field) })
        mentions.listSets[listName, default: [:]][field.kind] = values
        for value in list.values
        where values.contains(Operand.bytes(of: value.text, for: field.kind)) {
            note(value.text, value.node, name, on: field, role: role)
        }
        var operands = Operands(.among(values), [node.excerpt])
        operands.expires = list.expiries(as: field.kind)
        return operands
    }

    /// An operand as the field may hold it, noted for later checks.
    private mutating func noted(
        _ text: String, _ node: YAMLNode, _ name: OperatorName, on field: NamedField,
        role: ConditionRole
    ) -> Bytes? {
        guard let bytes = operand(text, node, name, on: field) else { return nil }
        note(text, node, name, on: field, role: role)
        return bytes
    }
}

extension ValueList {
    /// When the values expire; one that is there twice holds as long as one of them does.
    fileprivate func expiries(as kind: FieldKind) -> [Bytes: Instant] {
        guard values.contains(where: { $0.expires != nil }) else { return [:] }
        var expiries: [Bytes: Instant] = [:]
        for value in values {
            let text = Operand.bytes(of: value.text, for: kind)
            expiries[text] = max(expiries[text] ?? -.infinity, value.expires ?? .infinity)
        }
        return expiries.filter { $0.value < .infinity }
    }
}

extension Predicate.Comparison {
    /// The comparison with several values.
    fileprivate init(_ name: OperatorName, _ operands: [Bytes], _ kind: FieldKind) {
        if let ordered = kind.orderedKind {
            self = .within(ordered, .among(Set(operands.compactMap(ordered.point))))
            return
        }
        switch name {
        case .hasAny: self = .hasAny(Set(operands))
        case .hasAll: self = .hasAll(Set(operands))
        default: self = .among(Set(operands))
        }
    }

    /// The comparison with one value.
    init(_ name: OperatorName, _ operand: Bytes, _ kind: FieldKind) {
        if let ordered = kind.orderedKind, let point = ordered.point(of: operand) {
            self = .within(ordered, .init(name, point))
            return
        }
        switch name {
        case .isCI: self = .isCI(operand.map(\.asciiLowercased))
        case .has: self = .hasAny([operand])
        case .startsWith: self = .startsWith(operand)
        case .endsWith: self = .endsWith(operand)
        case .contains: self = .contains(operand)
        case .under: self = .under(operand)
        case .present, .absent: self = .present
        case .is, .isNot: self = .is(operand)
        default: self = .among([operand])
        }
    }
}

extension OrderedKind.Range {
    fileprivate init(_ name: OperatorName, _ point: Double) {
        switch name {
        case .lt: self = .below(point, orEqual: false)
        case .lte: self = .below(point, orEqual: true)
        case .gt: self = .above(point, orEqual: false)
        case .gte: self = .above(point, orEqual: true)
        default: self = .among([point])
        }
    }
}

extension Vocabulary {
    /// The operators that apply to fields of a kind.
    fileprivate static func operators(on kind: FieldKind) -> [OperatorName] {
        operators.filter { $0.kinds.contains(kind) }.map(\.name)
    }
}

extension OperatorName {
    /// What may stand at the ends of its operand.
    fileprivate var edges: TextEdges {
        switch self {
        case .startsWith, .endsWith, .contains: .blanks
        default: .visible
        }
    }
}
