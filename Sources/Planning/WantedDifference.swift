internal import Contacts
internal import Rules

/// The difference between the changes that two rulesets want for a contact.
struct WantedDifference: Sendable {
    let changes: [ResolvedChange]
    /// What the other one would change, and this one would not.
    let dropped: [ResolvedChange]

    static let none = WantedDifference(changes: [], dropped: [])

    private init(changes: [ResolvedChange], dropped: [ResolvedChange]) {
        self.changes = changes
        self.dropped = dropped
    }

    init(of changes: [ResolvedChange], from others: [ResolvedChange]) {
        self.changes = changes.without(others)
        dropped = others.filter { other in
            !changes.contains { $0.field.slot == other.field.slot }
        }
    }

    /// What is not in another difference already.
    func without(_ other: WantedDifference) -> WantedDifference {
        WantedDifference(
            changes: changes.without(other.changes), dropped: dropped.without(other.dropped))
    }

    var isEmpty: Bool { changes.isEmpty && dropped.isEmpty }
}

extension [ResolvedChange] {
    fileprivate func without(_ others: [ResolvedChange]) -> [ResolvedChange] {
        filter { change in !others.contains { $0.change == change.change } }
    }
}
