internal import Contacts
internal import Foundation
internal import Postgres
package import Reconciler

extension Store {
    /// Writes what follows from a pass in one transaction: decisions, actions, holds and cursor.
    ///
    /// One contact that the database cannot take is set aside, so that the others are decided on.
    ///
    /// - Returns: The alerts that people have not been told of yet.
    /// - Throws: `StoreError.leaseLost` or `.evaluationMoved` when anything that the pass was
    ///   decided on has changed since: it begins again.
    package func write(
        _ batch: EvaluationBatch, of pending: PendingEvaluations
    ) async throws -> [Alert] {
        do {
            return try await transaction { db in
                let alerts = try db.write(batch, of: pending)
                let hash = pending.work.rulesetHash
                return try alerts + db.setAside(pending.unreadable, under: hash)
            }
        } catch let error where error.isAboutValues {
            let refused = try await refused(among: batch.subjects) { db, subjects in
                _ = try db.write(try batch.again(on: subjects), of: pending)
            }
            guard !refused.isEmpty else { throw error }
            let contacts = refused.map { $0.map(\.known.contactID) }
            return try await transaction { db in
                try db.setAside(contacts, under: pending.work.rulesetHash)
            }
        }
    }

    /// Ends the holds on rules that keep nothing back any more.
    package func withdrawEmptyHolds(under lease: Lease) async throws {
        try await transaction { db in
            try db.hold(lease)
            try db.withdrawEmptyHolds()
        }
    }
}

extension WorkspaceTransaction {
    fileprivate func write(
        _ batch: EvaluationBatch, of pending: PendingEvaluations
    ) throws -> [Alert] {
        try hold(pending.lease)
        guard
            try lockVersions(of: batch.changed) == pending.versions.restricted(to: batch.changed)
        else { throw StoreError.evaluationMoved }
        let statements =
            batch.isEmpty
            ? []
            : try self.statements(for: batch, at: reserveSequence(batch.events.count))
        let results = try pipeline(statements + [advance(pending.work)])
        guard results.last?.rowsAffected == 1 else { throw StoreError.evaluationMoved }
        if !pending.hasMore { try withdrawEmptyHolds() }
        return try raise(batch.alerts, at: batch.now)
    }

    private func lockVersions(of ids: [String]) throws -> RowVersions {
        var versions = RowVersions()
        guard !ids.isEmpty else { return versions }
        _ = try rows(
            """
            SELECT contact_id, xmin::text AS version FROM usher.action
            WHERE workspace = \(workspace) AND contact_id = ANY (\(ids)::text[])
            ORDER BY action_id
            FOR UPDATE
            """
        ) { versions.actions[try $0.get("contact_id", as: String.self)] = try $0.get("version") }
        _ = try rows(
            """
            SELECT contact_id, xmin::text AS version FROM usher.contact
            WHERE workspace = \(workspace) AND contact_id = ANY (\(ids)::text[])
            ORDER BY contact_id
            FOR NO KEY UPDATE
            """
        ) { versions.contacts[try $0.get("contact_id", as: String.self)] = try $0.get("version") }
        return versions
    }

    private func statements(
        for batch: EvaluationBatch, at range: SequenceRange
    ) throws -> [Statement] {
        var statements = statements(for: batch.events, at: range)
        statements += try revisionStatements(for: batch.actionChanges(from: range.first))
        statements += batch.withdrawn.map(removal)
        statements += try batch.contactHolds.map { event, hold in
            try insertion(of: hold, seq: range.first + event, at: range.recordedAt)
        }
        statements += batch.ruleHolds.map { event, hold in
            insertion(of: hold, seq: range.first + event, at: range.recordedAt)
        }
        if let counts = insertion(of: batch.gate.ledger, at: batch.now) {
            statements.append(counts)
        }
        if !batch.contacts.isEmpty {
            statements.append(try update(of: batch.contacts, from: range.first))
        }
        return try statements + self.statements(for: batch.asides, at: range)
    }

    private func update(of contacts: [EvaluatedContact], from first: Int) throws -> Statement {
        let records = contacts.map { $0.record(from: first) }
        return """
            UPDATE usher.contact AS c
            SET grants = n.grants, drifts = n.drifts, decision_digest = n.digest, held = n.held,
                approved = n.approved, declined = n.declined,
                alerts = ARRAY(SELECT jsonb_array_elements_text(n.alerts))
            FROM unnest(
                \(contacts.map(\.id))::text[],
                \(try records.map { try JSON(encoding: $0.grants) })::jsonb[],
                \(try records.map { try JSON(encoding: $0.drifts) })::jsonb[],
                \(contacts.map(\.digest))::bytea[],
                \(try records.map { try JSON(encodingNonEmpty: $0.held) })::jsonb[],
                \(try records.map { try JSON(encodingNonEmpty: $0.approved) })::jsonb[],
                \(try records.map { try JSON(encodingNonEmpty: $0.declined) })::jsonb[],
                \(try contacts.map { try JSON(encoding: $0.alerts.sorted()) })::jsonb[])
                AS n (contact_id, grants, drifts, digest, held, approved, declined, alerts)
            WHERE c.workspace = \(workspace) AND c.contact_id = n.contact_id
            """
    }

    /// The statement that moves the evaluator's cursor past its work.
    private func advance(_ work: EvaluationWork) -> Statement {
        """
        UPDATE usher.workspace
        SET evaluated_seq = \(work.upTo), recheck_after = \(work.recheckNext),
            ages_checked_at = coalesce(\(work.agedUntil), ages_checked_at),
            limits_before = CASE WHEN \(work.recheckNext == nil) THEN NULL
                            ELSE limits_before END
        WHERE workspace = \(workspace) AND evaluated_seq = \(work.evaluatedSeq)
          AND recheck_after IS NOT DISTINCT FROM \(work.recheckAfter)
          AND ruleset_hash = \(work.rulesetHash)
        """
    }
}
