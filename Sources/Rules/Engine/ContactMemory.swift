package import Contacts

/// A value that Usher itself last set a slot to, and by which rules.
package struct Grant: Sendable, Codable, Equatable {
    package let field: SettableField
    package let value: String
    package let rules: [String]
    /// What was there before; nil is nothing.
    package let from: FieldValue?
    /// Whether a person has agreed that reverting it may raise access.
    package let mayRaise: Bool

    package init(
        field: SettableField, value: String, rules: [String], from: FieldValue? = nil,
        mayRaise: Bool = false
    ) {
        self.field = field
        self.value = value
        self.rules = rules
        self.from = from
        self.mayRaise = mayRaise
    }
}

/// A value that a rule wants and a person changed after Usher had set it.
///
/// It is remembered for as long as the rule wants the value, whatever else is written there.
package struct Drift: Sendable, Equatable {
    package let field: SettableField
    package let value: String

    package init(field: SettableField, value: String) {
        self.field = field
        self.value = value
    }
}

/// What Usher remembers of its own changes of a contact.
package struct ContactMemory: Sendable {
    /// By slot.
    package var grants: [String: Grant]
    /// By slot and the id of the rule.
    package var drifts: [String: [String: Drift]]

    package init(grants: [String: Grant] = [:], drifts: [String: [String: Drift]] = [:]) {
        self.grants = grants
        self.drifts = drifts
    }
}

/// Rules that are held for a contact, by id, each with the slots in which it is.
package typealias PassedOver = [String: Set<String>]
