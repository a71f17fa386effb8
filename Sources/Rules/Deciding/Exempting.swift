internal import Contacts

/// What somebody keeps because an exception leaves them out of a rule that takes access away.
package struct Exempted: Sendable, Hashable {
    package let exception: String
    /// The id of the rule as written.
    package let rule: String
}

extension Evaluation {
    /// The exceptions that leave the contact more access than their rules would: each rule is tried
    /// as if nobody were left out of it.
    package var exempted: [Exempted] {
        guard rounds.isSettled else { return [] }
        return rounds.excepted.filter(\.rule.canLower).compactMap { rule, exception in
            let unexempted = Evaluation(
                of: rounds.ruleset, on: contact,
                memory: ContactMemory(grants: rounds.grants, drifts: rounds.drifts),
                exceptions: rounds.exceptions.map { $0.without(rule) }, now: rounds.now)
            return outcome.mayHaveMoreAccess(than: unexempted.outcome)
                ? Exempted(exception: exception.id, rule: rule.base) : nil
        }
    }
}
