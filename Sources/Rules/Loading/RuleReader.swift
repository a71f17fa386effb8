internal import Contacts

extension RulesetReader {
    mutating func readRule(_ node: YAMLNode) {
        guard let values = keys(of: node, in: Vocabulary.ruleKeys, of: "a rule") else { return }
        let id = values["id"].flatMap { ruleID($0) }
        let description = values["description"].flatMap {
            text($0, what: "`description`", atMost: RuleLimits.proseBytes)
        }
        let priority = values["priority"].map { self.priority($0) } ?? RuleLimits.defaultPriority
        let mode = values["mode"].map { self.mode($0) } ?? .shadow
        let condition = values["when"].flatMap { self.condition($0, depth: 0) }
        let effects = values["set"].map { self.effects($0) } ?? []
        guard let id, let condition, let priority, let mode, !effects.isEmpty else { return }
        rules.append(
            Rule(
                id: id, description: description, priority: priority, mode: mode, file: file,
                line: node.place.line, condition: condition, effects: effects))
    }

    private mutating func ruleID(_ node: YAMLNode) -> String? {
        guard let id = identifier(node, what: "`id`") else { return nil }
        if let first = ruleIDs[id] {
            error(
                "the rule `\(id)` is already in \(first.file), line \(first.place.line)", at: node)
            return nil
        }
        ruleIDs[id] = Origin(file: file, place: node.place)
        return id
    }

    private mutating func priority(_ node: YAMLNode) -> Int? {
        let range = RuleLimits.priorities
        guard case .text(let text, isPlain: true) = node.content, let number = Int(text),
            text.sameBytes(as: String(number)), range.contains(number)
        else {
            error(
                "`priority` must be a whole number from \(range.lowerBound) to \(range.upperBound)",
                at: node)
            return nil
        }
        return number
    }

    private mutating func mode(_ node: YAMLNode) -> Rule.Mode? {
        guard let text = text(node, what: "`mode`") else { return nil }
        let names = Rule.Mode.allCases.map(\.rawValue)
        guard names.contains(text), let mode = Rule.Mode(rawValue: text) else {
            error(
                "`mode` must be one of \(names.joined(separator: ", "))", at: node,
                suggestion: Nearest.name(to: text, among: names))
            return nil
        }
        return mode
    }
}

extension RulesetReader {
    /// The values that a rule sets, by slot.
    private mutating func effects(_ node: YAMLNode) -> [Effect] {
        var effects: [Effect] = []
        for entry in mapping(node, what: "`set`") {
            guard let field = settable(entry) else { continue }
            declared = declaration(of: field.path, named: entry)
            defer { declared = nil }
            guard let value = value(entry) else { continue }
            let slot = slots[field.slot] ?? slots.count
            slots[field.slot] = slot
            if effects.contains(where: { $0.slot == slot }) {
                error(
                    "`portal_role` and `portal_role_id` are one thing: set one of them",
                    at: entry.place, offending: entry.key)
                continue
            }
            let bytes = Bytes(of: "\(field)=\(value)")
            let choice = choices[bytes] ?? choices.count
            choices[bytes] = choice
            effects.append(Effect(field: field, value: value, slot: slot, choice: choice))
        }
        return effects.sorted { $0.field.slot < $1.field.slot }
    }

    mutating func settable(_ entry: YAMLNode.Entry) -> SettableField? {
        guard let (path, row) = field(entry.key, at: entry.place, for: .set) else { return nil }
        guard row.access == .set, let field = SettableField(path) else {
            error("`\(entry.key)` cannot be set", at: entry.place, offending: entry.key)
            return nil
        }
        return field
    }

    private mutating func value(_ entry: YAMLNode.Entry) -> String? {
        if case .mapping(let entries) = entry.value.content {
            let key = entries.first?.key ?? ""
            guard !["at_least", "at_most", "clear"].contains(key) else {
                error("`\(key)` is not in this version", at: entries[0].place, offending: key)
                return nil
            }
        }
        guard let value = text(entry.value, what: "the value of `\(entry.key)`") else { return nil }
        if let declared {
            guard declared.kind != .list else {
                error("`\(entry.key)` holds several values, which cannot be set", at: entry.value)
                return nil
            }
            guard operand(value, entry.value, .is, for: declared.kind) != nil else { return nil }
        }
        let roles = ["no_access", "member", "admin"]
        if entry.key == "portal_role", !roles.contains(value),
            let role = Nearest.name(to: value, among: roles)
        {
            warn(
                "`\(value)` is no role that every workspace has; if it is a custom role, all is well",
                at: entry.value, suggestion: role)
        }
        return value
    }
}
