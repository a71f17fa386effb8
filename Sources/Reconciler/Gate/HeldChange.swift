package import Contacts
package import Foundation

/// A change that rules want and that is bound to what they mean.
package protocol BoundChange {
    var field: FieldPath { get }
    var value: String { get }
    /// What the contact held.
    var from: FieldValue? { get }
    /// The rules that want it, each with its meaning.
    var rules: [String: String] { get set }
}

extension BoundChange {
    /// Whether it is this very change, whoever wants it.
    func isFor(_ change: FieldChange) -> Bool {
        field == change.field.path && value.hasSameBytes(as: change.to)
    }

    /// Whether it sets the same field to the same value as another one.
    package func sets(thatOf other: some BoundChange) -> Bool {
        field == other.field && value.hasSameBytes(as: other.value)
    }
}

/// A change that holds on rules keep back.
package struct HeldChange: BoundChange, Codable, Sendable, Equatable {
    package var field: FieldPath
    package var value: String
    package var from: FieldValue?
    package var rules: [String: String]
    /// The keys of the holds.
    package var by: [String]

    package init(
        field: FieldPath, value: String, from: FieldValue?, rules: [String: String], by: [String]
    ) {
        self.field = field
        self.value = value
        self.from = from
        self.rules = rules
        self.by = by
    }

    package var slot: String { SettableField(field)?.slot ?? field.description }
}

/// A change that a person agreed to: this one and no other.
///
/// It lasts until the change is made, somebody else changes the field, its rules mean something else,
/// a person rejects it, or its time is over.
package struct ApprovedChange: BoundChange, Codable, Sendable, Equatable {
    package var field: FieldPath
    package var value: String
    package var from: FieldValue?
    package var rules: [String: String]
    package var until: Date
    /// The operator; nil in a record of an earlier version.
    package var who: String?
    /// The event of the approval; nil in a record of an earlier version.
    package var seq: Int?
    /// The plan that it was approved with; nil for a hold.
    package var plan: String?
    /// Whether an action was begun on its account; nil is not yet.
    var begun: Bool?

    package init(
        field: FieldPath, value: String, from: FieldValue?, rules: [String: String], until: Date,
        who: String?, seq: Int?, plan: String?
    ) {
        self.field = field
        self.value = value
        self.from = from
        self.rules = rules
        self.until = until
        self.who = who
        self.seq = seq
        self.plan = plan
    }
}

/// A change that nobody agreed to in time, or that a person rejected: it is not made until the
/// contact or its rules change, or a person approves it after all.
package struct DeclinedChange: BoundChange, Codable, Sendable, Equatable {
    package enum Reason: String, Codable, Sendable { case expired, rejected }

    package var field: FieldPath
    package var value: String
    package var from: FieldValue?
    package var rules: [String: String]
    package var why: Reason

    package init(_ change: some BoundChange, _ why: Reason) {
        (field, value, from) = (change.field, change.value, change.from)
        (rules, self.why) = (change.rules, why)
    }
}
