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
                of: rounds.ruleset, on: contact, grants: rounds.grants,
                exceptions: rounds.exceptions.map { $0.without(rule) }, now: rounds.now)
            return outcome.hasMoreAccess(than: unexempted.outcome)
                ? Exempted(exception: exception.id, rule: rule.base) : nil
        }
    }
}

extension Contact {
    /// By its role; nobody without a role has more than `no_access`.
    func hasMoreAccess(than other: Contact) -> Bool {
        classes(of: .portalRole, other.portalRole ?? PortalRole.names[0]).contains(.lowering)
    }
}
