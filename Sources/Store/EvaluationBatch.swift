internal import Contacts
internal import Foundation
internal import Postgres
internal import Reconciler
internal import Rules

/// The decisions of one transaction and what they do, gathered before anything is written.
struct EvaluationBatch {
    let now: Date
    /// As decisions record it.
    private let nowText: String
    var result = EvaluationResult()

    private var events: [NewEvent] = []
    private var actions = ActionChanges()
    /// New actions and waiting wishes, named by the event at this index.
    private var begun: [(event: Int, wish: NextWish, contactID: String, under: Action?)] = []
    private var contacts: [Outcome] = []
    private var heldNow: [(event: Int, hold: ContactHold)] = []
    private var unheld: [ContactHold] = []
    private var ruleHolds: [(event: Int, hold: RuleHold)] = []
    private var gate: ChangeGate
    private var asides = AsideChanges()

    /// What is kept with a contact.
    fileprivate struct Outcome {
        let id: String
        var record = ContactRecord()
        var digest: [UInt8]?
        /// Alerts that its decision is a cause of.
        var alerts: Set<String> = []
        /// New drifts, recorded by the event at this index.
        var driftEvents: [(drift: NewDrift, event: Int)] = []
    }

    init(now: Date, gate: ChangeGate) {
        self.now = now
        nowText = now.microsecondText
        self.gate = gate
    }

    private var rulesetHash: String { gate.ruleset.hash }

    mutating func evaluate(
        _ row: SnapshotRow, action: Action?, holds: [String: ContactHold], causeSeq: Int
    ) throws {
        guard !row.isDeleted else { return try drop(row, action: action, holds: holds) }
        let subject = row.subject(action: action, holds: holds)
        let reconciled = gate.reconcile(subject, at: now)
        var outcome = Outcome(id: row.contactID, record: gate.record(after: reconciled, at: now))
        let before = ContactRecord(subject, held: row.held)
        var causes: [Alert] = []
        for drift in outcome.record.newDrifts(since: before) {
            outcome.driftEvents.append((drift, events.count))
            try note(drift, of: row, causeSeq: causeSeq)
            if drift.undoesLowering {
                causes.append(
                    .drift(of: row.contactID, field: drift.slot, rules: drift.rules))
            }
        }
        try settleHolds(of: reconciled, causeSeq: causeSeq)
        var action = action
        let opens = try revise(&action, to: reconciled, causeSeq: causeSeq)
        if opens { gate.count(reconciled.counted) }
        let decision = reconciled.evaluation.decision
        let json = try decision.record
        outcome.digest = decision.isEmpty ? nil : json.digest
        if opens || outcome.digest != row.decisionDigest || outcome.record.held != row.held {
            try decided(
                reconciled, decision, json, opens: opens, action: action, causeSeq: causeSeq)
        }
        causes += decision.conflicts.map { Alert($0) }
        causes += (decision.violated ?? []).map { Alert(guardrail: $0) }
        outcome.alerts = Set(causes.map(\.key.text))
        // The drift that was told of lasts as long as any of the contact does.
        let drift = Alert.Key(.drift).text
        if row.alerts.contains(drift) && !outcome.record.drifts.isEmpty {
            outcome.alerts.insert(drift)
        }
        result.alerts += causes.filter { $0.code == .drift || !row.alerts.contains($0.key.text) }
        if outcome.digest != row.decisionDigest || outcome.record != before
            || outcome.alerts != row.alerts
        {
            contacts.append(outcome)
        }
        if row.isAside {
            asides.takeBack(row.contactID)
            events.append(try .readable(row.contactID, reason: "it can be evaluated again"))
        }
    }

    /// A contact that is gone wants nothing; a request under way is left to be settled.
    private mutating func drop(
        _ row: SnapshotRow, action: Action?, holds: [String: ContactHold]
    ) throws {
        let reason = Absence.reason(mergedInto: row.mergedInto)
        if let action, !action.isInFlight || action.state == .blocked {
            actions.finish(action.actionID)
            events.append(try .moot(action, reason: reason))
            if let next = action.next {
                events.append(try .superseded(next: next, of: action, reason: reason))
            }
        }
        for hold in holds.values { try withdraw(hold, reason: reason) }
        let outcome = Outcome(id: row.contactID)
        if row.decisionDigest != nil
            || outcome.record != ContactRecord(row.subject(action: nil, holds: [:]), held: row.held)
            || !row.alerts.isEmpty
        {
            contacts.append(outcome)
        }
    }

    /// Records a drift once.
    private mutating func note(_ drift: NewDrift, of row: SnapshotRow, causeSeq: Int) throws {
        events.append(
            NewEvent(
                kind: .driftFound, contactID: row.contactID, causeSeq: causeSeq,
                body: try JSON(encoding: DriftBody(drift))))
    }

    /// Places the holds on this contact that are new, and withdraws those that hold nothing any more.
    private mutating func settleHolds(of reconciled: Reconciliation, causeSeq: Int) throws {
        let subject = reconciled.subject
        let replaced = Set(reconciled.newHolds.map(\.change.field.slot))
        let wanted = Set(reconciled.evaluation.wanted.map(\.field.slot))
        for hold in subject.holds.values where !reconciled.keptHolds.contains(hold.field) {
            let isReplaced = replaced.contains(hold.field) || wanted.contains(hold.field)
            try withdraw(
                hold, reason: isReplaced ? "another wish" : "no rule wants it any more")
        }
        for (change, reason) in reconciled.newHolds {
            let hold = ContactHold(
                contactID: subject.contact.id, field: change.field.slot, reason: reason,
                wish: HeldWish(
                    field: change.field.path, value: change.value, rules: change.rules),
                placedSeq: 0)
            heldNow.append((events.count, hold))
            events.append(
                NewEvent(
                    kind: .holdPlaced, contactID: hold.contactID, causeSeq: causeSeq,
                    body: try JSON(encoding: HoldBody(hold))))
            result.alerts.append(.held(hold))
        }
    }

    private mutating func withdraw(_ hold: ContactHold, reason: String) throws {
        unheld.append(hold)
        events.append(
            NewEvent(
                kind: .holdWithdrawn, contactID: hold.contactID, causeSeq: hold.placedSeq,
                body: try JSON(encoding: ["field": hold.field, "reason": reason])))
    }

    /// Brings the open action in line with what is wanted now.
    ///
    /// - Returns: Whether a new action, or a wish that waits, has to be begun by a decision.
    private mutating func revise(
        _ current: inout Action?, to reconciled: Reconciliation, causeSeq: Int
    ) throws -> Bool {
        let changes = reconciled.patch
        guard var action = current else { return !changes.isEmpty }
        // What blocked it is tried again once the contact or the rules have changed since.
        if action.state == .blocked, causeSeq > action.causeSeq ?? 0 { action.unblock(at: now) }
        defer { current = action }
        if action.isInFlight {
            if let next = action.next, next.desired != changes || next.rulesetHash != rulesetHash {
                events.append(
                    try .superseded(next: next, of: action, reason: "a newer decision"))
                action.next = nil
            }
            // What was decided now takes the request for done: if it is not, it is decided afresh.
            action.rulesetHash = ""
            let opens = !changes.isEmpty && action.next == nil
            if !opens, action != current { actions.save(action) }
            return opens
        }
        guard action.desired == changes else {
            actions.finish(action.actionID)
            events.append(try .superseded(action, reason: "a newer decision"))
            return !changes.isEmpty
        }
        action.rulesetHash = rulesetHash
        action.rules = reconciled.rules
        action.reverts = reconciled.revertedSlots
        action.sendOrder = SendOrder(changes, of: reconciled.subject.contact)
        if action != current { actions.save(action) }
        return false
    }

    private mutating func decided(
        _ reconciled: Reconciliation, _ decision: Decision, _ json: JSON, opens: Bool,
        action: Action?, causeSeq: Int
    ) throws {
        result.decisions += 1
        let (subject, changes) = (reconciled.subject, reconciled.patch)
        let held = Dictionary(grouping: reconciled.held, by: \.slot)
        let body = DecisionBody(
            rulesetHash: rulesetHash, reconciled.evaluation, of: subject.contact,
            changes: changes, passedOver: reconciled.passedOver,
            held: held.mapValues { Set($0.flatMap(\.rules.keys)).sorted() },
            heldBy: held.mapValues { Set($0.flatMap(\.by)).sorted() },
            approvals: reconciled.approvals,
            basis: DecisionBasis(
                at: nowText, of: subject, slots: reconciled.evaluation.grantsThatCounted))
        if opens {
            result.actions += 1
            let wish = NextWish(
                actionID: 0, rulesetHash: rulesetHash, desired: changes, rules: reconciled.rules,
                reverts: reconciled.revertedSlots,
                sendOrder: SendOrder(changes, of: subject.contact))
            begun.append(
                (
                    events.count, wish, subject.contact.id,
                    action?.isInFlight == true ? action : nil
                ))
        }
        events.append(
            NewEvent(
                kind: .decisionMade, contactID: subject.contact.id,
                actionID: opens ? .itself : .none, causeSeq: causeSeq,
                body: try body.json(with: json)))
    }

    /// Puts the holds that were placed on record, and tells of them.
    mutating func placeHolds() throws {
        for hold in gate.holds.new {
            ruleHolds.append((events.count, hold))
            events.append(try hold.event(changes: nil))
        }
        if !gate.holds.new.isEmpty { result.alerts.append(.held(gate.holds.new)) }
    }

    func write(
        to db: Transaction, work: EvaluationWork, holder: String, in workspace: WorkspaceName
    ) throws {
        let places = try db.takePlaces(events.count, in: workspace)
        var actions = actions
        for (event, wish, contactID, under) in begun {
            var wish = wish
            wish.actionID = places.first + event
            if var under {
                under.next = wish
                actions.save(under)
            } else {
                actions.save(Action(wish, contactID: contactID, dueAt: now))
            }
        }
        var statements: [Statement] = []
        if !events.isEmpty { statements.append(events.insertion(at: places, in: workspace)) }
        statements += try actions.revisionStatements(in: workspace)
        statements += try holdStatements(at: places, in: workspace)
        statements += ruleHolds.map { event, hold in
            hold.insertion(seq: places.first + event, at: places.recordedAt, in: workspace)
        }
        if let counts = gate.ledger.statement(at: now, in: workspace) {
            statements.append(counts)
        }
        if !contacts.isEmpty { statements.append(try contactStatement(at: places, in: workspace)) }
        statements += try asides.statements(at: places, in: workspace)
        statements.append(
            """
            UPDATE usher.workspace
            SET evaluated_seq = \(work.upTo), recheck_after = \(work.recheckNext),
                ages_checked_at = coalesce(\(work.agedUntil), ages_checked_at),
                limits_before = CASE WHEN \(work.recheckNext == nil) THEN NULL
                                ELSE limits_before END
            WHERE workspace = \(workspace) AND evaluated_seq = \(work.evaluatedSeq)
              AND recheck_after IS NOT DISTINCT FROM \(work.recheckAfter)
              AND ruleset_hash = \(work.rulesetHash)
            """)
        let results = try db.pipeline(statements)
        guard results.last?.rowsAffected == 1 else { throw StoreError.evaluationMoved }
    }

    private func holdStatements(
        at places: LogPlaces, in workspace: WorkspaceName
    ) throws -> [Statement] {
        let gone = unheld.map { hold -> Statement in
            """
            DELETE FROM usher.hold
            WHERE workspace = \(workspace) AND contact_id = \(hold.contactID)
              AND field = \(hold.field)
            """
        }
        return try gone
            + heldNow.map { event, hold in
                """
                INSERT INTO usher.hold
                    (workspace, contact_id, field, reason, wish, placed_seq, placed_at)
                VALUES (\(workspace), \(hold.contactID), \(hold.field), \(hold.reason.rawValue),
                        \(try JSON(encoding: hold.wish)), \(places.first + event),
                        \(places.recordedAt))
                """
            }
    }

    private func contactStatement(
        at places: LogPlaces, in workspace: WorkspaceName
    ) throws -> Statement {
        let records = contacts.map { $0.recorded(from: places.first) }
        return """
            UPDATE usher.contact AS c
            SET grants = n.grants, drifts = n.drifts, decision_digest = n.digest, held = n.held,
                approved = n.approved, declined = n.declined,
                alerts = ARRAY(SELECT jsonb_array_elements_text(n.alerts))
            FROM unnest(
                \(contacts.map(\.id))::text[],
                \(try records.map { try JSON(encoding: $0.grants) })::jsonb[],
                \(try records.map { try JSON(encoding: $0.drifts) })::jsonb[],
                \(contacts.map(\.digest))::bytea[],
                \(try records.map { try JSON(encodingNonEmpty: $0.held) })::jsonb[],
                \(try records.map { try JSON(encodingNonEmpty: $0.approved) })::jsonb[],
                \(try records.map { try JSON(encodingNonEmpty: $0.declined) })::jsonb[],
                \(try contacts.map { try JSON(encoding: $0.alerts.sorted()) })::jsonb[])
                AS n (contact_id, grants, drifts, digest, held, approved, declined, alerts)
            WHERE c.workspace = \(workspace) AND c.contact_id = n.contact_id
            """
    }
}

extension EvaluationBatch.Outcome {
    /// What is kept, once the places of the events are known.
    fileprivate func recorded(from first: Int) -> ContactRecord {
        var record = record
        for (drift, event) in driftEvents {
            for rule in drift.rules { record.drifts[drift.slot]?[rule]?.seq = first + event }
        }
        return record
    }
}
