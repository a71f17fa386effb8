package import Contacts
package import Foundation

/// A change that rules want, bound to what they mean, and how it stands; encoded as one object.
@dynamicMemberLookup
package struct BoundChange<Status> {
    package var change: FieldChange
    /// The rules that want it, each with its meaning.
    package var rules: [String: String]
    package var status: Status

    package init(_ change: FieldChange, rules: [String: String], _ status: Status) {
        self.change = change
        self.rules = rules
        self.status = status
    }

    /// The same change with another status.
    package func with<Other>(_ status: Other) -> BoundChange<Other> {
        BoundChange<Other>(change, rules: rules, status)
    }

    package subscript<Value>(dynamicMember member: KeyPath<FieldChange, Value>) -> Value {
        change[keyPath: member]
    }

    package subscript<Value>(dynamicMember member: WritableKeyPath<Status, Value>) -> Value {
        get { status[keyPath: member] }
        set { status[keyPath: member] = newValue }
    }
}

extension BoundChange: Sendable where Status: Sendable {}
extension BoundChange: Equatable where Status: Equatable {}

extension BoundChange: Codable where Status: Codable {
    private enum CodingKeys: CodingKey { case rules }

    package init(from decoder: any Decoder) throws {
        change = try FieldChange(from: decoder)
        rules = try decoder.container(keyedBy: CodingKeys.self)
            .decode([String: String].self, forKey: .rules)
        status = try Status(from: decoder)
    }

    package func encode(to encoder: any Encoder) throws {
        try change.encode(to: encoder)
        var object = encoder.container(keyedBy: CodingKeys.self)
        try object.encode(rules, forKey: .rules)
        try status.encode(to: encoder)
    }
}

/// A change that holds on rules keep back.
package typealias HeldChange = BoundChange<HoldKeys>

package struct HoldKeys: Codable, Sendable, Equatable {
    package var by: [String]

    package init(by: [String]) { self.by = by }
}

/// A change that a person agreed to: this one and no other.
///
/// It lasts until the change is made, somebody else changes the field, its rules mean something
/// else, a person rejects it, or its time is over.
package typealias ApprovedChange = BoundChange<ApprovalTerms>

package struct ApprovalTerms: Codable, Sendable, Equatable {
    package var until: Date
    /// The operator; nil in a record of an earlier version.
    package var who: String?
    /// The event of the approval; nil in a record of an earlier version.
    package var seq: Int?
    /// The plan that it was approved with; nil for a hold.
    package var plan: String?
    /// Whether an action was begun on its account; nil is not yet.
    var begun: Bool?

    package init(until: Date, who: String?, seq: Int?, plan: String?) {
        self.until = until
        self.who = who
        self.seq = seq
        self.plan = plan
    }
}

/// A change that nobody agreed to in time, or that a person rejected: it is not made until the
/// contact or its rules change, or a person approves it after all.
package typealias DeclinedChange = BoundChange<Decline>

package struct Decline: Codable, Sendable, Equatable {
    package enum Reason: String, Codable, Sendable { case expired, rejected }

    package var why: Reason

    package init(_ why: Reason) { self.why = why }
}

/// A change of one contact as a plan shows it: this one and no other is approved.
package typealias ApprovableChange = BoundChange<PlannedTarget>

package struct PlannedTarget: Sendable, Equatable {
    package var contactID: String

    package init(contactID: String) { self.contactID = contactID }
}
