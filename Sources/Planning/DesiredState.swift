internal import Contacts
internal import Foundation
internal import Reconciler
internal import RuleLint
internal import Rules

/// What one ruleset wants of a contact.
struct DesiredState {
    /// All that rules want to change, whatever is held.
    let wanted: [ResolvedChange]
    /// Reverts that wait for a person, since they might raise access.
    let waiting: [ResolvedChange]
    /// The slots in which rules want again what somebody else has changed.
    let drifted: Set<String>
    let conflicts: [Conflict]
    /// Rules whose bounds leave the contact alone, since a custom role has no order.
    let unordered: [String]
    /// Values that the contact would keep and whose rules no longer exist or apply.
    let orphaned: [Orphan]
    /// Exceptions that leave the contact more access than the rules would.
    let exempted: [Exempted]

    init(_ evaluation: Evaluation, of subject: Subject) {
        wanted = evaluation.wanted
        waiting = evaluation.heldReverts
        drifted = evaluation.driftedSlots
        conflicts = evaluation.conflicts
        unordered = evaluation.unordered
        orphaned = subject.grants.values.flatMap { grant in
            subject.contact.holds(grant.value, in: grant.field)
                ? evaluation.orphans(of: grant.rules, grant.field) : []
        }
        exempted = evaluation.exempted
    }
}

/// A ruleset, and the same with its rules in shadow enforced.
struct PlannedRuleset: Sendable {
    let ruleset: Ruleset
    /// nil where no rule is in shadow.
    private let enforced: Ruleset?

    init(_ ruleset: Ruleset) {
        self.ruleset = ruleset
        enforced = ruleset.rules.contains { $0.mode == .shadow } ? ruleset.enforcing() : nil
    }

    func desired(on subject: Subject, at now: Date) -> DesiredState {
        DesiredState(
            ruleset.evaluate(subject.contact, memory: subject.memory, now: now), of: subject)
    }

    /// What the rules in shadow would change if all of them were enforced.
    ///
    /// - Parameter wanted: What the ruleset wants as it is.
    func shadow(
        beyond wanted: [ResolvedChange], on subject: Subject, at now: Date
    ) -> WantedDifference {
        enforced.map { ruleset in
            let evaluation = ruleset.evaluate(subject.contact, memory: subject.memory, now: now)
            return WantedDifference(of: evaluation.wanted, from: wanted)
        } ?? .none
    }
}
