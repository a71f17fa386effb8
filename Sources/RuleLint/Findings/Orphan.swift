package import Contacts
package import Rules

/// A value whose rule no longer exists or applies.
package struct Orphan: Sendable, Hashable {
    package enum State: String, Sendable, Encodable {
        /// The ruleset has no such rule.
        case gone
        case off
        case shadow
        /// It does not set the field any more.
        case changed
        /// An exception leaves the contact out of it.
        case excepted
    }

    package let rule: String
    package let field: SettableField
    package let state: State
}

extension Evaluation {
    /// The rules that have set a field and no longer apply to it: nothing will ever revert the
    /// value.
    ///
    /// - Returns: Nothing where one of the rules is in force or retired, or where rules want
    ///   something for the field.
    package func orphans(of rules: [String], _ field: SettableField) -> [Orphan] {
        guard !resolvedSlots.contains(field.slot) else { return [] }
        let left = rules.compactMap { id in
            state(of: id, field).map { Orphan(rule: id, field: field, state: $0) }
        }
        return left.count == rules.count ? left : []
    }

    private func state(of id: String, _ field: SettableField) -> Orphan.State? {
        guard let rule = ruleset.reverter(of: id) else { return .gone }
        switch rule.mode {
        case .off: return .off
        case .shadow: return .shadow
        case .enforce where !rule.effects.contains { $0.field == field }: return .changed
        case .enforce:
            return excepted.contains { $0.rule === rule } ? .excepted : nil
        }
    }
}
