internal import Contacts
internal import Rules

/// Changes as they are counted: from what to what, by rule, and whose the first few are.
struct ChangeSummary {
    private(set) var changes = 0
    /// Contacts that are changed.
    private(set) var changed = 0
    private(set) var transitions = TransitionCounts()
    private(set) var givenBack = TransitionCounts()
    private(set) var dropped = TransitionCounts()
    private(set) var rules: [String: Plan.RuleCount] = [:]
    private(set) var who: [Plan.Change] = []

    mutating func add(
        _ changes: [ContactPlan.Change], dropped: [ResolvedChange], of subject: Contact
    ) {
        for change in dropped { self.dropped.add(change.field, change.value, of: subject) }
        if !changes.isEmpty { changed += 1 }
        for change in changes { add(change, of: subject) }
    }

    private mutating func add(_ change: ContactPlan.Change, of subject: Contact) {
        changes += 1
        transitions.add(change.field, change.value, of: subject)
        if change.wanted.isRevert { givenBack.add(change.field, change.value, of: subject) }
        let isLowering = subject.classes(of: change.field, change.value).contains(.lowering)
        for rule in change.rules {
            rules[rule, default: Plan.RuleCount(rule: rule)].contacts += 1
            if isLowering { rules[rule]?.lowering += 1 }
            if change.wanted.isRevert { rules[rule]?.givenBack += 1 }
        }
        if who.count < Plan.shownContacts { who.append(Plan.Change(change, of: subject)) }
    }

    /// Those of whom most have their way first.
    ///
    /// - Parameter held: What would hold a rule.
    func rules(held: (String) -> String? = { _ in nil }) -> [Plan.RuleCount] {
        rules.values.map { count in
            var count = count
            count.held = held(count.rule)
            return count
        }.sorted { ($1.contacts, $0.rule) < ($0.contacts, $1.rule) }
    }
}

extension Plan.Change {
    fileprivate init(_ change: ContactPlan.Change, of contact: Contact) {
        self.init(
            contact: contact.id, email: contact.email, field: change.field.description,
            from: contact[change.field.path], to: change.value, rules: change.rules,
            isGivenBack: change.wanted.isRevert, held: change.held)
    }
}
