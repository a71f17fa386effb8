internal import Contacts

/// Compiles one entry of `guardrails`.
struct GuardrailCompiler: CompilerStage {
    let compilation: Compilation

    func compile(_ node: YAMLNode, id: String?, values: [String: YAMLNode]) -> Guardrail? {
        let denies = values["deny"].map { denials($0) } ?? []
        var conditions = ConditionCompiler(compilation, owner: node.place)
        let condition = values["when"].flatMap { conditions.compile($0) }
        let reason = values["reason"].flatMap { prose($0, what: "`reason`") }
        guard let id, let condition, let reason, !denies.isEmpty else { return nil }
        return Guardrail(id: id, reason: reason, denies: denies, condition: condition)
    }

    private func denials(_ node: YAMLNode) -> [(field: SettableField, value: String)] {
        var denials: [(field: SettableField, value: String)] = []
        for entry in mapping(node, what: "`deny`") {
            guard let field = settable(entry) else { continue }
            let declaration = declaration(of: field.path, named: entry)
            for value in oneOrSequence(entry.value, what: "the value of `\(entry.key)`") {
                guard let text = text(value, what: "a value of `\(entry.key)`") else { continue }
                // To deny what no contact can get would protect from nothing.
                if field == .portalRole, refuseSlip(text, at: value) { continue }
                if let text = checked(text, value, of: field, named: entry.key, declaration) {
                    denials.append((field, text))
                }
            }
        }
        return denials
    }
}
