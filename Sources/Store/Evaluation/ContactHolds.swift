internal import Contacts
internal import Foundation
internal import Postgres
internal import Reconciler

extension WorkspaceTransaction {
    /// The holds on these contacts, by contact and slot.
    func holds(ofContacts ids: [String]) throws -> [ByteText: [String: ContactHold]] {
        bySlot(
            try rows(
                """
                SELECT \(sql: ContactHold.columns) FROM usher.hold
                WHERE workspace = \(workspace) AND contact_id = ANY (\(ids)::text[])
                """, decode: ContactHold.init(row:)))
    }

    /// The holds on contacts between two ids, by contact and slot.
    func holds(after first: String, upTo last: String) throws -> [ByteText: [String: ContactHold]] {
        bySlot(
            try rows(
                """
                SELECT \(sql: ContactHold.columns) FROM usher.hold
                WHERE workspace = \(workspace) AND contact_id > \(first) AND contact_id <= \(last)
                """, decode: ContactHold.init(row:)))
    }

    private func bySlot(_ holds: [ContactHold]) -> [ByteText: [String: ContactHold]] {
        Dictionary(grouping: holds) { ByteText($0.contactID) }.mapValues {
            Dictionary(uniqueKeysWithValues: $0.map { ($0.field, $0) })
        }
    }

    /// The hold on one contact that an event placed.
    func hold(placedAt seq: Int) throws -> ContactHold? {
        try row(
            """
            SELECT \(sql: ContactHold.columns) FROM usher.hold
            WHERE workspace = \(workspace) AND placed_seq = \(seq)
            """, decode: ContactHold.init(row:))
    }

    func insertion(of hold: ContactHold, seq: Int, at now: Date) throws -> Statement {
        """
        INSERT INTO usher.hold (workspace, contact_id, field, reason, wish, placed_seq, placed_at)
        VALUES (\(workspace), \(hold.contactID), \(hold.field), \(hold.reason.rawValue),
                \(try JSON(encoding: hold.wish)), \(seq), \(now))
        """
    }

    func removal(of hold: ContactHold) -> Statement {
        """
        DELETE FROM usher.hold
        WHERE workspace = \(workspace) AND contact_id = \(hold.contactID) AND field = \(hold.field)
        """
    }
}

extension ContactHold {
    /// Every column that `init(row:)` reads.
    static let columns: StaticString = "contact_id, field, reason, wish, placed_seq"

    init(row: Row) throws {
        self.init(
            contactID: try row.get("contact_id"), field: try row.get("field"),
            reason: try row.named("reason"), wish: try row.get("wish", as: JSON.self).decode(),
            placedSeq: try row.get("placed_seq"))
    }
}
