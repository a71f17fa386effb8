package import Contacts
internal import Foundation
internal import Postgres
package import Reconciler

/// What came of one request of a claimed action.
package enum Answer: Sendable {
    /// 200 with the contact as it is now.
    case contact(ContactDocument)
    /// A definite refusal of these values.
    case refused(message: String)
    /// 429: nothing was applied.
    case throttled(retryAfter: Duration)
    /// The token was refused: nothing was applied, and nothing will be until a person mends it.
    case unauthorized
    /// 403: nothing was applied, and nobody could tell whether that was the token's fault.
    case forbidden(message: String)
    /// It may have been applied.
    case unknown(reason: String)
    /// It was never sent.
    case notSent(reason: String)
}

/// An answer with its particulars.
package struct AnsweredAction: Sendable {
    package let action: ClaimedAction
    package var answer: Answer
    package var status: Int?
    package var code: String?
    package var requestID: String?
    package var milliseconds: Int?
    /// `X-Rate-Limit-Remaining`.
    package var remaining: Int?
    /// When the answer was seen, by the local monotonic clock.
    package let seenAt: ContinuousClock.Instant
    /// What it says of the endpoint.
    package let sign: EndpointSign

    package init(
        action: ClaimedAction, answer: Answer, status: Int? = nil, code: String? = nil,
        requestID: String? = nil, milliseconds: Int? = nil, remaining: Int? = nil,
        seenAt: ContinuousClock.Instant = .now, sign: EndpointSign = .nothing
    ) {
        self.action = action
        self.answer = answer
        self.sign = sign
        self.status = status
        self.code = code
        self.requestID = requestID
        self.milliseconds = milliseconds
        self.remaining = remaining
        self.seenAt = seenAt
    }
}

/// How long things are waited for.
package struct SettlementTiming: Sendable {
    /// A PATCH may still take effect for this long after it was sent.
    /// Source: docs/pylon-api.md, “What the client does”.
    package var requestTimeout: Duration = .seconds(10)
    /// And this much longer, on its way through the API.
    package var grace: Duration = .seconds(2)
    /// Longest wait between attempts that settle nothing; the wait is random up to it.
    package var maxBackoff: Duration = .seconds(30)
    package var firstBackoff: Duration = .milliseconds(500)
    /// How long an endpoint that fails is left alone.
    package var breaker = BreakerPacing()

    package init() {}

    /// Full jitter: anything from nothing to an exponentially growing cap.
    /// Source: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
    func backoff(afterUnsettled count: Int, random: Double) -> Duration {
        let cap = min(
            maxBackoff.seconds, firstBackoff.seconds * Double(1 << min(count, 16)))
        return .milliseconds(Int(cap * 1000 * random))
    }
}

extension Store {
    /// Records outcomes, frees permits, brings the snapshot up to date and moves the actions on, in
    /// one transaction.
    ///
    /// An answer whose claim has lapsed is appended as `patch.late` and changes nothing else.
    ///
    /// - Parameter random: In 0 ..< 1, for the jitter.
    /// - Returns: What a person has to look at.
    package func record(
        _ answers: [AnsweredAction], limit: RequestLimit?, timing: SettlementTiming, random: Double
    ) async throws -> [Alert] {
        try await database.transaction { [workspace, holder] db in
            var alerts: [Alert] = []
            // Ages are taken before the database's time is read: a permit is never freed early.
            let ages = answers.map { ContinuousClock.now - $0.seenAt }
            let now = try db.now()
            let news = try db.takeSigns(
                of: answers, timing: timing, random: random, at: now, in: workspace)
            alerts += news.alerts
            if let limit {
                let last = answers.last { $0.remaining != nil }
                alerts += try db.yieldPermits(
                    "update", limit: limit, remaining: last?.remaining,
                    held: last?.action.held ?? 0, now: now, in: workspace)
                let permits = zip(answers, ages).compactMap { answer, age in
                    answer.action.permit.map { ($0, freeAt: now - age + limit.window) }
                }
                try db.execute(givingBackStatement(permits, endpoint: "update", in: workspace))
            }
            let actions = try db.lockActions(answers.map(\.action.actionID), in: workspace)
            let contacts = try db.lockContacts(answers.map(\.action.contactID), in: workspace)
            var batch = OutcomeBatch(
                now: now, rulesetHash: try db.activeRulesetHash(of: workspace), timing: timing,
                random: random, breakers: news.breakers)
            for answer in answers {
                let claim = answer.action
                guard let action = actions[claim.actionID], action.fence == claim.fence,
                    action.state == .sending, let row = contacts[claim.contactID]
                else {
                    // The commit of an earlier try may have gone through after all.
                    if try !db.hasOutcome(of: answer, in: workspace) { try batch.late(answer) }
                    continue
                }
                try batch.take(answer, for: action, of: row)
            }
            batch.alerts += alerts
            return try db.write(batch, holder: holder, in: workspace)
        }
    }
}

extension Transaction {
    /// Takes in what answers say of their endpoint; asks nothing while all is well.
    fileprivate func takeSigns(
        of answers: [AnsweredAction], timing: SettlementTiming, random: Double, at now: Date,
        in workspace: WorkspaceName
    ) throws -> (alerts: [Alert], breakers: [Breaker]) {
        let reports = answers.map { EndpointReport($0.sign, contactID: $0.action.contactID) }
        guard reports.contains(where: \.isBad) || answers.contains(where: \.action.isAfterFailure)
        else { return ([], []) }
        let alerts = try take(
            reports, of: "update", at: now, pacing: timing.breaker, random: random, in: workspace)
        return (alerts, try breakers(of: workspace))
    }

    /// Whether this very answer is on record.
    fileprivate func hasOutcome(
        of answer: AnsweredAction, in workspace: WorkspaceName
    ) throws -> Bool {
        try row(
            """
            SELECT EXISTS (
                SELECT FROM usher.event
                WHERE workspace = \(workspace) AND action_id = \(answer.action.actionID)
                  AND kind = ANY (\(answer.answer.kinds.map(\.rawValue))::text[])
                  AND (body ->> 'attempt')::integer = \(answer.action.attempt)
                  AND body ->> 'request_id' IS NOT DISTINCT FROM \(answer.requestID)
                  AND (body ->> 'milliseconds')::integer IS NOT DISTINCT FROM \(answer.milliseconds)
                  AND NOT body ? 'read') AS found
            """
        ) { try $0.get("found") } ?? false
    }

    /// Writes the outcomes.
    ///
    /// - Returns: The alerts that people have not been told of yet.
    func write(
        _ batch: OutcomeBatch, holder: String, in workspace: WorkspaceName
    ) throws -> [Alert] {
        guard !batch.snapshot.events.isEmpty || !batch.snapshot.isEmpty else {
            // What repeats is only counted.
            _ = try pipeline(batch.actions.statements(holder: holder, in: workspace))
            return try raise(batch.alerts, at: batch.now, in: workspace)
        }
        let places = try takePlaces(batch.snapshot.events.count, in: workspace)
        var statements = try batch.snapshot.statements(at: places, in: workspace)
        var actions = batch.actions
        // What this very transaction brought about is no reason to try again.
        actions.block(at: places.first + batch.snapshot.events.count - 1)
        statements += try actions.statements(holder: holder, in: workspace)
        if !batch.deletions.isEmpty {
            statements += batch.deletions.statements(at: places, in: workspace)
        }
        _ = try pipeline(statements)
        return try raise(batch.alerts, at: batch.now, in: workspace)
    }
}

/// The outcomes of one transaction, gathered before anything is written.
struct OutcomeBatch {
    let now: Date
    /// The ruleset in force, read once the actions were locked.
    let rulesetHash: String?
    let timing: SettlementTiming
    let random: Double
    /// Endpoints that fail: their failures are not the actions' own.
    let breakers: [Breaker]
    var snapshot = SnapshotChanges()
    var actions = ActionChanges()
    var alerts: [Alert] = []
    var deletions: [Deletion] = []

    init(
        now: Date, rulesetHash: String?, timing: SettlementTiming, random: Double,
        breakers: [Breaker] = []
    ) {
        self.now = now
        self.breakers = breakers
        self.rulesetHash = rulesetHash
        self.timing = timing
        self.random = random
    }

    mutating func late(_ answer: AnsweredAction) throws {
        var body = AttemptBody(answer)
        body.reason = "answered after its claim had lapsed"
        snapshot.note(
            NewEvent(
                kind: .patchLate, contactID: answer.action.contactID,
                actionID: .action(answer.action.actionID), body: try JSON(encoding: body)))
    }

    mutating func take(
        _ answer: AnsweredAction, for action: Action, of row: SnapshotRow
    ) throws {
        var action = action
        var body = AttemptBody(answer)
        switch answer.answer {
        case .contact(let document):
            try applied(document, .patchApplied, body, action, of: row)
        case .refused(let message):
            body.reason = message
            snapshot.note(try .about(action, .patchRefused, body))
            action.refuse(status: answer.status ?? 0, code: answer.code, message: message)
            try reopen(action, on: row.contact)
        case .throttled(let retryAfter):
            snapshot.note(try .about(action, .patchThrottled, body))
            action.dueAt = now + retryAfter
            try reopen(action, on: row.contact)
        case .unauthorized:
            snapshot.note(try .about(action, .patchRefused, body))
            action.dueAt = now
            try reopen(action, on: row.contact)
        case .forbidden(let message):
            body.reason = message
            snapshot.note(try .about(action, .patchRefused, body))
            action.unsettled += 1
            action.dueAt =
                now + timing.backoff(afterUnsettled: action.unsettled, random: random)
            try reopen(action, on: row.contact)
        case .notSent(let reason):
            body.reason = reason
            snapshot.note(try .about(action, .patchNotApplied, body))
            // No answer, so it costs the action nothing but a wait.
            action.dueAt = now + timing.backoff(afterUnsettled: action.attempt, random: random)
            try reopen(action, on: row.contact)
        case .unknown(let reason):
            body.reason = reason
            snapshot.note(try .about(action, .patchUnknown, body))
            action.state = .unknown
            if !breakers.excuse("update", contactID: action.contactID) { action.unsettled += 1 }
            action.dueAt = max(
                now + timing.grace, answer.action.sendAt + timing.requestTimeout + timing.grace)
            (action.landsUntil, action.failing) = (action.dueAt, nil)
            actions.save(action)
        }
    }

    /// The contact shows what was sent, or at least was answered with.
    mutating func applied(
        _ document: ContactDocument, _ kind: EventKind, _ body: AttemptBody, _ action: Action,
        of row: SnapshotRow
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
        snapshot.note(try .about(action, untaken.isEmpty ? kind : .patchNotTaken, body))
        try snapshot.land(document, of: action, over: row, at: now)
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
            snapshot.note(try .superseded(action, reason: reason))
            if let next {
                snapshot.note(try .superseded(next: next, of: action, reason: reason))
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
        snapshot.note(try .about(action, .actionBlocked, body))
        action.state = .blocked
        actions.save(action)
        alerts.append(
            Alert(
                code: .blocked,
                message: "the action for contact \(action.contactID) is blocked: \(reason); see: "
                    + "usher why \(action.contactID); more within the hour: usher status",
                contactID: action.contactID))
    }

    /// A wish that waited becomes an action of its own, if it still has something to do.
    mutating func begin(_ next: NextWish?, after action: Action, on contact: Contact) throws {
        guard let next else { return }
        guard next.rulesetHash == rulesetHash else {
            return snapshot.note(
                try .superseded(
                    next: next, of: action, reason: "its ruleset is not in force any more"))
        }
        guard !next.desired.notYet(in: contact).isEmpty else {
            return snapshot.note(
                try .superseded(
                    next: next, of: action, reason: "the contact holds the values already"))
        }
        actions.save(Action(next, contactID: action.contactID, dueAt: now))
    }
}

extension Answer {
    /// How it is put on record in time.
    fileprivate var kinds: [EventKind] {
        switch self {
        case .contact: [.patchApplied, .patchNotTaken]
        case .refused, .unauthorized, .forbidden: [.patchRefused]
        case .throttled: [.patchThrottled]
        case .unknown: [.patchUnknown]
        case .notSent: [.patchNotApplied]
        }
    }
}

extension AttemptBody {
    init(_ answer: AnsweredAction) {
        self.init(
            attempt: answer.action.attempt, values: answer.action.values,
            httpStatus: answer.status, requestID: answer.requestID,
            milliseconds: answer.milliseconds, code: answer.code)
    }
}
