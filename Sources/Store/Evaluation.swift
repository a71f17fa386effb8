package import Contacts
package import Foundation
package import Postgres

/// What the rules say about one contact, as the store records it and acts upon it.
package struct Verdict: Sendable {
    /// A wish of the winning rules for one slot.
    package struct Wish: Sendable {
        package let field: SettableField
        package let value: String
        package let rules: [String]
        /// Somebody else changed what these rules had set: it is not acted upon.
        package let isDrift: Bool

        package init(field: SettableField, value: String, rules: [String], isDrift: Bool) {
            self.field = field
            self.value = value
            self.rules = rules
            self.isDrift = isDrift
        }
    }

    /// What rules give back that are not true any more.
    package struct Revert: Sendable {
        package let field: SettableField
        package let value: String
        package let rules: [String]
        /// It would raise access: it is none of the changes before a person has said so.
        package let needsPerson: Bool

        package init(field: SettableField, value: String, rules: [String], needsPerson: Bool) {
            self.field = field
            self.value = value
            self.rules = rules
            self.needsPerson = needsPerson
        }
    }

    /// The values that differ from the contact.
    package let changes: ContactPatch
    /// The winner of each slot, whether it changes anything or not.
    package let wishes: [Wish]
    package let reverts: [Revert]
    /// The rules that were true, whether they won or not.
    package let matched: Set<String>
    /// The slots whose grant made a difference.
    package let grantsThatCounted: Set<String>
    /// Rules that cannot agree: one alert each.
    package let conflicts: [Alert]
    /// Guardrails that do not let the contact through as it is: one alert each.
    package let violations: [Alert]
    /// An exception leaves the contact more access than the rules would.
    package let isExempted: Bool
    /// Only rules in shadow matched.
    package let isShadowOnly: Bool
    /// Nothing matched at all.
    package let isEmpty: Bool
    /// The decision as auditors read it; equal decisions are equal text.
    package let decision: JSON

    package init(
        changes: ContactPatch, wishes: [Wish], reverts: [Revert], matched: Set<String>,
        grantsThatCounted: Set<String>, conflicts: [Alert], violations: [Alert], isExempted: Bool,
        isShadowOnly: Bool,
        isEmpty: Bool, decision: JSON
    ) {
        self.changes = changes
        self.wishes = wishes
        self.reverts = reverts
        self.matched = matched
        self.grantsThatCounted = grantsThatCounted
        self.conflicts = conflicts
        self.violations = violations
        self.isExempted = isExempted
        self.isShadowOnly = isShadowOnly
        self.isEmpty = isEmpty
        self.decision = decision
    }
}

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
    /// ruleset, and contacts that came to an age of which rules speak: decisions, actions, holds and the evaluator's place are one transaction.
    ///
    /// - Parameters:
    ///   - rulesetHash: The ruleset that `decide` applies; nothing is done when it is not in force.
    ///   - terms: What stands between that ruleset's wishes and actions.
    ///   - decide: A contact, what Usher itself set on it, by slot, and the time, to a verdict. Pure.
    /// - Returns: nil when another ruleset is in force.
    package func evaluate(
        under lease: Lease, rulesetHash: String, terms: RulesetTerms,
        decide: @escaping @Sendable (Contact, [String: GrantRecord], Date) throws -> Verdict
    ) async throws -> EvaluationResult? {
        try await retryingTakenPlaces { [workspace, holder] db in
            try db.hold(lease, of: holder, in: workspace)
            let now = try db.now()
            guard let work = try db.nextWork(at: now, in: workspace),
                work.rulesetHash == rulesetHash
            else {
                return nil
            }
            guard work.isCounted else { return EvaluationResult(needsCount: true) }
            guard work.upTo > work.evaluatedSeq || work.recheckAfter != nil || !work.causes.isEmpty
            else {
                return EvaluationResult()
            }
            let ids = work.causes.keys.sorted()
            let actions = try db.lockActions(ofContacts: ids, in: workspace)
            let contacts = try db.lockContacts(ids, in: workspace)
            let holds = try db.holds(ofContacts: ids, in: workspace)
            let admission = Admission(
                terms, before: work.limitsBefore,
                counts: try db.changeCounts(at: now, in: workspace),
                holds: try db.ruleHolds(in: workspace))
            var batch = EvaluationBatch(rulesetHash: rulesetHash, now: now, admission: admission)
            for id in ids {
                guard let row = contacts[id] else { continue }
                try batch.evaluate(
                    row, action: actions[id], holds: holds[id] ?? [:],
                    causeSeq: work.causes[id] ?? 0, decide: decide)
            }
            try batch.placeHolds()
            try batch.raiseAlerts(in: db, workspace: workspace)
            try batch.write(to: db, work: work, holder: holder, in: workspace)
            batch.result.contacts = ids.count
            batch.result.hasMore = work.hasMore
            return batch.result
        }
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
    let limitsBefore: RulesetTerms.Granted?
    let evaluatedSeq: Int
    let upTo: Int
    let recheckAfter: String?
    var causes: [String: Int]
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

    /// The contacts that came to an age of which rules speak, in that order; all that did at the same
    /// time as the last.
    func agedContacts(
        at now: Date, limit: Int, in workspace: WorkspaceName
    ) throws -> [(id: String, dueAt: Date)] {
        try rows(
            """
            SELECT c.contact_id, c.known_since + make_interval(secs => a.age) AS due_at
            FROM usher.workspace w
            CROSS JOIN unnest(w.ages) AS a (age)
            JOIN usher.contact c
              ON c.workspace = w.workspace AND c.deleted_at IS NULL
             AND c.known_since > w.ages_checked_at - make_interval(secs => a.age)
             AND c.known_since <= \(now) - make_interval(secs => a.age)
            WHERE w.workspace = \(workspace)
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
            let limitsBefore: RulesetTerms.Granted?
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
                causes: Dictionary(events.map { ($0.id, $0.seq) }) { max($0, $1) },
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
            causes: Dictionary(uniqueKeysWithValues: ids.map { ($0, head.rulesetSeq) }),
            recheckNext: isThrough ? nil : ids.last, hasMore: !isThrough)
    }
}
