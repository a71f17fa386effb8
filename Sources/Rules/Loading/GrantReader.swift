internal import Contacts

extension RulesetReader {
    /// What Usher had set before a test begins, by slot.
    mutating func grants(_ node: YAMLNode) -> [String: Grant] {
        var grants: [String: Grant] = [:]
        for entry in mapping(node, what: "`granted`") {
            guard let field = settable(entry), let grant = grant(entry, of: field) else { continue }
            guard grants.updateValue(grant, forKey: field.slot) == nil else {
                error(
                    "`portal_role` and `portal_role_id` are one thing: set one of them",
                    at: entry.place, offending: entry.key)
                continue
            }
        }
        return grants
    }

    private mutating func grant(_ entry: YAMLNode.Entry, of field: SettableField) -> Grant? {
        guard
            let values = keys(
                of: entry.value, in: Vocabulary.grantKeys, of: "`\(entry.key)` in `granted`"),
            let value = values["value"].flatMap({
                expectedValue($0, of: field, named: entry.key)
            }), let rules = values["rule"].flatMap({ grantedRules($0) })
        else { return nil }
        return Grant(
            field: field, value: value, rules: rules,
            from: anyText(values["from"]).map { .text($0) })
    }

    /// The ids of one rule or of several: of a table, of its rows.
    private mutating func grantedRules(_ node: YAMLNode) -> [String]? {
        var items = [node]
        if case .sequence = node.content { items = sequence(node, what: "`rule`") }
        let ids = items.compactMap { item -> String? in
            guard let id = text(item, what: "`rule`", atMost: RuleLimits.valueBytes)
            else { return nil }
            if retired[id] != nil || rules.contains(where: { $0.id == id }) { return id }
            if let row = rules.first(where: { $0.base == id }) {
                error("a row of the table set it, such as `\(row.id)`", at: item)
            } else {
                error(
                    "there is no rule `\(id)`", at: item,
                    suggestion: renamed(id)
                        ?? nearest(to: id, among: bases.union(retired.keys).sorted()))
            }
            return nil
        }
        return !ids.isEmpty && ids.count == items.count ? ids : nil
    }
}
