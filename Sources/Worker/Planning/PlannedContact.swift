internal import Contacts
internal import Rules
internal import Store

/// What a plan tells of one contact: of all that rules want, what another ruleset would not do too.
struct PlannedContact: Sendable {
    struct Change: Sendable {
        let wanted: WantedChange
        let standing: StoredContact.Standing

        var field: SettableField { wanted.field }
        var value: String { wanted.value }
        var rules: [String] { wanted.rules }
    }

    let subject: StoredContact
    /// All that is wanted: it counts against limits, told or not.
    let wanted: ContactPatch
    /// What the ruleset to compare with wants; nil where there is none.
    let otherwise: ContactPatch?
    /// By slot, who wants it.
    let rules: [String: [String]]
    let changes: [Change]
    /// What the other ruleset would do, and this one not.
    let dropped: [WantedChange]
    /// What rules in shadow would change if all of them were enforced.
    let shadow: WantedDifference
    /// What is not given back before a person has said so.
    let waiting: [Evaluation.GivenBack]
    let isDrifted: Bool
    let conflicts: [Conflict]
    let unordered: [String]
    let orphaned: [LeftBehind]
    let exempted: [Exempted]
    /// Whether an exception leaves it more access, told or not.
    let isExempted: Bool

    /// What a ruleset wants of the contact, and what its rules in shadow would change.
    typealias Wishes = (outlook: Outlook, shadow: WantedDifference)

    /// - Parameters:
    ///   - other: What the ruleset wants that the plan compares with; nil tells everything.
    ///   - standing: How a change stands.
    init(
        _ subject: StoredContact, _ wishes: Wishes, comparedWith other: Wishes?,
        standing: (WantedChange) -> StoredContact.Standing
    ) {
        self.subject = subject
        let new = wishes.outlook
        (wanted, otherwise, rules) = (new.changes, other?.outlook.changes, new.rules)
        let difference = WantedDifference(of: new.wanted, from: other?.outlook.wanted ?? [])
        changes = difference.changes.map { Change(wanted: $0, standing: standing($0)) }
        dropped = difference.dropped
        shadow = wishes.shadow.without(other?.shadow ?? .none)
        func isNew<Value: Equatable>(_ value: Value, _ known: (Outlook) -> [Value]) -> Bool {
            other.map { !known($0.outlook).contains(value) } ?? true
        }
        let slots = Set(new.changes.fields.map(\.slot))
        waiting = new.givenBack.filter {
            $0.needsPerson && !slots.contains($0.field.slot) && isNew($0, \.givenBack)
        }
        isDrifted = !new.drifted.subtracting(other?.outlook.drifted ?? []).isEmpty
        conflicts = new.conflicts.filter { isNew($0, \.conflicts) }
        unordered = new.unordered.filter { isNew($0, \.unordered) }
        orphaned = new.orphaned.filter { isNew($0, \.orphaned) }
        isExempted = !new.exempted.isEmpty
        exempted = new.exempted.filter { isNew($0, \.exempted) }
    }

    /// Whether there is nothing to tell, and nothing to count.
    var isEmpty: Bool {
        wanted.isEmpty && dropped.isEmpty && shadow.isEmpty && waiting.isEmpty && !isDrifted
            && conflicts.isEmpty && unordered.isEmpty && orphaned.isEmpty && exempted.isEmpty
    }
}
