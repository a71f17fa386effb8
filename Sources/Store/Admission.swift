internal import Contacts
internal import Foundation
internal import Postgres

/// The only door to actions: what may become one, and what waits for a person.
struct Admission {
    let terms: RulesetTerms
    let limits: EffectiveLimits
    var counts: ChangeCounts
    var holds: RuleHolds
    /// What rules mean takes a while to work out, and many contacts want the same.
    private var hashes: [String: String] = [:]

    init(
        _ terms: RulesetTerms, before: RulesetTerms.Granted?, counts: ChangeCounts, holds: RuleHolds
    ) {
        self.terms = terms
        limits = EffectiveLimits(terms, before: before)
        self.counts = counts
        self.holds = holds
    }

    /// A change of one field that rules want.
    struct Wish {
        let field: SettableField
        let value: String
        let from: FieldValue?
        let rules: [String]
        let classes: Set<ChangeClass>
    }

    enum Verdict {
        /// It may become an action, which counts for these rules.
        case admitted(rules: [String])
        case held(HeldChange)
    }

    /// Whether a wish may become an action; where it may not, the holds that it needs are placed.
    ///
    /// A rule that nothing stands against is enough, whatever else wants the same.
    ///
    /// - Parameters:
    ///   - approved: What a person agreed to for this field of the contact.
    ///   - isCounted: It is an action already, of this ruleset or the one before.
    mutating func consider(
        _ wish: Wish, approved: ApprovedChange?, isCounted: Bool
    ) -> Verdict {
        if isApproved(wish, approved) { return .admitted(rules: wish.rules) }
        var (free, needed): ([String], [RuleHold]) = ([], [])
        for id in wish.rules {
            if let hold = obstacle(to: id, wish, isCounted: isCounted) {
                needed.append(hold)
            } else {
                free.append(id)
            }
        }
        guard free.isEmpty else { return .admitted(rules: free) }
        for hold in needed { holds.place(hold) }
        var meanings: [String: String] = [:]
        for id in wish.rules { meanings[id] = hash(id) }
        return .held(
            HeldChange(
                field: wish.field.path, value: wish.value, from: wish.from, rules: meanings,
                by: Set(needed.map(\.key)).sorted()))
    }

    /// Whether a person agreed to this change, wanted by these rules as they are.
    mutating func isApproved(_ wish: Wish, _ approved: ApprovedChange?) -> Bool {
        guard let approved else { return false }
        return approved.covers(wish, wish.rules.map { hash($0) })
    }

    /// Whether a person has to agree to a rule first.
    mutating func lacksApproval(_ id: String) -> Bool {
        terms.rule(id)?.needsApproval == true && !holds.approvals.contains(hash(id))
    }

    /// Counts a contact that becomes an action once in every scope.
    mutating func count(_ admitted: [(classes: Set<ChangeClass>, rules: [String])]) {
        for (scope, classes) in scopes(of: admitted) { counts.add(classes, to: scope) }
    }

    /// What the wishes for one contact count against, each scope once.
    func scopes(
        of wishes: [(classes: Set<ChangeClass>, rules: [String])]
    ) -> [LimitScope: Set<ChangeClass>] {
        var classes: [LimitScope: Set<ChangeClass>] = [:]
        for wish in wishes {
            classes[.workspace, default: []].formUnion(wish.classes)
            for id in wish.rules {
                classes[.rule(id), default: []].formUnion(wish.classes)
                guard let rule = terms.rule(id) else { continue }
                classes[.file(rule.file), default: []].formUnion(wish.classes)
            }
        }
        return classes
    }

    private mutating func obstacle(to id: String, _ wish: Wish, isCounted: Bool) -> RuleHold? {
        // A rule that is gone wants nothing: whatever says so is not to be trusted.
        guard let rule = terms.rule(id) else {
            return hold(on: id, .approval, "the rule is not in the ruleset")
        }
        if lacksApproval(id) {
            return hold(on: rule.base, .approval, RuleHold.approvalDetail)
        }
        if let hold = holds.hold(on: id, base: rule.base) { return hold }
        if isCounted { return nil }
        for kind in ChangeClass.allCases where wish.classes.contains(kind) {
            if let own = limits.limits(ofRule: rule.base),
                let bound = counts.exceeded(own, kind, in: .rule(id))
            {
                return hold(on: id, .limit, bound)
            }
            if let bound = counts.exceeded(
                limits.limits(ofFile: rule.file), kind, in: .file(rule.file))
                ?? counts.exceeded(limits.workspace, kind, in: .workspace)
            {
                return hold(on: rule.base, .limit, bound)
            }
        }
        return nil
    }

    /// The hold on a rule, as it is or as it would be placed.
    mutating func hold(
        on id: String, _ reason: RuleHold.Reason, _ detail: String
    ) -> RuleHold {
        let hold = RuleHold(ruleID: id, reason: reason, ruleHash: hash(id), detail: detail)
        return holds.placed[hold.key] ?? hold
    }

    private mutating func hash(_ id: String) -> String {
        if let known = hashes[id] { return known }
        let hash = terms.hash(id) ?? ""
        hashes[id] = hash
        return hash
    }
}

extension ApprovedChange {
    /// Whether this is the change that was agreed to, wanted by no other rule than those.
    func covers(_ wish: Admission.Wish, _ hashes: [String]) -> Bool {
        field == wish.field.path && value.utf8.elementsEqual(wish.value.utf8) && from == wish.from
            && !hashes.isEmpty && Set(hashes).isSubset(of: rules.values)
    }
}
