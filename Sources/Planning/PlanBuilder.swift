internal import Contacts
internal import Foundation
internal import Reconciler
internal import RuleLint
internal import Rules

/// A plan while contacts are still being looked at: counts, and no contact but the few that are
/// shown.
struct PlanBuilder {
    private let ruleset: Ruleset
    private let now: Date
    private var impact: ImpactAssessment
    private(set) var references: DanglingReferences
    private(set) var contacts = 0
    private var summary = ChangeSummary()
    /// What rules in shadow would change.
    private var shadow = ChangeSummary()
    private var admins = AccountAdmins()
    private var drifted = 0
    private var waiting = TransitionCounts()
    private var unordered: [String: Int] = [:]
    private var orphans: [Orphan: Plan.OrphanCount] = [:]
    private var exempted: [Exempted: Int] = [:]
    private var accounts: [ByteText: Int] = [:]
    private var otherAccounts = 0
    private var accountNames = AccountNames()
    private var conflicts: [Plan.ConflictCount.Key: Int] = [:]
    /// Changed contacts of which every change would be held.
    private var held = 0

    /// - Parameter time: The time that rules decide as of.
    init(_ ruleset: Ruleset, _ impact: ImpactAssessment, at now: Date, asOf time: Date) {
        self.ruleset = ruleset
        self.impact = impact
        self.now = now
        references = DanglingReferences(ruleset, at: time)
    }

    mutating func add(_ page: PagePlan) {
        contacts += page.contacts
        references.merge(page.references)
        admins.merge(page.admins)
        for contact in page.found { add(contact) }
    }

    private mutating func add(_ contact: ContactPlan) {
        let subject = contact.contact
        impact.add(contact.reconciled)
        if contact.isDrifted { drifted += 1 }
        for conflict in contact.conflicts {
            conflicts[Plan.ConflictCount.Key(conflict), default: 0] += 1
        }
        for wish in contact.waiting { waiting.add(wish.field, wish.value, of: subject) }
        for rule in contact.unordered { unordered[rule, default: 0] += 1 }
        shadow.add(
            contact.shadow.changes.map { ContactPlan.Change(wanted: $0, held: nil) },
            dropped: contact.shadow.dropped, of: subject)
        summary.add(contact.changes, dropped: contact.dropped, of: subject)
        for left in contact.orphaned {
            orphans[left, default: Plan.OrphanCount(left)].add(subject)
        }
        for exempted in contact.exempted { self.exempted[exempted, default: 0] += 1 }
        guard !contact.changes.isEmpty else { return }
        count(account: subject.account?.id ?? "")
        accountNames.add(subject)
        if contact.changes.allSatisfy({ $0.held != nil }) { held += 1 }
    }

    private mutating func count(account: String) {
        if accounts.count < Plan.countedAccounts || accounts[account] != nil {
            accounts[account, default: 0] += 1
        } else {
            otherAccounts += 1
        }
    }

    /// The holds that were not known when the contacts were looked at; approvals that are missing
    /// were.
    mutating func unforeseenHolds() -> [RuleHold] {
        impact.holds().map(\.hold).filter {
            $0.reason != .approval && impact.gate.holds.placed[$0.key] == nil
        }
    }

    /// What stands in a plan's file behind its changes.
    mutating func ending() -> PlanFile.Ending {
        let holds = PlannedHolds(&impact, of: ruleset)
        var ending = PlanFile.Ending(rules: [:], held: [:])
        for id in summary.rules.keys {
            ending.rules[id] = ruleset.rule(id).map { ruleset.hash(of: $0) }
            ending.held[id] = holds.hold(on: id)?.detail
        }
        return ending
    }

    /// - Parameter active: The hash of the ruleset that the plan compares with.
    mutating func plan(
        workspace: String, comparedWith active: String?, assuming assumptions: PlanAssumptions
    ) -> Plan {
        let holds = PlannedHolds(&impact, of: ruleset)
        var plan = Plan(
            workspace: workspace, rulesetHash: ruleset.hash, comparedWith: active,
            plannedAt: now, assuming: assumptions)
        plan.contacts = contacts
        plan.held = held
        plan.drifted = drifted
        plan.holds = holds.all
        (plan.errors, plan.warnings) = (references.errors, references.warnings)
        take(changes: &plan, holds)
        take(rules: &plan)
        take(accounts: &plan)
        return plan
    }

    private func take(changes plan: inout Plan, _ holds: PlannedHolds) {
        (plan.changes, plan.changed) = (summary.changes, summary.changed)
        (plan.transitions, plan.givenBack) = (summary.transitions.all, summary.givenBack.all)
        (plan.dropped, plan.waiting) = (summary.dropped.all, waiting.all)
        plan.rules = summary.rules { holds.hold(on: $0)?.detail }
        plan.who = summary.who
        plan.shadow = Plan.Shadow(shadow)
    }

    private func take(rules plan: inout Plan) {
        plan.unordered = unordered.map { Plan.UnorderedCount(rule: $0.key, contacts: $0.value) }
            .sorted { ($1.contacts, $0.rule) < ($0.contacts, $1.rule) }
        plan.orphans = orphans.values.sorted {
            ($1.contacts, $0.rule, $0.field) < ($0.contacts, $1.rule, $1.field)
        }
        plan.exempted = exempted.map { Plan.ExemptedCount($0.key, contacts: $0.value) }
            .sorted { ($1.contacts, $0.exception, $0.rule) < ($0.contacts, $1.exception, $1.rule) }
        plan.conflicts = conflicts.map { Plan.ConflictCount($0.key, contacts: $0.value) }
            .sorted { ($1.contacts, $0.slot, $0.rules[0]) < ($0.contacts, $1.slot, $1.rules[0]) }
    }

    private func take(accounts plan: inout Plan) {
        plan.adminLoss = admins.loss(accountNames)
        let sorted = accounts.map { account, contacts in
            Plan.AccountCount(
                account: Plan.AccountReference(id: account.text, name: accountNames[account.text]),
                contacts: contacts)
        }
        .sorted {
            ($1.contacts, ByteText($0.account.id)) < ($0.contacts, ByteText($1.account.id))
        }
        plan.accounts = Array(sorted.prefix(Plan.shownAccounts))
        plan.otherAccountsContacts =
            sorted.dropFirst(Plan.shownAccounts).reduce(otherAccounts) { $0 + $1.contacts }
    }
}
