internal import Contacts
internal import Foundation
internal import Postgres
internal import Reconciler

/// How much of a workspace was removed, as its last event says it.
struct RemovedWork: Encodable, Sendable {
    var contacts = 0
    var actions = 0
    var holds = 0
    var alerts = 0
    var setAside = 0

    enum CodingKeys: String, CodingKey {
        case contacts, actions, holds, alerts
        case setAside = "set_aside"
    }
}

extension Transaction {
    /// Rows that are ended at once, so that memory is bounded whatever is open.
    /// Chosen for a few hundred kilobytes.
    private static let endedAtOnce = 1_000
    private static let reasonOfEnd = "the workspace was forgotten"

    /// Removes what is open of a workspace that is forgotten, each with the event that ends it, so that
    /// nothing looks open in the log for ever.
    ///
    /// - Returns: What was removed; contacts are not.
    func endOpenWork(of workspace: WorkspaceName) throws -> RemovedWork {
        RemovedWork(
            actions: try endEach(in: workspace) { try removeActions(of: workspace) },
            holds: try endEach(in: workspace) { try removeHolds(of: workspace) }
                + endEach(in: workspace) { try removeRuleHolds(of: workspace) },
            alerts: try endAlerts(of: workspace),
            setAside: try endEach(in: workspace) { try removeAsides(of: workspace) })
    }

    /// - Parameter page: Removes some rows and returns for each the events that end it; none when
    ///   no row is left.
    /// - Returns: How many rows were removed.
    private func endEach(
        in workspace: WorkspaceName, _ page: () throws -> [[NewEvent]]
    ) throws -> Int {
        var removed = 0
        while true {
            let ends = try page()
            guard !ends.isEmpty else { return removed }
            removed += ends.count
            try append(ends.flatMap(\.self), in: workspace)
        }
    }

    /// Reads no more of an action than names it: what is stored of it may be unreadable.
    private func removeActions(of workspace: WorkspaceName) throws -> [[NewEvent]] {
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
            let attempt: Int? = try row.get("attempt")
            func end(_ id: Int, _ kind: EventKind, attempt: Int?, _ outcome: String) throws
                -> NewEvent
            {
                NewEvent(
                    kind: kind, contactID: contactID, actionID: .action(id), causeSeq: causeSeq,
                    body: try JSON(
                        encoding: AttemptBody(
                            attempt: attempt, reason: Self.reasonOfEnd, outcome: outcome)))
            }
            let moot = try end(row.get("action_id"), .actionMoot, attempt: attempt, "moot")
            let next = try row.get("next", as: Int?.self).map {
                try end($0, .actionSuperseded, attempt: nil, "superseded")
            }
            return [moot] + (next.map { [$0] } ?? [])
        }
    }

    private func removeHolds(of workspace: WorkspaceName) throws -> [[NewEvent]] {
        try rows(
            """
            DELETE FROM usher.hold
            WHERE workspace = \(workspace) AND (contact_id, field) IN (
                SELECT contact_id, field FROM usher.hold WHERE workspace = \(workspace)
                ORDER BY contact_id, field
                LIMIT \(Self.endedAtOnce))
            RETURNING nullif(contact_id, '*') AS contact_id, field, placed_seq,
                      refused_at IS NULL AND expired_at IS NULL AS is_open
            """
        ) { row in
            guard try row.get("is_open") else { return [] }
            return [
                NewEvent(
                    kind: .holdWithdrawn, contactID: try row.get("contact_id"),
                    causeSeq: try row.get("placed_seq"),
                    body: try JSON(
                        encoding: ["field": row.get("field"), "reason": Self.reasonOfEnd]))
            ]
        }
    }

    private func removeRuleHolds(of workspace: WorkspaceName) throws -> [[NewEvent]] {
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
                NewEvent(
                    kind: .holdWithdrawn, causeSeq: try row.get("placed_seq"),
                    body: try JSON(
                        encoding: ["rule": row.get("rule_id"), "reason": Self.reasonOfEnd]))
            ]
        }
    }

    private func removeAsides(of workspace: WorkspaceName) throws -> [[NewEvent]] {
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

    private func endAlerts(of workspace: WorkspaceName) throws -> Int {
        let keys = try rows(
            """
            SELECT code, subject FROM usher.alert WHERE workspace = \(workspace)
            ORDER BY code, subject
            """
        ) { Alert.Key(try $0.named("code"), subject: try $0.get("subject")) }
        return try keys.chunked(by: Self.endedAtOnce).reduce(0) {
            try $0 + resolve($1, in: workspace).count
        }
    }

    /// Removes the contacts; the views of audit know them by their addresses from then on.
    ///
    /// - Returns: How many they were.
    func removeContacts(of workspace: WorkspaceName) throws -> Int {
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
