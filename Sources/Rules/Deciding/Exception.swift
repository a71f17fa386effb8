/// Somebody who is left out of rules for a while.
package struct Exception: Sendable {
    package let id: String
    package let reason: String
    /// The ids of the rules as written.
    let rules: Set<String>
    let contactID: String?
    let accountID: String?
    let until: Instant

    /// The same for all its rules but one.
    func without(_ rule: String) -> Exception {
        Exception(
            id: id, reason: reason, rules: rules.subtracting([rule]), contactID: contactID,
            accountID: accountID, until: until)
    }
}

/// Seconds since 2001-01-01 00:00 UTC.
typealias Instant = Double
