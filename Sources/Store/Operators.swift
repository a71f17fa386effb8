internal import Contacts
internal import Foundation
internal import Postgres
internal import Reconciler

/// Something that waits for a person.
package enum Release: Sendable, Equatable {
    /// Holds, a blocked action and drift of one contact, or of one of its fields.
    case contact(String, field: String?)
    case massDelete
    case organisation
}

/// Who acts, and why: both are on record.
package struct OperatorAct: Sendable {
    package let who: String
    package let reason: String

    package init(who: String, reason: String) {
        self.who = who
        self.reason = reason
    }

    /// - Parameters:
    ///   - hold: The event that placed the hold that it is about.
    ///   - plan: The plan that it is about.
    ///   - changes: Those of the contact that it is about.
    ///   - removed: What was removed with a workspace.
    func event(
        _ what: String, contactID: String? = nil, hold: Int? = nil, rule: String? = nil,
        plan: String? = nil, changes: [PlannedChange]? = nil, removed: RemovedWork? = nil
    ) throws -> NewEvent {
        NewEvent(
            kind: .operatorActed, contactID: contactID,
            body: try JSON(
                encoding: OperatorBody(
                    what: what, reason: reason, who: who, hold: hold, rule: rule, plan: plan,
                    changes: changes?.map(OperatorBody.Change.init), removed: removed)))
    }
}

/// The body of `operator.acted`; what does not apply is left out.
private struct OperatorBody: Encodable {
    let what: String
    let reason: String
    let who: String
    let hold: Int?
    let rule: String?
    let plan: String?
    let changes: [Change]?
    let removed: RemovedWork?

    struct Change: Encodable {
        let field: String
        let from: FieldValue?
        let value: String
        let rules: [String]

        init(_ change: PlannedChange) {
            (field, from) = (change.field.description, change.from)
            (value, rules) = (change.value, change.rules.keys.sorted())
        }
    }
}

extension Store {
    /// Releases what waits for a person.
    ///
    /// - Returns: What was released, in words; empty when nothing waited.
    package func release(_ what: Release, by act: OperatorAct) async throws -> [String] {
        try await database.transaction { [workspace] db in
            switch what {
            case .contact(let id, let field):
                try db.release(contact: id, field: field, by: act, in: workspace)
            case .massDelete: try db.releaseMassDelete(by: act, in: workspace)
            case .organisation: try db.releaseOrganisation(by: act, in: workspace)
            }
        }
    }

    /// Ends a pause after a refused token without waiting for the next look at it.
    ///
    /// - Returns: Whether there was one.
    package func resume(by act: OperatorAct) async throws -> Bool {
        try await database.transaction { [workspace] db in
            let ended = try db.execute(
                """
                DELETE FROM usher.lease
                WHERE workspace = \(workspace) AND name = 'pause'
                  -- Another organisation is accepted in another way.
                  AND reason NOT IN ('organisation', 'token_changed')
                """)
            guard ended > 0 else { return false }
            try db.append([try act.event("resumed the workspace")], in: workspace)
            return true
        }
    }
}

extension Transaction {
    func release(
        contact id: String, field: String?, by act: OperatorAct, in workspace: WorkspaceName
    ) throws -> [String] {
        func isMeant(_ slot: String) -> Bool { field == nil || field == slot }
        let action = try lockActions(ofContacts: [id], in: workspace)[id]
        guard let row = try lockContacts([id], in: workspace)[id] else { return [] }
        var released: [String] = []
        var events: [NewEvent] = []
        var grants = row.grants
        let held = (try holds(ofContacts: [id], in: workspace)[id] ?? [:]).values
            .filter { isMeant($0.field) }
        for hold in held {
            released.append("the hold on \(hold.field)")
            grants[hold.field]?.times = []
            grants[hold.field]?.reasserted = nil
            grants[hold.field]?.mayRaise = hold.reason == .revert ? true : nil
            events.append(
                NewEvent(
                    kind: .holdReleased, contactID: id, causeSeq: hold.placedSeq,
                    body: try JSON(
                        encoding: ["field": hold.field, "who": act.who, "reason": act.reason])))
            try execute(
                """
                DELETE FROM usher.hold
                WHERE workspace = \(workspace) AND contact_id = \(id) AND field = \(hold.field)
                """)
        }
        var (drifts, declined) = (row.drifts, row.declined)
        for slot in row.drifts.keys.sorted() where isMeant(slot) {
            released.append("the drift of \(slot)")
            (grants[slot], drifts[slot]) = (nil, nil)
        }
        declined.removeAll { SettableField($0.field).map { isMeant($0.slot) } ?? false }
        if declined.count < row.declined.count {
            released.append("\(row.declined.count - declined.count) declined changes")
        }
        if var action, action.state == .blocked, field == nil {
            released.append("the blocked action \(action.actionID)")
            action.unblock(at: try now())
            var changes = ActionChanges()
            changes.save(action)
            for statement in try changes.revisionStatements(in: workspace) {
                try execute(statement)
            }
        }
        guard !released.isEmpty else { return [] }
        try execute(
            """
            UPDATE usher.contact
            SET grants = \(try JSON(encoding: grants)), drifts = \(try JSON(encoding: drifts)),
                declined = \(try JSON(encodingNonEmpty: declined))
            WHERE workspace = \(workspace) AND contact_id = \(id)
            """)
        events.append(
            try act.event(
                "released " + released.joined(separator: ", "), contactID: id,
                hold: held.count == 1 ? held[0].placedSeq : nil))
        try append(events, in: workspace)
        return released
    }

    fileprivate func releaseOrganisation(
        by act: OperatorAct, in workspace: WorkspaceName
    ) throws -> [String] {
        let ended = try execute(
            """
            UPDATE usher.lease SET reason = 'token_changed', until = \(try now())
            WHERE workspace = \(workspace) AND name = 'pause' AND reason = 'organisation'
            """)
        guard ended > 0 else { return [] }
        try append(
            [try act.event("released the workspace for another organisation")], in: workspace)
        try execute(
            "UPDATE usher.workspace SET organisation_id = NULL WHERE workspace = \(workspace)")
        return ["the workspace for another organisation"]
    }
}
