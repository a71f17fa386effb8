internal import Contacts

/// A rule, and where its condition stands, for what can only be said once all rules are known.
struct CompiledRule {
    let rule: Rule
    let when: Place
    /// Custom fields that the condition tests and that nobody declared.
    let undeclared: [RuleDiagnostic]
}

/// Compiles one entry of `rules`: to a rule, or to one for each row of its table.
struct RuleCompiler: CompilerStage {
    let compilation: Compilation
    private let node: YAMLNode
    private let id: String?
    private let values: [String: YAMLNode]
    private(set) var compiled: [CompiledRule] = []

    init(
        _ compilation: Compilation, _ node: YAMLNode, id: String?, values: [String: YAMLNode]
    ) {
        (self.compilation, self.node, self.id, self.values) = (compilation, node, id, values)
    }

    /// What is the same for all rows of a table.
    private struct Draft {
        let id: String
        let description: String?
        let priority: Int
        let mode: Rule.Mode
        let condition: Condition
        let from: Instant?
        let until: Instant?
        let terms: Rule.Terms
        let isPublicAllowed: Bool
        let when: Place
        let undeclared: [RuleDiagnostic]
    }

    mutating func compile() -> [CompiledRule] {
        let description = values["description"].flatMap { prose($0, what: "`description`") }
        let priority =
            values["priority"].map {
                wholeNumber($0, what: "`priority`", in: RuleLimits.priorities)
            } ?? RuleLimits.defaultPriority
        let mode = values["mode"].map { self.mode($0) } ?? .shadow
        var conditions = ConditionCompiler(compilation, owner: node.place)
        let condition = values["when"].flatMap { conditions.compile($0, role: .needed) }
        let table = conditions.table
        guard let set = values["set"], let id, let condition, let priority, let mode else {
            if let set = values["set"], table == nil {
                _ = EffectCompiler(compilation).compile(set)
            }
            return []
        }
        let terms = TermsCompiler(compilation: compilation)
        let draft = Draft(
            id: id, description: description, priority: priority, mode: mode,
            condition: condition,
            from: values["from"].flatMap { instant($0, what: "`from`", isEnd: false) },
            until: values["until"].flatMap { instant($0, what: "`until`", isEnd: true) },
            terms: terms.compile(values),
            isPublicAllowed: isPublicAllowed(), when: values["when"]?.place ?? node.place,
            undeclared: conditions.undeclared + (table.map(undeclaredKeys) ?? []))
        if let from = draft.from, let until = draft.until, from >= until {
            error("the rule ends before it begins", at: node)
        }
        terms.refuseUndoing(draft.terms, condition, values["on_unmatch"], set)
        if let table {
            addRows(of: table, to: draft, set, &conditions)
        } else {
            add(
                draft, id: id, at: node.place, condition,
                EffectCompiler(compilation).compile(set), conditions.publicOperands)
        }
        return compiled
    }

    private func mode(_ node: YAMLNode) -> Rule.Mode? {
        choice(node, of: Rule.Mode.allCases.map(\.rawValue), what: "`mode`")
            .flatMap(Rule.Mode.init)
    }

    /// Whether the rule says `allow_public: true`, with a reason.
    private func isPublicAllowed() -> Bool {
        let reason = values["reason"].flatMap { prose($0, what: "`reason`") }
        guard let node = values["allow_public"] else {
            if let node = values["reason"] {
                error("`reason` says why there is `allow_public`, which is missing", at: node)
            }
            return false
        }
        guard isTrue(node, what: "`allow_public`") else { return false }
        if reason == nil { error("`allow_public` needs a `reason`", at: node) }
        return true
    }

    /// The key columns of a table that nobody declared.
    private func undeclaredKeys(of table: Table) -> [RuleDiagnostic] {
        table.keys.compactMap { key in
            guard case .customField(let slug) = key.field.path, key.field.declaration == nil
            else { return nil }
            return .undeclared(
                slug, at: key.place, table.columns[key.column], nearestDeclared(to: slug))
        }
    }

    private mutating func addRows(
        of table: Table, to draft: Draft, _ set: YAMLNode, _ conditions: inout ConditionCompiler
    ) {
        let ofRule = conditions.publicOperands
        for row in table.rows {
            let problems = diagnostics.count
            conditions.publicOperands = ofRule
            let effects = EffectCompiler(compilation, table: table, row: row).compile(set)
            if let ofRow = conditions.conditions(for: row, of: table) {
                let isAll =
                    if case .all(let parts) = draft.condition { parts.isEmpty } else { false }
                add(
                    draft, id: "\(draft.id)[\(row.key)]", at: row.cells[0].place,
                    .all(isAll ? ofRow : ofRow + [draft.condition]), effects,
                    conditions.publicOperands)
            }
            // What is wrong with the rule itself is wrong with every row.
            if diagnostics.hasErrors(since: problems, in: node.place.file) { return }
        }
    }

    private mutating func add(
        _ draft: Draft, id: String, at place: Place, _ condition: Condition, _ effects: [Effect],
        _ publicOperands: [PublicOperand]
    ) {
        guard !effects.isEmpty else { return }
        PublicDomainCheck(compilation: compilation, isAllowed: draft.isPublicAllowed)
            .refuse(publicOperands, effects: effects, condition: condition)
        let rule = Rule(
            id: id, base: draft.id, description: draft.description, priority: draft.priority,
            mode: draft.mode, place: place, condition: condition, from: draft.from,
            until: draft.until, effects: effects, terms: draft.terms)
        compiled.append(
            CompiledRule(rule: rule, when: draft.when, undeclared: draft.undeclared))
    }
}
