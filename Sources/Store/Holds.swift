internal import Contacts
internal import Foundation
internal import Postgres
internal import Reconciler

extension Transaction {
    /// The holds on these contacts, by contact and slot.
    func holds(
        ofContacts ids: [String], in workspace: WorkspaceName
    ) throws -> [ByteText: [String: ContactHold]] {
        let holds = try rows(
            """
            SELECT contact_id, field, reason, wish, placed_seq FROM usher.hold
            WHERE workspace = \(workspace) AND contact_id = ANY (\(ids)::text[])
            """, decode: ContactHold.init(row:))
        return Dictionary(grouping: holds) { ByteText($0.contactID) }.mapValues {
            Dictionary(uniqueKeysWithValues: $0.map { ($0.field, $0) })
        }
    }

    /// The hold on one contact that an event placed.
    func hold(placedAt seq: Int, in workspace: WorkspaceName) throws -> ContactHold? {
        try row(
            """
            SELECT contact_id, field, reason, wish, placed_seq FROM usher.hold
            WHERE workspace = \(workspace) AND placed_seq = \(seq) AND contact_id <> '*'
            """, decode: ContactHold.init(row:))
    }
}

extension ContactHold {
    init(row: Row) throws {
        self.init(
            contactID: try row.get("contact_id"), field: try row.get("field"),
            reason: try row.named("reason"), wish: try row.get("wish", as: JSON.self).decode(),
            placedSeq: try row.get("placed_seq"))
    }
}
