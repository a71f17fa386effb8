package import Contacts
package import Foundation

/// A value that Usher itself last set a slot to, and by which rules; kept with the contact.
package struct Grant: Codable, Sendable, Equatable {
    package var field: SettableField
    package var value: String
    /// What was there before; nil is nothing.
    package var from: FieldValue?
    package var rules: [String]
    /// A person agreed that reverting it may raise access; nil is: nobody did.
    package var mayRaise: Bool?
    /// When Usher changed this field within the last hour, for the bound on own changes.
    package var times: [Date]?
    /// When it was set again within the last day after somebody else had changed it; nil is never.
    package var reasserted: [Date]?

    package init(
        field: SettableField, value: String, from: FieldValue? = nil, rules: [String],
        mayRaise: Bool? = nil, times: [Date]? = nil, reasserted: [Date]? = nil
    ) {
        self.field = field
        self.value = value
        self.from = from
        self.rules = rules
        self.mayRaise = mayRaise
        self.times = times
        self.reasserted = reasserted
    }

    enum CodingKeys: String, CodingKey {
        case field, value, from, rules, times, reasserted
        case mayRaise = "may_raise"
    }
}

/// What Usher remembers of its own changes of a contact.
package struct ContactMemory: Sendable {
    /// By slot.
    package var grants: [String: Grant]
    /// By slot and the id of the rule: the changes that rules want after a person changed what
    /// Usher had set. They are remembered for as long as the rule wants the value, whatever else is
    /// written there.
    package var drifts: [String: [String: FieldChange]]

    package init(
        grants: [String: Grant] = [:], drifts: [String: [String: FieldChange]] = [:]
    ) {
        self.grants = grants
        self.drifts = drifts
    }
}

/// Rules that are held for a contact, by id, each with the slots in which it is.
package typealias PassedOver = [String: Set<String>]
