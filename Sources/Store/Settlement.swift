package import Contacts
package import Foundation
internal import Postgres
package import Reconciler

/// An action whose outcome is unknown and that this process may settle by reading the contact back.
package struct SettlingAction: Sendable {
    package let actionID: Int
    package let contactID: String
    let fence: Int
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
    /// Actions to settle as of a moment, and when the next one is due.
    package typealias DueSettlements = (actions: [SettlingAction], now: Date, nextAt: Date?)

    /// Claims actions to settle: those whose time has come, and those whose worker died.
    package func claimSettlements(
        atMost: Int
    ) async throws -> DueSettlements {
        let (settlements, leaps) = try await database.transaction {
            [workspace, holder, clockGuard] db -> (DueSettlements, Int?) in
            let reading = try db.readClocks()
            let now = reading.database
            let leaps = clockGuard.leaps(at: reading, of: .claims)
            if leaps != nil { try db.holdClaimsAgain(at: now, in: workspace) }
            let ids: [Int] = try db.rows(
                """
                SELECT action_id FROM usher.action
                WHERE workspace = \(workspace)
                  AND (state = 'unknown' AND due_at <= \(now)
                       OR state = 'sending' AND lease_until <= \(now))
                ORDER BY due_at, action_id
                LIMIT \(atMost)
                FOR UPDATE SKIP LOCKED
                """
            ) { try $0.get("action_id") }
            let nextAt: Date? =
                try db.row(
                    """
                    SELECT min(CASE state WHEN 'unknown' THEN due_at ELSE lease_until END) AS next_at
                    FROM usher.action
                    WHERE workspace = \(workspace) AND state IN ('unknown', 'sending')
                      AND action_id <> ALL (\(ids)::bigint[])
                    """
                ) { try $0.get("next_at", as: Date?.self) } ?? nil
            guard !ids.isEmpty else { return (([], now, nextAt), leaps) }
            var changes = ActionChanges()
            var events: [NewEvent] = []
            var settling: [SettlingAction] = []
            for var action in try db.lockActions(ids, in: workspace).values {
                if action.state == .sending {
                    events.append(
                        try .about(
                            action, .patchUnknown,
                            AttemptBody(
                                attempt: action.attempt, values: action.sent,
                                reason: "its worker went away before it told the outcome")))
                }
                action.state = .unknown
                action.fence &+= 1
                action.dueAt = now + Store.leaseDuration
                changes.save(action)
                settling.append(
                    SettlingAction(
                        actionID: action.actionID, contactID: action.contactID,
                        fence: action.fence))
            }
            var statements = try changes.statements(holder: holder, in: workspace)
            if !events.isEmpty {
                let places = try db.takePlaces(events.count, in: workspace)
                statements.append(events.insertion(at: places, in: workspace))
            }
            _ = try db.pipeline(statements)
            return ((settling.sorted { $0.actionID < $1.actionID }, now, nextAt), leaps)
        }
        clockGuard.settle(leaps, of: .claims)
        return settlements
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
                random: random)
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

extension OutcomeBatch {
    mutating func settle(_ read: ReadBack, for action: Action, of row: SnapshotRow) throws {
        let sent = action.sent ?? ContactPatch()
        var body = AttemptBody(
            attempt: action.attempt, values: sent, before: action.sentBefore, rules: action.rules,
            read: .init(httpStatus: read.status, requestID: read.requestID))
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

    private mutating func notSettled(
        _ failure: Action.FailedRead, because reason: String, _ body: AttemptBody,
        _ action: Action, of row: SnapshotRow
    ) throws {
        var (action, body) = (action, body)
        body.reason = reason
        snapshot.note(try .about(action, .patchUnknown, body))
        action.unsettled += 1
        action.dueAt = now + timing.backoff(afterUnsettled: action.unsettled, random: random)
        switch action.step(after: failure, on: row.contact) {
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
