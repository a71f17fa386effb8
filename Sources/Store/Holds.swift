internal import Contacts
internal import Foundation
internal import Postgres

/// A wish for one field that waits for a person.
struct Hold: Sendable, Equatable {
    enum Reason: String, Sendable {
        /// Usher has changed the field too often within an hour.
        case ownChanges = "own_changes"
        /// Usher has set it again too often after somebody else had changed it.
        case reasserted
        /// To give back what a rule had set would raise access.
        case revert
    }

    let contactID: String
    /// The slot.
    let field: String
    let reason: Reason
    let wish: HeldWish
    let placedSeq: Int
}

extension GrantRecord {
    /// How often Usher may change one field of one contact within an hour. Source: the design.
    private static let maxOwnChanges = 3
    /// How often a day Usher may set again what somebody else has changed. Source: the rule language.
    private static let maxReassertions = 3

    /// Why another change of the field waits for a person, apart from what limits say; nil where it
    /// does not.
    func reason(
        toHold field: SettableField, _ value: String, _ rules: [String], at now: Date
    ) -> Hold.Reason? {
        if times.count(where: { $0 > now - .seconds(3600) }) >= Self.maxOwnChanges {
            return .ownChanges
        }
        let isAgain = isReasserted(by: field, value, rules)
        let again = reassertions(since: now - .seconds(86_400)).count
        return isAgain && again >= Self.maxReassertions ? .reasserted : nil
    }
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
            """, decode: Hold.init(row:))
        return Dictionary(grouping: holds, by: \.contactID).mapValues {
            Dictionary(uniqueKeysWithValues: $0.map { ($0.field, $0) })
        }
    }

    /// The hold on one contact that an event placed.
    func hold(placedAt seq: Int, in workspace: WorkspaceName) throws -> Hold? {
        try row(
            """
            SELECT contact_id, field, reason, wish, placed_seq FROM usher.hold
            WHERE workspace = \(workspace) AND placed_seq = \(seq) AND contact_id <> '*'
            """, decode: Hold.init(row:))
    }

    /// The holds on single contacts that have waited since before a moment and are not refused.
    func holds(placedBefore moment: Date, in workspace: WorkspaceName) throws -> [Hold] {
        try rows(
            """
            SELECT contact_id, field, reason, wish, placed_seq FROM usher.hold
            WHERE workspace = \(workspace) AND placed_at <= \(moment) AND contact_id <> '*'
              AND refused_at IS NULL
            ORDER BY placed_seq
            """, decode: Hold.init(row:))
    }
}

extension Hold {
    init(row: Row) throws {
        contactID = try row.get("contact_id")
        field = try row.get("field")
        reason = try row.named("reason")
        wish = try row.get("wish", as: JSON.self).decode(as: HeldWish.self)
        placedSeq = try row.get("placed_seq")
    }
}
