package import Contacts
package import Foundation
internal import Postgres
package import Reconciler

/// An action whose outcome is unknown and that this process may settle by reading the contact back.
package struct SettlingAction: Sendable {
    package let actionID: Int
    package let contactID: String
    /// nil where the endpoint has no limit.
    package let permit: Permit?
    /// Not before this moment of the database's clock.
    package let sendAt: Date
    let fence: Int
}

/// What one look at the unsettled actions found.
package struct SettlementClaim: Sendable {
    package var actions: [SettlingAction] = []
    /// The database's time of the look.
    package let now: Date
    /// When a permit is free or an action is due next, where that is known.
    package var nextAt: Date?
    /// Permits that were not free, these among them.
    package var held = 0
    /// Whether the endpoint fails and may be tried now: by a claim for `oneTry`.
    package var isTryDue = false
    /// Whether the endpoint had failed before: then a good answer is news.
    package var isAfterFailure = false
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

extension Store {
    /// Claims actions to settle, and takes the permits to read their contacts: those whose time has come,
    /// and those whose worker died.
    ///
    /// What is claimed is read within a second, so that no claim lapses while it waits for a permit.
    ///
    /// - Parameter limit: nil where the endpoint has no limit.
    package func claimSettlements(
        limit: RequestLimit? = nil, atMost: Int, for purpose: ClaimPurpose = .work
    ) async throws -> SettlementClaim {
        try await guardingClock(of: [.permits(endpoint: "get", limit: limit), .claims]) {
            [workspace, holder] db, now in
            try db.claimSettlements(
                limit: limit, atMost: atMost, for: purpose, at: now, holder: holder, in: workspace)
        }
    }

    /// Settles what was read back: as wanted is confirmed, as before was not applied and may be sent
    /// again, anything else was written by somebody else and is decided afresh.
    ///
    /// - Returns: What a person has to look at.
    package func settle(
        _ reads: [ReadBack], timing: SettlementTiming, random: Double
    ) async throws -> [Alert] {
        try await database.transaction { [workspace, holder] db in
            let now = try db.now()
            let actions = try db.lockActions(reads.map(\.action.actionID), in: workspace)
            let contacts = try db.lockContacts(reads.map(\.action.contactID), in: workspace)
            var batch = OutcomeBatch(
                now: now, rulesetHash: try db.activeRulesetHash(of: workspace), timing: timing,
                random: random, breakers: try db.breakers(of: workspace))
            for read in reads {
                guard let action = actions[read.action.actionID],
                    action.fence == read.action.fence, action.state == .unknown,
                    let row = contacts[read.action.contactID]
                else { continue }
                try batch.settle(read, for: action, of: row)
            }
            return try db.write(batch, holder: holder, in: workspace)
        }
    }
}

extension Transaction {
    fileprivate func claimSettlements(
        limit: RequestLimit?, atMost: Int, for purpose: ClaimPurpose, at now: Date, holder: String,
        in workspace: WorkspaceName
    ) throws -> SettlementClaim {
        let standing = try standing(of: workspace, at: now)
        if let pause = standing.pause(of: "get") {
            return SettlementClaim(now: now, nextAt: pause.until)
        }
        let breaker = standing.breakers.of("get")
        let allowance = breaker.allowance(at: now)
        if case .nothing(let until) = allowance {
            return SettlementClaim(now: now, nextAt: until)
        }
        let most = allowance.limit(atMost)
        let work = try unsettledWork(at: now, in: workspace)
        guard work.due > 0 else {
            // Nothing can tell whether it is well, and nothing waits for that.
            if allowance == .oneTry, work.nextAt == nil, let breaker {
                try forget(breaker, in: workspace)
            }
            return SettlementClaim(now: now, nextAt: work.nextAt)
        }
        if allowance == .oneTry {
            guard purpose == .oneTry else { return SettlementClaim(now: now, isTryDue: true) }
            guard try takeTry(of: "get", at: now, in: workspace) else {
                return SettlementClaim(now: now)
            }
        }
        let plan = try limit.map {
            try planPermits(
                "get", limit: $0, wanted: most < atMost ? min(most, work.due) : work.due, now: now,
                in: workspace)
        }
        let count = min(most, plan?.permits.count ?? most)
        guard count > 0 else { return SettlementClaim(now: now, nextAt: plan?.nextAt) }
        let actions = try lockUnsettled(at: now, limit: count, in: workspace)
        let permits = plan.map { Array($0.permits.prefix(actions.count)) }
        var claim = SettlementClaim(now: now, isAfterFailure: breaker != nil)
        claim.held = (plan?.held ?? 0) + actions.count
        var statements: [Statement] = []
        if let limit, let plan, let permits {
            statements = takingStatements(
                permits, endpoint: "get", limit: limit,
                nextSendAt: plan.nextSendAt, holder: holder, in: workspace)
        }
        var changes = ActionChanges()
        var events: [NewEvent] = []
        for (index, action) in actions.enumerated() {
            var action = action
            let sendAt = permits?[index].sendAt ?? now
            if action.state == .sending {
                events.append(try .lost(action))
                action.landsUntil = now
            }
            action.state = .unknown
            action.fence &+= 1
            action.dueAt = sendAt + Store.leaseDuration
            changes.save(action)
            claim.actions.append(
                SettlingAction(
                    actionID: action.actionID, contactID: action.contactID,
                    permit: permits?[index], sendAt: sendAt, fence: action.fence))
        }
        statements += try changes.statements(holder: holder, in: workspace)
        if !events.isEmpty {
            let places = try takePlaces(events.count, in: workspace)
            statements.append(events.insertion(at: places, in: workspace))
        }
        _ = try pipeline(statements)
        return claim
    }

    private func unsettledWork(
        at now: Date, in workspace: WorkspaceName
    ) throws -> (due: Int, nextAt: Date?) {
        try row(
            """
            SELECT count(*) FILTER (WHERE n.next_at <= \(now)) AS due,
                   min(n.next_at) FILTER (WHERE n.next_at > \(now)) AS next_at
            FROM (SELECT CASE state WHEN 'unknown' THEN due_at ELSE lease_until END AS next_at
                  FROM usher.action
                  WHERE workspace = \(workspace) AND state IN ('unknown', 'sending')) n
            """
        ) { (try $0.get("due"), try $0.get("next_at", as: Date?.self)) } ?? (0, nil)
    }

    private func lockUnsettled(
        at now: Date, limit: Int, in workspace: WorkspaceName
    ) throws -> [Action] {
        let ids: [Int] = try rows(
            """
            SELECT action_id FROM usher.action
            WHERE workspace = \(workspace)
              AND (state = 'unknown' AND due_at <= \(now)
                   OR state = 'sending' AND lease_until <= \(now))
            ORDER BY due_at, action_id
            LIMIT \(limit)
            FOR UPDATE SKIP LOCKED
            """
        ) { try $0.get("action_id") }
        let actions = try lockActions(ids, in: workspace)
        return ids.compactMap { actions[$0] }
    }
}

extension NewEvent {
    fileprivate static func lost(_ action: Action) throws -> NewEvent {
        try .about(
            action, .patchUnknown,
            AttemptBody(
                attempt: action.attempt, values: action.sent,
                reason: "its worker went away before it told the outcome"))
    }
}

extension OutcomeBatch {
    mutating func settle(_ read: ReadBack, for action: Action, of row: SnapshotRow) throws {
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
                try applied(document, .patchConfirmed, body, action, of: row)
            } else if found == action.sentBefore {
                try notApplied(document, body, action, of: row)
            } else {
                try writtenByOthers(document, body, action, of: row)
            }
        case .absent(let absence):
            body.reason = absence.reason
            body.outcome = "moot"
            actions.finish(action.actionID)
            let deletion = Deletion(of: row, absence)
            snapshot.note(try deletion.event())
            snapshot.note(try .about(action, .actionMoot, body))
            deletions.append(deletion)
            if let next = action.next {
                snapshot.note(
                    try .superseded(next: next, of: action, reason: absence.reason))
            }
        case .unreadable(let reason):
            try notSettled(.unreadable, because: reason, body, action, of: row)
        case .refused(let reason):
            try notSettled(.refused, because: reason, body, action, of: row)
        case .nothing(let reason):
            try notSettled(.noAnswer, because: reason, body, action, of: row)
        }
    }

    /// A failure that repeats is counted, not recorded again.
    private mutating func notSettled(
        _ failure: Action.FailedRead, because reason: String, _ body: AttemptBody,
        _ action: Action, of row: SnapshotRow
    ) throws {
        var (action, body) = (action, body)
        let repeated = RepeatedFailure.after(action.failing, cause: reason, at: now)
        if repeated.isNew {
            body.reason = reason
            body.end(action.failing)
            snapshot.note(try .about(action, .patchUnknown, body))
        }
        action.failing = repeated
        let isExcused =
            failure == .noAnswer && breakers.excuse("get", contactID: action.contactID)
        if !isExcused { action.unsettled += 1 }
        action.dueAt = now + timing.backoff(afterUnsettled: action.unsettled, random: random)
        switch isExcused ? .readAgain : action.step(after: failure, on: row.contact) {
        case .readAgain: actions.save(action)
        case .sendAgain: try reopen(action, on: row.contact)
        // What was sent stays with it: it is read back before anything is sent again.
        case .block: try block(action, unsettledSince: reason)
        }
    }

    private mutating func notApplied(
        _ document: ContactDocument, _ body: AttemptBody, _ action: Action, of row: SnapshotRow
    ) throws {
        snapshot.note(try .about(action, .patchNotApplied, body))
        // It left no trace, yet it may come late: then that is our own change, not drift.
        try snapshot.observe(document, over: row.awaiting(action))
        snapshot.outdate(row.contactID)
        var action = action
        action.dueAt = now + timing.backoff(afterUnsettled: action.unsettled, random: random)
        try reopen(action, on: document.contact)
    }

    private mutating func writtenByOthers(
        _ document: ContactDocument, _ body: AttemptBody, _ action: Action, of row: SnapshotRow
    ) throws {
        var body = body
        body.reason = "somebody else wrote meanwhile: decided afresh"
        body.outcome = "superseded"
        actions.finish(action.actionID)
        snapshot.note(try .about(action, .actionSuperseded, body))
        if let next = action.next {
            snapshot.note(try .superseded(next: next, of: action, reason: body.reason ?? ""))
        }
        // Of several fields, some may show what was sent.
        try snapshot.observe(document, over: row.awaiting(action))
        snapshot.outdate(row.contactID)
    }
}
