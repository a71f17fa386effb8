internal import Contacts
internal import Foundation

/// The body of `drift.found`.
struct DriftBody: EventContent, Encodable {
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
struct HoldBody: EventContent, Encodable {
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
struct RuleHoldBody: EventContent, Encodable {
    let rule: String
    let reason: String
    let held: Held

    struct Held: Codable {
        let detail: String
        let changes: Int?
    }
}

/// What a hold is on.
package enum HoldSubject: Sendable {
    case rule(String)
    /// The slot of a contact, or `contacts` for a mass delete.
    case field(String)

    static let massDelete = HoldSubject.field("contacts")

    fileprivate var rule: String? { if case .rule(let id) = self { id } else { nil } }
    fileprivate var field: String? { if case .field(let name) = self { name } else { nil } }
}

/// The body of `hold.released`; what does not apply is left out.
struct HoldReleaseBody: EventContent, Encodable {
    let rule: String?
    let field: String?
    let who: String
    let reason: String
    let plan: String?
    /// Contacts that the release of a mass delete covers.
    let missing: Int?

    init(_ subject: HoldSubject, by act: OperatorAct, plan: String? = nil, missing: Int? = nil) {
        (rule, field) = (subject.rule, subject.field)
        (who, reason) = (act.who, act.reason)
        (self.plan, self.missing) = (plan, missing)
    }
}

/// The body of `hold.refused`.
struct HoldRefusalBody: EventContent, Encodable {
    let who: String
    let reason: String
}

/// The body of `hold.withdrawn`; what does not apply is left out.
struct HoldWithdrawalBody: EventContent, Encodable {
    let rule: String?
    let field: String?
    let reason: String

    init(_ subject: HoldSubject, reason: String) {
        (rule, field, self.reason) = (subject.rule, subject.field, reason)
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
        try .holdWithdrawn(.rule(ruleID), placedSeq: placedSeq, reason: reason)
    }
}

extension ContactHold {
    package func withdrawn(reason: String) throws -> NewEvent {
        try .holdWithdrawn(
            .field(field), contactID: contactID, placedSeq: placedSeq, reason: reason)
    }
}

/// The body of `hold.expired`.
struct HoldExpiryBody: EventContent, Encodable {
    let reason: String
    /// The rule that was held; nil of a hold on a contact.
    let rule: String?

    init(rule: String?) {
        reason = "nobody decided within seven days"
        self.rule = rule
    }
}

extension NewEvent {
    package static func holdWithdrawn(
        _ subject: HoldSubject, contactID: String? = nil, placedSeq: Int, reason: String
    ) throws -> NewEvent {
        try NewEvent(
            .holdWithdrawn, contactID: contactID, causeSeq: placedSeq,
            HoldWithdrawalBody(subject, reason: reason))
    }
}
