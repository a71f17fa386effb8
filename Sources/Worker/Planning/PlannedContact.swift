internal import Contacts
internal import Rules
internal import Store

/// What a plan tells of one contact: of all that rules want, what another ruleset would not do too.
struct PlannedContact: Sendable {
    struct Change: Sendable {
        let field: SettableField
        let value: String
        let rules: [String]
        /// It gives back what rules had set that are not true any more.
        let isGivenBack: Bool
        let standing: StoredContact.Standing
    }

    let subject: StoredContact
    /// All that is wanted: it counts against limits, told or not.
    let wanted: ContactPatch
    /// By slot, who wants it.
    let rules: [String: [String]]
    let changes: [Change]
    /// What the other ruleset would do, and this one not.
    let dropped: [(field: SettableField, value: String)]
    /// What is not given back before a person has said so.
    let waiting: [Evaluation.GivenBack]
    let isDrifted: Bool
    let conflicts: [Conflict]
    let shadow: [ShadowWish]
    let orphaned: [LeftBehind]
    let exempted: [Exempted]
    /// Whether an exception leaves it more access, told or not.
    let isExempted: Bool

    /// - Parameters:
    ///   - other: What the ruleset wants that the plan compares with; nil tells everything.
    ///   - standing: How a change stands, by its field, value and rules.
    init(
        _ subject: StoredContact, _ new: Outlook, comparedWith other: Outlook?,
        standing: (SettableField, String, [String]) -> StoredContact.Standing
    ) {
        self.subject = subject
        (wanted, rules) = (new.changes, new.rules)
        changes = new.changes.fields.compactMap { field in
            guard let value = new.changes[field], other?.wants(field, value) != true
            else { return nil }
            let rules = new.rules[field.slot] ?? []
            return Change(
                field: field, value: value, rules: rules,
                isGivenBack: new.givesBack(field, value), standing: standing(field, value, rules))
        }
        let slots = Set(new.changes.fields.map(\.slot))
        dropped = (other?.changes.values ?? [:]).filter { !slots.contains($0.key.slot) }
            .map { ($0.key, $0.value) }
        func isNew<Value: Equatable>(_ value: Value, _ known: (Outlook) -> [Value]) -> Bool {
            other.map { !known($0).contains(value) } ?? true
        }
        waiting = new.givenBack.filter {
            $0.needsPerson && !slots.contains($0.field.slot) && isNew($0, \.givenBack)
        }
        isDrifted = !new.drifted.subtracting(other?.drifted ?? []).isEmpty
        conflicts = new.conflicts.filter { isNew($0, \.conflicts) }
        shadow = new.shadow.filter { isNew($0, \.shadow) }
        orphaned = new.orphaned.filter { isNew($0, \.orphaned) }
        isExempted = !new.exempted.isEmpty
        exempted = new.exempted.filter { isNew($0, \.exempted) }
    }

    /// Whether there is nothing to tell, and nothing to count.
    var isEmpty: Bool {
        wanted.isEmpty && dropped.isEmpty && waiting.isEmpty && !isDrifted && conflicts.isEmpty
            && shadow.isEmpty && orphaned.isEmpty && exempted.isEmpty
    }
}
