package import Contacts

/// A test of a rule file: a contact, and what the rules must do with it.
package struct RuleTest: Sendable {
    package let name: String
    package let file: String
    package let line: Int
    package let given: Contact
    /// By slot, what Usher itself had set.
    package let grants: [String: Grant]
    /// The time; without it, time decides nothing.
    package let now: Instant?
    /// Whether it runs as if rules in shadow were enforced.
    package let isEnforced: Bool

    package let expectation: Expectation

    package struct Expectation: Sendable {
        /// Exactly what would be sent.
        package var set: [(field: SettableField, value: String)]?
        /// What fields hold in the end.
        package var after: [(field: SettableField, value: String)] = []
        package var matched: [String] = []
        package var notMatched: [String] = []
        package var beaten: [String] = []
        /// Rules whose change would wait for a person: at least these, or none at all; nil is any.
        package var held: [String]?
        package var status: EmailAddress.Status?
    }
}
