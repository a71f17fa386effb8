internal import Contacts

/// A contact, or all of an account, left out of rules for a while.
package struct Exception: Sendable {
    package let id: String
    package let reason: String
    /// The ids of rules as written, or of single rows of their tables.
    let rules: Set<String>
    let contactID: String?
    let accountID: String?
    let until: Instant

    /// Whether it names the contact, or its account.
    func isFor(_ contact: Contact) -> Bool {
        if let contactID { return contactID.sameBytes(as: contact.id) }
        guard let accountID, let account = contact.account else { return false }
        return accountID.sameBytes(as: account.id)
    }

    /// Whether it leaves its contacts out of a rule.
    func covers(_ rule: Rule) -> Bool { rules.contains(rule.base) || rules.contains(rule.id) }

    /// The same for all its rules but one.
    func without(_ rule: Rule) -> Exception {
        Exception(
            id: id, reason: reason, rules: rules.subtracting([rule.base, rule.id]),
            contactID: contactID, accountID: accountID, until: until)
    }
}

/// Seconds since 2001-01-01 00:00 UTC.
typealias Instant = Double
