package import Contacts
package import Foundation

/// An action whose outcome is unknown and that this process may settle by reading the contact back.
package struct SettlingAction: Sendable {
    package let actionID: Int
    package let contactID: String
    /// nil where the endpoint has no limit.
    package let permit: Permit?
    /// Not before this moment of the database's clock.
    package let sendAt: Date
    package let fence: Int
}

/// What the contact looked like when it was read back.
package struct ReadBack: Sendable {
    package enum Found: Sendable {
        case contact(ContactDocument)
        /// An answer that proves that the contact is gone.
        case absent(Absence)
        /// The contact is there, and the answer cannot be read: it is too large, or no contact.
        case unreadable(reason: String)
        /// The API refuses to show the contact, and not for the token's sake.
        case refused(reason: String)
        /// No usable answer: nothing is settled.
        case nothing(reason: String)

        /// Whether it settles what was sent.
        var isConclusive: Bool {
            switch self {
            case .contact, .absent: true
            case .unreadable, .refused, .nothing: false
            }
        }
    }

    package let action: SettlingAction
    package var found: Found
    package var status: Int?
    package var requestID: String?

    package init(action: SettlingAction, found: Found, status: Int? = nil, requestID: String? = nil)
    {
        self.action = action
        self.found = found
        self.status = status
        self.requestID = requestID
    }
}

extension OutcomeBatch {
    /// Settles what was read back: as wanted is confirmed, as before was not applied and may be
    /// sent again, anything else was written by another party and is decided afresh.
    package mutating func settle(
        _ read: ReadBack, of action: Action, on known: KnownContact
    ) throws {
        let sent = action.sent ?? ContactPatch()
        var body = AttemptBody(
            attempt: action.attempt, values: sent, before: action.sentBefore, rules: action.rules,
            read: .init(httpStatus: read.status, requestID: read.requestID))
        if read.found.isConclusive { body.end(action.failing) }
        switch read.found {
        case .contact(let document):
            let found = document.contact.values(of: sent)
            body.read?.found = found
            if sent.notYet(in: document.contact).isEmpty {
                try applied(document, .patchConfirmed, body, action, on: known)
            } else if found == action.sentBefore {
                try notApplied(document, body, action, on: known)
            } else {
                try writtenByOthers(document, body, action, on: known)
            }
        case .absent(let absence):
            body.reason = absence.reason
            body.outcome = "moot"
            actions.finish(action.actionID)
            let deletion = known.deletion(absence)
            snapshot.append(try deletion.event())
            snapshot.append(try .about(action, .actionMoot, body))
            deletions.append(deletion)
            if let next = action.next {
                snapshot.append(
                    try .superseded(next: next, of: action, reason: absence.reason))
            }
        case .unreadable(let reason):
            try notSettled(.unreadable, because: reason, body, action, on: known)
        case .refused(let reason):
            try notSettled(.refused, because: reason, body, action, on: known)
        case .nothing(let reason):
            try notSettled(.noAnswer, because: reason, body, action, on: known)
        }
    }

    /// A failure that repeats is counted, not recorded again.
    private mutating func notSettled(
        _ failure: Action.FailedRead, because reason: String, _ body: AttemptBody,
        _ action: Action, on known: KnownContact
    ) throws {
        var (action, body) = (action, body)
        let repeated = RepeatedFailure.after(action.failing, cause: reason, at: now)
        if repeated.isNew {
            body.reason = reason
            body.end(action.failing)
            snapshot.append(try .about(action, .patchUnknown, body))
        }
        action.failing = repeated
        let isExcused =
            failure == .noAnswer && breakers.excuse("get", contactID: action.contactID)
        if !isExcused { action.unsettled += 1 }
        action.dueAt = now + timing.backoff(afterUnsettled: action.unsettled, random: random)
        switch isExcused ? .readAgain : action.step(after: failure, on: known.contact) {
        case .readAgain: actions.save(action)
        case .sendAgain: try reopen(action, on: known.contact)
        // What was sent stays with it: it is read back before anything is sent again.
        case .block: try block(action, unsettledSince: reason)
        }
    }

    private mutating func notApplied(
        _ document: ContactDocument, _ body: AttemptBody, _ action: Action, on known: KnownContact
    ) throws {
        snapshot.append(try .about(action, .patchNotApplied, body))
        // It left no trace, yet it may come late: then that is our own change, not drift.
        try snapshot.observe(document, over: known.awaiting(action))
        snapshot.invalidateReads(of: known.contactID)
        var action = action
        action.dueAt = now + timing.backoff(afterUnsettled: action.unsettled, random: random)
        try reopen(action, on: document.contact)
    }

    private mutating func writtenByOthers(
        _ document: ContactDocument, _ body: AttemptBody, _ action: Action, on known: KnownContact
    ) throws {
        var body = body
        body.reason = "somebody else wrote meanwhile: decided afresh"
        body.outcome = "superseded"
        actions.finish(action.actionID)
        snapshot.append(try .about(action, .actionSuperseded, body))
        if let next = action.next {
            snapshot.append(try .superseded(next: next, of: action, reason: body.reason ?? ""))
        }
        // Of several fields, some may show what was sent.
        try snapshot.observe(document, over: known.awaiting(action))
        snapshot.invalidateReads(of: known.contactID)
    }
}

extension NewEvent {
    /// The worker of a request went away before it recorded the outcome.
    static func lost(_ action: Action) throws -> NewEvent {
        try .about(
            action, .patchUnknown,
            AttemptBody(
                attempt: action.attempt, values: action.sent,
                reason: "its worker went away before it told the outcome"))
    }
}

/// The actions that one transaction claims to read their contacts back.
package struct SettlementBatch: Sendable {
    package private(set) var claimed: [SettlingAction] = []
    package private(set) var changes = ActionChanges()
    package private(set) var events: [NewEvent] = []

    /// - Parameter permits: nil where reads are not limited; else as many as there are actions.
    package init(of actions: [Action], permits: [Permit]?, at now: Date) throws {
        for (index, action) in actions.enumerated() {
            var action = action
            let sendAt = permits?[index].sendAt ?? now
            if action.state == .sending {
                events.append(try .lost(action))
                action.landsUntil = now
            }
            action.state = .unknown
            action.fence &+= 1
            action.dueAt = sendAt + WorkTiming.lease
            changes.save(action)
            claimed.append(
                SettlingAction(
                    actionID: action.actionID, contactID: action.contactID,
                    permit: permits?[index], sendAt: sendAt, fence: action.fence))
        }
    }
}

extension OutcomeBatch {
    /// Settles the unknown outcomes that a page shows, as reading the contacts back would.
    ///
    /// - Parameters:
    ///   - actions: Those whose request could not land any more when the page was asked for.
    ///   - stale: Contacts that had an outcome since.
    /// - Returns: The contacts that are recorded by it.
    package mutating func settle(
        _ actions: [Action], by page: some SweptPage, known: [ByteText: KnownContact],
        stale: Set<ByteText>, without refused: RefusedContacts, requestID: String?
    ) throws -> Set<ByteText> {
        let places = page.firstPlaces(of: Set(texts: actions.map(\.contactID)))
        var settled: Set<ByteText> = []
        for action in actions {
            let id = action.contactID
            guard let known = known[id], !stale.contains(id), refused.reason(for: id) == nil,
                let place = places[id],
                // One that cannot be read here is read back.
                let document = try? page.document(at: place)
            else { continue }
            let read = ReadBack(
                action: SettlingAction(
                    actionID: action.actionID, contactID: id, permit: nil, sendAt: now,
                    fence: action.fence),
                found: .contact(document), status: 200, requestID: requestID)
            try settle(read, of: action, on: known)
            settled.insert(id)
        }
        return settled
    }
}
