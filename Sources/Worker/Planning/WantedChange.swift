internal import Contacts

/// A change of one field that rules want.
struct WantedChange: Sendable {
    let field: SettableField
    let value: String
    let rules: [String]
    /// It gives back what rules had set that are not true any more.
    let isGivenBack: Bool

    func isSame(as other: WantedChange) -> Bool {
        field == other.field && value.utf8.elementsEqual(other.value.utf8)
    }
}

/// What one ruleset wants of a contact that another does not, and the other way round.
struct WantedDifference: Sendable {
    let changes: [WantedChange]
    /// What the other one would change, and this one would not.
    let dropped: [WantedChange]

    static let none = WantedDifference(changes: [], dropped: [])

    private init(changes: [WantedChange], dropped: [WantedChange]) {
        self.changes = changes
        self.dropped = dropped
    }

    init(of changes: [WantedChange], from others: [WantedChange]) {
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

extension [WantedChange] {
    fileprivate func without(_ others: [WantedChange]) -> [WantedChange] {
        filter { change in !others.contains { $0.isSame(as: change) } }
    }
}
