package import Contacts
package import Foundation
internal import Postgres

/// A value that a rule wants and that somebody else has changed.
package struct ContactDrift: Encodable, Sendable {
    package let contactID: String
    package let email: String?
    package let field: String
    package let rule: String
    /// What the rule wants.
    package let value: String
    /// What somebody else made it; nil is nothing.
    package let found: FieldValue?
    package let since: Date

    enum CodingKeys: String, CodingKey {
        case email, field, value, since
        case contactID = "contact_id"
        case rule = "rule_id"
        case found = "current_value"
    }
}

extension Store {
    /// Drifted values that are read at once.
    static let driftPage = 1_000

    /// Reads the drift that waits for a decision, page by page in the order of contact, field and
    /// rule.
    package func readDrift(_ body: (ContactDrift) throws -> Void) async throws {
        var last: ContactDrift?
        while true {
            let page = try await drift(after: last)
            try page.forEach(body)
            guard page.count == Self.driftPage else { return }
            last = page.last
        }
    }

    private func drift(after last: ContactDrift?) async throws -> [ContactDrift] {
        try await transaction { db in
            try db.rows(
                """
                SELECT contact_id, email, field, rule_id, value, current_value, since
                FROM audit.drift
                WHERE workspace = \(workspace) AND contact_id >= \(last?.contactID ?? "")
                  AND rejected_seq IS NULL
                  AND (contact_id, field, rule_id)
                      > (\(last?.contactID ?? ""), \(last?.field ?? ""), \(last?.rule ?? ""))
                ORDER BY contact_id, field, rule_id
                LIMIT \(Self.driftPage)
                """, decode: ContactDrift.init(row:))
        }
    }
}

extension ContactDrift {
    fileprivate init(row: Row) throws {
        contactID = try row.get("contact_id")
        email = try row.get("email")
        field = try row.get("field")
        rule = try row.get("rule_id")
        value = try row.get("value")
        found = try row.get("current_value", as: JSON?.self)?.decode()
        since = try row.get("since")
    }
}
