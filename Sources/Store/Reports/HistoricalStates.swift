package import Contacts
package import Foundation
internal import Postgres
package import Reconciler

/// How it stood with a contact at a moment, from the log.
package struct HistoricalState: Sendable {
    package let contactID: String
    /// As the rules took it to be; nil where it was not known then, or the log does not tell.
    package let contact: Contact?
    package let isDeleted: Bool
    /// The last decision on record until then.
    package let decision: RecordedDecision?
    /// The ruleset in force, and since when; nil before the first.
    package let rulesetHash: String?
    package let inForceSince: Date?
    /// What kept wishes from being sent, apart from what the decision itself tells.
    package let waiting: [Waiting]

    /// Something that waited for a person, or for a change.
    package struct Waiting: Sendable {
        /// `hold.placed` or `action.blocked`.
        package let kind: EventKind
        package let seq: Int
        package let since: Date
        package let reason: String
        /// By slot, the rules whose wishes it kept.
        package let rules: [String: [String]]

        init(row: Row) throws {
            kind = try row.named("kind")
            seq = try row.get("seq")
            since = try row.get("recorded_at")
            reason = try row.get("reason", as: String?.self) ?? ""
            rules = try row.get("rules", as: JSON?.self)?.decode() ?? [:]
        }
    }
}

extension Store {
    /// How it stood with the contacts that an id or an e-mail address names.
    ///
    /// - Parameter moment: nil is now, and so is any time to come.
    package func historicalStates(
        of idOrEmail: String, at moment: Date?
    ) async throws -> (at: Date, states: [HistoricalState]) {
        try await transaction { db in
            let now = try db.now()
            let at = min(moment ?? now, now)
            let ids = try db.contactIDs(named: idOrEmail)
            return (at, try ids.map { try db.historicalState(of: $0, at: at) })
        }
    }
}

extension WorkspaceTransaction {
    fileprivate func historicalState(of id: String, at moment: Date) throws -> HistoricalState {
        let end = try firstSeq(of: id, after: moment) ?? Int.max
        let past = try historicalContacts([(id, end)])[0]
        let decision = try decisions(
            before: end, since: nil, ids: [id], limit: 1
        ).first
        let ruleset = try rulesetInForce(at: moment)
        // Until something came of the request that was under way, it was taken for done.
        let taken = decision.flatMap { decision in
            past.flatMap {
                decision.seq > $0.changedSeq ? $0.contact(on: decision.body.basis?.sent) : nil
            }
        }
        return HistoricalState(
            contactID: id,
            contact: taken ?? past?.contact,
            isDeleted: past?.isDeleted ?? false, decision: decision,
            rulesetHash: ruleset?.hash ?? decision?.body.rulesetHash, inForceSince: ruleset?.since,
            waiting: try waiting(for: id, before: end))
    }

    private func firstSeq(of id: String, after moment: Date) throws -> Int? {
        try row(
            """
            SELECT min(seq) AS seq FROM usher.event
            WHERE workspace = \(workspace) AND contact_id = \(id) AND recorded_at > \(moment)
            """
        ) { try $0.get("seq", as: Int?.self) } ?? nil
    }

    private func rulesetInForce(at moment: Date) throws -> (hash: String, since: Date)? {
        try row(
            """
            SELECT body ->> 'ruleset_hash' AS ruleset_hash, recorded_at FROM usher.event
            WHERE workspace = \(workspace) AND kind = 'ruleset.activated'
              AND recorded_at <= \(moment)
            ORDER BY seq DESC
            LIMIT 1
            """
        ) { (hash: try $0.get("ruleset_hash"), since: try $0.get("recorded_at")) }
    }

    /// Holds that nobody had released, and the action that was blocked and not tried again.
    private func waiting(for id: String, before end: Int) throws -> [HistoricalState.Waiting] {
        try rows(
            """
            SELECT w.kind, w.seq, w.recorded_at, w.body ->> 'reason' AS reason,
                   w.body -> 'rules' AS rules
            FROM usher.event w
            WHERE w.workspace = \(workspace) AND w.contact_id = \(id) AND w.seq < \(end)
              AND w.kind IN ('hold.placed', 'action.blocked')
              AND NOT EXISTS (
                  SELECT FROM usher.event e
                  WHERE e.workspace = \(workspace) AND e.contact_id = \(id)
                    AND e.seq > w.seq AND e.seq < \(end)
                    AND CASE w.kind
                        WHEN 'hold.placed' THEN e.cause_seq = w.seq
                            AND e.kind IN ('hold.released', 'hold.withdrawn')
                        ELSE e.action_id = w.action_id
                            AND (e.kind = 'patch.intended' OR e.body ? 'outcome') END)
            ORDER BY w.seq
            """, decode: HistoricalState.Waiting.init(row:))
    }
}
