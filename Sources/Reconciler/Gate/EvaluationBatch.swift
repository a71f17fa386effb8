internal import Contacts
package import Foundation
internal import Rules

/// A contact to evaluate, with everything that its evaluation depends on.
package struct EvaluationSubject: Sendable {
    package let known: KnownContact
    package let action: Action?
    /// By slot.
    package let holds: [String: ContactHold]
    /// The event that asks for its evaluation.
    package let causeSeq: Int

    package init(
        _ known: KnownContact, action: Action?, holds: [String: ContactHold], causeSeq: Int
    ) {
        self.known = known
        self.action = action
        self.holds = holds
        self.causeSeq = causeSeq
    }
}

/// A contact after its evaluation.
package struct EvaluatedContact: Sendable {
    package let id: String
    fileprivate(set) var record = ContactRecord()
    package fileprivate(set) var digest: [UInt8]?
    /// Alerts that its decision is a cause of.
    package fileprivate(set) var alerts: Set<String> = []
    /// New drifts, each recorded by the event at this index.
    fileprivate var driftEvents: [(drift: NewDrift, event: Int)] = []

    fileprivate init(id: String) { self.id = id }

    /// What is kept with the contact.
    ///
    /// - Parameter first: The number of the batch's first event.
    package func record(from first: Int) -> ContactRecord {
        var record = record
        for (drift, event) in driftEvents {
            for rule in drift.rules { record.drifts[drift.slot]?[rule]?.seq = first + event }
        }
        return record
    }

    fileprivate func isChanged(from known: KnownContact) -> Bool {
        digest != known.decisionDigest || record != known.record || alerts != known.alerts
    }
}

/// The decisions of one pass and what follows from them, gathered before anything is written.
package struct EvaluationBatch: Sendable {
    package let now: Date
    /// As decisions record it.
    private let nowText: String
    /// The gate before the batch.
    private let start: ChangeGate
    package private(set) var subjects: [EvaluationSubject] = []
    /// The contacts for which something is written.
    package private(set) var changed: [String] = []
    package private(set) var gate: ChangeGate
    package private(set) var decisions = 0
    package private(set) var alerts: [Alert] = []
    package private(set) var events: [NewEvent] = []
    package private(set) var contacts: [EvaluatedContact] = []
    package private(set) var asides = AsideChanges()
    /// The new holds on single contacts, each recorded by the event at this index.
    package private(set) var contactHolds: [(event: Int, hold: ContactHold)] = []
    package private(set) var withdrawn: [ContactHold] = []
    /// The new holds on rules, each recorded by the event at this index.
    package private(set) var ruleHolds: [(event: Int, hold: RuleHold)] = []
    private var actions = ActionChanges()
    private var begun: [BegunAction] = []

    /// A new action, or one that is queued behind a request under way.
    private struct BegunAction {
        /// The index of the event that names it.
        let event: Int
        let next: NextChange
        let contactID: String
        let inFlight: Action?
    }

    /// Evaluates contacts and gathers what follows.
    package init(of subjects: [EvaluationSubject], through gate: ChangeGate, at now: Date) throws {
        self.now = now
        nowText = now.microsecondText
        (start, self.gate) = (gate, gate)
        self.subjects = subjects
        for subject in subjects { try add(subject) }
        try recordRuleHolds()
    }

    /// The same of some of its contacts alone.
    package func again(on subjects: [EvaluationSubject]) throws -> EvaluationBatch {
        try EvaluationBatch(of: subjects, through: start, at: now)
    }

    /// Whether nothing follows.
    package var isEmpty: Bool { changed.isEmpty && ruleHolds.isEmpty }

    private mutating func add(_ subject: EvaluationSubject) throws {
        let before = (events.count, contacts.count, actions.count, begun.count)
        try evaluate(subject)
        if before != (events.count, contacts.count, actions.count, begun.count) {
            changed.append(subject.known.contactID)
        }
    }

    /// Actions that became ready or wait for the one before.
    package var begunActions: Int { begun.count }

    private var rulesetHash: String { gate.ruleset.hash }

    /// The changes to actions, whose events have their numbers from `first` on.
    package func actionChanges(from first: Int) -> ActionChanges {
        var changes = actions
        for begun in begun {
            var next = begun.next
            next.actionID = first + begun.event
            if var inFlight = begun.inFlight {
                inFlight.next = next
                changes.save(inFlight)
            } else {
                changes.save(Action(next, contactID: begun.contactID, dueAt: now))
            }
        }
        return changes
    }

    private mutating func evaluate(_ subject: EvaluationSubject) throws {
        let (known, causeSeq) = (subject.known, subject.causeSeq)
        guard !known.isDeleted else { return try drop(subject) }
        let reconciled = gate.reconcile(
            known.subject(action: subject.action, holds: subject.holds), at: now)
        var outcome = EvaluatedContact(id: known.contactID)
        outcome.record = gate.record(after: reconciled, at: now)
        var causes = try recordDrifts(of: &outcome, since: known, causeSeq: causeSeq)
        try updateHolds(of: reconciled, causeSeq: causeSeq)
        var action = subject.action
        let opens = try revise(&action, to: reconciled, causeSeq: causeSeq)
        if opens { gate.count(reconciled.counted) }
        let decision = reconciled.evaluation.decision
        let record = try decision.record
        outcome.digest = decision.isEmpty ? nil : record.digest
        if opens || outcome.digest != known.decisionDigest
            || outcome.record.held != known.record.held
        {
            if opens { begin(reconciled, behind: action) }
            try append(reconciled, record, opens: opens, causeSeq: causeSeq)
        }
        causes += decision.conflicts.map { Alert($0) }
        causes += (decision.violated ?? []).map { Alert(guardrail: $0) }
        outcome.alerts = Set(causes.map(\.key.text))
        // The drift that was reported lasts as long as any of the contact waits for a decision.
        let drift = Alert.Key(.drift).text
        if known.alerts.contains(drift) && outcome.record.hasOpenDrift {
            outcome.alerts.insert(drift)
        }
        alerts += causes.filter { $0.code == .drift || !known.alerts.contains($0.key.text) }
        if outcome.isChanged(from: known) { contacts.append(outcome) }
        if known.isAside {
            asides.takeBack(known.contactID)
            events.append(try .readable(known.contactID, reason: "it can be evaluated again"))
        }
    }

    /// A deleted contact wants nothing; a request under way is left to be settled.
    private mutating func drop(_ subject: EvaluationSubject) throws {
        let known = subject.known
        let reason = Absence.reason(mergedInto: known.mergedInto)
        if let action = subject.action, !action.isInFlight || action.state == .blocked {
            actions.finish(action.actionID)
            events.append(try .moot(action, reason: reason))
            if let next = action.next {
                events.append(try .superseded(next: next, of: action, reason: reason))
            }
        }
        for hold in subject.holds.values { try withdraw(hold, reason: reason) }
        let outcome = EvaluatedContact(id: known.contactID)
        if outcome.isChanged(from: known) { contacts.append(outcome) }
    }

    /// Records each drift once.
    ///
    /// - Returns: The alerts about those that undo what rules had taken away.
    private mutating func recordDrifts(
        of outcome: inout EvaluatedContact, since known: KnownContact, causeSeq: Int
    ) throws -> [Alert] {
        var alerts: [Alert] = []
        for drift in outcome.record.newDrifts(since: known.record) {
            outcome.driftEvents.append((drift, events.count))
            events.append(
                try NewEvent(
                    .driftFound, contactID: known.contactID, causeSeq: causeSeq,
                    DriftBody(drift)))
            guard drift.undoesLowering else { continue }
            alerts.append(.drift(of: known.contactID, field: drift.slot, rules: drift.rules))
        }
        return alerts
    }

    /// Places the holds on this contact that are new, and withdraws those that hold nothing now.
    private mutating func updateHolds(of reconciled: Reconciliation, causeSeq: Int) throws {
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
                    field: change.field, value: change.value, rules: change.rules),
                placedSeq: 0)
            contactHolds.append((events.count, hold))
            events.append(
                try NewEvent(
                    .holdPlaced, contactID: hold.contactID, causeSeq: causeSeq, HoldBody(hold)))
            alerts.append(.held(hold))
        }
    }

    private mutating func withdraw(_ hold: ContactHold, reason: String) throws {
        withdrawn.append(hold)
        events.append(try hold.withdrawn(reason: reason))
    }

    /// Brings the open action in line with what is wanted now.
    ///
    /// - Returns: Whether a decision has to begin a new action, or one that is queued.
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

    /// Begins an action, which the next event names.
    private mutating func begin(_ reconciled: Reconciliation, behind action: Action?) {
        let contact = reconciled.subject.contact
        let next = NextChange(
            actionID: 0, rulesetHash: rulesetHash, desired: reconciled.patch,
            rules: reconciled.rules, reverts: reconciled.revertedSlots,
            sendOrder: SendOrder(reconciled.patch, of: contact))
        begun.append(
            BegunAction(
                event: events.count, next: next, contactID: contact.id,
                inFlight: action?.isInFlight == true ? action : nil))
    }

    /// Appends the decision.
    ///
    /// - Parameter record: The rules' own account of it.
    private mutating func append(
        _ reconciled: Reconciliation, _ record: EventBody, opens: Bool, causeSeq: Int
    ) throws {
        decisions += 1
        let subject = reconciled.subject
        let held = Dictionary(grouping: reconciled.held, by: \.field.slot)
        let body = DecisionBody(
            rulesetHash: rulesetHash, reconciled.evaluation, of: subject.contact,
            changes: reconciled.patch, passedOver: reconciled.passedOver,
            held: held.mapValues { Set($0.flatMap(\.rules.keys)).sorted() },
            heldBy: held.mapValues { Set($0.flatMap(\.by)).sorted() },
            approvals: reconciled.approvals,
            basis: DecisionBasis(
                at: nowText, of: subject, slots: reconciled.evaluation.grantsThatCounted))
        events.append(
            NewEvent(
                .decisionMade, contactID: subject.contact.id,
                actionID: opens ? .itself : .none, causeSeq: causeSeq,
                body: try body.sealed(with: record)))
    }

    /// Records the holds on rules that the gate placed, and reports them.
    private mutating func recordRuleHolds() throws {
        for hold in gate.holds.new {
            ruleHolds.append((events.count, hold))
            events.append(try hold.placed(changes: nil))
        }
        if !gate.holds.new.isEmpty { alerts.append(.held(gate.holds.new)) }
    }
}
