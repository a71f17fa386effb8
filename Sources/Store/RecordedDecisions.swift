package import Contacts
package import Foundation
package import Postgres
internal import Reconciler
package import Rules

/// A decision on record, with all that it was made on.
package struct RecordedDecision: Sendable {
    package let seq: Int
    package let contactID: String
    package let recordedAt: Date
    package let rulesetHash: String
    package let result: String
    /// The slots whose wish waits for a person, with its rules.
    package let held: [String: [String]]
    package let body: JSON
    /// nil where it is not on record.
    package let inputs: Inputs?
    let changes: ContactPatch
    /// What keeps them back.
    let heldBy: [String: [String]]
    /// nil where no rule was, or an earlier version made the decision.
    let passedOver: PassedOver?
    let approvals: [String: ApprovalReference]
    let basis: DecisionBasis?

    /// What a decision was made on besides the rules and the contact.
    package struct Inputs: Sendable {
        package let at: Date
        /// What Usher had set and people had changed, where that made a difference.
        package let memory: ContactMemory
        /// What a request under way was setting.
        package let sent: ContactPatch?
    }

    private struct Body: Decodable {
        let rulesetHash: String
        let result: String
        let held: [String: [String]]?
        let heldBy: [String: [String]]?
        let passedOver: [String: Set<String>]?
        let approvals: [String: ApprovalReference]?
        let changes: ContactPatch
        let basis: DecisionBasis?

        enum CodingKeys: String, CodingKey {
            case result, held, approvals, changes, basis
            case rulesetHash = "ruleset_hash"
            case heldBy = "held_by"
            case passedOver = "passed_over"
        }
    }

    init(row: Row) throws {
        seq = try row.get("seq")
        contactID = try row.get("contact_id")
        recordedAt = try row.get("recorded_at")
        body = try row.get("body")
        let body = try body.decode(as: Body.self)
        (rulesetHash, result, changes) = (body.rulesetHash, body.result, body.changes)
        (held, heldBy, passedOver) = (body.held ?? [:], body.heldBy ?? [:], body.passedOver)
        (approvals, basis) = (body.approvals ?? [:], body.basis)
        let at: Date? = try row.get("at")
        inputs = at.flatMap { at in
            body.basis.map { Inputs(at: at, memory: $0.memory, sent: $0.sent) }
        }
    }
}

/// A decision on record and the contact that it was made on.
package struct PastDecision: Sendable {
    package let recorded: RecordedDecision
    /// As it was taken to be; nil where the log does not hold it any more.
    package let contact: Contact?

    /// What would be on record had this been decided. Which rules were held was for limits and approvals to
    /// say, not for the rules.
    ///
    /// - Parameter evaluation: Of all rules.
    package func body(of evaluation: Evaluation, on contact: Contact) throws -> JSON {
        let passedOver = recorded.passedOver ?? [:]
        let evaluation = evaluation.passingOver(passedOver)
        // An earlier version left out what was held, and decided nothing without it.
        let isEarlier = recorded.passedOver == nil && !recorded.held.isEmpty
        let changes =
            isEarlier
            ? ContactPatch(
                evaluation.patch.values.filter { recorded.changes[$0.key] != nil })
            : evaluation.patch
        let open = evaluation.wanted.filter {
            changes[$0.field]?.hasSameBytes(as: $0.value) != true
        }
        let slots = passedOver.values.reduce(into: Set(open.map(\.field.slot))) {
            $0.formUnion($1)
        }
        return try DecisionBody(
            rulesetHash: recorded.rulesetHash, evaluation, of: contact, changes: changes,
            passedOver: passedOver, held: recorded.held.filter { slots.contains($0.key) },
            heldBy: recorded.heldBy.filter { slots.contains($0.key) },
            approvals: recorded.approvals.filter { slot, _ in
                changes.fields.contains { $0.slot == slot }
            }, basis: recorded.basis
        ).json(with: evaluation.decision.record)
    }
}

extension Store {
    /// Decisions on record, newest first, each with the contact as it was.
    ///
    /// - Parameters:
    ///   - seq: Only those before this place in the log.
    ///   - since: Only those that were recorded from then on.
    ///   - contact: Only those on the contacts that this id or e-mail address names.
    package func pastDecisions(
        before seq: Int, since: Date?, contact: String?, limit: Int
    ) async throws -> [PastDecision] {
        try await database.transaction { [workspace] db in
            let ids = try contact.map { try db.contactIDs(named: $0, in: workspace) }
            let decisions = try db.decisions(
                before: seq, since: since, ids: ids, limit: limit, in: workspace)
            let contacts = try db.pastContacts(
                decisions.map { ($0.contactID, $0.seq) }, in: workspace)
            return zip(decisions, contacts).map { decision, past in
                PastDecision(recorded: decision, contact: past?.contact(on: decision))
            }
        }
    }
}

extension PastContact {
    /// The contact as a decision took it to be: a request under way was taken for done.
    func contact(on decision: RecordedDecision) -> Contact {
        decision.inputs?.sent.map(contact.applying) ?? contact
    }
}

extension Transaction {
    /// - Parameter ids: Only those on these contacts; nil is all.
    func decisions(
        before seq: Int, since: Date?, ids: [String]?, limit: Int, in workspace: WorkspaceName
    ) throws -> [RecordedDecision] {
        try rows(
            """
            SELECT seq, contact_id, recorded_at, body,
                   -- PostgreSQL reads its own microseconds exactly.
                   (body #>> '{basis,at}')::timestamptz AS at
            FROM usher.event
            WHERE workspace = \(workspace) AND kind = 'decision.made' AND seq < \(seq)
              AND (\(since)::timestamptz IS NULL OR recorded_at >= \(since))
              AND (\(ids)::text[] IS NULL OR contact_id = ANY (\(ids)::text[]))
            ORDER BY seq DESC
            LIMIT \(limit)
            """, decode: RecordedDecision.init(row:))
    }
}
