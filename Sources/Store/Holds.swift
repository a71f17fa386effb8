internal import Contacts
internal import Foundation
internal import Postgres

/// A wish for one field that waits for a person.
struct Hold: Sendable, Equatable {
    let contactID: String
    /// The slot.
    let field: String
    let reason: String
    let wish: HeldWish
    let placedSeq: Int
}

struct HeldWish: Codable, Sendable, Equatable {
    let field: FieldPath
    let value: String
    let rules: [String]
}

extension Transaction {
    /// The holds on these contacts, by contact and slot.
    func holds(
        ofContacts ids: [String], in workspace: WorkspaceName
    ) throws -> [String: [String: Hold]] {
        let holds = try rows(
            """
            SELECT contact_id, field, reason, wish, placed_seq FROM usher.hold
            WHERE workspace = \(workspace) AND contact_id = ANY (\(ids)::text[])
            """
        ) { row in
            Hold(
                contactID: try row.get("contact_id"), field: try row.get("field"),
                reason: try row.get("reason"),
                wish: try row.get("wish", as: JSON.self).decode(as: HeldWish.self),
                placedSeq: try row.get("placed_seq"))
        }
        return Dictionary(grouping: holds, by: \.contactID).mapValues {
            Dictionary(uniqueKeysWithValues: $0.map { ($0.field, $0) })
        }
    }
}
