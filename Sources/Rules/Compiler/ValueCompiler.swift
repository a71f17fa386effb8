internal import Contacts

/// A value that a rule sets, and how it is meant.
struct EffectValue {
    let kind: Effect.Kind
    let text: String

    init(_ kind: Effect.Kind, _ text: String) { (self.kind, self.text) = (kind, text) }
}

extension CompilerStage {
    /// A value that a field can hold.
    func checked(
        _ value: String, _ node: YAMLNode, of field: SettableField, named name: String,
        _ declaration: DeclaredField?
    ) -> String? {
        if let declaration {
            guard declaration.kind != .list else {
                error("`\(field)` holds several values, which cannot be set", at: node)
                return nil
            }
            guard operand(value, node, .is, kind: declaration.kind, declaration) != nil
            else { return nil }
        }
        return Vocabulary.roles.contains(value) || isRole(value, node, named: name) ? value : nil
    }

    /// Whether a value that is no role of every workspace may be one where it stands.
    private func isRole(_ value: String, _ node: YAMLNode, named name: String) -> Bool {
        if Vocabulary.bounds.contains(where: { $0.name == name }) {
            error(
                "`\(name)` takes one of \(Vocabulary.roles.joined(separator: ", ")): custom roles "
                    + "have no order", at: node,
                suggestion: nearest(to: value, among: Vocabulary.roles))
            return false
        }
        guard name == "portal_role" else { return true }
        if Vocabulary.roles.contains(value.lowercased()) {
            error("role names are lowercase", at: node, suggestion: value.lowercased())
            return false
        }
        if let role = Suggestion.name(to: value, among: Vocabulary.roles) {
            warn(
                "`\(value)` is no role that every workspace has; if it is a custom role, all is "
                    + "well", at: node, suggestion: role)
        }
        return true
    }

    /// `{ clear: true }`, alone in its mapping; nil for anything else.
    func clearing(_ node: YAMLNode) -> YAMLNode.MappingEntry? {
        guard case .mapping(let entries) = node.content, entries.count == 1,
            entries[0].key == Vocabulary.clear
        else { return nil }
        return entries[0]
    }

    /// The empty value that `{ clear: true }` stands for, which unsets a custom field.
    func cleared(
        _ entry: YAMLNode.MappingEntry, of field: SettableField, named name: String
    ) -> String? {
        guard case .customField = field else {
            error("`\(name)` cannot be unset; `clear` is for custom fields", at: entry)
            return nil
        }
        return isTrue(entry.value, what: "`clear`") ? "" : nil
    }
}
