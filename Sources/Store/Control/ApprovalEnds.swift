internal import Contacts
internal import Foundation
internal import Postgres
package import Reconciler

extension Store {
    /// Why nothing waits under an ID, in words: what ended it, as far as the log tells.
    package func end(of id: ApprovalID) async throws -> String {
        try await transaction { db in
            switch id {
            case .hold(let seq): try db.end(ofHold: seq)
            case .action(let number): try db.end(ofAction: number)
            case .drift(let contact, let slot):
                "no drift of \(slot.word) of contact \(contact.word) waits for a decision"
            case .massDelete: "no mass delete waits for a decision"
            case .organisation: "the workspace is not paused for another organisation"
            case .rule(let rule): "no hold is on rule \(rule.word)"
            }
        }
    }
}

extension WorkspaceTransaction {
    fileprivate func end(ofHold seq: Int) throws -> String {
        let end = try row(
            """
            SELECT substr(e.kind, 6) AS ended, e.recorded_at, e.body ->> 'who' AS who
            FROM usher.event p
            LEFT JOIN usher.event e
              ON e.workspace = \(workspace) AND e.cause_seq = \(seq)
             AND e.kind IN ('hold.released', 'hold.refused', 'hold.withdrawn', 'hold.expired')
            WHERE p.workspace = \(workspace) AND p.seq = \(seq) AND p.kind = 'hold.placed'
            ORDER BY e.seq DESC NULLS LAST
            LIMIT 1
            """
        ) { row in
            "hold \(seq) has ended: \(try row.get("ended") ?? "unknown how")"
                + (try row.get("recorded_at", as: Date?.self).map { " \($0.formatted(.iso8601))" }
                    ?? "")
                + (try row.get("who", as: String?.self).map { " by \($0.word)" } ?? "")
        }
        return end ?? "there is no hold \(seq)"
    }

    fileprivate func end(ofAction number: Int) throws -> String {
        let open: String? = try row(
            """
            SELECT state FROM usher.action
            WHERE workspace = \(workspace) AND action_id = \(number)
            """
        ) { try $0.get("state") }
        if let open { return "action \(number) is not blocked: it is \(open)" }
        let end = try row(
            """
            SELECT body ->> 'outcome' AS outcome, recorded_at FROM usher.event
            WHERE workspace = \(workspace) AND action_id = \(number) AND body ? 'outcome'
            ORDER BY seq DESC
            LIMIT 1
            """
        ) { row in
            let (outcome, at) = (
                try row.get("outcome", as: String.self),
                try row.get("recorded_at", as: Date.self)
            )
            return "action \(number) has ended: \(outcome) \(at.formatted(.iso8601))"
        }
        return end ?? "there is no open action \(number)"
    }
}
