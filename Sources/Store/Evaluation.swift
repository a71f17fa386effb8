package import Contacts
package import Foundation
internal import Postgres
internal import Reconciler
package import Rules

/// What one pass of the evaluator did.
package struct EvaluationResult: Sendable {
    package var contacts = 0
    package var decisions = 0
    /// Actions that became ready or wait for the one before.
    package var actions = 0
    package var alerts: [Alert] = []
    /// There is more to evaluate at once.
    package var hasMore = false
    /// Nothing is evaluated before all changes have been counted.
    package var needsCount = false
}

extension Store {
    /// Contacts evaluated in one transaction.
    static let evaluationBatch = 500

    /// Evaluates what has changed since the last pass, or the next chunk of all contacts under a new
    /// ruleset, and contacts that came to an age of which rules speak: decisions, actions, holds and
    /// the evaluator's place are one transaction.
    ///
    /// - Parameters:
    ///   - ruleset: Nothing is done when it is not in force.
    ///   - cap: What the operator allows at most; nil is anything.
    /// - Returns: nil when another ruleset is in force.
    package func evaluate(
        under lease: Lease, with ruleset: Ruleset, cap: ChangeLimits?
    ) async throws -> EvaluationResult? {
        let pass = EvaluationPass(
            lease: lease, holder: holder, workspace: workspace, ruleset: ruleset, cap: cap)
        do { return try await retryingTakenPlaces { db in try pass.run(in: db) } } catch let error
            where error.isAboutValues
        {
            // One contact that the database cannot take must not keep the others from being decided on.
            let alerts = try await setFailingAside(in: pass)
            guard let alerts else { throw error }
            return EvaluationResult(alerts: alerts, hasMore: true)
        }
    }

    /// Sets the contacts aside with which a pass fails.
    ///
    /// - Returns: What people are to be told; nil when no single contact is to blame.
    private func setFailingAside(in pass: EvaluationPass) async throws -> [Alert]? {
        let ids = try await database.transaction { [workspace] db in
            try db.nextWork(at: try db.now(), in: workspace)?.causes.keys.sorted() ?? []
        }
        let culprits = try await culprits(among: ids) { db, ids in
            _ = try pass.run(in: db, only: Set(ids))
            throw TrialOver()
        }
        guard !culprits.isEmpty else { return nil }
        let refused = RefusedContacts(culprits.map { ($0.item.text, $0.error) })
        return try await database.transaction { [workspace] db in
            try db.setAside(
                culprits.map(\.item.text), refused: refused, under: pass.ruleset.hash,
                in: workspace)
        }
    }
}

/// One pass over what is to be evaluated next.
private struct EvaluationPass: Sendable {
    let lease: Lease
    let holder: String
    let workspace: WorkspaceName
    let ruleset: Ruleset
    let cap: ChangeLimits?

    /// - Parameter only: The contacts to look at; nil is all that there are to look at.
    func run(
        in db: Transaction, only: Set<ByteText>? = nil
    ) throws -> EvaluationResult? {
        try db.hold(lease, of: holder, in: workspace)
        let now = try db.now()
        guard let work = try db.nextWork(at: now, in: workspace),
            work.rulesetHash == ruleset.hash
        else {
            return nil
        }
        guard work.isCounted else { return EvaluationResult(needsCount: true) }
        guard work.upTo > work.evaluatedSeq || work.recheckAfter != nil || !work.causes.isEmpty
        else {
            try db.withdrawEmptyHolds(in: workspace)
            return EvaluationResult()
        }
        let asked = work.causes.keys.filter { only?.contains($0) ?? true }.sorted()
        let undecidable = try db.undecidable(
            among: asked.map(\.text), under: ruleset.hash, at: now, in: workspace)
        let ids = asked.filter { !undecidable.contains($0) }.map(\.text)
        let actions = try db.lockActions(ofContacts: ids, in: workspace)
        let contacts = try db.lockContacts(ids, in: workspace)
        let holds = try db.holds(ofContacts: ids, in: workspace)
        let gate = ChangeGate(
            ruleset, before: work.limitsBefore, cap: cap,
            ledger: try db.changeLedger(at: now, in: workspace),
            holds: try db.ruleHolds(in: workspace))
        var batch = EvaluationBatch(now: now, gate: gate)
        for id in ids {
            guard let row = contacts[id] else { continue }
            try batch.evaluate(
                row, action: actions[id], holds: holds[id] ?? [:],
                causeSeq: work.causes[id] ?? 0)
        }
        try batch.placeHolds()
        try batch.write(to: db, work: work, holder: holder, in: workspace)
        batch.result.contacts = ids.count
        batch.result.hasMore = work.hasMore
        if !work.hasMore { try db.withdrawEmptyHolds(in: workspace) }
        batch.result.alerts = try db.raise(batch.result.alerts, at: now, in: workspace)
        return batch.result
    }
}

extension Store {
    /// An outcome may begin an action for a contact between the locks: the pass begins again then.
    private func retryingTakenPlaces<Result: Sendable>(
        _ body: @escaping @Sendable (Transaction) throws -> Result
    ) async throws -> Result {
        do { return try await database.transaction(body) } catch PostgresError.violated(
            constraint: "action_workspace_contact_id_key", _)
        {
            return try await database.transaction(body)
        }
    }
}

extension Store {
    /// Has every contact evaluated again when a moment has passed at which time alone can change
    /// decisions.
    ///
    /// - Parameter nextInstant: The next such moment after a moment; nil is never.
    package func recheckWhenDue(
        rulesetHash: String, nextInstant: @escaping @Sendable (Date) -> Date?
    ) async throws {
        try await database.transaction { [workspace] db in
            let now = try db.now()
            try db.execute(
                """
                UPDATE usher.workspace
                SET recheck_after = '', recheck_at = \(nextInstant(now)), recheck_seq = last_seq,
                    -- What a moment changes for many is counted whole first, as new rules are.
                    is_counted = false
                WHERE workspace = \(workspace) AND ruleset_hash = \(rulesetHash)
                  AND recheck_at <= \(now)
                  -- A pass that is under way is finished, or moments close together would starve the
                  -- last contacts; nothing of what is decided already is sent meanwhile.
                  AND recheck_after IS NULL
                """)
        }
    }
}

/// What is to be evaluated next: contacts, each with the event that asks for it.
struct EvaluationWork {
    let rulesetHash: String
    /// The event that activated it: the cause where nothing else has changed.
    let rulesetSeq: Int
    let isCounted: Bool
    /// What the ruleset before granted itself, while all contacts are evaluated.
    let limitsBefore: GrantedLimits?
    let evaluatedSeq: Int
    let upTo: Int
    let recheckAfter: String?
    var causes: [ByteText: Int]
    /// Contacts that came to an age until then are among them; nil is: none did.
    var agedUntil: Date?
    /// Where the re-evaluation goes on; nil when it is through.
    let recheckNext: String?
    var hasMore: Bool
}

extension Transaction {
    fileprivate func nextWork(
        at now: Date, in workspace: WorkspaceName
    ) throws -> EvaluationWork? {
        guard var work = try changedWork(in: workspace) else { return nil }
        for id in try contactsToRetry(at: now, in: workspace) where work.causes[id] == nil {
            work.causes[id] = work.rulesetSeq
        }
        let aged = try agedContacts(at: now, limit: Store.evaluationBatch, in: workspace)
        guard let last = aged.last else { return work }
        let isFull = aged.count >= Store.evaluationBatch
        work.agedUntil = isFull ? last.dueAt : now
        work.hasMore = work.hasMore || isFull
        for contact in aged where work.causes[contact.id] == nil {
            work.causes[contact.id] = work.rulesetSeq
        }
        return work
    }

    /// The contacts whose evaluation failed long enough ago to be tried again.
    private func contactsToRetry(at now: Date, in workspace: WorkspaceName) throws -> [String] {
        try rows(
            """
            SELECT contact_id FROM usher.unreadable
            WHERE workspace = \(workspace) AND ruleset_hash IS NOT NULL AND retry_at <= \(now)
            LIMIT \(Store.evaluationBatch)
            """
        ) { try $0.get("contact_id") }
    }

    /// The contacts that came to an age of which rules speak, in that order; all that did at the same
    /// time as the last.
    func agedContacts(
        at now: Date, limit: Int, in workspace: WorkspaceName
    ) throws -> [(id: String, dueAt: Date)] {
        let ages = try row(
            """
            SELECT ages, ages_checked_at FROM usher.workspace
            WHERE workspace = \(workspace) AND ages <> '{}' AND ages_checked_at IS NOT NULL
            """
        ) {
            (
                seconds: try $0.get("ages", as: [Int].self),
                checkedAt: try $0.get("ages_checked_at", as: Date.self)
            )
        }
        guard let ages else { return [] }
        // One bounded look at the index for each age: joined with the ages, all contacts that came
        // after the first sweep would be read in every pass.
        return try rows(
            """
            SELECT c.contact_id, c.known_since + make_interval(secs => a.age) AS due_at
            FROM unnest(\(ages.seconds)::bigint[]) AS a (age)
            CROSS JOIN LATERAL (
                SELECT k.contact_id, k.known_since FROM usher.contact k
                WHERE k.workspace = \(workspace) AND k.deleted_at IS NULL
                  AND k.known_since > \(ages.checkedAt) - make_interval(secs => a.age)
                  AND k.known_since <= \(now) - make_interval(secs => a.age)
                ORDER BY k.known_since
                FETCH FIRST \(limit) ROWS WITH TIES) AS c
            ORDER BY due_at
            FETCH FIRST \(limit) ROWS WITH TIES
            """
        ) { (id: try $0.get("contact_id"), dueAt: try $0.get("due_at")) }
    }

    /// Events come first; a re-evaluation goes on when there are none.
    private func changedWork(in workspace: WorkspaceName) throws -> EvaluationWork? {
        struct Head {
            let lastSeq: Int
            let evaluatedSeq: Int
            let rulesetHash: String?
            let rulesetSeq: Int
            let recheckAfter: String?
            let isCounted: Bool
            let limitsBefore: GrantedLimits?
        }
        let head = try row(
            """
            SELECT last_seq, evaluated_seq, ruleset_hash, coalesce(ruleset_seq, 0) AS ruleset_seq,
                   recheck_after, is_counted, limits_before
            FROM usher.workspace
            WHERE workspace = \(workspace)
            """
        ) {
            Head(
                lastSeq: try $0.get("last_seq"), evaluatedSeq: try $0.get("evaluated_seq"),
                rulesetHash: try $0.get("ruleset_hash"), rulesetSeq: try $0.get("ruleset_seq"),
                recheckAfter: try $0.get("recheck_after"),
                isCounted: try $0.get("is_counted"),
                limitsBefore: try $0.get("limits_before", as: JSON?.self)?.decode())
        }
        guard let head, let hash = head.rulesetHash else { return nil }
        let events = try rows(
            """
            SELECT seq, contact_id FROM usher.event
            WHERE workspace = \(workspace) AND seq > \(head.evaluatedSeq) AND seq <= \(head.lastSeq)
              AND contact_id IS NOT NULL AND kind = ANY (\(EventKind.evaluated.map(\.rawValue))::text[])
            ORDER BY seq
            LIMIT \(Store.evaluationBatch)
            """
        ) { (seq: try $0.get("seq", as: Int.self), id: try $0.get("contact_id", as: String.self)) }
        let isFull = events.count == Store.evaluationBatch
        if !events.isEmpty || head.recheckAfter == nil {
            return EvaluationWork(
                rulesetHash: hash, rulesetSeq: head.rulesetSeq, isCounted: head.isCounted,
                limitsBefore: head.limitsBefore,
                evaluatedSeq: head.evaluatedSeq,
                upTo: isFull ? events[events.count - 1].seq : head.lastSeq,
                recheckAfter: head.recheckAfter,
                causes: Dictionary(events.map { (ByteText($0.id), $0.seq) }) { max($0, $1) },
                recheckNext: head.recheckAfter, hasMore: isFull || head.recheckAfter != nil)
        }
        let ids: [String] = try rows(
            """
            SELECT contact_id FROM usher.contact
            WHERE workspace = \(workspace) AND contact_id > \(head.recheckAfter ?? "")
            ORDER BY contact_id
            LIMIT \(Store.evaluationBatch)
            """
        ) { try $0.get("contact_id") }
        let isThrough = ids.count < Store.evaluationBatch
        return EvaluationWork(
            rulesetHash: hash, rulesetSeq: head.rulesetSeq, isCounted: head.isCounted,
            limitsBefore: head.limitsBefore,
            evaluatedSeq: head.evaluatedSeq, upTo: head.lastSeq,
            recheckAfter: head.recheckAfter,
            causes: Dictionary(
                uniqueKeysWithValues: ids.map { (ByteText($0), head.rulesetSeq) }),
            recheckNext: isThrough ? nil : ids.last, hasMore: !isThrough)
    }
}
