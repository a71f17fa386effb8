package import Contacts

/// What a plan reads off an evaluation: what decides, without why.
extension Evaluation {
    /// What the rules that won a slot want.
    package struct Winner: Sendable {
        package let field: SettableField
        package let value: String
        /// The ids of all that agree, in order.
        package let rules: [String]
        /// Somebody else changed what these rules had set: it is not acted upon.
        package let isDrift: Bool
    }

    /// The winner of each slot; none where rules chase each other.
    package var winners: [Winner] {
        guard rounds.isSettled else { return [] }
        return rounds.winners.map { winner in
            Winner(
                field: winner.wish.effect.field, value: winner.wish.value,
                rules: winner.rules.map(\.id).sorted(), isDrift: winner.isDrift)
        }
    }

    package var conflicts: [Conflict] { rounds.ruleset.conflicts(in: rounds) }

    /// Rules whose bounds meet a custom role, which has no order, in order.
    package var unordered: [String] { Set(rounds.unordered.map(\.rule.id)).sorted() }
}
