internal import Contacts

/// Compiles what Usher had set before a test begins.
struct GrantCompiler: CompilerStage {
    let compilation: Compilation
    let names: RuleNames

    /// By slot.
    func compile(_ node: YAMLNode) -> [String: Grant] {
        var grants: [String: Grant] = [:]
        for entry in mapping(node, what: "`granted`") {
            guard let field = settable(entry), let grant = grant(entry, of: field) else { continue }
            if grants.updateValue(grant, forKey: field.slot) != nil { refuseSecondRole(entry) }
        }
        return grants
    }

    private func grant(_ entry: YAMLNode.MappingEntry, of field: SettableField) -> Grant? {
        guard
            let values = keys(
                of: entry.value, in: Vocabulary.grantKeys, of: "`\(entry.key)` in `granted`"),
            let value = values["value"].flatMap({ expectedValue($0, of: field, named: entry.key) }),
            let rules = values["rule"].flatMap({ grantedRules($0) })
        else { return nil }
        return Grant(
            field: field, value: value, from: anyText(values["from"]).map { .text($0) },
            rules: rules)
    }

    /// The ids of one rule or of several: of a table, of its rows.
    private func grantedRules(_ node: YAMLNode) -> [String]? {
        let items = oneOrSequence(node, what: "`rule`")
        let ids = items.compactMap { item -> String? in
            guard let id = text(item, what: "`rule`", atMost: RuleLimits.valueBytes)
            else { return nil }
            if names.retired[id] != nil || names.contains(id) { return id }
            if let row = names.rules.first(where: { $0.base == id }) {
                error("a row of the table set it, such as `\(row.id)`", at: item)
            } else {
                error(
                    "there is no rule `\(id)`", at: item,
                    suggestion: names.renamed[id]
                        ?? nearest(to: id, among: names.bases.union(names.retired.keys).sorted()))
            }
            return nil
        }
        return !ids.isEmpty && ids.count == items.count ? ids : nil
    }
}
