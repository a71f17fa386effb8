package import Contacts
internal import Foundation
package import Rules

/// What stands between a change that rules want and an action.
package enum GateVerdict: Sendable {
    /// It went through the gate under this ruleset.
    case alreadyUnderWay
    /// A person agreed to it.
    case approved(ApprovedChange)
    /// Nothing stands against these rules; something does against the others.
    case admitted(by: [String], against: [Obstacle])
    /// Something stands against each of its rules.
    case held([Obstacle])
    /// It waits for a person, for this contact alone.
    case heldForContact(ContactHold.Reason)
}

/// What stands against one rule's part in a change.
package struct Obstacle: Sendable, Equatable {
    package let rule: String
    /// The hold, as it is or as it would be placed; nil where a person declined just this change.
    package let hold: RuleHold?
}

/// The only way from a wish of rules to an action: holds, approvals and limits, in one order.
package struct ChangeGate: Sendable {
    package let ruleset: Ruleset
    let limits: EffectiveLimits
    package private(set) var ledger: ChangeLedger
    package private(set) var holds: RuleHolds
    /// Whether changes count one by one; else all of them are counted at once, later.
    let isCounting: Bool
    /// What rules mean takes a while to work out, and many contacts want the same.
    private var meanings: [String: String] = [:]
    /// Whether any rule needs an approval.
    private let needsApprovals: Bool

    /// - Parameters:
    ///   - before: What the ruleset before granted itself, while contacts are evaluated anew.
    ///   - cap: What the operator allows at most; nil is anything.
    package init(
        _ ruleset: Ruleset, before: GrantedLimits?, cap: ChangeLimits?, ledger: ChangeLedger,
        holds: RuleHolds, isCounting: Bool = true
    ) {
        self.ruleset = ruleset
        limits = EffectiveLimits(GrantedLimits(ruleset), before: before, cap: cap)
        self.ledger = ledger
        self.holds = holds
        self.isCounting = isCounting
        needsApprovals = ruleset.rules.contains { $0.terms.needsApproval }
    }

    /// The one order of checks between a wish and an action.
    ///
    /// A rule that nothing stands against is enough, whatever else wants the same.
    ///
    /// - Parameter admission: The ruleset under which the change became an action; nil is none.
    mutating func verdict(
        on change: ResolvedChange, of subject: Subject, admission: String?, isExempted: Bool,
        at now: Date
    ) -> GateVerdict {
        if let reason = subject.reason(toHold: change, at: now) { return .heldForContact(reason) }
        if admission == ruleset.hash { return .alreadyUnderWay }
        if let approval = approval(of: change, for: subject, at: now) {
            return .approved(approval)
        }
        let classes = subject.contact.classes(
            of: change.field, change.value, isExempted: isExempted)
        var (free, obstacles): ([String], [Obstacle]) = ([], [])
        for id in change.rules {
            if declines(change, of: subject, id) {
                obstacles.append(Obstacle(rule: id, hold: nil))
            } else if let hold = hold(on: id, classes, isCounted: admission != nil) {
                obstacles.append(Obstacle(rule: id, hold: hold))
            } else {
                free.append(id)
            }
        }
        return free.isEmpty ? .held(obstacles) : .admitted(by: free, against: obstacles)
    }

    /// The ruleset under which a change became an action; nil where it did not, or where it did on
    /// an approval that has ended since.
    mutating func admission(
        of change: ResolvedChange, for subject: Subject, at now: Date
    ) -> String? {
        let isApproved = subject.approved.contains {
            $0.begun == true && $0.change.hasSameTarget(as: change.change)
        }
        guard !isApproved || approval(of: change, for: subject, at: now) != nil else { return nil }
        return subject.action?.wants(change.field, change.value)
    }

    /// A person's agreement to this change, which one of its rules still wants and means as it did.
    private mutating func approval(
        of change: ResolvedChange, for subject: Subject, at now: Date
    ) -> ApprovedChange? {
        for approved in subject.approvalsInForce(at: now)
        where approved.change.hasSameTarget(as: change.change) {
            for id in change.rules where approved.rules[id] == meaning(of: id) { return approved }
        }
        return nil
    }

    /// Whether a person declined this change, for the rule as it is.
    private mutating func declines(
        _ change: ResolvedChange, of subject: Subject, _ id: String
    ) -> Bool {
        subject.declined.contains { declined in
            declined.change.hasSameTarget(as: change.change)
                && declined.rules[id] == meaning(of: id)
                && subject.holdsStill(declined.from, in: declined.field)
        }
    }

    /// The hold against a rule's part in a change of these classes.
    private mutating func hold(
        on id: String, _ classes: Set<ChangeClass>, isCounted: Bool
    ) -> RuleHold? {
        // A rule that is gone wants nothing: whatever says so is not to be trusted.
        guard let rule = ruleset.rule(id) else {
            return newHold(on: id, .approval, "the rule is not in the ruleset")
        }
        if let hold = standingHold(on: rule, isLowering: classes.contains(.lowering)) {
            return hold
        }
        guard isCounting, !isCounted else { return nil }
        for kind in ChangeClass.allCases where classes.contains(kind) {
            for (scope, limits) in scopes(of: rule, kind) {
                guard let bound = ledger.exceeded(limits, kind, in: scope) else { continue }
                return newHold(on: holder(in: scope, rule), kind.holdReason, bound)
            }
        }
        return nil
    }

    /// What holds a rule whatever the limits are now: a rejection, a missing approval, or a limit
    /// that it has exceeded in this direction.
    mutating func standingHold(on rule: Rule, isLowering: Bool) -> RuleHold? {
        if rule.terms.needsApproval, lacksApproval(rule.id) {
            return holds.rejection(of: rule.id, base: rule.base)
                ?? newHold(on: rule.base, .approval, RuleHold.approvalDetail)
        }
        guard holds.isHeld(rule.id, base: rule.base) else { return nil }
        return holds.rejection(of: rule.id, base: rule.base)
            ?? holds.hold(on: rule.id, base: rule.base, isLowering ? .lowering : .limit)
    }

    /// Whether a hold or a missing approval may stand against any rule.
    var mayHoldRules: Bool { needsApprovals || !holds.placed.isEmpty }

    /// Whether a person has to agree to a rule first.
    package mutating func lacksApproval(_ id: String) -> Bool {
        ruleset.rule(id)?.terms.needsApproval == true && holds.approvals[meaning(of: id)] == nil
    }

    /// The limits that a change of a class by a rule counts against.
    ///
    /// What lowers access is bounded rule by rule: a flood of it by one rule holds no other.
    func scopes(of rule: Rule, _ kind: ChangeClass) -> [(LimitScope, ChangeLimits)] {
        let own = limits.limits(ofRule: rule.base).map { (LimitScope.rule(rule.id), $0) }
        let shared: LimitScope = kind == .lowering ? .rule(rule.base) : .workspace
        return [own, (shared, limits.workspace)].compactMap(\.self)
    }

    /// Whom a hold names: the row whose own limit it is, else the rule as written.
    private func holder(in scope: LimitScope, _ rule: Rule) -> String {
        if case .rule(let id) = scope { id } else { rule.base }
    }

    /// The hold on a rule, as it is or as it would be placed.
    mutating func newHold(on id: String, _ reason: RuleHold.Reason, _ detail: String) -> RuleHold {
        let hold = RuleHold(
            ruleID: id, reason: reason, ruleHash: meaning(of: id), detail: detail)
        return holds.placed[hold.key] ?? hold
    }

    package mutating func place(_ hold: RuleHold) { holds.place(hold) }

    /// Why a held change waits, in words.
    package func reason(for change: HeldChange) -> String {
        // A rule and a row of its table may wait for the same limit.
        let reasons = change.by.compactMap { holds.placed[$0]?.detail }
        return reasons.enumerated().filter { !reasons[..<$0.offset].contains($0.element) }
            .map(\.element).joined(separator: ", ")
    }

    /// What a rule means, or a rule as written with all its rows; empty where there is none.
    mutating func meaning(of id: String) -> String {
        if let known = meanings[id] { return known }
        let meaning =
            ruleset.rule(id).map { ruleset.hash(of: $0) } ?? ruleset.hash(ofBase: id) ?? ""
        meanings[id] = meaning
        return meaning
    }

    /// Counts a contact that becomes an action once in every scope.
    package mutating func count(_ admitted: [CountedChange]) {
        for (scope, classes) in scopes(of: admitted) { ledger.add(classes, to: scope) }
    }

    /// What the changes of one contact count against, each scope once.
    func scopes(of changes: [CountedChange]) -> [LimitScope: Set<ChangeClass>] {
        var classes: [LimitScope: Set<ChangeClass>] = [:]
        for change in changes {
            classes[.workspace, default: []].formUnion(change.classes)
            for id in change.rules {
                classes[.rule(id), default: []].formUnion(change.classes)
                guard let rule = ruleset.rule(id) else { continue }
                classes[.rule(rule.base), default: []].formUnion(change.classes)
            }
        }
        return classes
    }
}

/// A change that counts against limits.
package struct CountedChange: Sendable {
    let classes: Set<ChangeClass>
    /// Those on whose account it goes.
    let rules: [String]
    /// A person agreed to it: it counts once it is made, and holds nothing before.
    let isApproved: Bool
}

extension ChangeClass {
    /// Why a rule is held that exceeds a limit on changes of this class.
    var holdReason: RuleHold.Reason { self == .lowering ? .lowering : .limit }
}
