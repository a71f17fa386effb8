internal import Contacts
internal import Foundation
internal import Postgres
internal import Reconciler

extension Store {
    /// How long before its end the expiry of a hold is announced.
    static let expiryNotice: Duration = .seconds(86_400)

    /// Ends what has waited for too long, and announces what will end within a day.
    ///
    /// An expired hold stops the changes that it kept back, not its rule: what the rule wants of other
    /// contacts later is held or counted like new.
    ///
    /// - Returns: The alerts that people have not been told of yet.
    package func expireHolds() async throws -> [Alert] {
        try await database.transaction { [workspace] db in
            try db.keepEvaluatorOut(of: workspace)
            let now = try db.now()
            let over = try db.expire(placedBefore: now - RuleHold.timeToLive, in: workspace)
            let soon = try db.announceExpiry(
                placedBefore: now - RuleHold.timeToLive + Store.expiryNotice, at: now,
                in: workspace)
            return try db.raise(
                (over.isEmpty ? [] : [.expiry(of: over, isOver: true)])
                    + (soon.isEmpty ? [] : [.expiry(of: soon, isOver: false)]),
                at: now, in: workspace)
        }
    }
}

extension Transaction {
    /// - Returns: What has expired, in words.
    fileprivate func expire(
        placedBefore moment: Date, in workspace: WorkspaceName
    ) throws -> [String] {
        let rules = try ruleHolds(in: workspace).placed.values
            .filter { $0.rejectedAt == nil && $0.placedAt <= moment }
            .sorted { $0.placedSeq < $1.placedSeq }
        for hold in rules { try decline(heldBy: hold, in: workspace) }
        try delete(rules, in: workspace)
        let single = try rows(
            """
            UPDATE usher.hold SET expired_at = \(try now())
            WHERE workspace = \(workspace) AND placed_at <= \(moment) AND contact_id <> '*'
              AND refused_at IS NULL AND expired_at IS NULL
            RETURNING contact_id, field, reason, wish, placed_seq
            """, decode: ContactHold.init(row:)
        ).sorted { $0.placedSeq < $1.placedSeq }
        let body = try JSON(encoding: ["reason": "nobody decided within seven days"])
        try append(
            rules.map { NewEvent(kind: .holdExpired, causeSeq: $0.placedSeq, body: body) }
                + single.map {
                    NewEvent(
                        kind: .holdExpired, contactID: $0.contactID, causeSeq: $0.placedSeq,
                        body: body)
                }, in: workspace)
        return rules.map { "rule \($0.ruleID)" }
            + single.map { "\($0.field) of contact \($0.contactID)" }
    }

    /// Declines what a hold on a rule keeps back of each contact.
    private func decline(heldBy hold: RuleHold, in workspace: WorkspaceName) throws {
        let ids = try heldContacts(by: hold.key, in: workspace)
        let rows = try lockContacts(ids, in: workspace).values
            .sorted { $0.contactID < $1.contactID }
        let declined = rows.map { row in
            let expired = row.held.filter { $0.by.contains(hold.key) }
            return (id: row.contactID, changes: row.declined(adding: expired, .expired))
        }
        try write(declined: declined, in: workspace)
        try execute(
            """
            UPDATE usher.contact c
            SET held = (SELECT jsonb_agg(change) FROM jsonb_array_elements(c.held) AS change
                        WHERE NOT change -> 'by' ? \(hold.key))
            WHERE c.workspace = \(workspace) AND c.contact_id = ANY (\(ids)::text[])
            """)
    }

    /// - Returns: What will expire and was not announced before, in words.
    fileprivate func announceExpiry(
        placedBefore moment: Date, at now: Date, in workspace: WorkspaceName
    ) throws -> [String] {
        let rules: [String] = try rows(
            """
            UPDATE usher.rule_hold SET warned_at = \(now)
            WHERE workspace = \(workspace) AND placed_at <= \(moment) AND rejected_at IS NULL
              AND warned_at IS NULL
            RETURNING rule_id
            """
        ) { try $0.get("rule_id") }
        let contacts: [String] = try rows(
            """
            UPDATE usher.hold SET warned_at = \(now)
            WHERE workspace = \(workspace) AND placed_at <= \(moment) AND contact_id <> '*'
              AND refused_at IS NULL AND expired_at IS NULL AND warned_at IS NULL
            RETURNING contact_id || ' (' || field || ')' AS name
            """
        ) { try $0.get("name") }
        return rules.map { "rule \($0)" } + contacts.map { "contact \($0)" }
    }
}
