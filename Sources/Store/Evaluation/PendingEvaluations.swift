internal import Contacts
package import Foundation
internal import Postgres
package import Reconciler
package import Rules

/// The contacts to evaluate next, as they were read, with all that their evaluation depends on.
package struct PendingEvaluations: Sendable {
    package let subjects: [EvaluationSubject]
    /// The database's time of the reading.
    package let now: Date
    /// Limits that the ruleset before granted itself, while all contacts are evaluated.
    package let limitsBefore: GrantedLimits?
    package let ledger: ChangeLedger
    package let holds: RuleHolds
    /// There is more to evaluate at once.
    package let hasMore: Bool
    let lease: Lease
    let work: EvaluationWork
    let versions: RowVersions
    /// Contacts of which, or of whose action, what is stored cannot be read.
    let unreadable: [RefusedItem<String>]
}

/// The next step of the evaluator.
package enum EvaluationStep: Sendable {
    /// Another ruleset is in force.
    case otherRuleset
    /// Nothing is evaluated before all changes have been counted.
    case count
    case evaluate(PendingEvaluations)
    /// Nothing is left to evaluate, and holds on rules keep nothing back any more.
    case endHolds
    /// Nothing is left to evaluate.
    case idle
}

/// Contacts to evaluate, each with the event that asks for it, and the cursor behind them.
struct EvaluationWork: Sendable {
    let rulesetHash: String
    /// The event that activated it: the cause where nothing else has changed.
    let rulesetSeq: Int
    let isCounted: Bool
    let limitsBefore: GrantedLimits?
    let evaluatedSeq: Int
    let upTo: Int
    let recheckAfter: String?
    var causes: [ByteText: Int]
    /// Contacts that came to an age until then are among them; nil is: none did.
    var agedUntil: Date?
    /// The contact after which the re-evaluation continues; nil when it is through.
    let recheckNext: String?
    var hasMore: Bool

    var isEmpty: Bool { upTo <= evaluatedSeq && recheckAfter == nil && causes.isEmpty }
}

/// The versions of the rows that were read: a subject that has changed since is not written.
struct RowVersions: Sendable, Equatable {
    var contacts: [ByteText: String] = [:]
    var actions: [ByteText: String] = [:]

    func restricted(to ids: [String]) -> RowVersions {
        let ids = Set(texts: ids)
        return RowVersions(
            contacts: contacts.filter { ids.contains($0.key) },
            actions: actions.filter { ids.contains($0.key) })
    }
}

extension Store {
    /// Contacts evaluated in one pass.
    static let evaluationBatch = 500

    /// Reads what has changed since the last pass, or the next chunk of all contacts under a new
    /// ruleset, and contacts that came to an age of which rules speak. Nothing is locked.
    package func nextEvaluation(
        under lease: Lease, of rulesetHash: String
    ) async throws -> EvaluationStep {
        try await transaction { db in
            let now = try db.now()
            guard let work = try db.nextWork(at: now), work.rulesetHash == rulesetHash
            else { return .otherRuleset }
            guard work.isCounted else { return .count }
            guard !work.isEmpty else { return try db.emptyHolds().isEmpty ? .idle : .endHolds }
            return .evaluate(try db.pending(work, under: lease, at: now))
        }
    }

    /// Has every contact evaluated again when a moment has passed at which time alone can change
    /// decisions.
    package func recheckWhenDue(_ ruleset: Ruleset) async throws {
        try await transaction { db in
            let now = try db.now()
            try db.execute(
                """
                UPDATE usher.workspace
                SET recheck_after = '', recheck_at = \(ruleset.nextInstant(after: now)),
                    recheck_seq = last_seq,
                    -- What a moment changes for many is counted whole first, as new rules are.
                    is_counted = false
                WHERE workspace = \(workspace) AND ruleset_hash = \(ruleset.hash)
                  AND recheck_at <= \(now)
                  -- A pass that is under way is finished, or moments close together would starve
                  -- the last contacts; nothing of what is decided already is sent meanwhile.
                  AND recheck_after IS NULL
                """)
        }
    }
}

extension WorkspaceTransaction {
    fileprivate func pending(
        _ work: EvaluationWork, under lease: Lease, at now: Date
    ) throws -> PendingEvaluations {
        let asked = work.causes.keys.sorted()
        let undecidable = try undecidable(
            among: asked.map(\.text), under: work.rulesetHash, at: now)
        let ids = asked.filter { !undecidable.contains($0) }.map(\.text)
        var versions = RowVersions()
        var unreadable: [RefusedItem<String>] = []
        let actions = try actions(of: ids, &versions, &unreadable)
        let known = try contacts(ids, &versions, &unreadable)
        let holds = try holds(ofContacts: ids)
        let failing = Set(texts: unreadable.map(\.item))
        return PendingEvaluations(
            subjects: ids.compactMap { id in
                guard !failing.contains(id), let known = known[id] else { return nil }
                return EvaluationSubject(
                    known, action: actions[id], holds: holds[id] ?? [:],
                    causeSeq: work.causes[id] ?? 0)
            },
            now: now, limitsBefore: work.limitsBefore, ledger: try changeLedger(at: now),
            holds: try ruleHolds(), hasMore: work.hasMore, lease: lease, work: work,
            versions: versions, unreadable: unreadable)
    }

    private func contacts(
        _ ids: [String], _ versions: inout RowVersions, _ unreadable: inout [RefusedItem<String>]
    ) throws -> [ByteText: KnownContact] {
        var known: [ByteText: KnownContact] = [:]
        _ = try rows(
            """
            SELECT \(sql: KnownContact.columns), xmin::text AS version,
                   clock_timestamp() AS read_at,
                   EXISTS (SELECT 1 FROM usher.unreadable u
                           WHERE u.workspace = \(workspace)
                             AND u.contact_id = contact.contact_id) AS is_aside
            FROM usher.contact
            WHERE workspace = \(workspace) AND contact_id = ANY (\(ids)::text[])
            """
        ) { row in
            let id: String = try row.get("contact_id")
            versions.contacts[id] = try row.get("version", as: String.self)
            do { known[id] = try KnownContact(row: row) } catch let error where error.isAboutValues
            {
                unreadable.append(RefusedItem(id, error))
            }
        }
        return known
    }

    private func actions(
        of ids: [String], _ versions: inout RowVersions,
        _ unreadable: inout [RefusedItem<String>]
    ) throws -> [ByteText: Action] {
        var actions: [ByteText: Action] = [:]
        _ = try rows(
            """
            SELECT \(sql: Action.columns), xmin::text AS version
            FROM usher.action
            WHERE workspace = \(workspace) AND contact_id = ANY (\(ids)::text[])
            """
        ) { row in
            let id: String = try row.get("contact_id")
            versions.actions[id] = try row.get("version", as: String.self)
            do { actions[id] = try Action(row: row) } catch let error where error.isAboutValues {
                unreadable.append(RefusedItem(id, error))
            }
        }
        return actions
    }
}
