internal import Contacts

extension RulesetReader {
    /// Rules that are gone or switched off, and whose values are reverted.
    mutating func readRetirements(_ node: YAMLNode) {
        for item in sequence(node, what: "`retired`") {
            guard retired.count < RuleLimits.retirements else {
                error("more than \(RuleLimits.retirements) retired rules", at: item)
                return
            }
            readRetirement(item)
        }
    }

    private mutating func readRetirement(_ node: YAMLNode) {
        guard let values = keys(of: node, in: Vocabulary.retirementKeys, of: "a retired rule")
        else { return }
        let id = values["rule"].flatMap { text($0, what: "`rule`", atMost: RuleLimits.valueBytes) }
        let effects = values["fields"].map { self.retiredEffects($0) } ?? []
        let reason = values["reason"].flatMap {
            prose($0, what: "`reason`")
        }
        guard let id, let reason, !effects.isEmpty else { return }
        guard !rules.contains(where: { $0.mode == .enforce && [$0.id, $0.base].contains(id) })
        else {
            error(
                "the rule `\(id)` is in force: take it out or switch it off first, or write "
                    + "`on_unmatch: revert` into it", at: values["rule"] ?? node)
            return
        }
        if let name = renamed(Rule.base(of: id)) {
            error("`\(id)` is renamed to `\(name)`: it is not gone", at: values["rule"] ?? node)
            return
        }
        guard retired[id] == nil else {
            error("`\(id)` is retired already", at: values["rule"] ?? node)
            return
        }
        retired[id] = Rule(
            id: id, base: Rule.base(of: id), description: reason,
            priority: RuleLimits.defaultPriority, mode: .enforce, file: file, place: node.place,
            // It is true of nobody any more.
            condition: .any([]), from: nil, until: nil, effects: effects,
            terms: Rule.Terms(
                file: file, limits: nil, needsApproval: false, reverts: true, revertTo: [:],
                reasserts: false))
    }

    private mutating func retiredEffects(_ node: YAMLNode) -> [Effect] {
        sequence(node, what: "`fields`").compactMap { item in
            guard let name = text(item, what: "a field"),
                let field = settable(
                    YAMLNode.Entry(key: name, place: item.place, value: item))
            else { return nil }
            return effect(field, "", .exact)
        }
    }
}
