package import Contacts

/// One rule, checked and ready to be evaluated.
package final class Rule: Sendable {
    package enum Mode: String, Sendable, Codable, CaseIterable {
        /// What it wants is done.
        case enforce
        /// It is evaluated and recorded, and nothing else.
        case shadow
        /// It is checked when it loads and never evaluated.
        case off
    }

    package let id: String
    package let description: String?
    package let priority: Int
    package let mode: Mode
    /// Where it stands.
    package let file: String
    package let line: Int

    let condition: Condition
    /// By slot.
    let effects: [Effect]

    init(
        id: String, description: String?, priority: Int, mode: Mode, file: String, line: Int,
        condition: Condition, effects: [Effect]
    ) {
        self.id = id
        self.description = description
        self.priority = priority
        self.mode = mode
        self.file = file
        self.line = line
        self.condition = condition
        self.effects = effects
    }

    /// What it sets, by slot.
    package var sets: [(field: SettableField, value: String)] {
        effects.map { ($0.field, $0.value) }
    }
}

/// A value for a field, numbered so that two can be compared at once and byte for byte.
final class Effect: Sendable {
    let field: SettableField
    let value: String
    /// The position of the field's slot in `Ruleset.slots`.
    let slot: Int
    /// Equal for equal values of the same field, throughout the ruleset.
    let choice: Int

    init(field: SettableField, value: String, slot: Int, choice: Int) {
        self.field = field
        self.value = value
        self.slot = slot
        self.choice = choice
    }
}
