internal import Contacts
internal import Foundation
internal import Postgres

/// The decisions of one transaction and what they do, gathered before anything is written.
struct EvaluationBatch {
    let rulesetHash: String
    let now: Date
    /// As decisions record it.
    private let nowText: String
    var result = EvaluationResult()

    private var events: [NewEvent] = []
    private var actions = ActionChanges()
    /// New actions and waiting wishes, named by the event at this index.
    private var begun: [(event: Int, wish: NextWish, contactID: String, under: Action?)] = []
    private var contacts: [Outcome] = []
    private var heldNow: [(event: Int, hold: Hold)] = []
    private var unheld: [Hold] = []
    private var ruleHolds: [(event: Int, hold: RuleHold)] = []
    private var admission: Admission

    /// What is kept with a contact.
    private struct Outcome {
        let id: String
        var grants: [String: GrantRecord] = [:]
        var digest: [UInt8]?
        var held: [String: HeldChange] = [:]
        var approved: [String: ApprovedChange] = [:]
    }

    init(rulesetHash: String, now: Date, admission: Admission) {
        self.rulesetHash = rulesetHash
        self.now = now
        nowText = now.microsecondText
        self.admission = admission
    }

    mutating func evaluate(
        _ row: SnapshotRow, action: Action?, holds: [String: Hold], causeSeq: Int,
        decide: (Contact, [String: GrantRecord], Date) throws -> Verdict
    ) throws {
        guard !row.isDeleted else { return try drop(row, action: action, holds: holds) }
        // While a request is under way the contact is taken for what it is about to be.
        let sent = action?.isInFlight == true ? action?.sent : nil
        let contact = sent.map(row.contact.applying) ?? row.contact
        let verdict = try decide(contact, row.grants, now)
        var grants = row.grants
        try noteDrift(verdict, of: contact, row: row, causeSeq: causeSeq, in: &grants)
        let wanted = try hold(verdict, row: row, holds: holds, causeSeq: causeSeq)
        let admitted = admit(wanted, verdict, of: contact, row: row, action: action)
        let changes = admitted.changes
        var action = action
        let open = try revise(
            &action, to: changes, verdict: verdict, contact: contact, causeSeq: causeSeq)
        if open { admission.count(admitted.counted) }
        let digest = verdict.isEmpty ? nil : verdict.digest
        if open || digest != row.decisionDigest || admitted.held != row.held {
            try decided(
                verdict, changes: changes, held: admitted.held, opens: open,
                contact: contact, sent: sent, row: row, action: action, causeSeq: causeSeq)
        }
        let slots = Set(changes.fields.map(\.slot))
        let outcome = Outcome(
            id: row.contactID, grants: grants, digest: digest, held: admitted.held,
            approved: row.approved.filter {
                !(open && slots.contains($0.key)) && $0.value.until > now
            })
        if digest != row.decisionDigest || grants != row.grants || outcome.held != row.held
            || outcome.approved != row.approved
        {
            contacts.append(outcome)
        }
    }

    /// Takes out of the changes what limits, or the lack of an approval, keep for a person.
    ///
    /// - Returns: What goes on, what is held, by slot, and what counts once it is an action.
    private mutating func admit(
        _ wanted: ContactPatch, _ verdict: Verdict, of contact: Contact, row: SnapshotRow,
        action: Action?
    ) -> (
        changes: ContactPatch, held: [String: HeldChange],
        counted: [(classes: Set<ChangeClass>, rules: [String])]
    ) {
        var (changes, held) = (wanted, [String: HeldChange]())
        var counted: [(classes: Set<ChangeClass>, rules: [String])] = []
        let rules = verdict.rulesBySlot(of: wanted)
        for field in wanted.fields {
            guard let value = wanted[field] else { continue }
            let going = action?.wants(field, value)
            // It went through the door under this ruleset.
            if going == rulesetHash { continue }
            let wish = Admission.Wish(
                field: field, value: value, from: contact[field.path],
                rules: rules[field.slot] ?? [],
                classes: contact.classes(of: field, value, isExempted: verdict.isExempted))
            switch admission.consider(
                wish, approved: row.approval(of: field, at: now), isCounted: going != nil)
            {
            case .admitted(let rules):
                if going == nil { counted.append((wish.classes, rules)) }
            case .held(let change):
                changes = changes.without(slot: field.slot)
                held[field.slot] = change
            }
        }
        return (changes, held, counted)
    }

    /// A contact that is gone wants nothing; a request under way is left to be settled.
    private mutating func drop(
        _ row: SnapshotRow, action: Action?, holds: [String: Hold]
    ) throws {
        if let action, !action.isInFlight || action.state == .blocked {
            let reason = "the contact was deleted"
            actions.finish(action.actionID)
            events.append(try .moot(action, reason: reason))
            if let next = action.next {
                events.append(try .superseded(next: next, of: action, reason: reason))
            }
        }
        for hold in holds.values { try withdraw(hold, reason: "the contact was deleted") }
        if row.decisionDigest != nil || !row.held.isEmpty {
            contacts.append(Outcome(id: row.contactID))
        }
    }

    /// Records drift once, and forgets who wanted what Usher set where their rules no longer match.
    private mutating func noteDrift(
        _ verdict: Verdict, of contact: Contact, row: SnapshotRow, causeSeq: Int,
        in grants: inout [String: GrantRecord]
    ) throws {
        let drifting = Dictionary(
            uniqueKeysWithValues: verdict.wishes.filter(\.isDrift).map { ($0.field.slot, $0) })
        for (slot, grant) in row.grants {
            guard !contact.holds(grant.value, in: grant.field) else {
                grants[slot]?.drifted = false
                continue
            }
            guard let wish = drifting[slot] else {
                // A rule in conflict or beaten matches all the same: it may win again.
                guard verdict.matched.isDisjoint(with: grant.rules) else { continue }
                // Only when it set the field stays known, for the bound on its own changes.
                grants[slot]?.rules = []
                grants[slot]?.drifted = false
                continue
            }
            guard !grant.drifted else { continue }
            grants[slot]?.drifted = true
            events.append(
                NewEvent(
                    kind: .driftFound, contactID: row.contactID, causeSeq: causeSeq,
                    body: try JSON(
                        encoding: DriftBody(
                            field: wish.field.description, value: wish.value,
                            found: contact[wish.field.path], rules: [slot: wish.rules]))))
        }
    }

    /// Takes out of the changes what waits for a person.
    private mutating func hold(
        _ verdict: Verdict, row: SnapshotRow, holds: [String: Hold], causeSeq: Int
    ) throws -> ContactPatch {
        var changes = verdict.changes
        // Whatever a rule wants comes before what is given back.
        let waiting = verdict.reverts.filter { revert in
            revert.needsPerson && !changes.fields.contains { $0.slot == revert.field.slot }
        }
        var kept: Set<String> = []
        for hold in holds.values {
            let wished =
                changes.values.map { (field: $0.key, value: $0.value) }
                + waiting.map { (field: $0.field, value: $0.value) }
            let wish = wished.first { $0.field.slot == hold.field }
            if let wish, hold.wish.field == wish.field.path,
                hold.wish.value.utf8.elementsEqual(wish.value.utf8)
            {
                changes = changes.without(slot: hold.field)
                kept.insert(hold.field)
            } else {
                try withdraw(
                    hold, reason: wish == nil ? "no rule wants it any more" : "another wish")
            }
        }
        for revert in waiting where kept.insert(revert.field.slot).inserted {
            try place(
                .revert, revert.field, revert.value, of: row, rules: revert.rules,
                causeSeq: causeSeq)
        }
        let rules = verdict.rulesBySlot(of: changes)
        for field in changes.fields {
            guard let value = changes[field],
                let reason = row.grants[field.slot]?.reason(
                    toHold: field, value, rules[field.slot] ?? [], at: now)
            else { continue }
            changes = changes.without(slot: field.slot)
            try place(
                reason, field, value, of: row, rules: rules[field.slot] ?? [], causeSeq: causeSeq)
        }
        return changes
    }

    private mutating func place(
        _ reason: Hold.Reason, _ field: SettableField, _ value: String, of row: SnapshotRow,
        rules: [String], causeSeq: Int
    ) throws {
        let hold = Hold(
            contactID: row.contactID, field: field.slot, reason: reason,
            wish: HeldWish(field: field.path, value: value, rules: rules), placedSeq: 0)
        heldNow.append((events.count, hold))
        events.append(
            NewEvent(
                kind: .holdPlaced, contactID: row.contactID, causeSeq: causeSeq,
                body: try JSON(encoding: HoldBody(hold, rules: [field.slot: rules]))))
        result.alerts.append(.held(hold))
    }

    private mutating func withdraw(_ hold: Hold, reason: String) throws {
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
        _ current: inout Action?, to changes: ContactPatch, verdict: Verdict, contact: Contact,
        causeSeq: Int
    ) throws -> Bool {
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
        action.rules = verdict.rulesBySlot(of: changes)
        action.reverts = verdict.revertedSlots(of: changes)
        action.priority = contact.priority(of: changes)
        if action != current { actions.save(action) }
        return false
    }

    private mutating func decided(
        _ verdict: Verdict, changes: ContactPatch, held: [String: HeldChange], opens: Bool,
        contact: Contact, sent: ContactPatch?, row: SnapshotRow, action: Action?,
        causeSeq: Int
    ) throws {
        result.decisions += 1
        let rules = verdict.rulesBySlot(of: changes)
        let counted = row.grants.filter { verdict.grantsThatCounted.contains($0.key) }
        let body = DecisionBody(
            rulesetHash: rulesetHash, verdict, of: contact, changes: changes,
            held: held.isEmpty ? nil : held.mapValues { $0.rules.keys.sorted() },
            basis: DecisionBasis(at: nowText, grants: counted, sent: sent))
        if opens {
            result.actions += 1
            let wish = NextWish(
                actionID: 0, rulesetHash: rulesetHash, desired: changes, rules: rules,
                reverts: verdict.revertedSlots(of: changes), priority: contact.priority(of: changes)
            )
            begun.append(
                (events.count, wish, row.contactID, action?.isInFlight == true ? action : nil))
        }
        events.append(
            NewEvent(
                kind: .decisionMade, contactID: row.contactID, actionID: opens ? .itself : .none,
                causeSeq: causeSeq, body: try body.json(with: verdict.decision)))
        result.alerts += verdict.conflicts + verdict.violations
    }

    /// Puts the holds that were placed on record, and tells of them.
    mutating func placeHolds() throws {
        for hold in admission.holds.new {
            ruleHolds.append((events.count, hold))
            events.append(try hold.event(changes: nil))
            result.alerts.append(.held([hold]))
        }
    }

    /// Puts the alerts on record that were not raised within the last hour; their events stand last.
    mutating func raiseAlerts(in db: Transaction, workspace: WorkspaceName) throws {
        result.alerts = try db.newAlerts(result.alerts, at: now, in: workspace)
        events += try result.alerts.map { try $0.event() }
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
        if let counts = admission.counts.statement(at: now, in: workspace) {
            statements.append(counts)
        }
        if !contacts.isEmpty { statements.append(try contactStatement(in: workspace)) }
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

    private func contactStatement(in workspace: WorkspaceName) throws -> Statement {
        """
        UPDATE usher.contact AS c
        SET grants = n.grants, decision_digest = n.digest, held = n.held, approved = n.approved
        FROM unnest(
            \(contacts.map(\.id))::text[],
            \(try contacts.map { try JSON(encoding: $0.grants) })::jsonb[],
            \(contacts.map(\.digest))::bytea[],
            \(try contacts.map { try $0.held.isEmpty ? nil : JSON(encoding: $0.held) })::jsonb[],
            \(try contacts.map { try $0.approved.isEmpty ? nil : JSON(encoding: $0.approved) })::jsonb[])
            AS n (contact_id, grants, digest, held, approved)
        WHERE c.workspace = \(workspace) AND c.contact_id = n.contact_id
        """
    }
}
