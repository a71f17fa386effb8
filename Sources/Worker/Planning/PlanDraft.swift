internal import Contacts
internal import Rules
internal import Store

/// A plan while contacts are still being looked at: counts, and no contact but the few that are shown.
struct PlanDraft {
    private let ruleset: Ruleset
    private var tally: PlanTally
    private(set) var census: Census
    private(set) var contacts = 0
    private var summary = ChangeSummary()
    /// What rules in shadow would change.
    private var shadow = ChangeSummary()
    private var admins = AccountAdmins()
    private var drifted = 0
    private var waiting = TransitionCounts()
    private var unordered: [String: Int] = [:]
    private var orphans: [LeftBehind: Plan.Orphan] = [:]
    private var exempted: [Exempted: Int] = [:]
    private var accounts: [String: Int] = [:]
    private var otherAccounts = 0
    private var conflicts: [Plan.ConflictCount.Key: Int] = [:]
    /// Contacts by what decides whether their request is held.
    private var requests: [Request: Int] = [:]

    private struct Request: Hashable {
        /// Of each change that may be held, the rules that want it.
        let open: [[String]]
        /// One change at least goes whatever is held.
        let isAgreed: Bool
    }

    /// Accounts that are counted apart. Source: ours.
    static let maxAccounts = 100_000

    init(_ ruleset: Ruleset, tally: PlanTally) {
        self.ruleset = ruleset
        self.tally = tally
        census = Census(ruleset)
    }

    mutating func add(_ page: PlannedPage) {
        contacts += page.contacts
        census.merge(page.census)
        admins.merge(page.admins)
        for contact in page.found { add(contact) }
    }

    private mutating func add(_ contact: PlannedContact) {
        let subject = contact.subject.contact
        tally.add(
            contact.wanted, rules: contact.rules, isExempted: contact.isExempted,
            of: contact.subject)
        if contact.isDrifted { drifted += 1 }
        for conflict in contact.conflicts {
            conflicts[Plan.ConflictCount.Key(conflict), default: 0] += 1
        }
        for wish in contact.waiting { waiting.add(wish.field, wish.value, of: subject) }
        for rule in contact.unordered { unordered[rule, default: 0] += 1 }
        shadow.add(
            contact.shadow.changes.map { PlannedContact.Change(wanted: $0, standing: .open) },
            dropped: contact.shadow.dropped, of: subject)
        summary.add(contact.changes, dropped: contact.dropped, of: subject)
        for left in contact.orphaned {
            orphans[left, default: Plan.Orphan(left)].add(subject.id)
        }
        for exempted in contact.exempted { self.exempted[exempted, default: 0] += 1 }
        guard !contact.changes.isEmpty else { return }
        count(account: subject.account?.id ?? "")
        let request = Request(
            open: contact.changes.filter { $0.standing == .open }.map(\.rules),
            isAgreed: contact.changes.contains { $0.standing == .agreed })
        requests[request, default: 0] += 1
    }

    private mutating func count(account: String) {
        if accounts.count < Self.maxAccounts || accounts[account] != nil {
            accounts[account, default: 0] += 1
        } else {
            otherAccounts += 1
        }
    }

    /// What stands in a plan's file behind its changes.
    mutating func ending() -> PlanFile.Ending {
        let holds = tally.holds()
        var ending = PlanFile.Ending(rules: [:], held: [:])
        for id in summary.rules.keys {
            ending.rules[id] = ruleset.rule(id).map { ruleset.hash(of: $0) }
            ending.held[id] = hold(on: id, holds)?.detail
        }
        return ending
    }

    /// - Parameter active: The hash of the ruleset that the plan compares with.
    mutating func plan(
        workspace: String, comparedWith active: String?, assuming assumptions: PlanAssumptions
    ) -> Plan {
        let holds = tally.holds()
        var plan = Plan(
            workspace: workspace, rulesetHash: ruleset.hash, comparedWith: active,
            plannedAt: tally.now, assuming: assumptions)
        plan.contacts = contacts
        plan.held = requests.filter { isHeld($0.key, by: holds) }.values.reduce(0, +)
        plan.drifted = drifted
        (plan.holds, plan.warnings) = (holds.all, census.warnings)
        take(changes: &plan, holds)
        take(rules: &plan)
        take(accounts: &plan)
        return plan
    }

    private func take(changes plan: inout Plan, _ holds: PlannedHolds) {
        (plan.changes, plan.changed) = (summary.changes, summary.changed)
        (plan.transitions, plan.givenBack) = (summary.transitions.all, summary.givenBack.all)
        (plan.dropped, plan.waiting) = (summary.dropped.all, waiting.all)
        plan.rules = summary.rules { hold(on: $0, holds)?.detail }
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

    private func isHeld(_ request: Request, by holds: PlannedHolds) -> Bool {
        !request.isAgreed
            && request.open.allSatisfy { $0.allSatisfy { hold(on: $0, holds) != nil } }
    }

    private func hold(on id: String, _ holds: PlannedHolds) -> PlannedHolds.Hold? {
        holds.hold(on: id, base: ruleset.rule(id)?.base ?? id)
    }

    private func take(accounts plan: inout Plan) {
        let deserted = admins.deserted
        plan.desertedAccounts = deserted.count
        plan.deserted = Array(deserted.prefix(Plan.shownAccounts))
        let sorted = accounts.map { Plan.AccountCount(account: $0.key, contacts: $0.value) }
            .sorted { ($1.contacts, $0.account) < ($0.contacts, $1.account) }
        plan.accounts = Array(sorted.prefix(Plan.shownAccounts))
        plan.otherAccountsContacts =
            sorted.dropFirst(Plan.shownAccounts).reduce(otherAccounts) { $0 + $1.contacts }
    }
}
