package import Contacts
package import Foundation
internal import Postgres
internal import Reconciler

/// An action whose intent is on record and that this process may send.
package struct ClaimedAction: Sendable {
    package let actionID: Int
    package let contactID: String
    package let attempt: Int
    package let values: ContactPatch
    /// nil where the endpoint has no limit.
    package let permit: Permit?
    /// Not before this moment of the database's clock.
    package let sendAt: Date
    /// Permits that were not free when it was claimed, its own among them.
    let held: Int
    let fence: Int
    /// Whether it is the one request by which a failing endpoint is tried.
    let isTry: Bool
    /// Whether the endpoint had failed before it was claimed: then its good answer is news.
    let isAfterFailure: Bool
}

/// What one look at the work found.
package struct Claim: Sendable {
    package let actions: [ClaimedAction]
    /// The database's time of the look.
    package let now: Date
    /// When a permit is free or an action is due next, where that is known.
    package let nextAt: Date?
    /// What people are to be told of contacts that could not be claimed and were set aside.
    package fileprivate(set) var alerts: [Alert] = []
    /// Whether the endpoint fails and may be tried now: by a claim for `oneTry`.
    package var isTryDue = false
}

/// What a claim is for.
package enum ClaimPurpose: Sendable {
    /// To send what is due, while the endpoint is well.
    case work
    /// To send one request to an endpoint that fails, after `GET /me` was answered.
    case oneTry
}

extension Store {
    /// Claims the most urgent due actions: takes permits, freezes what is sent and puts the intents
    /// with their before-images on record, in one transaction.
    ///
    /// Actions of a ruleset that is not in force, and those whose contact changed, or whose time came,
    /// since it was evaluated, are left alone: the evaluator comes first. What a contact holds already is never
    /// sent. A claim lapses with its lease.
    ///
    /// - Parameters:
    ///   - limit: nil where the endpoint has no limit.
    ///   - atMost: A batch.
    package func claim(
        limit: RequestLimit?, atMost: Int, for purpose: ClaimPurpose = .work
    ) async throws -> Claim {
        do { return try await claimDue(limit: limit, atMost: atMost, for: purpose) } catch let error
            where error.isAboutValues
        {
            // One row that cannot be read must not keep the others from being sent.
            guard let alerts = try await setUnreadableRowsAside(among: dueContacts()) else {
                throw error
            }
            var claim = try await claimDue(limit: limit, atMost: atMost, for: purpose)
            claim.alerts = alerts
            return claim
        }
    }

    private func claimDue(
        limit: RequestLimit?, atMost: Int, for purpose: ClaimPurpose
    ) async throws -> Claim {
        try await guardingClock(of: [.permits(endpoint: "update", limit: limit)]) {
            [workspace, holder] db, now in
            try db.claim(
                limit: limit, atMost: atMost, for: purpose, at: now, holder: holder, in: workspace)
        }
    }

    /// The contacts whose actions may be claimed next.
    private func dueContacts() async throws -> [String] {
        try await database.transaction { [workspace] db in
            try db.rows(
                """
                SELECT contact_id FROM usher.action
                WHERE workspace = \(workspace) AND state = 'ready' AND due_at <= \(try db.now())
                ORDER BY priority, due_at, action_id
                LIMIT \(Store.evaluationBatch)
                """
            ) { try $0.get("contact_id") }
        }
    }

    /// How long to wait for the evaluator, when contacts changed after they were decided on.
    static let evaluationWait: Duration = .milliseconds(50)

    /// Why a claimed action is not to be sent after all, in words; nil where it is.
    package func obstacle(toSending action: ClaimedAction) async throws -> String? {
        try await database.transaction { [workspace] db in
            let now = try db.now()
            // Whoever slept for longer, such as a suspended machine, may find its permit used up.
            guard now <= action.sendAt + Self.latestSend else {
                return "its time had passed before it was sent"
            }
            let standing = try db.standing(of: workspace, at: now)
            guard standing.pause(of: "update") == nil else { return "paused meanwhile" }
            guard action.isTry || standing.breakers.of("update")?.isOpen != true else {
                return "the endpoint began to fail meanwhile"
            }
            let isWanted: Bool? = try db.row(
                """
                SELECT state = 'sending' AND fence = \(action.fence) AND ruleset_hash <> ''
                       AND NOT EXISTS (
                           SELECT 1 FROM usher.unreadable u
                           WHERE u.workspace = \(workspace)
                             AND u.contact_id = \(action.contactID)) AS is_wanted
                FROM usher.action
                WHERE workspace = \(workspace) AND action_id = \(action.actionID)
                """
            ) { try $0.get("is_wanted") }
            return isWanted == true ? nil : "rejected, decided anew or set aside meanwhile"
        }
    }
}

extension Transaction {
    /// Actions among which the one to try a failing endpoint with is chosen.
    private static let tried = 50

    fileprivate func claim(
        limit: RequestLimit?, atMost: Int, for purpose: ClaimPurpose, at now: Date, holder: String,
        in workspace: WorkspaceName
    ) throws -> Claim {
        let standing = try standing(of: workspace, at: now)
        if let pause = standing.pause(of: "update") {
            return Claim(actions: [], now: now, nextAt: pause.until)
        }
        let breaker = standing.breakers.of("update")
        let allowance = breaker.allowance(at: now)
        if case .nothing(let until) = allowance {
            return Claim(actions: [], now: now, nextAt: until)
        }
        let most = allowance.limit(atMost)
        let work = try dueWork(at: now, enough: limit?.permits ?? 0, in: workspace)
        guard work.due > 0 else {
            // Nothing can tell whether it is well, and nothing waits for that.
            if allowance == .oneTry, let breaker, try !hasOpenActions(in: workspace) {
                try forget(breaker, in: workspace)
            }
            return Claim(actions: [], now: now, nextAt: work.nextDueAt)
        }
        if allowance == .oneTry {
            guard purpose == .oneTry else {
                return Claim(actions: [], now: now, nextAt: nil, isTryDue: true)
            }
            guard try takeTry(of: "update", at: now, in: workspace) else {
                return Claim(actions: [], now: now, nextAt: nil)
            }
        }
        let plan = try limit.map {
            try planPermits(
                "update", limit: $0, wanted: most < atMost ? min(most, work.due) : work.due,
                now: now, in: workspace)
        }
        let count = min(most, plan?.permits.count ?? most)
        guard count > 0 else {
            return Claim(actions: [], now: now, nextAt: plan?.nextAt)
        }
        var batch = ClaimBatch(
            now: now, permits: plan?.permits, held: (plan?.held ?? 0) + count, breaker: breaker)
        var actions = try lockDueActions(
            at: now, limit: breaker?.isOpen == true ? Self.tried : count, in: workspace)
        if breaker?.isOpen == true, let first = actions.leastTried { actions = [first] }
        let contacts = try lockContacts(actions.map(\.contactID), in: workspace)
        for action in actions {
            guard let row = contacts[action.contactID] else { continue }
            try batch.consider(action, of: row, evaluatedSeq: work.evaluatedSeq)
        }
        if !batch.events.isEmpty {
            let places = try takePlaces(batch.events.count, in: workspace)
            _ = try pipeline(
                batch.statements(
                    at: places, limit: limit, nextSendAt: plan?.nextSendAt, holder: holder,
                    in: workspace))
        }
        return Claim(
            actions: batch.claimed, now: now,
            nextAt: batch.claimed.isEmpty ? now + Store.evaluationWait : nil)
    }

    private func hasOpenActions(in workspace: WorkspaceName) throws -> Bool {
        try row(
            """
            SELECT 1 AS one FROM usher.action
            WHERE workspace = \(workspace) AND state <> 'blocked'
            LIMIT 1
            """
        ) { _ in true } ?? false
    }

    private func dueWork(
        at now: Date, enough: Int, in workspace: WorkspaceName
    ) throws -> (due: Int, nextDueAt: Date?, evaluatedSeq: Int) {
        try row(
            """
            SELECT w.evaluated_seq,
                   (SELECT min(a.due_at) FROM usher.action a
                    WHERE a.workspace = w.workspace AND a.state = 'ready'
                      AND a.due_at > \(now)) AS next_due_at,
                   (SELECT count(*) FROM (
                        SELECT FROM usher.action a
                        WHERE a.workspace = w.workspace AND a.state = 'ready'
                          AND a.due_at <= \(now) AND a.ruleset_hash = w.ruleset_hash
                          AND w.is_counted
                          AND (w.recheck_at IS NULL OR w.recheck_at > \(now))
                          AND (w.recheck_after IS NULL OR a.contact_id <= w.recheck_after
                               OR a.action_id > w.recheck_seq)
                          -- Nothing is sent on what cannot be read.
                          AND NOT EXISTS (
                              SELECT 1 FROM usher.unreadable u
                              WHERE u.workspace = \(workspace)
                                AND u.contact_id = a.contact_id)
                        -- More than there are permits is a backlog; how much more does not matter.
                        LIMIT \(enough + 1)) ready) AS due
            FROM usher.workspace w
            WHERE w.workspace = \(workspace)
            """
        ) { row in
            (
                due: try row.get("due"), nextDueAt: try row.get("next_due_at"),
                evaluatedSeq: try row.get("evaluated_seq")
            )
        } ?? (0, nil, 0)
    }

    private func lockDueActions(
        at now: Date, limit: Int, in workspace: WorkspaceName
    ) throws -> [Action] {
        try rows(
            """
            SELECT a.action_id, a.contact_id, a.state, a.ruleset_hash, a.desired, a.rules, a.reverts, a.sent,
                   a.sent_before, a.refused, a.one_by_one, a.next, a.priority, a.due_at, a.attempt,
                   a.unsettled, a.fence, a.cause_seq, a.failing, a.lands_until
            FROM usher.action a
            JOIN usher.workspace w ON w.workspace = a.workspace
            WHERE a.workspace = \(workspace) AND a.state = 'ready' AND a.due_at <= \(now)
              AND a.ruleset_hash = w.ruleset_hash AND w.is_counted
              AND (w.recheck_at IS NULL OR w.recheck_at > \(now))
              AND (w.recheck_after IS NULL OR a.contact_id <= w.recheck_after
                   OR a.action_id > w.recheck_seq)
              AND NOT EXISTS (
                  SELECT 1 FROM usher.unreadable u
                  WHERE u.workspace = \(workspace) AND u.contact_id = a.contact_id)
            ORDER BY a.priority, a.due_at, a.action_id
            LIMIT \(limit)
            FOR UPDATE OF a SKIP LOCKED
            """, decode: Action.init(row:))
    }
}

extension [Action] {
    /// The one to try a failing endpoint with: each in turn, so that none keeps it from being found well.
    fileprivate var leastTried: Action? {
        enumerated().min { ($0.element.attempt, $0.offset) < ($1.element.attempt, $1.offset) }?
            .element
    }
}

/// The claims of one transaction, gathered before anything is written.
private struct ClaimBatch {
    let now: Date
    private var permits: ArraySlice<Permit>?
    private(set) var events: [NewEvent] = []
    private(set) var claimed: [ClaimedAction] = []
    private var changes = ActionChanges()
    private var sending: [Action] = []

    private let held: Int
    private let breaker: Breaker?

    init(now: Date, permits: [Permit]?, held: Int, breaker: Breaker?) {
        self.now = now
        self.held = held
        self.breaker = breaker
        self.permits = permits.map { $0[...] }
    }

    mutating func consider(_ action: Action, of row: SnapshotRow, evaluatedSeq: Int) throws {
        if row.changedSeq > evaluatedSeq { return }
        if row.isDeleted {
            return try moot(action, reason: Absence.reason(mergedInto: row.mergedInto))
        }
        let values = action.sendable(to: row.contact)
        if values.isEmpty {
            return try moot(action, reason: "the contact holds the values already")
        }
        let permit = permits?.popFirst()
        let before = row.contact.values(of: values)
        var action = action
        action.state = .sending
        action.attempt += 1
        // It may wrap: only whether it is the same counts.
        action.fence &+= 1
        action.sent = values
        action.sentBefore = before
        sending.append(action)
        claimed.append(
            ClaimedAction(
                actionID: action.actionID, contactID: action.contactID, attempt: action.attempt,
                values: values, permit: permit, sendAt: permit?.sendAt ?? now,
                held: held, fence: action.fence, isTry: breaker?.isOpen == true,
                isAfterFailure: breaker != nil))
        events.append(
            NewEvent(
                kind: .patchIntended, contactID: action.contactID,
                actionID: .action(action.actionID), causeSeq: action.actionID,
                body: try JSON(
                    encoding: AttemptBody(
                        attempt: action.attempt, values: values, before: before,
                        rules: action.rules))))
    }

    private mutating func moot(_ action: Action, reason: String) throws {
        changes.finish(action.actionID)
        events.append(try .moot(action, reason: reason))
    }

    func statements(
        at places: LogPlaces, limit: RequestLimit?, nextSendAt: Date?, holder: String,
        in workspace: WorkspaceName
    ) throws -> [Statement] {
        var statements = [events.insertion(at: places, in: workspace)]
        var changes = changes
        var leases: [Int: Date] = [:]
        let intents = events.indices.filter { events[$0].kind == .patchIntended }
        for (index, (action, claim)) in zip(intents, zip(sending, claimed)) {
            var action = action
            action.causeSeq = places.first + index
            leases[action.actionID] = claim.sendAt + Store.leaseDuration
            changes.save(action)
        }
        statements += try changes.statements(holder: holder, leases: leases, in: workspace)
        if let limit, let nextSendAt {
            statements += takingStatements(
                claimed.compactMap(\.permit), endpoint: "update", limit: limit,
                nextSendAt: nextSendAt, holder: holder, in: workspace)
        }
        return statements
    }
}

extension Contact {
    /// What the fields of a patch hold now, by name.
    func values(of patch: ContactPatch) -> [String: FieldValue] {
        var values: [String: FieldValue] = [:]
        for field in patch.fields { values[field.description] = self[field.path] }
        return values
    }
}
