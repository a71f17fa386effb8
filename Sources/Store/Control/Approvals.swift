internal import Contacts
internal import Foundation
internal import Postgres
package import Reconciler

extension Store {
    /// Approves something that waits for a decision.
    ///
    /// Of a hold on a rule, each contact's change as it was held is approved, and no other.
    /// Approved changes count against the limits all the same, so that what comes after them is
    /// held.
    ///
    /// - Parameters:
    ///   - announced: What `pendingApprovals(named:)` gave when the operator was told the effect; nil
    ///     approves whatever waits.
    ///   - meanings: The rules to approve, each with its hash; none for holds of limits.
    /// - Returns: An empty approval where nothing waited.
    /// - Throws: `AnnouncementOutdated` where something else waits than was announced.
    package func approve(
        _ id: ApprovalID, announced: [PendingApproval]? = nil, meanings: [String: String],
        by act: OperatorAct
    ) async throws -> ApprovalResult {
        try await transaction { db in
            if let announced {
                try db.keepFromChanging(id)
                let found = try db.pendingApprovals(named: id)
                if let outdated = AnnouncementOutdated(of: id, announced: announced, found: found) {
                    throw outdated
                }
            }
            return switch id {
            case .hold(let seq): try db.approve(hold: seq, meanings: meanings, by: act)
            case .rule(let rule): try db.approve(rule: rule, meanings: meanings, by: act)
            case .drift(let contact, let slot):
                try db.approve(.drift(slot: slot), ofContact: contact, by: act)
            case .action(let number): try db.approve(action: number, by: act)
            case .massDelete: ApprovalResult(try db.releaseMassDelete(by: act))
            case .organisation: ApprovalResult(try db.releaseOrganisation(by: act))
            }
        }
    }
}

extension WorkspaceTransaction {
    /// Keeps other processes from adding to what waits under an ID until the end.
    fileprivate func keepFromChanging(_ id: ApprovalID) throws {
        switch id {
        case .hold, .rule, .drift, .action:
            try interruptEvaluation()
            // A mass delete is known by its number, too.
            try lockMassDelete()
        case .massDelete: try lockMassDelete()
        case .organisation: break
        }
    }

    fileprivate func approve(
        hold seq: Int, meanings: [String: String], by act: OperatorAct
    ) throws -> ApprovalResult {
        if try massDeleteHold()?.placedSeq == seq {
            return ApprovalResult(try releaseMassDelete(by: act))
        }
        try interruptEvaluation()
        if let single = try hold(placedAt: seq) {
            return try approve(.hold(seq), ofContact: single.contactID, by: act)
        }
        return try approve(try ruleHolds().meant(by: .hold(seq)), meanings: meanings, by: act)
    }

    fileprivate func approve(
        rule id: String, meanings: [String: String], by act: OperatorAct
    ) throws -> ApprovalResult {
        try interruptEvaluation()
        var approval = try approve(
            try ruleHolds().meant(by: .rule(id)), meanings: meanings, by: act)
        approval.add(try approveDeclined(of: id, by: act))
        return approval
    }

    private func approve(
        _ holds: [RuleHold], meanings: [String: String], by act: OperatorAct
    ) throws -> ApprovalResult {
        var approval = ApprovalResult()
        for hold in holds { approval.add(try approve(allOf: hold, by: act)) }
        if RuleApprovals.follow(from: holds) {
            approval.add(try approve(meanings, by: act))
        }
        return approval
    }

    fileprivate func approve(
        _ part: ContactRelease.Part, ofContact id: String, by act: OperatorAct
    ) throws -> ApprovalResult {
        var approval = ApprovalResult(try release(part, ofContact: id, by: act))
        approval.contacts = approval.approved.isEmpty ? 0 : 1
        return approval
    }

    fileprivate func approve(action number: Int, by act: OperatorAct) throws -> ApprovalResult {
        guard let contact = try contact(ofAction: number) else { return ApprovalResult() }
        return try approve(.action, ofContact: contact, by: act)
    }

    /// The contact of an open action.
    func contact(ofAction number: Int) throws -> String? {
        try row(
            """
            SELECT contact_id FROM usher.action
            WHERE workspace = \(workspace) AND action_id = \(number)
            """
        ) { try $0.get("contact_id") }
    }

    /// Ends a hold on a rule, and approves everything that it keeps back.
    private func approve(allOf hold: RuleHold, by act: OperatorAct) throws -> ApprovalResult {
        let approval = try RuleHoldApproval(
            of: hold, on: try lockedContacts(try heldContacts(by: hold.key)), by: act,
            at: try now())
        try delete([hold])
        if let range = try append(approval.events) {
            try write(approved: approval.approved(recordedAt: range.first))
        }
        return approval.approval
    }

    /// Keeps rules as approved, for all that they will ever want within the limits.
    private func approve(_ meanings: [String: String], by act: OperatorAct) throws -> ApprovalResult
    {
        var approval = ApprovalResult()
        guard
            let approved = try RuleApprovals(
                of: meanings, known: try ruleHolds().approvals, by: act),
            let range = try append([approved.event])
        else { return approval }
        try execute(
            """
            INSERT INTO usher.approval
                (workspace, rule_hash, rule_id, approved_at, who, approved_seq)
            SELECT \(workspace), n.rule_hash, n.rule_id, \(range.recordedAt), \(act.who),
                   \(range.first)
            FROM unnest(\(approved.rules.map(\.hash))::text[], \(approved.rules.map(\.id))::text[])
                AS n (rule_hash, rule_id)
            ON CONFLICT (workspace, rule_hash) DO NOTHING
            """)
        approval.approved = [approved.name]
        return approval
    }

    /// Lets a rule try again what a person had declined, or nobody had approved in time.
    private func approveDeclined(of rule: String, by act: OperatorAct) throws -> ApprovalResult {
        let ids: [String] = try rows(
            """
            SELECT contact_id FROM usher.contact
            WHERE workspace = \(workspace) AND declined IS NOT NULL
            """
        ) { try $0.get("contact_id") }
        guard
            let approved = try DeclinedChangesApproval(
                of: rule, on: try lockedContacts(ids), by: act)
        else { return ApprovalResult() }
        try write(declined: approved.declined)
        try append(approved.events)
        return approved.approval
    }

    /// The contacts of which a hold on a rule keeps something back.
    func heldContacts(by key: String) throws -> [String] {
        try rows(
            """
            SELECT c.contact_id FROM usher.contact c
            WHERE c.workspace = \(workspace) AND c.held IS NOT NULL
              AND EXISTS (SELECT 1 FROM jsonb_array_elements(c.held) AS change
                          WHERE change -> 'by' ? \(key))
            """
        ) { try $0.get("contact_id") }
    }

    func write(approved contacts: [ContactChanges<ApprovedChange>]) throws {
        try write(contacts, to: "approved")
    }

    func write(declined contacts: [ContactChanges<DeclinedChange>]) throws {
        try write(contacts, to: "declined")
    }

    func write(held contacts: [ContactChanges<HeldChange>]) throws {
        // The last decision on record holds more: the next one is recorded, whatever it is.
        try write(contacts, to: "held", and: ", decision_digest = ''")
    }

    /// Writes a column of the contacts that have other changes there; NULL is none.
    private func write<Change: Encodable>(
        _ contacts: [ContactChanges<Change>], to column: StaticString,
        and assignments: StaticString = ""
    ) throws {
        guard !contacts.isEmpty else { return }
        try execute(
            """
            UPDATE usher.contact AS c SET \(sql: column) = n.changes\(sql: assignments)
            FROM unnest(
                \(contacts.map(\.id))::text[],
                \(try contacts.map { try JSON(encodingNonEmpty: $0.changes) })::jsonb[])
                AS n (contact_id, changes)
            WHERE c.workspace = \(workspace) AND c.contact_id = n.contact_id
              AND c.\(sql: column) IS DISTINCT FROM n.changes
            """)
    }
}
