internal import Contacts
internal import Foundation
internal import Postgres
internal import Reconciler

/// How what a page settles is recorded.
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

extension Transaction {
    /// Settles the unknown outcomes that a page tells of, as reading the contacts back would.
    ///
    /// Locks actions and then contacts, those of `documents` too: the order of locks is kept.
    ///
    /// - Returns: What is to be written, and the contacts that were taken in by it.
    func settlement(
        by page: some SweptPage, beside documents: [ContactDocument], askedAt: ReadMark,
        without refused: RefusedContacts, _ reading: PageReading, in workspace: WorkspaceName
    ) throws -> (batch: OutcomeBatch, contacts: Set<ByteText>) {
        let actions = try lockActionsSettled(by: page, askedAt: askedAt, in: workspace)
        var batch = OutcomeBatch(
            now: askedAt.at,
            rulesetHash: actions.isEmpty ? nil : try activeRulesetHash(of: workspace),
            timing: reading.timing, random: reading.random)
        guard !actions.isEmpty else { return (batch, []) }
        let ids = actions.map(\.contactID)
        let rows = try lockContacts(ids + documents.map(\.contact.id), in: workspace)
        let late = try stale(
            rows.mapValues(\.touchedSeq), askedAt: askedAt.seq, in: workspace)
        let places = page.firstPlaces(of: Set(texts: ids))
        var settled: Set<ByteText> = []
        for action in actions {
            guard let row = rows[action.contactID], !late.contains(ByteText(action.contactID)),
                refused.reason(for: action.contactID) == nil,
                let place = places[action.contactID],
                // One that cannot be read here is read back.
                let document = try? page.document(at: place)
            else { continue }
            let read = ReadBack(
                action: SettlingAction(
                    actionID: action.actionID, contactID: action.contactID, permit: nil,
                    sendAt: askedAt.at, fence: action.fence),
                found: .contact(document), status: 200, requestID: reading.requestID)
            try batch.settle(read, for: action, of: row)
            _ = settled.insert(action.contactID)
        }
        return (batch, settled)
    }

    /// The actions whose request could not land any more when the page was asked for.
    private func lockActionsSettled(
        by page: some SweptPage, askedAt: ReadMark, in workspace: WorkspaceName
    ) throws -> [Action] {
        let ids = (0..<page.count).map(page.id(at:))
        let actions: [Int] = try rows(
            """
            SELECT action_id FROM usher.action
            WHERE workspace = \(workspace) AND state = 'unknown' AND lands_until <= \(askedAt.at)
              AND contact_id = ANY (\(ids)::text[])
            ORDER BY action_id
            FOR UPDATE
            """
        ) { try $0.get("action_id") }
        guard !actions.isEmpty else { return [] }
        let locked = try lockActions(actions, in: workspace)
        return actions.compactMap { locked[$0] }
    }
}

extension SweptPage {
    /// Where these contacts stand on the page; of one that stands twice, the first place.
    fileprivate func firstPlaces(of ids: Set<ByteText>) -> [ByteText: Int] {
        var places: [ByteText: Int] = [:]
        for place in 0..<count {
            let id = ByteText(id(at: place))
            if ids.contains(id) && places[id] == nil { places[id] = place }
        }
        return places
    }
}
