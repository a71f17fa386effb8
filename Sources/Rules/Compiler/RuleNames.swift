/// The rules of a workspace, for what names them: exceptions, tests, retired and renamed rules.
struct RuleNames {
    /// Ids of rules as written, also of those with problems.
    let bases: Set<String>
    let rules: [Rule]
    /// The ids of `rules`.
    private let ids: Set<String>
    /// The ids that rules had → those that they have.
    var renamed: [String: String] = [:]
    /// By the id of the rule, or of the row, that is gone.
    var retired: [String: Rule] = [:]

    init(bases: Set<String>, rules: [Rule]) {
        (self.bases, self.rules, ids) = (bases, rules, Set(rules.map(\.id)))
    }

    /// Whether a rule, or a row of a table, has just this id.
    func contains(_ id: String) -> Bool { ids.contains(id) }
}

extension CompilerStage {
    /// The ids that a list names; what is no rule is an error.
    func ruleIDs(_ node: YAMLNode, _ key: String, of names: RuleNames) -> [String] {
        sequence(node, what: "`\(key)`").compactMap { item in
            guard let id = text(item, what: "a rule of `\(key)`", atMost: RuleLimits.idBytes)
            else { return nil }
            if id.hasSuffix("]") {
                if names.contains(id) { return id }
                // What is wrong with its table is told there; which rows it has is not known.
                if !declarations.brokenTables.isEmpty, names.bases.contains(Rule.base(of: id)) {
                    return nil
                }
            }
            if names.bases.contains(id) { return id }
            error(
                "there is no rule `\(id)`", at: item,
                suggestion: names.renamed[id] ?? nearest(to: id, among: names.bases.sorted()))
            return nil
        }
    }
}
