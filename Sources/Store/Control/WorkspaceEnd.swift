internal import Contacts
internal import Foundation
internal import Postgres
internal import Reconciler

extension WorkspaceTransaction {
    /// Rows that are ended at once, so that memory is bounded whatever is open.
    /// Chosen for a few hundred kilobytes.
    private static let endedAtOnce = 1_000
    private static let reasonOfEnd = "the workspace was forgotten"

    /// Removes what is open of a workspace that is forgotten, each with the event that ends it, so
    /// that nothing looks open in the log for ever.
    ///
    /// - Returns: What was removed; contacts are not.
    func endOpenWork() throws -> RemovedWork {
        RemovedWork(
            actions: try endEach { try removeActions() },
            holds: try endEach { try removeHolds() }
                + endEach { try removeRuleHolds() } + removeMassDeleteHold(),
            alerts: try endAlerts(),
            setAside: try endEach { try removeAsides() })
    }

    /// - Parameter page: Removes some rows and returns for each the events that end it; none when
    ///   no row is left.
    /// - Returns: How many rows were removed.
    private func endEach(_ page: () throws -> [[NewEvent]]) throws -> Int {
        var removed = 0
        while true {
            let ends = try page()
            guard !ends.isEmpty else { return removed }
            removed += ends.count
            try append(ends.flatMap(\.self))
        }
    }

    /// Reads no more of an action than names it: what is stored of it may be unreadable.
    private func removeActions() throws -> [[NewEvent]] {
        try rows(
            """
            DELETE FROM usher.action
            WHERE workspace = \(workspace) AND action_id IN (
                SELECT action_id FROM usher.action WHERE workspace = \(workspace)
                ORDER BY action_id
                LIMIT \(Self.endedAtOnce))
            RETURNING action_id, contact_id, cause_seq, (next ->> 'action_id')::bigint AS next,
                      CASE WHEN sent IS NOT NULL THEN attempt END AS attempt
            """
        ) { row in
            let contactID: String = try row.get("contact_id")
            let causeSeq: Int? = try row.get("cause_seq")
            let end = try NewEvent.forgotten(
                action: try row.get("action_id"), contactID: contactID, causeSeq: causeSeq,
                attempt: try row.get("attempt"), reason: Self.reasonOfEnd)
            let next = try row.get("next", as: Int?.self).map {
                try NewEvent.forgotten(
                    next: $0, contactID: contactID, causeSeq: causeSeq, reason: Self.reasonOfEnd)
            }
            return [end] + [next].compactMap(\.self)
        }
    }

    private func removeHolds() throws -> [[NewEvent]] {
        try rows(
            """
            DELETE FROM usher.hold
            WHERE workspace = \(workspace) AND (contact_id, field) IN (
                SELECT contact_id, field FROM usher.hold WHERE workspace = \(workspace)
                ORDER BY contact_id, field
                LIMIT \(Self.endedAtOnce))
            RETURNING contact_id, field, placed_seq,
                      refused_at IS NULL AND expired_at IS NULL AS is_open
            """
        ) { row in
            guard try row.get("is_open") else { return [] }
            return [
                try .holdWithdrawn(
                    .field(try row.get("field")), contactID: try row.get("contact_id"),
                    placedSeq: try row.get("placed_seq"), reason: Self.reasonOfEnd)
            ]
        }
    }

    private func removeRuleHolds() throws -> [[NewEvent]] {
        try rows(
            """
            DELETE FROM usher.rule_hold
            WHERE workspace = \(workspace) AND placed_seq IN (
                SELECT placed_seq FROM usher.rule_hold WHERE workspace = \(workspace)
                ORDER BY placed_seq
                LIMIT \(Self.endedAtOnce))
            RETURNING rule_id, placed_seq, rejected_at IS NULL AS is_open
            """
        ) { row in
            guard try row.get("is_open") else { return [] }
            return [
                try .holdWithdrawn(
                    .rule(try row.get("rule_id")), placedSeq: try row.get("placed_seq"),
                    reason: Self.reasonOfEnd)
            ]
        }
    }

    private func removeMassDeleteHold() throws -> Int {
        guard let hold = try massDeleteHold() else { return 0 }
        try removeMassDelete()
        guard hold.refusedAt == nil else { return 0 }
        try append([try MassDelete.withdrawn(hold.placedSeq, reason: Self.reasonOfEnd)])
        return 1
    }

    private func removeAsides() throws -> [[NewEvent]] {
        try rows(
            """
            DELETE FROM usher.unreadable
            WHERE workspace = \(workspace) AND (contact_id, raw_digest) IN (
                SELECT contact_id, raw_digest FROM usher.unreadable WHERE workspace = \(workspace)
                ORDER BY contact_id, raw_digest
                LIMIT \(Self.endedAtOnce))
            RETURNING nullif(contact_id, '') AS contact_id
            """
        ) { [try .readable($0.get("contact_id"), reason: Self.reasonOfEnd)] }
    }

    private func endAlerts() throws -> Int {
        let keys = try rows(
            """
            SELECT code, subject FROM usher.alert WHERE workspace = \(workspace)
            ORDER BY code, subject
            """
        ) { Alert.Key(try $0.named("code"), subject: try $0.get("subject")) }
        return try keys.chunked(by: Self.endedAtOnce).reduce(0) {
            try $0 + resolve($1).count
        }
    }

    /// Removes the contacts; the views of audit know them by their addresses from then on.
    ///
    /// - Returns: How many they were.
    func removeContacts() throws -> Int {
        try execute("DELETE FROM usher.absence WHERE workspace = \(workspace)")
        try execute(
            """
            INSERT INTO usher.former_contact (workspace, contact_id, email)
            SELECT \(workspace), contact_id, email FROM usher.contact
            WHERE workspace = \(workspace) AND email IS NOT NULL
            ON CONFLICT (workspace, contact_id) DO UPDATE SET email = EXCLUDED.email
            """)
        return try execute("DELETE FROM usher.contact WHERE workspace = \(workspace)")
    }
}
