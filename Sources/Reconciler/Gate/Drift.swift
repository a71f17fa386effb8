package import Contacts
package import Foundation

/// A value that a rule wants and a person changed after Usher had set it, kept with the contact.
package struct Drift: Codable, Sendable, Equatable {
    package var field: SettableField
    package var value: String
    /// What the person left there; nil is nothing.
    package var found: FieldValue?
    package var since: Date
    /// The event that recorded it; 0 before that event has its place.
    package var seq: Int
    /// The operator's decision to keep the value that was found; nil is: it waits for one.
    package var rejection: Rejection?

    /// It ends once the value changes again, or the rule means something else.
    package struct Rejection: Codable, Sendable, Equatable {
        package let who: String
        /// The event of the rejection.
        package let seq: Int
        /// What the rule meant.
        package let ruleHash: String

        package init(who: String, seq: Int, ruleHash: String) {
            self.who = who
            self.seq = seq
            self.ruleHash = ruleHash
        }

        enum CodingKeys: String, CodingKey {
            case who, seq
            case ruleHash = "rule_hash"
        }
    }

    package init(
        field: SettableField, value: String, found: FieldValue?, since: Date, seq: Int = 0,
        rejection: Rejection? = nil
    ) {
        self.field = field
        self.value = value
        self.found = found
        self.since = since
        self.seq = seq
        self.rejection = rejection
    }

    /// What the rule wants, whatever is there.
    var wish: FieldChange { FieldChange(field: field, from: nil, to: value) }
}
