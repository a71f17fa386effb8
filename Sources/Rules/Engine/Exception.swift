package import Contacts

/// A contact, or all of an account, left out of rules for a while.
package struct Exception: Sendable {
    /// Whom it is for.
    package enum Scope: Sendable, Hashable {
        case contact(id: String)
        /// Whoever has this primary address, in ASCII lower case.
        case address(String)
        case account(id: String)
    }

    package let id: String
    package let reason: String
    /// The ids of rules as written, or of single rows of their tables.
    package let rules: Set<String>
    package let scope: Scope
    package let until: Instant

    /// Whether it is for the contact.
    package func isFor(_ contact: Contact) -> Bool {
        switch scope {
        case .contact(let id): id.hasSameBytes(as: contact.id)
        case .address(let address): contact.emailAddress.address?.hasSameBytes(as: address) ?? false
        case .account(let id): contact.account?.id.hasSameBytes(as: id) ?? false
        }
    }

    /// Whether it leaves its contacts out of a rule.
    package func covers(_ rule: Rule) -> Bool {
        rules.contains(rule.base) || rules.contains(rule.id)
    }

    /// The same for all its rules but one.
    package func without(_ rule: Rule) -> Exception {
        Exception(
            id: id, reason: reason, rules: rules.subtracting([rule.base, rule.id]),
            scope: scope, until: until)
    }
}

/// Seconds since 2001-01-01 00:00 UTC.
package typealias Instant = Double
