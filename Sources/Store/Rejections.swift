internal import Contacts
internal import Foundation
internal import Postgres
internal import Reconciler

/// The result of a rejection.
package struct Rejection: Encodable, Sendable, Equatable {
    /// In words; empty when there was nothing to reject.
    package var rejected: [String] = []
    /// Contacts of a plan.
    package var contacts = 0
    /// Actions that were not sent yet and never will be.
    package var superseded = 0
    /// Contacts whose request was under way: it is settled, and not sent again.
    package var underWay: [String] = []

    enum CodingKeys: String, CodingKey {
        case rejected, contacts, superseded
        case underWay = "under_way"
    }

    mutating func add(_ other: Rejection) {
        rejected += other.rejected
        contacts += other.contacts
        superseded += other.superseded
        underWay += other.underWay
    }
}

extension Store {
    /// Rejects what a hold keeps back, or a rule: it changes nothing until it is written otherwise, or
    /// somebody approves it after all.
    ///
    /// Every action not yet sent of which only these rules are owners is superseded in the same
    /// transaction.
    ///
    /// - Parameter meaning: What the rule means that is rejected; nil where the ruleset has none.
    package func reject(
        _ target: ApprovalTarget, meaning: String?, by act: OperatorAct
    ) async throws -> Rejection {
        try await database.transaction { [workspace] db in
            try db.keepEvaluatorOut(of: workspace)
            if case .hold(let seq) = target, let single = try db.hold(placedAt: seq, in: workspace)
            {
                return try db.reject(single, by: act, in: workspace)
            }
            let known = try db.ruleHolds(in: workspace).placed.values.filter { target.means($0) }
            var holds = known.filter { $0.rejectedAt == nil }
                .sorted { $0.placedSeq < $1.placedSeq }
            // What holds single rows of a table does not stop the others.
            if case .rule(let id) = target, let meaning, !known.contains(where: { $0.ruleID == id })
            {
                holds.append(try db.place(rejectionOf: id, meaning: meaning, in: workspace))
            }
            guard !holds.isEmpty else { return Rejection() }
            return try db.reject(holds, by: act, in: workspace)
        }
    }
}

extension Transaction {
    /// Holds a rule that nothing holds as a whole so far.
    fileprivate func place(
        rejectionOf id: String, meaning: String, in workspace: WorkspaceName
    ) throws -> RuleHold {
        var hold = RuleHold(
            ruleID: id, reason: .rejected, ruleHash: meaning, detail: "rejected by an operator")
        let places = try takePlaces(1, in: workspace)
        try execute([try hold.event(changes: nil)].insertion(at: places, in: workspace))
        (hold.placedSeq, hold.placedAt) = (places.first, places.recordedAt)
        try execute(
            hold.insertion(seq: places.first, at: places.recordedAt, in: workspace))
        return hold
    }

    fileprivate func reject(
        _ holds: [RuleHold], by act: OperatorAct, in workspace: WorkspaceName
    ) throws -> Rejection {
        let rules = Set(holds.map(\.ruleID))
        func isRejected(_ id: String) -> Bool { rules.contains { id.isRule($0) } }
        var rejection = try stopActions(in: workspace) { $0.slots(ownedOnlyBy: isRejected) }
        try withdrawApprovals(isRejected, in: workspace)
        try execute(
            """
            UPDATE usher.rule_hold SET rejected_at = \(try now())
            WHERE workspace = \(workspace) AND placed_seq = ANY (\(holds.map(\.placedSeq))::bigint[])
            """)
        try append(
            try holds.flatMap { hold in
                [
                    NewEvent(
                        kind: .holdRefused, causeSeq: hold.placedSeq,
                        body: try JSON(encoding: ["who": act.who, "reason": act.reason])),
                    try act.event(
                        "rejected rule \(hold.ruleID)", hold: hold.placedSeq, rule: hold.ruleID),
                ]
            }, in: workspace)
        rejection.rejected = rules.sorted().map { "rule \($0)" }
        return rejection
    }

    fileprivate func reject(
        _ hold: ContactHold, by act: OperatorAct, in workspace: WorkspaceName
    ) throws -> Rejection {
        try execute(
            """
            UPDATE usher.hold SET refused_at = \(try now())
            WHERE workspace = \(workspace) AND placed_seq = \(hold.placedSeq)
            """)
        let words = "the hold on \(hold.field)"
        try append(
            [
                NewEvent(
                    kind: .holdRefused, contactID: hold.contactID, causeSeq: hold.placedSeq,
                    body: try JSON(encoding: ["who": act.who, "reason": act.reason])),
                try act.event(
                    "rejected \(words)", contactID: hold.contactID, hold: hold.placedSeq),
            ], in: workspace)
        return Rejection(rejected: ["\(words) of contact \(hold.contactID)"])
    }

    /// Ends what people had agreed to for these rules, and for single changes by them alone.
    private func withdrawApprovals(
        _ isRejected: (String) -> Bool, in workspace: WorkspaceName
    ) throws {
        let approved: [String] = try rows(
            "SELECT rule_id FROM usher.approval WHERE workspace = \(workspace)"
        ) { try $0.get("rule_id") }
        try execute(
            """
            DELETE FROM usher.approval
            WHERE workspace = \(workspace)
              AND rule_id = ANY (\(approved.filter(isRejected))::text[])
            """)
        let ids: [String] = try rows(
            """
            SELECT contact_id FROM usher.contact
            WHERE workspace = \(workspace) AND approved IS NOT NULL
            """
        ) { try $0.get("contact_id") }
        let kept = try lockContacts(ids, in: workspace).sorted { $0.key < $1.key }
            .map { id, row in
                (
                    id: id.text,
                    changes: row.approved.filter { !$0.rules.keys.allSatisfy(isRejected) }
                )
            }
        try write(kept, in: workspace)
    }

    /// Supersedes actions not yet sent that would change certain slots; what is left of them is decided
    /// afresh. A request that is under way is not sent again.
    ///
    /// - Parameters:
    ///   - ids: Only those of these contacts; nil is all.
    ///   - slots: Those of an action that are not to be changed.
    func stopActions(
        ofContacts ids: [String]? = nil, in workspace: WorkspaceName,
        _ slots: (Action) -> Set<String>
    ) throws -> Rejection {
        let known: [Int] = try rows(
            """
            SELECT action_id FROM usher.action
            WHERE workspace = \(workspace)
              AND (\(ids)::text[] IS NULL OR contact_id = ANY (\(ids)::text[]))
            """
        ) { try $0.get("action_id") }
        var (changes, events, rejection) = (ActionChanges(), [NewEvent](), Rejection())
        let reason = "its rules were rejected"
        for var action in try lockActions(known, in: workspace).values
            .sorted(by: { $0.actionID < $1.actionID })
        {
            if let next = action.next, !slots(action.waiting(next)).isEmpty {
                events.append(try .superseded(next: next, of: action, reason: reason))
                action.next = nil
                // What else waited is decided afresh once the request is settled.
                action.rulesetHash = ""
                rejection.superseded += 1
                changes.save(action)
            }
            guard !slots(action).isEmpty else { continue }
            if action.isInFlight {
                action.rulesetHash = ""
                changes.save(action)
                rejection.underWay.append(action.contactID)
            } else {
                changes.finish(action.actionID)
                events.append(try .superseded(action, reason: reason))
                rejection.superseded += 1
            }
        }
        for statement in try changes.revisionStatements(in: workspace) { try execute(statement) }
        try append(events, in: workspace)
        return rejection
    }
}

extension Action {
    /// The wish that waits behind it, as the action that it would become.
    fileprivate func waiting(_ next: NextWish) -> Action {
        Action(next, contactID: contactID, dueAt: dueAt)
    }
}
