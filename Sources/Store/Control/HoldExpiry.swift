internal import Contacts
internal import Foundation
internal import Postgres
package import Reconciler

extension Store {
    /// Ends holds whose time is over, and announces what will end within a day.
    ///
    /// An expired hold stops the changes that it kept back, not its rule: what the rule wants of
    /// other contacts later is held or counted like new.
    ///
    /// - Returns: The alerts that people have not been told of yet.
    package func expireHolds() async throws -> [Alert] {
        try await transaction { db in
            let now = try db.now()
            let deadline = ExpiredHolds.deadline(at: now)
            let expired = ExpiredHolds(
                rules: try db.ruleHolds().expired(before: deadline),
                contacts: try db.expireContactHolds(placedBefore: deadline, at: now))
            var declined: [String: [String]] = [:]
            for hold in expired.rules { declined[hold.key] = try db.decline(heldBy: hold) }
            try db.delete(expired.rules)
            try db.append(try expired.events(declining: declined))
            let soon = try db.announceExpiry(
                placedBefore: ExpiredHolds.noticeDeadline(at: now), at: now)
            return try db.raise(expired.alerts(soon: soon), at: now)
        }
    }
}

extension WorkspaceTransaction {
    fileprivate func expireContactHolds(
        placedBefore deadline: Date, at now: Date
    ) throws -> [ContactHold] {
        try rows(
            """
            UPDATE usher.hold SET expired_at = \(now)
            WHERE workspace = \(workspace) AND placed_at <= \(deadline)
              AND refused_at IS NULL AND expired_at IS NULL
            RETURNING \(sql: ContactHold.columns)
            """, decode: ContactHold.init(row:))
    }

    /// Declines what a hold on a rule keeps back of each contact.
    ///
    /// - Returns: The contacts.
    fileprivate func decline(heldBy hold: RuleHold) throws -> [String] {
        try interruptEvaluation()
        let contacts = try lockedContacts(try heldContacts(by: hold.key))
        try write(declined: hold.declined(of: contacts))
        try write(held: hold.stillHeld(of: contacts))
        return contacts.map(\.contactID).sorted()
    }

    /// - Returns: The holds that will expire and were not announced before, in words.
    fileprivate func announceExpiry(placedBefore deadline: Date, at now: Date) throws -> [String] {
        let rules: [String] = try rows(
            """
            UPDATE usher.rule_hold SET warned_at = \(now)
            WHERE workspace = \(workspace) AND placed_at <= \(deadline) AND rejected_at IS NULL
              AND warned_at IS NULL
            RETURNING rule_id
            """
        ) { try $0.get("rule_id") }
        let contacts: [String] = try rows(
            """
            UPDATE usher.hold SET warned_at = \(now)
            WHERE workspace = \(workspace) AND placed_at <= \(deadline)
              AND refused_at IS NULL AND expired_at IS NULL AND warned_at IS NULL
            RETURNING contact_id || ' (' || field || ')' AS name
            """
        ) { try $0.get("name") }
        return rules.map { "rule \($0)" } + contacts.map { "contact \($0)" }
    }
}
