package import Contacts

/// What the rules want for one contact, and why. Everything is sorted, so equal contacts give
/// equal decisions.
package struct Decision: Sendable, Equatable, Codable {
    /// Enforcing rules that were true in any round, or that are without the rules that are held.
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
    /// Values of rules that no longer apply and that are reverted; nil is none.
    package let reverted: [Reverted]?

    /// Whether no rule had anything to say.
    package var isEmpty: Bool {
        matched.isEmpty && shadow.isEmpty && violated == nil && excepted == nil && reverted == nil
    }

    /// What became of one rule's wishes, apart from guardrails and exceptions.
    package func wishes(of rule: String) -> Decision {
        Decision(
            matched: [], changes: ContactPatch(),
            wishes: wishes.filter { $0.rules.contains(rule) },
            beaten: beaten.filter { $0.rule == rule },
            conflicts: conflicts.filter { $0.contenders.contains { $0.rule == rule } },
            shadow: shadow.filter { $0.rule == rule }, denied: nil,
            unordered: unordered?.filter { $0 == rule }, violated: nil, excepted: nil,
            reverted: reverted?.filter { $0.rule == rule })
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
    package enum State: String, Sendable, Codable, CaseIterable {
        case change
        case alreadySo = "already_so"
        /// Somebody else changed what these rules had set: recorded, not acted upon.
        case drift
    }

    package let field: SettableField
    package let value: String
    /// What the contact holds now; nil where it holds nothing.
    package let from: FieldValue?
    /// The rules on whose account the field gets the value: of a role, those that want at least
    /// that much; of whatever priority.
    package let rules: [String]
    /// The highest of their priorities.
    package let priority: Int
    package let state: State
    /// The rules whose `at_most` keeps it from being more; nil is none.
    package var cappedBy: [String]?

    enum CodingKeys: String, CodingKey {
        case field, value, from, rules, priority, state
        case cappedBy = "capped_by"
    }
}

/// A wish that lost to one of a higher priority, or to an `at_most`, which always holds.
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

/// The revert of a value whose rule no longer applies.
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
    package enum Kind: String, Sendable, Codable, CaseIterable {
        /// Different values at the same priority: nothing is done to this slot.
        case tie
        /// The rules undo each other in a cycle: nothing is done to this contact.
        case unsettled
    }

    package struct Contender: Sendable, Equatable, Codable {
        package let rule: String
        package let field: SettableField
        package let value: String
    }

    package let kind: Kind
    /// The slot; of a cycle, all its slots with ", " between them.
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
