package import Contacts
internal import Foundation
internal import Reconciler
internal import RuleLint
package import Rules
package import Store

/// Works out what a ruleset would change in the stored contacts; sends and writes nothing.
///
/// Contacts are read in pages by id and decided on beside one another; what is kept of them are
/// counts and a bounded list, so that a plan over a million takes no more memory than one over a
/// thousand.
package struct Planner: Sendable {
    let store: Store
    let ruleset: Ruleset
    /// The ruleset in force, where only what differs from it is asked for.
    let active: Ruleset?
    let cap: ChangeLimits?
    let assumptions: PlanAssumptions
    /// The ruleset in force, which this one would take the place of; nil where there is none.
    let inForce: Ruleset?

    /// Contacts read at once.
    static let pageSize = 1000
    /// Pages decided on at once; the database is the third to work.
    static let pagesAtOnce = 2

    /// - Parameters:
    ///   - active: The ruleset to compare with; nil plans everything.
    ///   - cap: What the operator allows rule files to change at most.
    ///   - inForce: The ruleset in which rules may have had another name.
    package init(
        store: Store, ruleset: Ruleset, comparedWith active: Ruleset?, cap: ChangeLimits?,
        assuming assumptions: PlanAssumptions = PlanAssumptions(), replacing inForce: Ruleset? = nil
    ) {
        self.store = store
        self.ruleset =
            assumptions.enforced.isEmpty ? ruleset : ruleset.enforcing(assumptions.enforced)
        self.active = active
        self.cap = cap
        self.assumptions = assumptions
        self.inForce = inForce
    }

    /// - Parameters:
    ///   - file: Where every change is written to, too.
    ///   - progress: Told now and then how many contacts were looked at.
    package func plan(
        into file: PlanWriter? = nil, progress: (Int) -> Void = { _ in }
    ) async throws -> Plan {
        let start = try await store.plannedCount(of: ruleset)
        let now = start.now
        let time = assumptions.asOf ?? now
        var gate = ChangeGate(
            ruleset, before: start.limitsBefore, cap: cap, ledger: start.ledger,
            holds: start.holds, isCounting: false)
        var builder = PlanBuilder(ruleset, ImpactAssessment(gate), at: now, asOf: time)
        try await look(through: gate, into: &builder, file, at: now, progress: progress)
        let holds = builder.unforeseenHolds()
        if !holds.isEmpty {
            // What is left is decided without the rules that exceed a limit: all is looked at once
            // more.
            for hold in holds { gate.place(hold) }
            builder = PlanBuilder(ruleset, ImpactAssessment(gate), at: now, asOf: time)
            try await look(through: gate, into: &builder, file, at: now, progress: progress)
        }
        try file?.finish(builder.ending())
        var plan = builder.plan(
            workspace: store.workspace.description, comparedWith: active?.hash,
            assuming: assumptions)
        plan.renames = undeclaredRenames
        return plan
    }

    /// Looks at all contacts.
    private func look(
        through gate: ChangeGate, into builder: inout PlanBuilder, _ file: PlanWriter?,
        at now: Date, progress: (Int) -> Void
    ) async throws {
        try file?.begin(
            PlanFile.Head(
                workspace: store.workspace.description, rulesetHash: ruleset.hash, plannedAt: now,
                assuming: assumptions))
        try await withThrowingTaskGroup(of: (Int, PagePlan).self) { group in
            var (after, begun, done) = (String?(""), 0, 0)
            var waiting: [Int: PagePlan] = [:]
            let look = PagePlanner(
                ruleset: PlannedRuleset(ruleset), gate: gate,
                active: active.map(PlannedRuleset.init), references: builder.references.empty,
                now: assumptions.asOf ?? now, isWritten: file != nil)
            while after != nil || done < begun {
                if let start = after, begun - done < Self.pagesAtOnce {
                    let page = try await store.subjects(after: start, limit: Self.pageSize)
                    after = page.count == Self.pageSize ? page.lastID : nil
                    let number = begun
                    group.addTask { (number, try look.look(at: page)) }
                    begun += 1
                } else if let (number, page) = try await group.next() {
                    waiting[number] = page
                }
                // In the order of the ids, whichever was ready first.
                while let page = waiting.removeValue(forKey: done) {
                    for line in page.lines { try file?.write(line) }
                    builder.add(page)
                    done += 1
                    progress(builder.contacts)
                }
            }
        }
    }

    private var undeclaredRenames: [Plan.Rename] {
        guard let inForce else { return [] }
        return ruleset.renames(from: inForce)
            .filter { ruleset.renames[$0.from] == nil }
            .map { Plan.Rename(from: $0.from, to: $0.to) }
    }
}
