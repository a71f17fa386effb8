internal import Contacts
internal import Foundation
internal import Postgres
internal import Rules

/// Contacts that the database refuses, each with the reason.
struct RefusedContacts: Sendable {
    private let reasons: [ByteText: String]

    init(_ found: [(contactID: String, error: any Error)] = []) {
        reasons = Dictionary(
            found.map { (ByteText($0.contactID), Self.reason(of: $0.error)) }
        ) { first, _ in first }
    }

    var isEmpty: Bool { reasons.isEmpty }

    func reason(for contactID: String) -> String? { reasons[contactID] }

    /// What is put on record; the server's sentence holds no values.
    static func reason(of error: any Error) -> String {
        switch error {
        case PostgresError.rejected(let report), PostgresError.violated(_, let report):
            "the database refuses it: \(report.sqlState) \(report.message)"
        case PostgresError.mismatch(_, let reason): "the database cannot take it: \(reason)"
        default: "what is stored of it cannot be read"
        }
    }
}

extension Error {
    /// Whether the values that single contacts bring are to blame, rather than the database's state.
    /// The classes are data exception, constraint violation and program limit exceeded.
    /// Source: https://www.postgresql.org/docs/current/errcodes-appendix.html
    var isAboutValues: Bool {
        switch self as? PostgresError {
        case .rejected(let report), .violated(_, let report):
            ["22", "23", "54"].contains(report.sqlState.prefix(2))
        case .mismatch: true
        default: self is DecodingError || self is EncodingError
        }
    }
}

/// Ends a transaction that was only tried: nothing of it stays.
struct TrialOver: Error {}

extension Store {
    /// Where so many fail and none does not, it is no single contact that is to blame.
    private static let manyItems = 10

    /// Finds those of some items with which a transaction fails; none where all of many do.
    ///
    /// - Parameter body: Tries some items; throws `TrialOver` at its end.
    func culprits<Item: Sendable>(
        among items: [Item], _ body: @escaping @Sendable (Transaction, [Item]) throws -> Void
    ) async throws -> [(item: Item, error: any Error)] {
        let found = try await failing(among: items, body)
        return found.count == items.count && found.count >= Self.manyItems ? [] : found
    }

    /// By halving: each costs at most twice as many tries as there are halvings.
    private func failing<Item: Sendable>(
        among items: [Item], _ body: @escaping @Sendable (Transaction, [Item]) throws -> Void
    ) async throws -> [(item: Item, error: any Error)] {
        guard !items.isEmpty else { return [] }
        do {
            try await database.transaction { db in try body(db, items) }
            return []
        } catch is TrialOver {
            return []
        } catch let error where error.isAboutValues {
            guard items.count > 1 else { return [(items[0], error)] }
            let middle = items.count / 2
            return try await failing(among: Array(items[..<middle]), body)
                + failing(among: Array(items[middle...]), body)
        }
    }

    /// Records a page; where the database refuses what a contact brings, finds out which one, and
    /// records the page with that one set aside.
    func settingRefusedAside<Result>(
        of page: some SweptPage, askedAt: Int,
        _ record: (RefusedContacts) async throws -> Result
    ) async throws -> Result {
        do { return try await record(RefusedContacts()) } catch let error
            where error.isAboutValues
        {
            let refused = try await refused(of: page, askedAt: askedAt)
            guard !refused.isEmpty else { throw error }
            return try await record(refused)
        }
    }

    private func refused(
        of page: some SweptPage, askedAt: Int
    ) async throws -> RefusedContacts {
        let documents = try await database.transaction { [workspace] db in
            let indexes = try db.recognise(page, in: workspace).unrecognised
            return try db.read(page, at: indexes, without: RefusedContacts(), in: workspace)
                .documents
        }
        let culprits = try await culprits(among: documents) { [workspace] db, documents in
            var changes = SnapshotChanges()
            _ = try db.observe(documents, askedAt: askedAt, into: &changes, in: workspace)
            _ = try db.write(changes, in: workspace)
            throw TrialOver()
        }
        return RefusedContacts(culprits.map { ($0.item.contact.id, $0.error) })
    }
}

/// The contacts of a page that had to be read: those that were, and those that are set aside.
struct ReadPage: Sendable {
    var documents: [ContactDocument] = []
    var unreadable: [AsideContact] = []

    /// The ids of all of them that have one.
    var ids: [String] {
        documents.map(\.contact.id) + unreadable.compactMap(\.contact.contactID)
    }
}

extension Transaction {
    /// Decodes the contacts at these indexes; of one that stands twice on a page, the first.
    ///
    /// What the database refused a short while ago is not tried again.
    func read(
        _ page: some SweptPage, at indexes: [Int], without refused: RefusedContacts,
        in workspace: WorkspaceName
    ) throws -> ReadPage {
        var result = ReadPage()
        result.unreadable = page.unreadable.map { AsideContact(contact: $0) }
        var seen = Set(texts: page.unreadable.compactMap(\.contactID))
        let keys = indexes.map {
            AsideKey(contactID: ByteText(page.id(at: $0)), rawDigest: page.rawDigest(at: $0))
        }
        let now = try now()
        let known = try knownAsides(keys, in: workspace)
        for (index, key) in zip(indexes, keys) where seen.insert(key.contactID).inserted {
            func aside(_ reason: String, until retryAt: Date?) {
                let contact = UnreadableContact(
                    contactID: key.contactID.text, rawDigest: key.rawDigest, reason: reason)
                result.unreadable.append(AsideContact(contact: contact, retryAt: retryAt))
            }
            if let reason = refused.reason(for: key.contactID.text) {
                aside(reason, until: now + AsideContact.retryPause)
            } else if let refusal = known.refusal(of: key, at: now) {
                aside(refusal.reason, until: refusal.retryAt)
            } else {
                do throws(UnreadableContact) {
                    result.documents.append(try page.document(at: index))
                } catch { result.unreadable.append(AsideContact(contact: error)) }
            }
        }
        return result
    }
}
