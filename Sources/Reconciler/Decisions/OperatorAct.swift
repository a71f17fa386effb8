internal import Contacts

/// The operator of a decision and the reason for it: both are on record.
package struct OperatorAct: Sendable {
    package let who: String
    package let reason: String

    package init(who: String, reason: String) {
        self.who = who
        self.reason = reason
    }

    /// - Parameters:
    ///   - hold: The event that placed the hold that it is about.
    ///   - plan: The plan that it is about.
    ///   - changes: Those of the contact that it is about.
    ///   - removed: Counts of what was removed with a workspace.
    package func event(
        _ what: String, contactID: String? = nil, hold: Int? = nil, rule: String? = nil,
        plan: String? = nil, changes: [ApprovableChange]? = nil, removed: RemovedWork? = nil
    ) throws -> NewEvent {
        try NewEvent(
            .operatorActed, contactID: contactID,
            OperatorBody(
                what: what, reason: reason, who: who, hold: hold, rule: rule, plan: plan,
                changes: changes?.map(OperatorBody.Change.init), removed: removed))
    }

    /// The event of a hold that this act releases.
    func released(
        _ subject: HoldSubject, contactID: String? = nil, causeSeq: Int?, plan: String? = nil
    ) throws -> NewEvent {
        try NewEvent(
            .holdReleased, contactID: contactID, causeSeq: causeSeq,
            HoldReleaseBody(subject, by: self, plan: plan))
    }

    /// The event of a hold that this act rejects.
    func refused(hold seq: Int, contactID: String? = nil) throws -> NewEvent {
        try NewEvent(
            .holdRefused, contactID: contactID, causeSeq: seq,
            HoldRefusalBody(who: who, reason: reason))
    }
}

/// The body of `operator.acted`; what does not apply is left out.
struct OperatorBody: EventContent, Encodable {
    let what: String
    let reason: String
    let who: String
    let hold: Int?
    let rule: String?
    let plan: String?
    let changes: [Change]?
    let removed: RemovedWork?

    struct Change: Codable {
        let field: String
        let from: FieldValue?
        let value: String
        let rules: [String]

        init(_ change: ApprovableChange) {
            (field, from) = (change.field.description, change.from)
            (value, rules) = (change.to, change.rules.keys.sorted())
        }
    }
}

/// Counts of what was removed with a workspace, in its last event.
package struct RemovedWork: Codable, Sendable {
    package var contacts = 0
    package var actions = 0
    package var holds = 0
    package var alerts = 0
    package var setAside = 0

    package init(actions: Int, holds: Int, alerts: Int, setAside: Int) {
        self.actions = actions
        self.holds = holds
        self.alerts = alerts
        self.setAside = setAside
    }

    enum CodingKeys: String, CodingKey {
        case contacts, actions, holds, alerts
        case setAside = "set_aside"
    }
}
