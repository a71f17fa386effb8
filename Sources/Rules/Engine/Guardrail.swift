package import Contacts

/// Values that no rule may set for some contacts, whatever the rules say.
package struct Guardrail: Sendable {
    package let id: String
    package let reason: String
    /// Field and value, any of them.
    package let denies: [(field: SettableField, value: String)]
    /// Whom it protects: whoever this is not false of.
    package let condition: Condition

    package func denies(_ field: SettableField, _ value: String) -> Bool {
        denies.contains { $0.field == field && $0.value.hasSameBytes(as: value) }
    }
}
