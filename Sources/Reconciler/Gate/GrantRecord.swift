package import Contacts
package import Foundation
package import Rules

/// What Usher itself last set a field of a contact to, kept with the contact.
package struct GrantRecord: Codable, Sendable, Equatable {
    package var field: FieldPath
    package var value: String
    package var from: FieldValue?
    package var rules: [String]
    /// When Usher changed this field within the last hour, for the bound on own changes.
    package var times: [Date]
    /// A person agreed that reverting it may raise access; nil is: nobody did.
    package var mayRaise: Bool?
    /// When it was set again within the last day after somebody else had changed it; nil is never.
    package var reasserted: [Date]?

    package init(
        field: FieldPath, value: String, from: FieldValue?, rules: [String], times: [Date],
        mayRaise: Bool? = nil, reasserted: [Date]? = nil
    ) {
        self.field = field
        self.value = value
        self.from = from
        self.rules = rules
        self.times = times
        self.mayRaise = mayRaise
        self.reasserted = reasserted
    }

    /// Whether a wish is for what somebody else has changed since these rules set it.
    package func isReasserted(
        by field: SettableField, _ value: String, _ rules: [String]
    ) -> Bool {
        self.field == field.path && self.value.hasSameBytes(as: value) && !rules.isEmpty
            && Set(rules).isSubset(of: self.rules)
    }

    /// - Parameter span: How long ago at most.
    package func reassertions(within span: Duration, at now: Date) -> [Date] {
        (reasserted ?? []).filter { $0 > now - span && !$0.isBeyond(.zero, at: now) }
    }

    /// Usher's changes of the field within the last hour.
    package func ownChanges(at now: Date) -> [Date] {
        times.filter { $0 > now - .seconds(3600) && !$0.isBeyond(.zero, at: now) }
    }

    /// How often Usher may change one field of one contact within an hour: enough for a person to
    /// change their mind twice, and too little for rules that undo each other.
    private static let maxOwnChanges = 3
    /// How often a day Usher may set again what somebody else has changed. Source: docs/rules.md.
    private static let maxReassertions = 3

    /// Why another change of the field waits for a person, apart from what limits say; nil where it
    /// does not. What takes access away never waits for the bound on own changes.
    func reason(
        toHold change: ResolvedChange, _ effect: AccessEffect, at now: Date
    ) -> ContactHold.Reason? {
        if effect != .lowers,
            ownChanges(at: now).count >= Self.maxOwnChanges
        {
            return .ownChanges
        }
        let isAgain = isReasserted(by: change.field, change.value, change.rules)
        let again = reassertions(within: .seconds(86_400), at: now).count
        return isAgain && again >= Self.maxReassertions ? .reasserted : nil
    }
}

extension Grant {
    /// nil where the field cannot be set any more: what cannot be set cannot drift.
    package init?(_ record: GrantRecord) {
        guard let field = SettableField(record.field) else { return nil }
        self.init(
            field: field, value: record.value, rules: record.rules, from: record.from,
            mayRaise: record.mayRaise ?? false)
    }
}

/// A value that a rule wants and a person changed after Usher had set it, kept with the contact.
package struct DriftRecord: Codable, Sendable, Equatable {
    package var field: FieldPath
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
        field: FieldPath, value: String, found: FieldValue?, since: Date, seq: Int = 0,
        rejection: Rejection? = nil
    ) {
        self.field = field
        self.value = value
        self.found = found
        self.since = since
        self.seq = seq
        self.rejection = rejection
    }
}

extension Drift {
    package init?(_ record: DriftRecord) {
        guard let field = SettableField(record.field) else { return nil }
        self.init(field: field, value: record.value)
    }
}

extension ContactMemory {
    package init(
        grants: [String: GrantRecord], drifts: [String: [String: DriftRecord]]
    ) {
        self.init(
            grants: grants.compactMapValues(Grant.init),
            drifts: drifts.mapValues { $0.compactMapValues(Drift.init) })
    }
}
