internal import Contacts
internal import Reconciler
internal import RuleLint
internal import Rules

/// What a plan tells of one contact: of all that rules want, what another ruleset would not do too.
struct ContactPlan: Sendable {
    struct Change: Sendable {
        let wanted: ResolvedChange
        /// Why it waits for a person; nil where it goes.
        let held: String?
        /// It goes only for as long as other rules are held.
        var isInterim = false

        var field: SettableField { wanted.field }
        var value: String { wanted.value }
        var rules: [String] { wanted.rules }
    }

    /// What follows for the contact: all of it counts against limits, told or not.
    let reconciled: Reconciliation
    /// All that is wanted.
    let wanted: ContactPatch
    /// What the ruleset to compare with wants; nil where there is none.
    let otherwise: ContactPatch?
    /// By slot, who wants it.
    let rules: [String: [String]]
    let changes: [Change]
    /// What the other ruleset would do, and this one not.
    let dropped: [ResolvedChange]
    /// What rules in shadow would change if all of them were enforced.
    let shadow: WantedDifference
    /// Reverts that wait for a person.
    let waiting: [ResolvedChange]
    let isDrifted: Bool
    let conflicts: [Conflict]
    let unordered: [String]
    let orphaned: [Orphan]
    let exempted: [Exempted]

    var contact: Contact { reconciled.subject.contact }

    /// What a ruleset wants of the contact, and what its rules in shadow would change.
    typealias Wishes = (desired: DesiredState, shadow: WantedDifference)

    /// - Parameters:
    ///   - other: What the ruleset wants that the plan compares with; nil tells everything.
    ///   - gate: The one that reconciled.
    init(
        _ reconciled: Reconciliation, _ wishes: Wishes, comparedWith other: Wishes?,
        through gate: ChangeGate
    ) {
        self.reconciled = reconciled
        let new = wishes.desired
        (wanted, otherwise) = (new.wanted.patch, other?.desired.wanted.patch)
        rules = new.wanted.rulesBySlot
        let others = other?.desired.wanted ?? []
        changes = reconciled.planned(by: gate).filter { planned in
            !others.contains { $0.change == planned.change.change }
        }.map { Change(wanted: $0.change, held: $0.held, isInterim: $0.isInterim) }
        dropped = WantedDifference(of: new.wanted, from: others).dropped
        shadow = wishes.shadow.without(other?.shadow ?? .none)
        func isNew<Value: Equatable>(_ value: Value, _ known: (DesiredState) -> [Value]) -> Bool {
            other.map { !known($0.desired).contains(value) } ?? true
        }
        let slots = Set(new.wanted.map(\.field.slot))
        waiting = new.waiting.filter {
            !slots.contains($0.field.slot) && isNew($0, \.waiting)
        }
        isDrifted = !new.drifted.subtracting(other?.desired.drifted ?? []).isEmpty
        conflicts = new.conflicts.filter { isNew($0, \.conflicts) }
        unordered = new.unordered.filter { isNew($0, \.unordered) }
        orphaned = new.orphaned.filter { isNew($0, \.orphaned) }
        exempted = new.exempted.filter { isNew($0, \.exempted) }
    }

    /// Whether there is nothing to tell, and nothing to count.
    var isEmpty: Bool {
        wanted.isEmpty && changes.isEmpty && dropped.isEmpty && shadow.isEmpty && waiting.isEmpty
            && !isDrifted
            && conflicts.isEmpty && unordered.isEmpty && orphaned.isEmpty && exempted.isEmpty
    }
}
