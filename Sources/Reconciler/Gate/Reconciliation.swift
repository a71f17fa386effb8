package import Contacts
package import Foundation
package import Rules

/// What follows from the rules for one contact: what may be sent, and what waits for a person.
package struct Reconciliation: Sendable {
    package let subject: Subject
    /// The decision of all rules, and what is left of it without the held ones.
    package private(set) var evaluation: Evaluation
    /// Rules that are held for this contact, each with the slots in which it is.
    package private(set) var passedOver: PassedOver = [:]
    /// What holds on rules keep back.
    package private(set) var held: [HeldChange] = []
    /// What a person declined for this contact.
    package private(set) var declined: [ResolvedChange] = []
    /// What waits for this contact alone and did not before, and why.
    package private(set) var newHolds: [(change: ResolvedChange, reason: ContactHold.Reason)] = []
    /// The slots whose hold on this contact stays.
    package private(set) var keptHolds: Set<String> = []
    /// The approvals that let changes through, by slot.
    package private(set) var approvals: [String: ApprovalReference] = [:]
    /// What counts once it is an action.
    package private(set) var counted: [CountedChange] = []
    /// An exception leaves the contact more access than the rules would.
    package let isExempted: Bool

    /// Changes for which some of their rules are held and others not.
    private var partlyHeld: [(change: ResolvedChange, obstacles: [Obstacle])] = []
    /// The holds on rules that the held changes need.
    private var neededHolds: [RuleHold] = []
    /// The rules that the last evaluation passed over.
    private var decidedWithout: PassedOver = [:]

    /// What goes on: one PATCH.
    package var changes: [ResolvedChange] { evaluation.changes }

    package var patch: ContactPatch { evaluation.patch }

    /// Slot → the rules on whose account it is set.
    package var rules: [String: [String]] { changes.rulesBySlot }

    /// The slots that are reverted.
    package var revertedSlots: [String] {
        changes.filter(\.isRevert).map(\.field.slot).sorted()
    }

    /// A change as a plan tells of it.
    package struct PlannedChange: Sendable {
        package let change: ResolvedChange
        /// What keeps it back; nil where it goes on.
        package let held: String?
        /// It goes on only for as long as other rules are held.
        package let isInterim: Bool
    }

    /// All changes that go on, and those that wait.
    ///
    /// - Parameter gate: The one that reconciled.
    package func planned(by gate: ChangeGate) -> [PlannedChange] {
        let wanted = evaluation.wanted
        return changes.map { change in
            let isInterim = !wanted.contains { $0.change == change.change }
            return PlannedChange(change: change, held: nil, isInterim: isInterim)
        }
            + wanted.filter { !includes($0) }.map {
                PlannedChange(change: $0, held: reason(toHold: $0, gate), isInterim: false)
            }
    }

    private func reason(toHold change: ResolvedChange, _ gate: ChangeGate) -> String {
        if let held = held.first(where: { $0.change.hasSameTarget(as: change.change) }) {
            return gate.reason(for: held)
        }
        if let hold = subject.holds[change.field.slot], keptHolds.contains(hold.field) {
            return hold.reason.rawValue
        }
        let new = newHolds.first { $0.change.change == change.change }
        // Else a person declined it, or it gives more than is left without the rules that are held.
        return new?.reason.rawValue ?? (declined.contains(change) ? "declined" : "held")
    }

    /// Whether a change goes on.
    private func includes(_ change: ResolvedChange) -> Bool {
        changes.contains { $0.change == change.change }
    }
}

/// Who let a change through, for the record.
package struct ApprovalReference: Codable, Sendable, Equatable {
    package let who: String?
    /// The event of the approval; nil where an earlier version recorded it.
    package let seq: Int?
    /// The plan that was approved; nil for a hold or a rule.
    package let plan: String?
}

extension ApprovalReference {
    init(_ approved: ApprovedChange) {
        self.init(who: approved.who, seq: approved.seq, plan: approved.plan)
    }
}

extension ChangeGate {
    /// Decides what follows from the rules for a contact.
    ///
    /// Rules that are held neither act nor make room: what they want is set aside, and the rest is
    /// decided as if they were not there. A rule that is held elsewhere and has here what it wants
    /// is not passed over: nothing of it waits, and it protects what is there.
    package mutating func reconcile(_ subject: Subject, at now: Date) -> Reconciliation {
        let evaluation = ruleset.evaluate(subject.contact, memory: subject.memory, now: now)
        var result = Reconciliation(of: subject, evaluation)
        result.holdReverts()
        // Each look but the last passes over at least one rule more in one slot more.
        repeat {
            var isAgreed = true
            for change in result.beginLook() {
                let admission = admission(of: change, for: subject, at: now)
                let verdict = verdict(
                    on: change, of: subject, admission: admission, isExempted: result.isExempted,
                    at: now)
                isAgreed = isAgreed && verdict.isAgreed
                result.take(verdict, on: change, isNew: admission == nil, &self)
            }
            // What people agreed to as a whole is not decided once more without its rules.
            if !isAgreed { result.passOver(rulesHeldOutright(evaluation, subject, at: now)) }
        } while result.decideRest()
        for hold in result.finish(&self) { place(hold) }
        return result
    }

    /// The rules that are held whatever becomes of the contact, for slots in which they want more
    /// than the contact has and nobody agreed to just that.
    private mutating func rulesHeldOutright(
        _ evaluation: Evaluation, _ subject: Subject, at now: Date
    ) -> PassedOver {
        guard mayHoldRules else { return [:] }
        var held: PassedOver = [:]
        for wish in evaluation.ruleWishes where !wish.isMet {
            let (rule, slot) = (wish.rule, wish.field.slot)
            guard standingHold(on: rule, isLowering: wish.effect == .lowers) != nil,
                !isApproved(rule.id, slot, for: subject, at: now),
                subject.action?.isUnderWay(for: rule.id, slot, under: ruleset.hash) != true
            else { continue }
            held[rule.id, default: []].insert(slot)
        }
        return held
    }

    private mutating func isApproved(
        _ rule: String, _ slot: String, for subject: Subject, at now: Date
    ) -> Bool {
        let meaning = meaning(of: rule)
        return subject.approvalsInForce(at: now).contains { approved in
            approved.field.slot == slot && approved.rules[rule] == meaning
        }
    }

    /// The holds on rules that are passed over for a contact, whatever the limits are now.
    fileprivate mutating func standingHolds(on passedOver: PassedOver) -> [RuleHold] {
        passedOver.keys.sorted().compactMap(ruleset.rule).compactMap { rule in
            standingHold(on: rule, isLowering: false) ?? standingHold(on: rule, isLowering: true)
        }
    }

    /// The approval on account of which rules may change a contact; nil where one needs none.
    fileprivate mutating func approval(of rules: [String]) -> ApprovalReference? {
        var found: ApprovalReference?
        for id in rules {
            guard ruleset.rule(id)?.terms.needsApproval == true,
                let approval = holds.approvals[meaning(of: id)]
            else { return nil }
            found = found ?? ApprovalReference(who: approval.who, seq: approval.seq, plan: nil)
        }
        return found
    }
}

extension GateVerdict {
    /// A person agreed to it, or it went through the gate before.
    fileprivate var isAgreed: Bool {
        switch self {
        case .alreadyUnderWay, .approved: true
        case .admitted, .held, .heldForContact: false
        }
    }
}

extension Reconciliation {
    fileprivate init(of subject: Subject, _ evaluation: Evaluation) {
        self.subject = subject
        self.evaluation = evaluation
        isExempted = !evaluation.exempted.isEmpty
    }

    /// Holds reverts that might raise access, unless rules want something else there.
    fileprivate mutating func holdReverts() {
        let wanted = Set(evaluation.wanted.map(\.field.slot))
        for revert in evaluation.heldReverts where !wanted.contains(revert.field.slot) {
            hold(revert, .revert)
        }
    }

    fileprivate mutating func passOver(_ rules: PassedOver) {
        passedOver.merge(rules) { $0.union($1) }
    }

    /// Forgets what only the last look said of changes that went on.
    ///
    /// - Returns: The changes that stand now.
    fileprivate mutating func beginLook() -> [ResolvedChange] {
        (approvals, counted) = ([:], [])
        return changes
    }

    fileprivate mutating func take(
        _ verdict: GateVerdict, on change: ResolvedChange, isNew: Bool, _ gate: inout ChangeGate
    ) {
        let slot = change.field.slot
        switch verdict {
        case .alreadyUnderWay: break
        case .approved(let approval):
            approvals[slot] = ApprovalReference(approval)
            if isNew { count(change, change.rules, isApproved: true) }
        case .admitted(let rules, let obstacles):
            approvals[slot] = gate.approval(of: rules)
            if isNew { count(change, rules) }
            guard !obstacles.isEmpty else { return }
            partlyHeld.append((change, obstacles))
            passOver(obstacles.map(\.rule), slot)
        case .held(let obstacles):
            let holds = obstacles.compactMap(\.hold)
            if holds.isEmpty { declined.append(change) } else { hold(change, holds, &gate) }
            passOver(change.rules, slot)
        case .heldForContact(let reason):
            hold(change, reason)
            passOver(change.rules, slot)
        }
    }

    /// Decides the rest without the rules that are passed over by now.
    ///
    /// - Returns: Whether there is anything new to decide.
    fileprivate mutating func decideRest() -> Bool {
        guard passedOver != decidedWithout else { return false }
        evaluation = evaluation.passingOver(passedOver)
        decidedWithout = passedOver
        return true
    }

    /// Holds what would have gone on with all of its rules.
    ///
    /// - Returns: The holds on rules that are needed.
    fileprivate mutating func finish(_ gate: inout ChangeGate) -> [RuleHold] {
        for (change, obstacles) in partlyHeld where !includes(change) {
            hold(change, obstacles.compactMap(\.hold), &gate)
        }
        let holds = neededHolds + gate.standingHolds(on: passedOver)
        for change in evaluation.wanted where !includes(change) && !isExplained(change) {
            // It follows from what held rules want, or gives more than is left without them.
            hold(change, holds, &gate)
        }
        return neededHolds
    }

    /// Whether it is known why a change does not go on.
    private func isExplained(_ change: ResolvedChange) -> Bool {
        held.contains { $0.change.hasSameTarget(as: change.change) } || declined.contains(change)
            || newHolds.contains { $0.change.change == change.change }
            || keptHolds.contains(change.field.slot)
    }

    private mutating func passOver(_ rules: [String], _ slot: String) {
        for rule in rules { passedOver[rule, default: []].insert(slot) }
    }

    private mutating func count(
        _ change: ResolvedChange, _ rules: [String], isApproved: Bool = false
    ) {
        let classes = subject.contact.classes(
            of: change.field, change.value, isExempted: isExempted)
        counted.append(CountedChange(classes: classes, rules: rules, isApproved: isApproved))
    }

    private mutating func hold(_ change: ResolvedChange, _ reason: ContactHold.Reason) {
        let slot = change.field.slot
        if let hold = subject.holds[slot], hold.wish.isFor(change.field, change.value) {
            keptHolds.insert(slot)
        } else if !keptHolds.contains(slot),
            !newHolds.contains(where: { $0.change.field.slot == slot })
        {
            newHolds.append((change, reason))
        }
    }

    private mutating func hold(
        _ change: ResolvedChange, _ holds: [RuleHold], _ gate: inout ChangeGate
    ) {
        guard !holds.isEmpty, !held.contains(where: { $0.change.hasSameTarget(as: change.change) })
        else { return }
        var meanings: [String: String] = [:]
        for id in change.rules { meanings[id] = gate.meaning(of: id) }
        held.append(
            HeldChange(
                change.change, rules: meanings, HoldKeys(by: Set(holds.map(\.key)).sorted())))
        neededHolds += holds
    }
}
