package import Contacts
internal import Foundation
internal import Postgres

/// What a person gives a word on.
package enum Held: Sendable, Equatable {
    /// A hold, by the event that placed it.
    case hold(Int)
    /// A rule as written, or one row of its table: every hold on it, and the rule itself.
    case rule(String)
}

/// What came of a person's word.
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
package struct PlannedChange: Sendable, Equatable {
    package let contactID: String
    package let field: FieldPath
    package let from: FieldValue?
    package let value: String
    /// The rules that want it, each with its hash.
    package let rules: [String: String]

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
        _ held: Held, meanings: [String: String], by act: OperatorAct
    ) async throws -> Approval {
        try await database.transaction { [workspace] db in
            try db.keepEvaluatorOut(of: workspace)
            var approval = Approval()
            if case .hold(let seq) = held, let single = try db.hold(placedAt: seq, in: workspace) {
                approval.approved = try db.release(
                    contact: single.contactID, field: single.field, by: act, in: workspace)
                approval.contacts = 1
                return approval
            }
            let holds = try db.ruleHolds(in: workspace).placed.values.filter { held.means($0) }
            for hold in holds.sorted(by: { $0.placedSeq < $1.placedSeq }) {
                try db.release(hold, by: act, into: &approval, in: workspace)
            }
            let wantsRules = holds.contains { $0.reason == .approval } || holds.isEmpty
            if wantsRules, !meanings.isEmpty {
                try db.agree(to: meanings, by: act, into: &approval, in: workspace)
            }
            return approval
        }
    }

    /// Refuses what a hold keeps back: its rule changes nothing until it is written otherwise, or
    /// somebody approves it after all.
    ///
    /// - Returns: What was refused, in words; empty when nothing waited.
    package func reject(_ held: Held, by act: OperatorAct) async throws -> [String] {
        try await database.transaction { [workspace] db in
            try db.keepEvaluatorOut(of: workspace)
            let holds = try db.ruleHolds(in: workspace).placed.values
                .filter { held.means($0) && $0.refusedAt == nil }
                .sorted { $0.placedSeq < $1.placedSeq }
            let single: Hold? =
                if case .hold(let seq) = held {
                    try db.hold(placedAt: seq, in: workspace)
                } else { nil }
            let refused =
                holds.map { Refused(rule: $0) } + (single.map { [Refused(single: $0)] } ?? [])
            guard !refused.isEmpty else { return [] }
            try db.refuse(refused, who: act.who, reason: act.reason, in: workspace)
            let words = refused.map(\.words)
            try db.append(
                [try act.event("rejected " + words.joined(separator: ", "))], in: workspace)
            return words
        }
    }

    /// Agrees to changes as a plan shows them; those that no ruleset wants yet wait for one that does.
    package func approve(
        _ plan: [PlannedChange], by act: OperatorAct
    ) async throws -> Approval {
        let byContact = Dictionary(grouping: plan, by: \.contactID)
        let ids = byContact.keys.sorted()
        var approval = Approval()
        var start = 0
        while start < ids.count {
            let batch = Array(ids[start..<min(start + Self.evaluationBatch, ids.count)])
            start += batch.count
            let (agreed, changed) = try await database.transaction { [workspace] db in
                try db.agree(to: batch.map { ($0, byContact[$0] ?? []) }, by: act, in: workspace)
            }
            approval.contacts += agreed
            approval.changedSince += changed
        }
        if approval.contacts > 0 {
            approval.approved = ["the plan, for \(approval.contacts) contacts"]
        }
        return approval
    }

    /// Refuses what has waited for too long.
    package func refuseExpiredHolds() async throws {
        try await database.transaction { [workspace] db in
            let limit = try db.now() - RuleHold.patience
            let rules = try db.ruleHolds(in: workspace).placed.values
                .filter { $0.refusedAt == nil && $0.placedAt <= limit }
                .sorted { $0.placedSeq < $1.placedSeq }
            let single = try db.holds(placedBefore: limit, in: workspace)
            let expired = rules.map { Refused(rule: $0) } + single.map { Refused(single: $0) }
            guard !expired.isEmpty else { return }
            try db.refuse(
                expired, who: "usher", reason: "nobody decided within seven days", in: workspace)
        }
    }
}

extension Held {
    fileprivate func means(_ hold: RuleHold) -> Bool {
        switch self {
        case .hold(let seq): hold.placedSeq == seq
        case .rule(let id): hold.ruleID == id || hold.ruleID.hasPrefix(id + "[")
        }
    }
}

/// A hold that is refused.
private struct Refused {
    let seq: Int
    let contactID: String?
    let words: String
    let isRule: Bool

    init(rule hold: RuleHold) {
        (seq, contactID, isRule) = (hold.placedSeq, nil, true)
        words = "the hold on rule \(hold.ruleID)"
    }

    init(single hold: Hold) {
        (seq, contactID, isRule) = (hold.placedSeq, hold.contactID, false)
        words = "the hold on \(hold.field)"
    }
}

extension Transaction {
    /// Ends a hold on a rule, and agrees to what it keeps back of each contact.
    fileprivate func release(
        _ hold: RuleHold, by act: OperatorAct, into approval: inout Approval,
        in workspace: WorkspaceName
    ) throws {
        let now = try now()
        let ids: [String] = try rows(
            """
            SELECT c.contact_id FROM usher.contact c
            WHERE c.workspace = \(workspace) AND c.held IS NOT NULL
              AND EXISTS (SELECT FROM jsonb_each(c.held) AS h (slot, change)
                          WHERE h.change -> 'by' ? \(hold.key))
            """
        ) { try $0.get("contact_id") }
        var agreed: [(id: String, changes: [String: ApprovedChange])] = []
        for (id, row) in try lockContacts(ids, in: workspace).sorted(by: { $0.key < $1.key }) {
            var changes = row.approved
            for (slot, change) in row.held where change.by.contains(hold.key) {
                guard row.contact[change.field] == change.from else {
                    approval.changedSince.append(id)
                    continue
                }
                changes[slot] = ApprovedChange(change, until: now + RuleHold.patience)
            }
            agreed.append((id, changes))
        }
        approval.contacts += agreed.count
        approval.approved.append("the hold on rule \(hold.ruleID), \(agreed.count) contacts")
        try write(agreed, in: workspace)
        try execute(
            """
            DELETE FROM usher.rule_hold
            WHERE workspace = \(workspace) AND placed_seq = \(hold.placedSeq)
            """)
        let body = try JSON(
            encoding: ["rule": hold.ruleID, "who": act.who, "reason": act.reason])
        // Each contact is evaluated again, and its own record says who let it go on.
        let events = [nil] + agreed.map { $0.id as String? }
        try append(
            events.map {
                NewEvent(kind: .holdReleased, contactID: $0, causeSeq: hold.placedSeq, body: body)
            } + [try act.event("approved the hold on rule \(hold.ruleID)")], in: workspace)
    }

    private func write(
        _ agreed: [(id: String, changes: [String: ApprovedChange])], in workspace: WorkspaceName
    ) throws {
        try execute(
            """
            UPDATE usher.contact AS c SET approved = n.approved
            FROM unnest(
                \(agreed.map(\.id))::text[],
                \(try agreed.map { try $0.changes.isEmpty ? nil : JSON(encoding: $0.changes) })::jsonb[])
                AS n (contact_id, approved)
            WHERE c.workspace = \(workspace) AND c.contact_id = n.contact_id
            """)
    }

    /// Keeps rules as agreed to, for all that they will ever want within the limits.
    fileprivate func agree(
        to meanings: [String: String], by act: OperatorAct, into approval: inout Approval,
        in workspace: WorkspaceName
    ) throws {
        let rules = meanings.sorted { $0.key < $1.key }
        let new = try execute(
            """
            INSERT INTO usher.approval (workspace, rule_hash, rule_id, approved_at, who)
            SELECT \(workspace), n.rule_hash, n.rule_id, \(try now()), \(act.who)
            FROM unnest(\(rules.map(\.value))::text[], \(rules.map(\.key))::text[])
                AS n (rule_hash, rule_id)
            ON CONFLICT (workspace, rule_hash) DO NOTHING
            """)
        guard new > 0 else { return }
        let names = rules.count == 1 ? "rule \(rules[0].key)" : "\(new) rules"
        approval.approved.append(names)
        try append([try act.event("approved \(names)")], in: workspace)
    }

    /// Agrees to planned changes of contacts that are as they were.
    fileprivate func agree(
        to plan: [(id: String, changes: [PlannedChange])], by act: OperatorAct,
        in workspace: WorkspaceName
    ) throws -> (agreed: Int, changed: [String]) {
        let until = try now() + RuleHold.patience
        let rows = try lockContacts(plan.map(\.id), in: workspace)
        var agreed: [(id: String, changes: [String: ApprovedChange])] = []
        var events: [NewEvent] = []
        var changed: [String] = []
        for (id, changes) in plan {
            let current = changes.filter { rows[id]?.contact[$0.field] == $0.from }
            guard let row = rows[id], !row.isDeleted, current.count == changes.count else {
                changed.append(id)
                continue
            }
            var approved = row.approved
            for change in current {
                guard let field = SettableField(change.field) else { continue }
                approved[field.slot] = ApprovedChange(change, until: until)
            }
            agreed.append((id, approved))
            let words = changes.map { "\($0.field): \($0.value)" }.sorted()
            events.append(
                try act.event("approved " + words.joined(separator: ", "), contactID: id))
        }
        guard !agreed.isEmpty else { return (0, changed) }
        try write(agreed, in: workspace)
        try append(events, in: workspace)
        return (agreed.count, changed)
    }

    fileprivate func refuse(
        _ refused: [Refused], who: String, reason: String, in workspace: WorkspaceName
    ) throws {
        let now = try now()
        let rules = refused.filter(\.isRule).map(\.seq)
        let others = refused.filter { !$0.isRule }.map(\.seq)
        try execute(
            """
            UPDATE usher.rule_hold SET refused_at = \(now)
            WHERE workspace = \(workspace) AND placed_seq = ANY (\(rules)::bigint[])
            """)
        try execute(
            """
            UPDATE usher.hold SET refused_at = \(now)
            WHERE workspace = \(workspace) AND placed_seq = ANY (\(others)::bigint[])
            """)
        try append(
            refused.map {
                NewEvent(
                    kind: .holdRefused, contactID: $0.contactID, causeSeq: $0.seq,
                    body: try JSON(encoding: ["who": who, "reason": reason]))
            }, in: workspace)
    }
}

extension ApprovedChange {
    init(_ held: HeldChange, until: Date) {
        self.init(
            field: held.field, value: held.value, from: held.from, rules: held.rules, until: until)
    }

    init(_ planned: PlannedChange, until: Date) {
        self.init(
            field: planned.field, value: planned.value, from: planned.from, rules: planned.rules,
            until: until)
    }
}
