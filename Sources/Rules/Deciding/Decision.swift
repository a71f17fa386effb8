package import Contacts

/// What Usher itself last set a slot to, and by which rules.
///
/// Drift: the winning wish of a slot has the same field and value as the grant, the rules that
/// agree on it are all among `rules`, and the contact has another value now.
package struct Grant: Sendable, Codable, Equatable {
    package let field: SettableField
    package let value: String
    package let rules: [String]
    /// What was there before; nil is nothing.
    package let from: FieldValue?
    /// Whether a person has agreed that giving it back may raise access.
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

/// What the rules want for one contact, and why. Everything is sorted, so equal contacts give
/// equal decisions.
package struct Decision: Sendable, Equatable, Codable {
    /// Enforcing rules that were true in any round.
    package let matched: [Match]
    /// The values that the contact does not hold yet: one PATCH.
    package let changes: ContactPatch
    /// The winner of each slot.
    package let wishes: [Wish]
    package let beaten: [Beaten]
    package let conflicts: [Conflict]
    /// Rules in shadow that are true on the contact as it would be after `changes`.
    package let shadow: [ShadowWish]
    /// What guardrails kept from being done; nil is nothing.
    package let denied: [Denied]?
    /// Rules whose bounds meet a custom role, which has no order; nil is none.
    package let unordered: [String]?
    /// Guardrails that the contact does not keep; nil is none.
    package let violated: [String]?
    /// Rules that are true and do nothing for this contact; nil is none.
    package let excepted: [Excepted]?
    /// Rules that were true, are not any more, and give back what they set; nil is none.
    package let reverted: [Reverted]?

    /// Whether no rule had anything to say.
    package var isEmpty: Bool {
        matched.isEmpty && shadow.isEmpty && violated == nil && excepted == nil && reverted == nil
    }
}

package struct Match: Sendable, Equatable, Codable {
    package let rule: String
    /// The first round in which the rule was true; from 2 on, it saw what other rules want.
    package let round: Int
    /// Each field that its condition reads → the value it saw, or null.
    package let evidence: [String: FieldValue?]
}

package struct Wish: Sendable, Equatable, Codable {
    package enum State: String, Sendable, Codable {
        case change
        case alreadySo = "already_so"
        /// Somebody else changed what these rules had set: recorded, not acted upon.
        case drift
    }

    package let field: SettableField
    package let value: String
    /// What the contact holds now; nil where it holds nothing.
    package let from: FieldValue?
    /// All rules that want this value, of whatever priority.
    package let rules: [String]
    /// The highest of their priorities.
    package let priority: Int
    package let state: State
}

/// A wish that lost to one of a higher priority.
package struct Beaten: Sendable, Equatable, Codable {
    package let rule: String
    package let field: SettableField
    package let value: String
    /// The winning rules.
    package let by: [String]
}

/// A rule from which the contact is left out.
package struct Excepted: Sendable, Equatable, Codable {
    package let rule: String
    package let exception: String
}

/// What a rule gives back that is not true any more.
package struct Reverted: Sendable, Equatable, Codable {
    package let rule: String
    package let field: SettableField
    package let value: String
    /// Each field that its condition reads → the value it saw, or null.
    package let evidence: [String: FieldValue?]
    /// It would raise access, so it waits for a person; nil is: it does not.
    package let needsPerson: Bool?

    enum CodingKeys: String, CodingKey {
        case rule, field, value, evidence
        case needsPerson = "needs_person"
    }
}

/// A wish that a guardrail forbids.
package struct Denied: Sendable, Equatable, Codable {
    package let rule: String
    package let field: SettableField
    package let value: String
    package let guardrail: String
}

/// Rules that cannot have their way together, so that none has.
package struct Conflict: Sendable, Equatable, Codable {
    package enum Kind: String, Sendable, Codable {
        /// Different values at the same priority: nothing is done to this slot.
        case tie
        /// The rules chase each other: nothing is done to this contact.
        case unsettled
    }

    package struct Contender: Sendable, Equatable, Codable {
        package let rule: String
        package let field: SettableField
        package let value: String
    }

    package let kind: Kind
    /// The slot; of a chase, all its slots with ", " between them.
    package let slot: String
    package let contenders: [Contender]
}

package struct ShadowWish: Sendable, Equatable, Codable {
    package let rule: String
    package let field: SettableField
    package let value: String
    /// `at_least` or `at_most`; nil where it is the value itself.
    package let bound: String?
    /// What the contact holds now; nil where it holds nothing.
    package let from: FieldValue?
}
