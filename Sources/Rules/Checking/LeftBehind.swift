package import Contacts

/// A rule that stands behind a value no more.
package struct LeftBehind: Sendable, Hashable {
    package enum State: String, Sendable, Encodable {
        /// The ruleset has no such rule.
        case gone
        case off
        case shadow
        /// It does not set the field any more.
        case changed
    }

    package let rule: String
    package let state: State
}

extension Ruleset {
    /// Why nothing will ever give back what a rule had set for a field; nil where the rule is in force,
    /// or is retired and gives it back.
    package func leftBehind(by id: String, _ field: FieldPath) -> LeftBehind? {
        guard let rule = reverter(of: id) else { return LeftBehind(rule: id, state: .gone) }
        let state: LeftBehind.State? =
            switch rule.mode {
            case .off: .off
            case .shadow: .shadow
            case .enforce: rule.effects.contains { $0.field.path == field } ? nil : .changed
            }
        return state.map { LeftBehind(rule: id, state: $0) }
    }
}
