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

    // What deciding needs comes first, so that it lies together.
    package let condition: Condition
    /// By slot.
    package let effects: [Effect]
    package let priority: Int
    /// When it begins and when it has ended; nil is always.
    package let from: Instant?
    package let until: Instant?

    package let id: String
    /// The id of the rule as written, of which this is one row; else the same as `id`.
    package let base: String
    package let description: String?
    package let mode: Mode
    /// Where it stands.
    package let place: Place
    package var file: String { place.file }
    package var line: Int { place.line }

    package let terms: Terms

    /// How it deals with people and with what it has done.
    package struct Terms: Sendable {
        /// Its own limits.
        package let limits: ChangeLimits?
        package let needsApproval: Bool
        /// Whether what it set is reverted once it has become false.
        package let reverts: Bool
        /// What is set then; in place of what was there before, for other fields.
        package let revertTo: [SettableField: String]
        /// Whether it sets again what somebody else has changed.
        package let reasserts: Bool
    }

    package init(
        id: String, base: String, description: String?, priority: Int, mode: Mode, place: Place,
        condition: Condition, from: Instant?, until: Instant?, effects: [Effect], terms: Terms
    ) {
        self.id = id
        self.base = base
        self.description = description
        self.priority = priority
        self.mode = mode
        self.place = place
        self.condition = condition
        self.from = from
        self.until = until
        self.effects = effects
        self.terms = terms
    }

    /// The id of the rule as written, for the id of a row of its table; else the id itself.
    package static func base(of id: String) -> String { String(id.prefix { $0 != "[" }) }

    /// The same rule with something else in it.
    package func with(
        id: String? = nil, priority: Int? = nil, mode: Mode? = nil, condition: Condition? = nil,
        effects: [Effect]? = nil
    ) -> Rule {
        Rule(
            id: id ?? self.id, base: base, description: description,
            priority: priority ?? self.priority,
            mode: mode ?? self.mode, place: place,
            condition: condition ?? self.condition, from: from, until: until,
            effects: effects ?? self.effects, terms: terms)
    }

    /// Whether it is its time; without a time, time decides nothing.
    package func isActive(at now: Instant?) -> Bool {
        guard let now else { return true }
        return from ?? -.infinity <= now && now < until ?? .infinity
    }
}
