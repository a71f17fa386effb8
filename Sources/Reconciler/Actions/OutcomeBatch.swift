internal import Contacts
package import Foundation

/// The outcomes of one transaction, gathered before anything is written.
package struct OutcomeBatch: Sendable {
    package let now: Date
    /// The ruleset in force, read once the actions were locked.
    let rulesetHash: String?
    let timing: SettlementTiming
    /// In 0 ..< 1, for the jitter.
    let random: Double
    /// Endpoints that fail: their failures are not the actions' own.
    let breakers: [Breaker]
    package var snapshot = SnapshotChanges()
    package internal(set) var actions = ActionChanges()
    package var alerts: [Alert] = []
    package internal(set) var deletions: [Deletion] = []

    package init(
        now: Date, rulesetHash: String?, timing: SettlementTiming, random: Double,
        breakers: [Breaker] = []
    ) {
        self.now = now
        self.breakers = breakers
        self.rulesetHash = rulesetHash
        self.timing = timing
        self.random = random
    }

    /// Records an answer whose claim had lapsed: it changes nothing else.
    package mutating func addLate(_ attempt: Attempt) throws {
        var body = AttemptBody(attempt)
        body.reason = "answered after its claim had lapsed"
        snapshot.append(
            try NewEvent(
                .patchLate, contactID: attempt.action.contactID,
                actionID: .action(attempt.action.actionID), body))
    }

    /// Records the result of a request, and moves its action on.
    package mutating func add(
        _ attempt: Attempt, of action: Action, on known: KnownContact
    ) throws {
        var action = action
        var body = AttemptBody(attempt)
        switch attempt.result {
        case .contact(let document):
            try applied(document, .patchApplied, body, action, on: known)
        case .refused(let message):
            body.reason = message
            snapshot.append(try .about(action, .patchRefused, body))
            action.refuse(status: attempt.status ?? 0, code: attempt.code, message: message)
            try reopen(action, on: known.contact)
        case .throttled(let retryAfter):
            snapshot.append(try .about(action, .patchThrottled, body))
            action.dueAt = now + retryAfter
            try reopen(action, on: known.contact)
        case .unauthorized:
            snapshot.append(try .about(action, .patchRefused, body))
            action.dueAt = now
            try reopen(action, on: known.contact)
        case .forbidden(let message):
            body.reason = message
            snapshot.append(try .about(action, .patchRefused, body))
            action.unsettled += 1
            action.dueAt =
                now + timing.backoff(afterUnsettled: action.unsettled, random: random)
            try reopen(action, on: known.contact)
        case .notSent(let reason):
            body.reason = reason
            snapshot.append(try .about(action, .patchNotApplied, body))
            // No answer, so it costs the action nothing but a wait.
            action.dueAt = now + timing.backoff(afterUnsettled: action.attempt, random: random)
            try reopen(action, on: known.contact)
        case .unknown(let reason):
            body.reason = reason
            snapshot.append(try .about(action, .patchUnknown, body))
            action.state = .unknown
            if !breakers.excuse("update", contactID: action.contactID) { action.unsettled += 1 }
            action.dueAt = max(
                now + timing.grace, attempt.action.sendAt + timing.requestTimeout + timing.grace)
            (action.landsUntil, action.failing) = (action.dueAt, nil)
            actions.save(action)
        }
    }

    /// The contact shows what was sent, or at least was answered with.
    mutating func applied(
        _ document: ContactDocument, _ kind: EventKind, _ body: AttemptBody, _ action: Action,
        on known: KnownContact
    ) throws {
        var action = action
        var body = body
        let sent = action.sent ?? ContactPatch()
        let contact = document.contact
        (body.before, body.rules) = (action.sentBefore, action.rules)
        let untaken = sent.notYet(in: contact)
        body.after = ContactPatch(sent.values.filter { untaken[$0.key] == nil })
        body.changed = body.after?.fields.map(\.description)
        body.brought = body.after?.otherRoleName(in: contact)
        for field in untaken.fields {
            action.refused[field.description] = Refusal(
                status: body.httpStatus ?? 200, message: "the answer does not show the value")
        }
        action.unsettled = 0
        let isFinished =
            untaken.isEmpty && action.refused.isEmpty
            && action.remaining(in: contact).isEmpty
        if isFinished { body.outcome = kind == .patchConfirmed ? "confirmed" : "applied" }
        snapshot.append(try .about(action, untaken.isEmpty ? kind : .patchNotTaken, body))
        try snapshot.applyOwnWrite(document, of: action, over: known, at: now)
        guard isFinished else { return try reopen(action, on: contact) }
        actions.finish(action.actionID)
        try begin(action.next, after: action, on: contact)
    }

    /// The request is over and the action is not: it goes on, waits for a person, or makes way.
    mutating func reopen(_ action: Action, on contact: Contact) throws {
        var action = action
        let next = action.next
        (action.sent, action.sentBefore, action.next) = (nil, nil, nil)
        (action.failing, action.landsUntil) = (nil, nil)
        // Whatever was decided meanwhile took the request for done: the evaluator looks again.
        guard next == nil, action.rulesetHash == rulesetHash else {
            actions.finish(action.actionID)
            let reason = "decided afresh, since the rules wanted something else meanwhile"
            snapshot.append(try .superseded(action, reason: reason))
            if let next {
                snapshot.append(try .superseded(next: next, of: action, reason: reason))
            }
            return
        }
        let isExhausted = action.unsettled >= Action.maxUnsettled
        if isExhausted || action.remaining(in: contact).isEmpty && !action.refused.isEmpty {
            try block(action, unsettledSince: isExhausted ? "it was never applied" : nil)
        } else {
            action.causeSeq = nil
            action.state = .ready
            actions.save(action)
        }
    }

    /// - Parameter cause: Why its last answer settled nothing; nil where the API refused it.
    mutating func block(_ action: Action, unsettledSince cause: String?) throws {
        var action = action
        let repeated = action.failing
        action.failing = nil
        let reason =
            cause.map {
                "\(action.unsettled) answers in a row settled nothing, the last since \($0)"
            } ?? "the API refused it"
        var body = AttemptBody(rules: action.rules, reason: reason, refused: action.refused)
        body.end(repeated)
        snapshot.append(try .about(action, .actionBlocked, body))
        action.state = .blocked
        actions.save(action)
        alerts.append(.blocked(action, because: reason))
    }

    /// The queued change becomes an action of its own, if it still has something to do.
    mutating func begin(_ next: NextChange?, after action: Action, on contact: Contact) throws {
        guard let next else { return }
        guard next.rulesetHash == rulesetHash else {
            return snapshot.append(
                try .superseded(
                    next: next, of: action, reason: "its ruleset is not in force any more"))
        }
        guard !next.desired.notYet(in: contact).isEmpty else {
            return snapshot.append(
                try .superseded(
                    next: next, of: action, reason: "the contact holds the values already"))
        }
        actions.save(Action(next, contactID: action.contactID, dueAt: now))
    }
}
