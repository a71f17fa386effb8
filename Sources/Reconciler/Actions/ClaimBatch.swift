package import Contacts
package import Foundation

/// An action that this process may send, once, with its permit.
package struct ClaimedAction: Sendable {
    package let actionID: Int
    package let contactID: String
    package let attempt: Int
    /// The values to send.
    package let values: ContactPatch
    /// nil where updates are not limited.
    package let permit: Permit?
    /// Not before this moment of the database's clock.
    package let sendAt: Date
    /// Permits that were not free when it was claimed, its own among them.
    package let held: Int
    package let fence: Int
    /// Whether it is the one try of an endpoint that fails.
    package let isTry: Bool
    /// Whether the endpoint had failed when it was claimed: then its good answer is news.
    package let isAfterFailure: Bool
}

/// The claims of one transaction, gathered before anything is written.
package struct ClaimBatch: Sendable {
    package private(set) var claimed: [ClaimedAction] = []
    package private(set) var events: [NewEvent] = []
    private var finished: [Int] = []
    private var sending: [Action] = []
    private let now: Date
    private var permits: ArraySlice<Permit>?
    private let held: Int
    private let breaker: Breaker?

    /// Actions among which the one to try a failing endpoint with is chosen.
    private static let tried = 50

    /// - Parameters:
    ///   - permits: nil where updates are not limited.
    ///   - held: Permits that are not free.
    package init(at now: Date, permits: [Permit]?, held: Int, breaker: Breaker?) {
        self.now = now
        self.permits = permits.map { $0[...] }
        self.held = held
        self.breaker = breaker
    }

    /// Actions to look at for a claim of so many.
    package static func candidates(for count: Int, _ breaker: Breaker?) -> Int {
        breaker?.isOpen == true ? tried : count
    }

    /// The actions to claim: of an endpoint that fails, the one that was tried least, so that each
    /// has its turn and none keeps the endpoint from being found well.
    package func chosen(among actions: [Action]) -> [Action] {
        guard breaker?.isOpen == true else { return actions }
        let first = actions.enumerated()
            .min { ($0.element.attempt, $0.offset) < ($1.element.attempt, $1.offset) }
        return first.map { [$0.element] } ?? []
    }

    /// Claims an action, or ends it where nothing is left to do.
    ///
    /// - Parameter evaluatedSeq: A contact that changed after this event is evaluated first.
    package mutating func add(_ action: Action, of known: KnownContact, evaluatedSeq: Int) throws {
        if known.changedSeq > evaluatedSeq { return }
        if known.isDeleted {
            return try end(action, reason: Absence.reason(mergedInto: known.mergedInto))
        }
        let values = action.sendable(to: known.contact)
        if values.isEmpty {
            return try end(action, reason: "the contact holds the values already")
        }
        let permit = permits?.popFirst()
        var action = action
        action.state = .sending
        action.attempt += 1
        // It may wrap: only whether it is the same counts.
        action.fence &+= 1
        action.sent = values
        action.sentBefore = known.contact.values(of: values)
        sending.append(action)
        claimed.append(
            ClaimedAction(
                actionID: action.actionID, contactID: action.contactID, attempt: action.attempt,
                values: values, permit: permit, sendAt: permit?.sendAt ?? now, held: held,
                fence: action.fence, isTry: breaker?.isOpen == true,
                isAfterFailure: breaker != nil))
        events.append(
            try NewEvent(
                .patchIntended, contactID: action.contactID, actionID: .action(action.actionID),
                causeSeq: action.actionID,
                AttemptBody(
                    attempt: action.attempt, values: values, before: action.sentBefore,
                    rules: action.rules)))
    }

    private mutating func end(_ action: Action, reason: String) throws {
        finished.append(action.actionID)
        events.append(try .moot(action, reason: reason))
    }

    /// The changes to the actions, whose intents have their numbers from `first` on.
    package func changes(from first: Int) -> ActionChanges {
        var changes = ActionChanges()
        finished.forEach { changes.finish($0) }
        let intents = events.indices.filter { events[$0].kind == .patchIntended }
        for (index, (action, claim)) in zip(intents, zip(sending, claimed)) {
            var action = action
            action.causeSeq = first + index
            changes.send(action, lease: claim.sendAt + WorkTiming.lease)
        }
        return changes
    }

    /// When to look again; nil is at once.
    package var nextAt: Date? { claimed.isEmpty ? now + WorkTiming.evaluationWait : nil }
}

extension ClaimedAction {
    /// The reason not to send a claimed action after all; nil where it is sent.
    ///
    /// - Parameter isWanted: Whether it is still this claim's, and its contact can be read.
    package func obstacle(_ state: SendingState, isWanted: Bool) -> String? {
        // A process that slept for longer, such as a suspended machine, may find its permit used.
        guard state.now <= sendAt + WorkTiming.latestSend else {
            return "its time had passed before it was sent"
        }
        guard state.pause(of: "update") == nil else { return "paused meanwhile" }
        guard isTry || state.breakers.of("update")?.isOpen != true else {
            return "the endpoint began to fail meanwhile"
        }
        return isWanted ? nil : "rejected, decided anew or set aside meanwhile"
    }
}

extension Action {
    /// Whether a claim to send it is in force.
    package func isClaimed(by claim: ClaimedAction) -> Bool {
        fence == claim.fence && state == .sending
    }

    /// Whether a claim to settle it is in force.
    package func isClaimed(by claim: SettlingAction) -> Bool {
        fence == claim.fence && state == .unknown
    }
}
