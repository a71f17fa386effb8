internal import Contacts

extension RulesetReader {
    mutating func readGuardrails(_ node: YAMLNode) {
        for item in sequence(node, what: "`guardrails`") {
            guard guardrails.count < RuleLimits.guardrails else {
                error("more than \(RuleLimits.guardrails) guardrails", at: item)
                return
            }
            readGuardrail(item)
        }
    }

    private mutating func readGuardrail(_ node: YAMLNode) {
        guard let values = keys(of: node, in: Vocabulary.guardrailKeys, of: "a guardrail")
        else { return }
        let id = values["id"].flatMap { ruleID($0) }
        owner = Origin(file: file, place: node.place)
        var denies: [(field: SettableField, value: String)] = []
        if let node = values["deny"] { denies = denials(node) }
        let condition = values["when"].flatMap { self.condition($0, depth: 0) }
        let reason = values["reason"].flatMap {
            prose($0, what: "`reason`")
        }
        guard let id, let condition, let reason, !denies.isEmpty else { return }
        guardrails.append(Guardrail(id: id, reason: reason, denies: denies, condition: condition))
    }

    private mutating func denials(_ node: YAMLNode) -> [(field: SettableField, value: String)] {
        var denials: [(field: SettableField, value: String)] = []
        for entry in mapping(node, what: "`deny`") {
            guard let field = settable(entry) else { continue }
            declared = declaration(of: field.path, named: entry)
            defer { declared = nil }
            var values = [entry.value]
            if case .sequence = entry.value.content {
                values = sequence(entry.value, what: "the value of `\(entry.key)`")
            }
            for value in values {
                guard let text = text(value, what: "a value of `\(entry.key)`") else { continue }
                // To deny what no contact can get would protect from nothing.
                if field == .portalRole, refuseSlip(text, value, in: file) { continue }
                if let text = checked(text, value, of: field, named: entry.key) {
                    denials.append((field, text))
                }
            }
        }
        return denials
    }
}
