internal import Contacts

/// Compiles one entry of `retired`: a rule that is gone or switched off, and whose values are
/// reverted.
struct RetirementCompiler: CompilerStage {
    let compilation: Compilation
    let names: RuleNames

    func compile(_ node: YAMLNode) -> Rule? {
        guard let values = keys(of: node, in: Vocabulary.retirementKeys, of: "a retired rule")
        else { return nil }
        let id = values["rule"].flatMap { text($0, what: "`rule`", atMost: RuleLimits.valueBytes) }
        let effects = values["fields"].map { self.effects($0) } ?? []
        let reason = values["reason"].flatMap { prose($0, what: "`reason`") }
        guard let id, let reason, !effects.isEmpty else { return nil }
        if let problem = problem(id) {
            error(problem, at: values["rule"] ?? node)
            return nil
        }
        return Rule(
            id: id, base: Rule.base(of: id), description: reason,
            priority: RuleLimits.defaultPriority, mode: .enforce, place: node.place,
            // It is true of nobody any more.
            condition: .any([]), from: nil, until: nil, effects: effects,
            terms: Rule.Terms(
                limits: nil, needsApproval: false, reverts: true,
                revertTo: [:], reasserts: false))
    }

    /// Why a rule of this id cannot be retired.
    private func problem(_ id: String) -> String? {
        if names.rules.contains(where: { $0.mode == .enforce && [$0.id, $0.base].contains(id) }) {
            return "the rule `\(id)` is in force: take it out or switch it off first, or write "
                + "`on_unmatch: revert` into it"
        }
        if let name = names.renamed[Rule.base(of: id)] {
            return "`\(id)` is renamed to `\(name)`: it is not gone"
        }
        return names.retired[id] == nil ? nil : "`\(id)` is retired already"
    }

    private func effects(_ node: YAMLNode) -> [Effect] {
        sequence(node, what: "`fields`").compactMap { item in
            guard let name = text(item, what: "a field"),
                let field = settable(
                    YAMLNode.MappingEntry(key: name, place: item.place, value: item))
            else { return nil }
            return numbering.effect(field, EffectValue(.exact, ""))
        }
    }
}
