internal import Contacts

/// How many contacts go from what to what; the values of a field only as long as they are few.
struct TransitionCounts {
    private struct Key: Hashable {
        let field: SettableField
        /// nil in both where there are too many to tell apart.
        let from: String?
        let to: String?
    }

    private var counts: [Key: Plan.Transition] = [:]

    /// Transitions that are counted separately; more would not be read.
    private static let maxTransitions = 200

    mutating func add(_ field: SettableField, _ value: String, of contact: Contact) {
        let from = contact[field.path]?.plain ?? "nothing"
        var key = Key(field: field, from: from, to: value.isEmpty ? "nothing" : value)
        if counts[key] == nil, counts.count >= Self.maxTransitions {
            key = Key(field: field, from: nil, to: nil)
        }
        let classes = contact.classes(of: field, value)
        let new = Plan.Transition(
            field: field.description, from: key.from ?? "other values", to: key.to ?? "others")
        var transition = counts[key] ?? new
        transition.contacts += 1
        transition.isLowering = transition.isLowering || classes.contains(.lowering)
        transition.isPrivileged = transition.isPrivileged || classes.contains(.privileged)
        counts[key] = transition
    }

    /// What takes or grants much first.
    var all: [Plan.Transition] {
        counts.values.sorted {
            ($0.order, $0.field, $0.from, $0.to) < ($1.order, $1.field, $1.from, $1.to)
        }
    }
}

extension Plan.Transition {
    fileprivate var order: Int { isLowering ? 0 : isPrivileged ? 1 : 2 }
}
