internal import Contacts
internal import Foundation
internal import Postgres
package import Reconciler

extension Store {
    /// Rejects something that waits for a decision, or a rule: it changes nothing until it is
    /// written otherwise, or an operator approves it after all.
    ///
    /// Every action not yet sent of which only the rejected rules are owners is superseded in the
    /// same transaction.
    ///
    /// - Parameter meaning: The hash of a rule by its id; nil where the ruleset has none.
    /// - Returns: An empty rejection where nothing waited.
    package func reject(
        _ id: ApprovalID, meaning: @escaping @Sendable (String) -> String?, by act: OperatorAct
    ) async throws -> RejectionResult {
        try await transaction { db in
            switch id {
            case .hold(let seq): try db.reject(hold: seq, by: act)
            case .rule(let rule): try db.reject(.rule(rule), meaning: meaning(rule), by: act)
            case .drift(let contact, let slot):
                try db.rejectDrift(of: slot, ofContact: contact, meaning, by: act)
            case .action(let number): try db.reject(action: number, meaning, by: act)
            case .massDelete: try db.rejectMassDelete(by: act) ?? RejectionResult()
            case .organisation: RejectionResult()
            }
        }
    }
}

extension WorkspaceTransaction {
    fileprivate func reject(hold seq: Int, by act: OperatorAct) throws -> RejectionResult {
        if try massDeleteHold()?.placedSeq == seq {
            return try rejectMassDelete(by: act) ?? RejectionResult()
        }
        if let single = try hold(placedAt: seq) {
            try interruptEvaluation()
            return try reject(single, by: act)
        }
        return try reject(.hold(seq), meaning: nil, by: act)
    }

    fileprivate func reject(
        _ id: ApprovalID, meaning: String?, by act: OperatorAct
    ) throws -> RejectionResult {
        try interruptEvaluation()
        let (open, new) = try ruleHolds().rejected(id, meaning: meaning)
        let holds = try open + new.map { try place($0) }
        return holds.isEmpty ? RejectionResult() : try reject(RuleRejection(holds), by: act)
    }

    fileprivate func rejectDrift(
        of slot: String, ofContact id: String, _ meaning: (String) -> String?,
        by act: OperatorAct
    ) throws -> RejectionResult {
        guard let known = try lockContacts([id])[id],
            let rejection = try DriftRejection(of: known, slot: slot, meaning: meaning, by: act),
            let range = try append([rejection.event])
        else { return RejectionResult() }
        try execute(
            """
            UPDATE usher.contact
            SET drifts = \(try JSON(encoding: rejection.drifts(recordedAt: range.first)))
            WHERE workspace = \(workspace) AND contact_id = \(id)
            """)
        var result = RejectionResult(rejected: [rejection.words])
        result.contacts = 1
        return result
    }

    fileprivate func reject(
        action number: Int, _ meaning: (String) -> String?, by act: OperatorAct
    ) throws -> RejectionResult {
        guard let action = try lockActions([number])[number],
            let known = try lockContacts([action.contactID])[action.contactID],
            let rejection = try BlockedActionRejection(
                of: action, on: known, meaning: meaning, by: act)
        else { return RejectionResult() }
        var changes = ActionChanges()
        changes.finish(number)
        try pipeline(try revisionStatements(for: changes))
        try execute(
            """
            UPDATE usher.contact
            SET late = \(try JSON(encoding: rejection.late)),
                approved = \(try JSON(encodingNonEmpty: rejection.record.approved)),
                declined = \(try JSON(encodingNonEmpty: rejection.record.declined))
            WHERE workspace = \(workspace) AND contact_id = \(action.contactID)
            """)
        try append(rejection.events)
        return rejection.rejection
    }

    fileprivate func place(_ hold: RuleHold) throws -> RuleHold {
        var hold = hold
        let range = try reserveSequence(1)
        (hold.placedSeq, hold.placedAt) = (range.first, range.recordedAt)
        try pipeline(
            statements(for: [try hold.placed(changes: nil)], at: range)
                + [insertion(of: hold, seq: range.first, at: range.recordedAt)])
        return hold
    }

    fileprivate func reject(_ rejection: RuleRejection, by act: OperatorAct) throws
        -> RejectionResult
    {
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

    fileprivate func reject(_ hold: ContactHold, by act: OperatorAct) throws -> RejectionResult {
        let rejected = try execute(
            """
            UPDATE usher.hold SET refused_at = \(try now())
            WHERE workspace = \(workspace) AND placed_seq = \(hold.placedSeq)
              AND refused_at IS NULL
            """)
        guard rejected > 0 else { return RejectionResult() }
        try append(try hold.rejected(by: act))
        return RejectionResult(rejected: ["the hold on \(hold.field) of contact \(hold.contactID)"])
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

    func write(_ stopped: StoppedActions) throws -> RejectionResult {
        try pipeline(revisionStatements(for: stopped.changes))
        try append(stopped.events)
        return stopped.rejection
    }
}
