internal import Contacts
internal import Foundation

/// The body of every `patch.*` and `action.*` event; what does not apply is left out.
struct AttemptBody: EventContent, Encodable {
    var attempt: Int?
    /// What the request was to set, and what stood there.
    var values: ContactPatch?
    var before: [String: FieldValue]?
    /// What changed by it, once that is known.
    var changed: [String]?
    var after: ContactPatch?
    /// What else it brought about and no other event tells: the other name of a role.
    var brought: [String: FieldValue?]?
    var rules: [String: [String]]?
    var httpStatus: Int?
    var requestID: String?
    var milliseconds: Int?
    var code: String?
    var reason: String?
    var refused: [String: Refusal]?
    var read: ReadBody?
    /// The outcome of the action, in the event that ends it.
    var outcome: String?
    /// How often the same failure came before this, and since when, where it was more than once.
    var failures: Int?
    var since: Date?

    struct ReadBody: Codable {
        var httpStatus: Int?
        var requestID: String?
        var found: [String: FieldValue]?

        enum CodingKeys: String, CodingKey {
            case httpStatus = "http_status"
            case requestID = "request_id"
            case found
        }
    }

    enum CodingKeys: String, CodingKey {
        case attempt, values, before, changed, after, brought, rules, milliseconds, code, reason,
            refused
        case read, outcome, failures, since
        case httpStatus = "http_status"
        case requestID = "request_id"
    }
}

extension AttemptBody {
    /// Tells with what follows it of a failure that repeated.
    mutating func end(_ failure: RepeatedFailure?) {
        guard let failure, !failure.isNew else { return }
        (failures, since) = (failure.count, failure.since)
    }
}

extension NewEvent {
    static func about(_ action: Action, _ kind: EventKind, _ body: AttemptBody) throws -> NewEvent {
        try NewEvent(
            kind, contactID: action.contactID, actionID: .action(action.actionID),
            causeSeq: action.causeSeq, body)
    }

    /// There is nothing left to do.
    static func moot(_ action: Action, reason: String) throws -> NewEvent {
        try about(action, .actionMoot, AttemptBody(reason: reason, outcome: "moot"))
    }

    /// A newer decision, or another party's change, takes its place.
    static func superseded(_ action: Action, reason: String) throws -> NewEvent {
        try about(action, .actionSuperseded, AttemptBody(reason: reason, outcome: "superseded"))
    }

    /// The queued change has no more to do than the action before it.
    static func superseded(next: NextChange, of action: Action, reason: String) throws -> NewEvent {
        try NewEvent(
            .actionSuperseded, contactID: action.contactID, actionID: .action(next.actionID),
            causeSeq: action.causeSeq, AttemptBody(reason: reason, outcome: "superseded"))
    }

    /// The end of an action whose workspace is forgotten; its row may be unreadable.
    ///
    /// - Parameter attempt: The request under way; nil is none.
    package static func forgotten(
        action id: Int, contactID: String, causeSeq: Int?, attempt: Int?, reason: String
    ) throws -> NewEvent {
        try NewEvent(
            .actionMoot, contactID: contactID, actionID: .action(id), causeSeq: causeSeq,
            AttemptBody(attempt: attempt, reason: reason, outcome: "moot"))
    }

    /// The end of a queued change whose workspace is forgotten.
    package static func forgotten(
        next id: Int, contactID: String, causeSeq: Int?, reason: String
    ) throws -> NewEvent {
        try NewEvent(
            .actionSuperseded, contactID: contactID, actionID: .action(id), causeSeq: causeSeq,
            AttemptBody(reason: reason, outcome: "superseded"))
    }
}

extension ContactPatch {
    /// The other name of the role that was set, as the contact has it now; nil where none was set.
    func otherRoleName(in contact: Contact) -> [String: FieldValue?]? {
        guard let field = fields.first(where: { $0.slot == FieldPath.portalRole.description })
        else { return nil }
        let other: FieldPath = field == .portalRole ? .portalRoleID : .portalRole
        return [other.description: contact[other]]
    }
}
