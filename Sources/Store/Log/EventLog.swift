internal import Contacts
internal import Foundation
internal import Postgres
internal import Reconciler

extension WorkspaceTransaction {
    /// Reserves the next `count` numbers of the log, and `refs` numbers for new contacts.
    ///
    /// Locks the workspace until the transaction ends, so it is the last lock and everything after
    /// it is one round trip. Numbers have no gap, since a rollback returns them.
    func reserveSequence(_ count: Int, refs: Int = 0) throws -> SequenceRange {
        let results = try pipeline([
            """
            UPDATE usher.workspace
            SET last_seq = last_seq + \(count), last_ref = last_ref + \(refs)
            WHERE workspace = \(workspace)
            RETURNING last_seq, last_ref
            """,
            "SELECT clock_timestamp() AS now",
        ])
        let head = try results[0].rows { row -> (Int, Int) in
            (try row.get("last_seq"), try row.get("last_ref"))
        }
        let now: [Date] = try results[1].rows { try $0.get("now") }
        guard let (lastSeq, lastRef) = head.first else {
            throw StoreError.unknownWorkspace(workspace)
        }
        guard lastSeq < Int.max else { throw StoreError.logIsFull(workspace) }
        return SequenceRange(
            first: lastSeq - count + 1, lastRef: lastRef - refs, recordedAt: now[0])
    }

    /// The number of the newest event.
    func lastSeq() throws -> Int {
        try row("SELECT last_seq FROM usher.workspace WHERE workspace = \(workspace)") {
            try $0.get("last_seq")
        } ?? 0
    }

    /// Appends events to the log, alone or as the transaction's last statements.
    @discardableResult
    func append(_ events: [NewEvent]) throws -> SequenceRange? {
        guard !events.isEmpty else { return nil }
        let range = try reserveSequence(events.count)
        try pipeline(statements(for: events, at: range))
        return range
    }

    /// The statement that writes events at the numbers reserved for them; none without events.
    func statements(for events: [NewEvent], at range: SequenceRange) -> [Statement] {
        guard !events.isEmpty else { return [] }
        let actionIDs = events.enumerated().map { index, event -> Int? in
            switch event.actionID {
            case .none: nil
            case .action(let id): id
            case .itself: range.first + index
            }
        }
        return [
            """
            INSERT INTO usher.event
                (workspace, seq, recorded_at, kind, contact_id, action_id, cause_seq, body)
            SELECT \(workspace), \(range.first) + e.place - 1, \(range.recordedAt), e.kind,
                   e.contact_id, e.action_id, e.cause_seq, e.body
            FROM unnest(
                \(events.map(\.kind.rawValue))::text[], \(events.map(\.contactID))::text[],
                \(actionIDs)::bigint[], \(events.map(\.causeSeq))::bigint[],
                \(events.map { JSON(bytes: $0.body.bytes) })::jsonb[])
                WITH ORDINALITY AS e (kind, contact_id, action_id, cause_seq, body, place)
            """
        ]
    }
}
