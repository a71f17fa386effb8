internal import Contacts
internal import Foundation
internal import Postgres
package import Reconciler

extension Store {
    /// Rejects what a hold keeps back, or a rule: it changes nothing until it is written otherwise, or
    /// a person approves it after all.
    ///
    /// Every action not yet sent of which only these rules are owners is superseded in the same
    /// transaction.
    ///
    /// - Parameter meaning: The hash of the rule that is rejected; nil where the ruleset has none.
    package func reject(
        _ target: ApprovalTarget, meaning: String?, by act: OperatorAct
    ) async throws -> Rejection {
        try await transaction { db in
            try db.interruptEvaluation()
            if case .hold(let seq) = target, let single = try db.hold(placedAt: seq) {
                return try db.reject(single, by: act)
            }
            let (open, new) = try db.ruleHolds().rejected(target, meaning: meaning)
            let holds = try open + new.map { try db.place($0) }
            return holds.isEmpty ? Rejection() : try db.reject(RuleRejection(holds), by: act)
        }
    }
}

extension WorkspaceTransaction {
    fileprivate func place(_ hold: RuleHold) throws -> RuleHold {
        var hold = hold
        let range = try reserveSequence(1)
        (hold.placedSeq, hold.placedAt) = (range.first, range.recordedAt)
        try pipeline([
            insertion(of: [try hold.placed(changes: nil)], at: range),
            insertion(of: hold, seq: range.first, at: range.recordedAt),
        ])
        return hold
    }

    fileprivate func reject(_ rejection: RuleRejection, by act: OperatorAct) throws -> Rejection {
        var result = try write(try rejection.stopped(among: try lockOpenActions()))
        try withdrawApprovals(rejection)
        try execute(
            """
            UPDATE usher.rule_hold SET rejected_at = \(try now())
            WHERE workspace = \(workspace)
              AND placed_seq = ANY (\(rejection.holds.map(\.placedSeq))::bigint[])
            """)
        try append(try rejection.events(by: act))
        result.rejected = rejection.names
        return result
    }

    fileprivate func reject(_ hold: ContactHold, by act: OperatorAct) throws -> Rejection {
        try execute(
            """
            UPDATE usher.hold SET refused_at = \(try now())
            WHERE workspace = \(workspace) AND placed_seq = \(hold.placedSeq)
            """)
        try append(try hold.rejected(by: act))
        return Rejection(rejected: ["the hold on \(hold.field) of contact \(hold.contactID)"])
    }

    /// Ends the approvals of rejected rules, and those of single changes by them alone.
    private func withdrawApprovals(_ rejection: RuleRejection) throws {
        let approved: [String] = try rows(
            "SELECT rule_id FROM usher.approval WHERE workspace = \(workspace)"
        ) { try $0.get("rule_id") }
        try execute(
            """
            DELETE FROM usher.approval
            WHERE workspace = \(workspace)
              AND rule_id = ANY (\(approved.filter(rejection.includes))::text[])
            """)
        let ids: [String] = try rows(
            """
            SELECT contact_id FROM usher.contact
            WHERE workspace = \(workspace) AND approved IS NOT NULL
            """
        ) { try $0.get("contact_id") }
        try write(approved: rejection.kept(of: try lockedContacts(ids)))
    }

    /// Locks the open actions, all or those of some contacts.
    func lockOpenActions(ofContacts ids: [String]? = nil) throws -> [Action] {
        let known: [Int] = try rows(
            """
            SELECT action_id FROM usher.action
            WHERE workspace = \(workspace)
              AND (\(ids)::text[] IS NULL OR contact_id = ANY (\(ids)::text[]))
            """
        ) { try $0.get("action_id") }
        return Array(try lockActions(known).values)
    }

    func write(_ stopped: StoppedActions) throws -> Rejection {
        try pipeline(revisionStatements(for: stopped.changes))
        try append(stopped.events)
        return stopped.rejection
    }
}
