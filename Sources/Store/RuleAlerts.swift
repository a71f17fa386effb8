internal import Rules

extension Alert {
    /// The same text for every contact that a guardrail does not let through as it is.
    init(guardrail id: String) {
        self.init(
            code: .guardrail,
            message: "contacts hold a value already that the guardrail \(id) denies, and it lowers "
                + "nobody; docs/audit-queries.md tells how to list them")
    }

    /// Rules that cannot agree; the same text for every contact that meets them.
    init(_ conflict: Conflict) {
        let rules = Set(conflict.contenders.map(\.rule)).sorted().joined(separator: ", ")
        switch conflict.kind {
        case .tie:
            self.init(
                code: .conflict,
                message: "rules \(rules) want different values for \(conflict.slot) with the same "
                    + "priority, so nothing is done to it; give one of them a higher priority")
        case .unsettled:
            self.init(
                code: .unsettledRules,
                message: "rules \(rules) undo each other, so the contact is left alone; "
                    + "see: usher rules explain")
        }
    }
}
