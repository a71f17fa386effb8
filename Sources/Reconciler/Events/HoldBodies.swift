internal import Contacts
internal import Foundation

/// The body of `drift.found`.
struct DriftBody: Encodable {
    let field: String
    let value: String
    let found: FieldValue?
    let rules: [String: [String]]

    init(_ drift: NewDrift) {
        (field, value) = (drift.record.field.description, drift.record.value)
        (found, rules) = (drift.record.found, [drift.slot: drift.rules])
    }
}

/// The body of `hold.placed` for one contact.
struct HoldBody: Encodable {
    let field: String
    let reason: String
    let wish: HeldWish
    let rules: [String: [String]]

    init(_ hold: ContactHold) {
        (field, reason, wish) = (hold.field, hold.reason.rawValue, hold.wish)
        rules = [hold.field: hold.wish.rules]
    }
}

/// The body of `hold.placed` for a rule.
struct RuleHoldBody: Encodable {
    let rule: String
    let reason: String
    let held: Held

    struct Held: Encodable {
        let detail: String
        let changes: Int?
    }
}

extension RuleHold {
    /// - Parameter changes: How many changes it holds at once, where they were counted.
    package func placed(changes: Int?) throws -> NewEvent {
        try NewEvent(
            .holdPlaced,
            RuleHoldBody(
                rule: ruleID, reason: reason.rawValue,
                held: RuleHoldBody.Held(detail: detail, changes: changes)))
    }

    package func withdrawn(reason: String) throws -> NewEvent {
        try .holdWithdrawn(("rule", ruleID), placedSeq: placedSeq, reason: reason)
    }
}

extension ContactHold {
    package func withdrawn(reason: String) throws -> NewEvent {
        try .holdWithdrawn(
            ("field", field), contactID: contactID, placedSeq: placedSeq, reason: reason)
    }
}

extension NewEvent {
    /// - Parameter subject: `rule` or `field` with its name.
    package static func holdWithdrawn(
        _ subject: (key: String, name: String), contactID: String? = nil, placedSeq: Int?,
        reason: String
    ) throws -> NewEvent {
        try NewEvent(
            .holdWithdrawn, contactID: contactID, causeSeq: placedSeq,
            [subject.key: subject.name, "reason": reason])
    }
}
