package import Contacts
package import Rules

/// A rule that stands behind a value no more.
package struct LeftBehind: Sendable, Hashable {
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
    package let field: FieldPath
    package let state: State
}

extension Evaluation {
    /// Who has set a field and stands behind it no more: nothing will ever give it back.
    ///
    /// - Returns: Nothing where one of the rules is in force or retired, or where rules want something
    ///   for the field.
    package func leftBehind(by rules: [String], _ field: FieldPath) -> [LeftBehind] {
        guard !winners.contains(where: { $0.field.slot == SettableField(field)?.slot })
        else { return [] }
        let left = rules.compactMap { id in
            state(of: id, field).map { LeftBehind(rule: id, field: field, state: $0) }
        }
        return left.count == rules.count ? left : []
    }

    private func state(of id: String, _ field: FieldPath) -> LeftBehind.State? {
        guard let rule = ruleset.reverter(of: id) else { return .gone }
        switch rule.mode {
        case .off: return .off
        case .shadow: return .shadow
        case .enforce where !rule.effects.contains { $0.field.path == field }: return .changed
        case .enforce:
            return excepted.contains { $0.rule === rule } ? .excepted : nil
        }
    }
}
