internal import Contacts
internal import Foundation
internal import Postgres
package import Reconciler

/// The record of what a page settles.
package struct PageReading: Sendable {
    /// The API's name for the answer.
    package let requestID: String?
    package let timing: SettlementTiming
    /// In 0 ..< 1, for the jitter.
    package let random: Double

    package init(
        requestID: String? = nil, timing: SettlementTiming = SettlementTiming(), random: Double = 0
    ) {
        self.requestID = requestID
        self.timing = timing
        self.random = random
    }
}

extension WorkspaceTransaction {
    /// Settles the unknown outcomes that a page shows, as reading the contacts back would.
    ///
    /// Locks actions and then contacts, those of `documents` too: the order of locks is kept.
    ///
    /// - Returns: The changes to write, and the contacts that are recorded by them.
    func settlement(
        by page: some SweptPage, beside documents: [ContactDocument], askedAt: ReadMark,
        without refused: RefusedContacts, _ reading: PageReading
    ) throws -> (batch: OutcomeBatch, contacts: Set<ByteText>) {
        let actions = try lockLandedActions(of: page, askedAt: askedAt)
        var batch = OutcomeBatch(
            now: askedAt.at, rulesetHash: actions.isEmpty ? nil : try activeRulesetHash(),
            timing: reading.timing, random: reading.random)
        guard !actions.isEmpty else { return (batch, []) }
        let known = try lockContacts(actions.map(\.contactID) + documents.map(\.contact.id))
        let settled = try batch.settle(
            actions, by: page, known: known,
            stale: try stale(known.mapValues(\.touchedSeq), askedAt: askedAt.seq),
            without: refused, requestID: reading.requestID)
        return (batch, settled)
    }

    /// The actions whose request could not land any more when the page was asked for.
    private func lockLandedActions(of page: some SweptPage, askedAt: ReadMark) throws -> [Action] {
        let ids: [Int] = try rows(
            """
            SELECT action_id FROM usher.action
            WHERE workspace = \(workspace) AND state = 'unknown' AND lands_until <= \(askedAt.at)
              AND contact_id = ANY (\(page.ids)::text[])
            ORDER BY action_id
            FOR UPDATE
            """
        ) { try $0.get("action_id") }
        guard !ids.isEmpty else { return [] }
        let locked = try lockActions(ids)
        return ids.compactMap { locked[$0] }
    }
}
