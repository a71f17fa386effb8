package import Contacts

/// A value for a field, numbered so that two can be compared at once and byte for byte.
package final class Effect: Sendable {
    package let field: SettableField
    package let value: String
    package let bytes: Bytes
    /// The field's position in `Ruleset.fields`.
    package let position: Int
    /// The position of the field's slot in `Ruleset.slots`.
    package let slot: Int
    /// Equal for equal values of the same field, throughout the ruleset.
    package let choice: Int
    package let kind: Kind

    package enum Kind: Sendable {
        case exact
        /// Of `portal_role`: never lowers, never raises.
        case atLeast, atMost
        /// Put together from the contact; unset where one of its fields is unknown.
        case template([Segment])
    }

    package enum Segment: Sendable {
        case text(String)
        /// The field's position in `Ruleset.fields`.
        case field(Int)
    }

    package init(
        field: SettableField, value: String, position: Int, slot: Int, choice: Int, kind: Kind
    ) {
        self.field = field
        self.value = value
        bytes = Bytes(of: value)
        self.position = position
        self.slot = slot
        self.choice = choice
        self.kind = kind
    }

    /// The same with another value, which is known only now.
    package func with(value: String) -> Effect {
        Effect(
            field: field, value: value, position: position, slot: slot, choice: choice,
            kind: .template([.text(value)]))
    }

    package var isTemplate: Bool { if case .template = kind { true } else { false } }

    package var isFloor: Bool { if case .atLeast = kind { true } else { false } }

    /// Whether it wants one value and no other.
    package var isExact: Bool { bound == nil }

    /// `at_least` or `at_most`; nil where it wants one value and no other.
    package var bound: String? {
        switch kind {
        case .exact, .template: nil
        case .atLeast: "at_least"
        case .atMost: "at_most"
        }
    }

    /// The value for a contact; nil where it is unknown or too long to be one.
    package func text(for context: EvaluationContext) -> Bytes? {
        guard case .template(let segments) = kind else { return bytes }
        var bytes: Bytes = []
        for segment in segments {
            switch segment {
            case .text(let text): bytes += text.utf8
            case .field(let field):
                guard case .text(let text) = context.values[field] else { return nil }
                bytes += text
            }
        }
        return bytes.count <= RuleLimits.valueBytes ? bytes : nil
    }
}
