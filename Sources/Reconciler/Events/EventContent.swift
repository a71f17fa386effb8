/// The body of an event as a value: what writes it encodes this type, and what reads it decodes it.
///
/// docs/event-reference.md lists the members of these types.
package protocol EventContent: Decodable {}

extension EventKind {
    /// The types of its bodies; the members of a body tell which one it is.
    var contents: [any EventContent.Type] {
        switch self {
        case .contactCreated, .contactRestored: [CreationBody.self]
        case .contactUpdated: [ChangeBody.self]
        case .contactDeleted: [DeletionBody.self]
        case .contactUnreadable: [UnreadableBody.self]
        case .decisionMade: [SealedDecision.self]
        case .patchIntended, .patchApplied, .patchConfirmed, .patchRefused, .patchThrottled,
            .patchUnknown, .patchNotApplied, .patchNotTaken, .patchLate, .actionSuperseded,
            .actionMoot, .actionBlocked:
            [AttemptBody.self]
        case .holdPlaced: [HoldBody.self, RuleHoldBody.self, MassDeleteBody.self]
        case .holdReleased: [HoldReleaseBody.self]
        case .holdRefused: [HoldRefusalBody.self]
        case .holdWithdrawn: [HoldWithdrawalBody.self]
        case .holdExpired: [HoldExpiryBody.self]
        case .contactReadable: [ReadableBody.self]
        case .driftFound: [DriftBody.self]
        case .sweepCompleted, .sweepAborted: [SweepBody.self]
        case .rulesetActivated: [RulesetSummary.self]
        case .rulesetRefused: [RulesetRefusalBody.self]
        case .alertRaised, .alertResolved: [AlertBody.self]
        case .operatorActed: [OperatorBody.self]
        }
    }
}
