package import Contacts
internal import Foundation
internal import Postgres
internal import Reconciler
internal import Rules

/// What a person decides on.
package enum ApprovalTarget: Sendable, Equatable {
    /// A hold, by the event that placed it.
    case hold(Int)
    /// A rule as written, or one row of its table: every hold on it, and the rule itself.
    case rule(String)
}

/// The result of an approval.
package struct Approval: Encodable, Sendable, Equatable {
    /// In words; empty when nothing waited.
    package var approved: [String] = []
    /// Contacts whose change goes on.
    package var contacts = 0
    /// Contacts that have changed since: theirs is decided anew.
    package var changedSince: [String] = []

    enum CodingKeys: String, CodingKey {
        case approved, contacts
        case changedSince = "changed_since"
    }
}

/// A change as it was planned: this one and no other is agreed to.
package struct PlannedChange: BoundChange, Sendable, Equatable {
    package let contactID: String
    package let field: FieldPath
    package let from: FieldValue?
    package let value: String
    /// The rules that want it, each with its hash.
    package var rules: [String: String]

    package init(
        contactID: String, field: FieldPath, from: FieldValue?, value: String,
        rules: [String: String]
    ) {
        self.contactID = contactID
        self.field = field
        self.from = from
        self.value = value
        self.rules = rules
    }
}

extension Store {
    /// Lets what a hold keeps back go on: each contact's change as it was held, and no other.
    ///
    /// What goes on counts against the limits all the same, so that what comes after it is held.
    ///
    /// - Parameter meanings: The rules to agree to, each with its hash; none for holds of limits.
    package func approve(
        _ target: ApprovalTarget, meanings: [String: String], by act: OperatorAct
    ) async throws -> Approval {
        try await database.transaction { [workspace] db in
            try db.keepEvaluatorOut(of: workspace)
            var approval = Approval()
            if case .hold(let seq) = target, let single = try db.hold(placedAt: seq, in: workspace)
            {
                approval.approved = try db.release(
                    contact: single.contactID, field: single.field, by: act, in: workspace)
                approval.contacts = 1
                return approval
            }
            let holds = try db.ruleHolds(in: workspace).placed.values.filter { target.means($0) }
            for hold in holds.sorted(by: { $0.placedSeq < $1.placedSeq }) {
                try db.agree(toAllOf: hold, by: act, into: &approval, in: workspace)
            }
            let wantsRules =
                holds.isEmpty || holds.contains { $0.reason == .approval || $0.rejectedAt != nil }
            if wantsRules, !meanings.isEmpty {
                try db.agree(to: meanings, by: act, into: &approval, in: workspace)
            }
            if case .rule(let id) = target {
                try db.forgetDeclined(of: id, by: act, into: &approval, in: workspace)
            }
            return approval
        }
    }
}

extension ApprovalTarget {
    /// Whether a decision on it is one on this hold.
    func means(_ hold: RuleHold) -> Bool {
        switch self {
        case .hold(let seq): hold.placedSeq == seq
        case .rule(let id): hold.ruleID.isRule(id)
        }
    }
}

extension String {
    /// Whether this id of a rule, or of a row of its table, is meant by another one.
    func isRule(_ id: String) -> Bool { self == id || hasPrefix(id + "[") }
}

extension Transaction {
    /// Ends a hold on a rule, and agrees to what it keeps back of each contact.
    fileprivate func agree(
        toAllOf hold: RuleHold, by act: OperatorAct, into approval: inout Approval,
        in workspace: WorkspaceName
    ) throws {
        let until = try now() + RuleHold.timeToLive
        let ids = try heldContacts(by: hold.key, in: workspace)
        var agreed: [(id: String, changes: [ApprovedChange], new: Int)] = []
        for (key, row) in try lockContacts(ids, in: workspace).sorted(by: { $0.key < $1.key }) {
            let id = key.text
            let held = row.held.filter { $0.by.contains(hold.key) }
            let current = held.filter { row.contact[$0.field] == $0.from }
            if current.count < held.count { approval.changedSince.append(id) }
            let new = current.map {
                ApprovedChange($0, until: until, who: act.who, seq: nil, plan: nil)
            }
            agreed.append((id, row.approved + new, new.count))
        }
        approval.contacts += agreed.count
        approval.approved.append("the hold on rule \(hold.ruleID), \(agreed.count) contacts")
        try delete([hold], in: workspace)
        let body = try JSON(
            encoding: ["rule": hold.ruleID, "who": act.who, "reason": act.reason])
        // Each contact is evaluated again, and its own record says who let it go on.
        let released = ([nil] + agreed.map { $0.id as String? }).map {
            NewEvent(kind: .holdReleased, contactID: $0, causeSeq: hold.placedSeq, body: body)
        }
        let event = try act.event(
            "approved the hold on rule \(hold.ruleID)", hold: hold.placedSeq, rule: hold.ruleID)
        guard let places = try append([event] + released, in: workspace) else { return }
        try write(
            agreed.map { id, changes, new in
                (
                    id,
                    changes.enumerated().map { index, change in
                        index < changes.count - new ? change : change.recorded(at: places.first)
                    }
                )
            }, in: workspace)
    }

    /// The contacts of which a hold on a rule keeps something back.
    func heldContacts(by key: String, in workspace: WorkspaceName) throws -> [String] {
        try rows(
            """
            SELECT c.contact_id FROM usher.contact c
            WHERE c.workspace = \(workspace) AND c.held IS NOT NULL
              AND EXISTS (SELECT 1 FROM jsonb_array_elements(c.held) AS change
                          WHERE change -> 'by' ? \(key))
            """
        ) { try $0.get("contact_id") }
    }

    func write(
        _ approved: [(id: String, changes: [ApprovedChange])], in workspace: WorkspaceName
    ) throws {
        guard !approved.isEmpty else { return }
        try execute(
            """
            UPDATE usher.contact AS c SET approved = n.approved
            FROM unnest(
                \(approved.map(\.id))::text[],
                \(try approved.map { try JSON(encodingNonEmpty: $0.changes) })::jsonb[])
                AS n (contact_id, approved)
            WHERE c.workspace = \(workspace) AND c.contact_id = n.contact_id
            """)
    }

    /// Keeps rules as agreed to, for all that they will ever want within the limits.
    fileprivate func agree(
        to meanings: [String: String], by act: OperatorAct, into approval: inout Approval,
        in workspace: WorkspaceName
    ) throws {
        let known = try ruleHolds(in: workspace).approvals
        let rules = meanings.filter { known[$0.value] == nil }.sorted { $0.key < $1.key }
        guard !rules.isEmpty else { return }
        let bases = Set(rules.map { Rule.base(of: $0.key) }).sorted()
        let name =
            rules.count == 1
            ? "rule \(rules[0].key)" : "\(rules.count) rows of \(bases.joined(separator: ", "))"
        let event = try act.event(
            "approved \(name)", rule: rules.count == 1 ? rules[0].key : bases[0])
        guard let places = try append([event], in: workspace) else { return }
        try execute(
            """
            INSERT INTO usher.approval
                (workspace, rule_hash, rule_id, approved_at, who, approved_seq)
            SELECT \(workspace), n.rule_hash, n.rule_id, \(places.recordedAt), \(act.who),
                   \(places.first)
            FROM unnest(\(rules.map(\.value))::text[], \(rules.map(\.key))::text[])
                AS n (rule_hash, rule_id)
            ON CONFLICT (workspace, rule_hash) DO NOTHING
            """)
        approval.approved.append(name)
    }

    /// Lets a rule try again what a person had declined, or nobody had agreed to in time.
    fileprivate func forgetDeclined(
        of id: String, by act: OperatorAct, into approval: inout Approval,
        in workspace: WorkspaceName
    ) throws {
        let ids: [String] = try rows(
            """
            SELECT contact_id FROM usher.contact
            WHERE workspace = \(workspace) AND declined IS NOT NULL
            """
        ) { try $0.get("contact_id") }
        var kept: [(id: String, changes: [DeclinedChange])] = []
        for (contact, row) in try lockContacts(ids, in: workspace).sorted(by: { $0.key < $1.key }) {
            let changes = row.declined.filter { !$0.rules.keys.contains { $0.isRule(id) } }
            if changes.count < row.declined.count { kept.append((contact.text, changes)) }
        }
        guard !kept.isEmpty else { return }
        try write(declined: kept, in: workspace)
        let words = "declined changes of \(kept.count) contacts by rule \(id)"
        approval.approved.append(words)
        approval.contacts += kept.count
        let body = try JSON(encoding: ["rule": id, "who": act.who, "reason": act.reason])
        try append(
            [try act.event("approved \(words)", rule: id)]
                + kept.map { NewEvent(kind: .holdReleased, contactID: $0.id, body: body) },
            in: workspace)
    }

    func write(
        declined: [(id: String, changes: [DeclinedChange])], in workspace: WorkspaceName
    ) throws {
        guard !declined.isEmpty else { return }
        try execute(
            """
            UPDATE usher.contact AS c SET declined = n.declined
            FROM unnest(
                \(declined.map(\.id))::text[],
                \(try declined.map { try JSON(encodingNonEmpty: $0.changes) })::jsonb[])
                AS n (contact_id, declined)
            WHERE c.workspace = \(workspace) AND c.contact_id = n.contact_id
            """)
    }
}

extension SnapshotRow {
    /// What is declined of it with these changes; each is kept once.
    func declined(
        adding changes: [some BoundChange], _ why: DeclinedChange.Reason
    ) -> [DeclinedChange] {
        let new = changes.map { DeclinedChange($0, why) }
        return declined.filter { !new.contains($0) } + new
    }
}

extension ApprovedChange {
    init(_ change: some BoundChange, until: Date, who: String, seq: Int?, plan: String?) {
        self.init(
            field: change.field, value: change.value, from: change.from, rules: change.rules,
            until: until, who: who, seq: seq, plan: plan)
    }

    /// The same with the event of the approval.
    func recorded(at seq: Int) -> ApprovedChange {
        var change = self
        change.seq = seq
        return change
    }
}
