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
        guard hasConverged else { return [] }
        return fixpoint.excepted.filter(\.rule.canLower).compactMap { rule, exception in
            let unexempted = Evaluation(
                of: ruleset, on: contact, memory: fixpoint.memory,
                exceptions: fixpoint.exceptions.map { $0.without(rule) }, now: fixpoint.now)
            return outcome.mayHaveMoreAccess(than: unexempted.outcome)
                ? Exempted(exception: exception.id, rule: rule.base) : nil
        }
    }
}
