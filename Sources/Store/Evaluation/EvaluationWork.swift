internal import Contacts
internal import Foundation
internal import Postgres
internal import Reconciler

extension WorkspaceTransaction {
    /// - Returns: nil before the first ruleset.
    func nextWork(at now: Date) throws -> EvaluationWork? {
        guard let head = try evaluationHead() else { return nil }
        var work = try changedWork(head)
        for id in try contactsToRetry(at: now) where work.causes[id] == nil {
            work.causes[id] = work.rulesetSeq
        }
        let aged = try agedContacts(at: now, limit: Store.evaluationBatch)
        guard let last = aged.last else { return work }
        let isFull = aged.count >= Store.evaluationBatch
        work.agedUntil = isFull ? last.dueAt : now
        work.hasMore = work.hasMore || isFull
        for contact in aged where work.causes[contact.id] == nil {
            work.causes[contact.id] = work.rulesetSeq
        }
        return work
    }

    private struct Head {
        let lastSeq: Int
        let evaluatedSeq: Int
        let rulesetHash: String
        let rulesetSeq: Int
        let recheckAfter: String?
        let isCounted: Bool
        let limitsBefore: GrantedLimits?

        func work(
            upTo: Int, causes: [ByteText: Int], recheckNext: String?, hasMore: Bool
        ) -> EvaluationWork {
            EvaluationWork(
                rulesetHash: rulesetHash, rulesetSeq: rulesetSeq, isCounted: isCounted,
                limitsBefore: limitsBefore, evaluatedSeq: evaluatedSeq, upTo: upTo,
                recheckAfter: recheckAfter, causes: causes, recheckNext: recheckNext,
                hasMore: hasMore)
        }
    }

    private func evaluationHead() throws -> Head? {
        try row(
            """
            SELECT last_seq, evaluated_seq, ruleset_hash, coalesce(ruleset_seq, 0) AS ruleset_seq,
                   recheck_after, is_counted, limits_before
            FROM usher.workspace
            WHERE workspace = \(workspace) AND ruleset_hash IS NOT NULL
            """
        ) {
            Head(
                lastSeq: try $0.get("last_seq"), evaluatedSeq: try $0.get("evaluated_seq"),
                rulesetHash: try $0.get("ruleset_hash"), rulesetSeq: try $0.get("ruleset_seq"),
                recheckAfter: try $0.get("recheck_after"),
                isCounted: try $0.get("is_counted"),
                limitsBefore: try $0.get("limits_before", as: JSON?.self)?.decode())
        }
    }

    /// Events come first; a re-evaluation continues when there are none.
    private func changedWork(_ head: Head) throws -> EvaluationWork {
        let events = try rows(
            """
            SELECT seq, contact_id FROM usher.event
            WHERE workspace = \(workspace) AND seq > \(head.evaluatedSeq) AND seq <= \(head.lastSeq)
              AND contact_id IS NOT NULL
              AND kind = ANY (\(EventKind.evaluated.map(\.rawValue))::text[])
            ORDER BY seq
            LIMIT \(Store.evaluationBatch)
            """
        ) { (seq: try $0.get("seq", as: Int.self), id: try $0.get("contact_id", as: String.self)) }
        let isFull = events.count == Store.evaluationBatch
        guard events.isEmpty, let recheckAfter = head.recheckAfter else {
            return head.work(
                upTo: isFull ? events[events.count - 1].seq : head.lastSeq,
                causes: Dictionary(events.map { (ByteText($0.id), $0.seq) }) { max($0, $1) },
                recheckNext: head.recheckAfter, hasMore: isFull || head.recheckAfter != nil)
        }
        let ids: [String] = try rows(
            """
            SELECT contact_id FROM usher.contact
            WHERE workspace = \(workspace) AND contact_id > \(recheckAfter)
            ORDER BY contact_id
            LIMIT \(Store.evaluationBatch)
            """
        ) { try $0.get("contact_id") }
        let isThrough = ids.count < Store.evaluationBatch
        return head.work(
            upTo: head.lastSeq,
            causes: Dictionary(
                uniqueKeysWithValues: ids.map { (ByteText($0), head.rulesetSeq) }),
            recheckNext: isThrough ? nil : ids.last, hasMore: !isThrough)
    }

    /// The contacts whose evaluation failed long enough ago to be tried again.
    private func contactsToRetry(at now: Date) throws -> [String] {
        try rows(
            """
            SELECT contact_id FROM usher.unreadable
            WHERE workspace = \(workspace) AND ruleset_hash IS NOT NULL AND retry_at <= \(now)
            LIMIT \(Store.evaluationBatch)
            """
        ) { try $0.get("contact_id") }
    }

    /// The contacts that came to an age of which rules speak, in that order; all that did at the
    /// same time as the last.
    func agedContacts(at now: Date, limit: Int) throws -> [(id: String, dueAt: Date)] {
        let ages = try row(
            """
            SELECT ages, ages_checked_at FROM usher.workspace
            WHERE workspace = \(workspace) AND ages <> '{}' AND ages_checked_at IS NOT NULL
            """
        ) {
            (
                seconds: try $0.get("ages", as: [Int].self),
                checkedAt: try $0.get("ages_checked_at", as: Date.self)
            )
        }
        guard let ages else { return [] }
        // One bounded look at the index for each age: joined with the ages, all contacts that came
        // after the first sweep would be read in every pass.
        return try rows(
            """
            SELECT c.contact_id, c.known_since + make_interval(secs => a.age) AS due_at
            FROM unnest(\(ages.seconds)::bigint[]) AS a (age)
            CROSS JOIN LATERAL (
                SELECT k.contact_id, k.known_since FROM usher.contact k
                WHERE k.workspace = \(workspace) AND k.deleted_at IS NULL
                  AND k.known_since > \(ages.checkedAt) - make_interval(secs => a.age)
                  AND k.known_since <= \(now) - make_interval(secs => a.age)
                ORDER BY k.known_since
                FETCH FIRST \(limit) ROWS WITH TIES) AS c
            ORDER BY due_at
            FETCH FIRST \(limit) ROWS WITH TIES
            """
        ) { (id: try $0.get("contact_id"), dueAt: try $0.get("due_at")) }
    }
}
