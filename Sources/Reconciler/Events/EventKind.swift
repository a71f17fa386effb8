/// The kinds of events in the log. docs/event-reference.md explains each.
package enum EventKind: String, Sendable, CaseIterable {
    case contactCreated = "contact.created"
    case contactUpdated = "contact.updated"
    case contactDeleted = "contact.deleted"
    case contactRestored = "contact.restored"
    case contactUnreadable = "contact.unreadable"
    case contactReadable = "contact.readable"
    case decisionMade = "decision.made"
    case patchIntended = "patch.intended"
    case patchApplied = "patch.applied"
    case patchConfirmed = "patch.confirmed"
    case patchRefused = "patch.refused"
    case patchThrottled = "patch.throttled"
    case patchUnknown = "patch.unknown"
    case patchNotApplied = "patch.not_applied"
    case patchNotTaken = "patch.not_taken"
    case patchLate = "patch.late"
    case actionSuperseded = "action.superseded"
    case actionMoot = "action.moot"
    case actionBlocked = "action.blocked"
    case holdPlaced = "hold.placed"
    case holdReleased = "hold.released"
    case holdRefused = "hold.refused"
    case holdWithdrawn = "hold.withdrawn"
    case holdExpired = "hold.expired"
    case driftFound = "drift.found"
    case sweepCompleted = "sweep.completed"
    case sweepAborted = "sweep.aborted"
    case rulesetActivated = "ruleset.activated"
    case rulesetRefused = "ruleset.refused"
    case alertRaised = "alert.raised"
    case alertResolved = "alert.resolved"
    case operatorActed = "operator.acted"

    /// The kinds after which a contact is evaluated again.
    package static let evaluated: [EventKind] = [
        .contactCreated, .contactUpdated, .contactDeleted, .contactRestored, .contactReadable,
        .operatorActed,
        .actionSuperseded, .holdReleased, .holdExpired,
        // What Usher itself set may be a reason for something else.
        .patchApplied, .patchConfirmed, .patchNotTaken,
    ]
}
