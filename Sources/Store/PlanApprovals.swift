internal import Contacts
internal import Foundation
internal import Postgres
internal import Reconciler

extension Store {
    /// Agrees to changes as a plan shows them; those that no ruleset wants yet wait for one that does.
    ///
    /// Holds on rules that keep nothing else back end with it.
    ///
    /// - Parameter id: The plan's, for the record.
    package func approve(
        plan: [PlannedChange], id: String, by act: OperatorAct
    ) async throws -> Approval {
        var approval = Approval()
        var holds: Set<String> = []
        for batch in PlannedContactChanges.batches(of: plan) {
            let (agreed, changed, released) = try await database.transaction { [workspace] db in
                try db.keepEvaluatorOut(of: workspace)
                return try db.agree(to: batch, ofPlan: id, by: act, in: workspace)
            }
            approval.contacts += agreed
            approval.changedSince += changed
            holds.formUnion(released)
        }
        guard approval.contacts > 0 else { return approval }
        approval.approved = ["plan \(id), for \(approval.contacts) contacts"]
        let released = try await database.transaction { [workspace, holds] db in
            try db.keepEvaluatorOut(of: workspace)
            return try db.releaseEmptyHolds(
                among: holds, afterPlan: id, by: act, in: workspace)
        }
        approval.approved += released.map {
            "the hold on rule \($0), which keeps nothing else back"
        }
        return approval
    }

    /// Declines changes as a plan shows them: its approval ends, and none of them is made until the
    /// contact or its rules change.
    package func reject(
        plan: [PlannedChange], id: String, by act: OperatorAct
    ) async throws -> Rejection {
        var rejection = Rejection()
        for batch in PlannedContactChanges.batches(of: plan) {
            rejection.add(
                try await database.transaction { [workspace] db in
                    try db.keepEvaluatorOut(of: workspace)
                    return try db.decline(batch, ofPlan: id, by: act, in: workspace)
                })
        }
        if rejection.contacts > 0 {
            rejection.rejected = ["plan \(id), for \(rejection.contacts) contacts"]
        }
        return rejection
    }
}

/// The changes of one contact that a plan shows.
private struct PlannedContactChanges: Sendable {
    let id: String
    let changes: [PlannedChange]

    /// In the order of the ids, as many as one transaction takes.
    static func batches(of plan: [PlannedChange]) -> [[PlannedContactChanges]] {
        let contacts = Dictionary(grouping: plan, by: \.contactID)
            .map { PlannedContactChanges(id: $0.key, changes: $0.value) }
            .sorted { $0.id < $1.id }
        return contacts.chunked(by: Store.evaluationBatch)
    }
}

extension Transaction {
    /// Agrees to planned changes of contacts that are as they were.
    ///
    /// - Returns: How many contacts go on, those that do not, and the keys of the holds that kept back
    ///   any of it.
    fileprivate func agree(
        to plan: [PlannedContactChanges], ofPlan planID: String, by act: OperatorAct,
        in workspace: WorkspaceName
    ) throws -> (agreed: Int, changed: [String], holds: Set<String>) {
        let until = try now() + RuleHold.timeToLive
        let rows = try lockContacts(plan.map(\.id), in: workspace)
        var agreed: [(row: SnapshotRow, changes: [PlannedChange])] = []
        var changed: [String] = []
        for contact in plan {
            guard let row = rows[contact.id], !row.isDeleted,
                contact.changes.allSatisfy({ row.contact[$0.field] == $0.from })
            else {
                changed.append(contact.id)
                continue
            }
            agreed.append((row, contact.changes))
        }
        let events = try agreed.map { row, changes in
            try act.event(
                "approved " + changes.words, contactID: row.contactID, plan: planID,
                changes: changes)
        }
        guard let places = try append(events, in: workspace) else { return (0, changed, []) }
        let approved = agreed.enumerated().map { index, contact in
            let kept = contact.row.approved.filter { known in
                !contact.changes.contains { $0.field == known.field }
            }
            let new = contact.changes.map {
                ApprovedChange(
                    $0, until: until, who: act.who, seq: places.first + index, plan: planID)
            }
            return (id: contact.row.contactID, changes: kept + new)
        }
        try write(approved, in: workspace)
        try release(
            agreed.map { row, changes in
                (
                    id: row.contactID,
                    held: row.held.filter { held in
                        !changes.contains { $0.sets(thatOf: held) }
                    }
                )
            }, in: workspace)
        let holds = agreed.flatMap { row, changes in
            row.held.filter { held in changes.contains { $0.sets(thatOf: held) } }.flatMap(\.by)
        }
        return (agreed.count, changed, Set(holds))
    }

    private func release(
        _ contacts: [(id: String, held: [HeldChange])], in workspace: WorkspaceName
    ) throws {
        try execute(
            """
            UPDATE usher.contact AS c SET held = n.held
            FROM unnest(
                \(contacts.map(\.id))::text[],
                \(try contacts.map { try JSON(encodingNonEmpty: $0.held) })::jsonb[])
                AS n (contact_id, held)
            WHERE c.workspace = \(workspace) AND c.contact_id = n.contact_id
              AND c.held IS DISTINCT FROM n.held
            """)
    }

    /// Ends the holds on rules that a plan's approval has emptied.
    ///
    /// - Returns: Their rules.
    fileprivate func releaseEmptyHolds(
        among keys: Set<String>, afterPlan planID: String, by act: OperatorAct,
        in workspace: WorkspaceName
    ) throws -> [String] {
        let empty = try emptyHolds(in: workspace).filter { keys.contains($0.key) }
            .sorted { $0.placedSeq < $1.placedSeq }
        try delete(empty, in: workspace)
        try append(
            try empty.map { hold in
                NewEvent(
                    kind: .holdReleased, causeSeq: hold.placedSeq,
                    body: try JSON(
                        encoding: [
                            "rule": hold.ruleID, "who": act.who, "reason": act.reason,
                            "plan": planID,
                        ]))
            }, in: workspace)
        return empty.map(\.ruleID)
    }

    fileprivate func decline(
        _ plan: [PlannedContactChanges], ofPlan planID: String, by act: OperatorAct,
        in workspace: WorkspaceName
    ) throws -> Rejection {
        let changes = Dictionary(
            plan.map { (ByteText($0.id), $0.changes) }, uniquingKeysWith: +)
        var rejection = try stopActions(ofContacts: plan.map(\.id), in: workspace) { action in
            Set(
                (changes[action.contactID] ?? []).filter { change in
                    SettableField(change.field).flatMap { action.desired[$0] }?
                        .hasSameBytes(as: change.value) ?? false
                }.compactMap { SettableField($0.field)?.slot })
        }
        let rows = try lockContacts(plan.map(\.id), in: workspace)
        let known = plan.compactMap { contact in
            rows[contact.id].map { (row: $0, changes: contact.changes) }
        }
        try write(
            known.map { row, changes in
                (
                    id: row.contactID,
                    changes: row.approved.filter { approved in
                        !changes.contains { $0.sets(thatOf: approved) }
                    }
                )
            }, in: workspace)
        try write(
            declined: known.map { row, changes in
                (row.contactID, row.declined(adding: changes, .rejected))
            }, in: workspace)
        try append(
            try known.map { row, changes in
                try act.event(
                    "rejected " + changes.words, contactID: row.contactID, plan: planID,
                    changes: changes)
            }, in: workspace)
        rejection.contacts = known.count
        return rejection
    }
}

extension [PlannedChange] {
    fileprivate var words: String {
        map { "\($0.field): \($0.value)" }.sorted().joined(separator: ", ")
    }
}
