internal import Contacts

/// What a part of a condition is to the whole.
enum ConditionRole {
    /// The whole is true only if this is.
    case needed
    /// The whole may be true because of it.
    case possible
    /// The whole may be true because it is not.
    case negated

    func below(_ combinator: CombinatorName) -> ConditionRole {
        switch (combinator, self) {
        case (.all, _): self
        case (.any, .needed), (.any, .possible): .possible
        case (.any, .negated), (.none, _), (.not, _): .negated
        }
    }
}

/// Compiles the condition of one rule or guardrail, and notes what it mentions.
struct ConditionCompiler: CompilerStage {
    let compilation: Compilation
    /// Where the rule or the guardrail begins.
    let owner: Place
    /// The table of which each row is a rule.
    private(set) var table: Table?
    /// Domains of nobody in particular by which the condition takes contacts in.
    var publicOperands: [PublicOperand] = []
    /// Errors for custom fields that nobody declared, in case it must not have any.
    private(set) var undeclared: [RuleDiagnostic] = []

    init(_ compilation: Compilation, owner: Place) {
        (self.compilation, self.owner) = (compilation, owner)
    }

    /// A condition: a combinator alone in its mapping, or fields that must all be as they say.
    mutating func compile(
        _ node: YAMLNode, depth: Int = 0, role: ConditionRole = .possible
    ) -> Condition? {
        guard depth < RuleLimits.conditionDepth else {
            error("conditions nested more than \(RuleLimits.conditionDepth) deep", at: node)
            return nil
        }
        let entries = mapping(node, what: depth == 0 ? "`when`" : "a condition")
        guard let entry = entries.first(where: { CombinatorName(rawValue: $0.key) != nil }) else {
            return fields(entries, of: node, role: role)
        }
        guard entries.count == 1 else {
            error(
                "`\(entry.key)` must stand alone in its mapping; put the others beside it in "
                    + "an `all`", at: entry)
            return nil
        }
        return combinator(entry, depth: depth, role: role)
    }

    /// What a condition holds besides its predicates.
    private static let besides = [Vocabulary.why, Vocabulary.inTable]

    /// Fields that must all be as they say.
    private mutating func fields(
        _ entries: [YAMLNode.MappingEntry], of node: YAMLNode, role: ConditionRole
    ) -> Condition? {
        let why = entries.first { $0.key == Vocabulary.why }.flatMap {
            prose($0.value, what: "`why`")
        }
        let leaves = entries.filter { !Self.besides.contains($0.key) }
        if let entry = entries.first(where: { $0.key == Vocabulary.inTable }) {
            guard useTable(entry, isNeeded: role == .needed) else { return nil }
            // What the row asks for is put in its place, row by row.
            if leaves.isEmpty { return .all([]) }
        }
        if leaves.isEmpty, why != nil, entries.count == 1 {
            error("`why` explains a condition, and there is none beside it", at: node)
        }
        let predicates = leaves.map { predicate($0, why: why, role: role) }
        let known = predicates.compactMap(\.self)
        guard !known.isEmpty, known.count == predicates.count else { return nil }
        return known.count == 1 ? known[0] : .all(known)
    }

    private mutating func combinator(
        _ entry: YAMLNode.MappingEntry, depth: Int, role: ConditionRole
    ) -> Condition? {
        guard let name = CombinatorName(rawValue: entry.key) else { return nil }
        if name == .not {
            if case .sequence = entry.value.content {
                error("`not` takes one condition; for several there is `none`", at: entry.value)
                return nil
            }
            return compile(entry.value, depth: depth + 1, role: .negated).map(Condition.not)
        }
        let items = sequence(entry.value, what: "`\(entry.key)`")
        let conditions = items.compactMap {
            compile($0, depth: depth + 1, role: role.below(name))
        }
        guard !items.isEmpty, conditions.count == items.count else { return nil }
        return switch name {
        case .all: .all(conditions)
        case .any: .any(conditions)
        case .none: .none(conditions)
        case .not: nil
        }
    }

    /// Notes that the rule is one for each row of a table.
    private mutating func useTable(_ entry: YAMLNode.MappingEntry, isNeeded: Bool) -> Bool {
        guard let name = text(entry.value, what: "the name of a table"),
            !declarations.brokenTables.contains(name)
        else { return false }
        guard let named = declarations.tables[name] else {
            error(
                "there is no table `\(name)`", at: entry.value,
                suggestion: nearest(to: name, among: declarations.tables.keys.sorted()))
            return false
        }
        guard isNeeded, table == nil else {
            error(
                isNeeded
                    ? "a rule names one table"
                    : "`in_table` stands in a rule's `when` itself or in an `all`, not below "
                        + "`any`, `none` or `not`", at: entry)
            return false
        }
        mentions.tables.insert(name)
        table = named
        return true
    }

    private mutating func predicate(
        _ entry: YAMLNode.MappingEntry, why: String?, role: ConditionRole
    ) -> Condition? {
        guard var field = conditionField(entry) else { return nil }
        field.declaration = declaration(of: field.path, named: entry)
        noteUndeclared(field, entry)
        let operation: (name: OperatorName, operand: YAMLNode)?
        switch entry.value.content {
        case .text: operation = (.is, entry.value)
        case .sequence: operation = (.in, entry.value)
        case .mapping: operation = operatorAndOperand(entry, of: field.kind)
        }
        guard let (name, operand) = operation,
            let row = applicable(name, to: field.kind, entry),
            let operands = operands(row, operand, on: field, role: role)
        else { return nil }
        PatternCheck(compilation: compilation, name: name, field: field).warn(of: operand)
        return .predicate(
            Predicate(
                field: numbering.position(of: field.path), name: name,
                comparison: operands.comparison, operand: operands.written, why: why,
                expires: operands.expires))
    }

    private mutating func noteUndeclared(_ field: NamedField, _ entry: YAMLNode.MappingEntry) {
        guard case .customField(let slug) = field.path, field.declaration == nil else { return }
        undeclared.append(
            .undeclared(
                slug, at: entry.place, entry.key, mentions.undeclaredFields[slug]?.suggestion))
    }

    /// Notes an operand that is anybody's domain, or a role that no workspace must have.
    mutating func note(
        _ text: String, _ node: YAMLNode, _ name: OperatorName, on field: NamedField,
        role: ConditionRole
    ) {
        if role != .negated, [.is, .in, .inList, .under].contains(name),
            let operand = PublicOperand(text, node, of: field.path)
        {
            publicOperands.append(operand)
        }
        if field.path == .portalRole, Operand.isWhole(name) {
            noteRole(name == .isCI ? text.asciiLowercased : text, node, by: owner)
        }
    }

    /// What a contact must be for a row of a table to be about it.
    mutating func conditions(for row: TableRow, of table: Table) -> [Condition]? {
        let conditions = table.keys.map { key -> Condition? in
            let cell = row.cells[key.column]
            let node = YAMLNode(cell.text, at: cell.place)
            guard let text = text(node, what: "`\(table.columns[key.column])`") else { return nil }
            guard let bytes = operand(text, node, .is, on: key.field) else { return nil }
            if let operand = PublicOperand(text, node, of: key.field.path) {
                publicOperands.append(operand)
            }
            PatternCheck(compilation: compilation, name: .is, field: key.field).warn(of: node)
            return .predicate(
                Predicate(
                    field: numbering.position(of: key.field.path), name: .is,
                    comparison: .init(.is, bytes, key.field.kind), operand: [text]))
        }
        let known = conditions.compactMap(\.self)
        return known.count == conditions.count ? known : nil
    }
}

extension RuleDiagnostic {
    /// The error for a custom field that must be declared and is not.
    static func undeclared(
        _ slug: String, at place: Place, _ offending: String, _ suggestion: String?
    ) -> RuleDiagnostic {
        RuleDiagnostic(
            at: place,
            "`\(slug)` is not declared in `fields`, as it must be for a rule that can give or "
                + "take access", offending: offending, suggestion: suggestion)
    }
}
