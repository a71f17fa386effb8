internal import Contacts
internal import Postgres
internal import Reconciler

/// An item with which a transaction fails, and how.
struct RefusedItem<Item: Sendable>: Sendable {
    let item: Item
    /// Put on record; the server's sentence holds no values.
    let reason: String

    init(_ item: Item, _ error: any Error) {
        self.item = item
        reason =
            switch error {
            case PostgresError.rejected(let report), PostgresError.violated(_, let report):
                "the database refuses it: \(report.sqlState) \(report.message)"
            case PostgresError.mismatch(_, let reason):
                "the database cannot take it: \(reason)"
            default: "what is stored of it cannot be read"
            }
    }

    fileprivate init(_ item: Item, reason: String) { (self.item, self.reason) = (item, reason) }

    func map<Other>(_ transform: (Item) -> Other) -> RefusedItem<Other> {
        RefusedItem<Other>(transform(item), reason: reason)
    }
}

extension Array {
    /// The refused contacts, each with the reason.
    func contacts<Item>(_ id: (Item) -> String) -> RefusedContacts
    where Element == RefusedItem<Item> {
        RefusedContacts(
            Dictionary(map { (ByteText(id($0.item)), $0.reason) }) { first, _ in first })
    }
}

extension Error {
    /// Whether the values that single contacts bring are to blame, rather than the database's
    /// state. Source: https://www.postgresql.org/docs/current/errcodes-appendix.html, classes 22
    /// (data exception), 23 (constraint violation) and 54 (limit exceeded).
    var isAboutValues: Bool {
        switch self as? PostgresError {
        case .rejected(let report), .violated(_, let report):
            ["22", "23", "54"].contains(report.sqlState.prefix(2))
        case .mismatch: true
        default: isCodingFailure
        }
    }
}

/// Ends a transaction that was only tried: nothing of it stays.
private struct TrialOver: Error {}

extension Store {
    /// Where so many fail and none does not, it is no single contact that is to blame.
    private static let manyItems = 10

    /// Finds those of some items with which a transaction fails; none where all of many do.
    ///
    /// - Parameter trial: Tries some items; nothing of it stays.
    func refused<Item: Sendable>(
        among items: [Item],
        _ trial: @escaping @Sendable (WorkspaceTransaction, [Item]) throws -> Void
    ) async throws -> [RefusedItem<Item>] {
        let found = try await failing(among: items, trial)
        return found.count == items.count && found.count >= Self.manyItems ? [] : found
    }

    /// By halving: each costs at most twice as many tries as there are halvings.
    private func failing<Item: Sendable>(
        among items: [Item],
        _ trial: @escaping @Sendable (WorkspaceTransaction, [Item]) throws -> Void
    ) async throws -> [RefusedItem<Item>] {
        guard !items.isEmpty else { return [] }
        do {
            try await transaction { db in
                try trial(db, items)
                throw TrialOver()
            }
            return []
        } catch is TrialOver {
            return []
        } catch let error where error.isAboutValues {
            guard items.count > 1 else { return [RefusedItem(items[0], error)] }
            let middle = items.count / 2
            return try await failing(among: Array(items[..<middle]), trial)
                + failing(among: Array(items[middle...]), trial)
        }
    }

    /// Records a page in one transaction; where the database refuses what a contact brings, finds
    /// out which one, and records the page with that one set aside.
    func settingRefusedAside<Result: Sendable>(
        of page: some SweptPage, askedAt: Int,
        _ record: @escaping @Sendable (WorkspaceTransaction, RefusedContacts) throws -> Result
    ) async throws -> Result {
        do {
            return try await transaction { db in try record(db, RefusedContacts()) }
        } catch let error where error.isAboutValues {
            let refused = try await refused(of: page, askedAt: askedAt)
            guard !refused.isEmpty else { throw error }
            return try await transaction { db in try record(db, refused) }
        }
    }

    private func refused(of page: some SweptPage, askedAt: Int) async throws -> RefusedContacts {
        let documents = try await transaction { db in
            try db.decode(
                page, at: try db.recognise(page).unrecognised, without: RefusedContacts()
            ).documents
        }
        return try await refused(among: documents) { db, documents in
            var changes = SnapshotChanges()
            _ = try db.observe(documents, askedAt: askedAt, into: &changes)
            _ = try db.write(changes)
        }.contacts(\.contact.id)
    }
}
