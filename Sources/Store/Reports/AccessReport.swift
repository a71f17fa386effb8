package import Contacts
package import Foundation
internal import Postgres
internal import Reconciler

/// Which portal role a contact has, since when, and who or what gave it.
package struct ContactAccess: Encodable, Sendable {
    package enum Origin: String, Encodable, Sendable {
        case usher
        /// A person or another program.
        case somebodyElse = "somebody_else"
        /// The contact had the role when the first sweep was complete.
        case beforeUsher = "before_usher"
    }

    package let contactID: String
    package let email: String?
    package let accountID: String?
    /// By label.
    package let accountExternalIDs: [String: FieldValue]
    package let role: String?
    package let roleID: String?
    package let since: Date
    package let origin: Origin
    /// The event that showed the role.
    package let originSeq: Int
    package let rules: [String]
    package let rulesetHash: String?
    package let actionID: Int?
    /// What the conditions of the rules read, by rule and field.
    package let evidence: [String: [String: FieldValue?]]
    package let approvedBy: String?
    package let holds: [AccessHold]
    package let drift: [AccessDrift]
    package let exceptions: [AccessException]
    /// Since when the contact is set aside: the rest tells what it was before; nil is not.
    package let unreadableSince: Date?

    enum CodingKeys: String, CodingKey {
        case email, role, since, origin, evidence, holds, drift, exceptions
        case contactID = "contact_id"
        case accountID = "account_id"
        case accountExternalIDs = "account_external_ids"
        case roleID = "role_id"
        case originSeq = "origin_seq"
        case rules = "rule_ids"
        case rulesetHash = "ruleset_hash"
        case actionID = "action_id"
        case approvedBy = "approved_by"
        case unreadableSince = "unreadable_since"
    }
}

/// A change that waits for a person.
package struct AccessHold: Codable, Sendable {
    package let field: String
    package let rules: [String]?
    /// Only of a hold on this contact alone, as are `why` and `since`.
    package let holdID: Int?
    package let why: String?
    package let since: Date?

    enum CodingKeys: String, CodingKey {
        case field, rules, why, since
        case holdID = "hold_id"
    }
}

/// A value that somebody else has changed.
package struct AccessDrift: Codable, Sendable {
    package let field: String
    package let rules: [String]
    /// What the rules want.
    package let value: String
    package let found: FieldValue?
    package let since: Date?
}

/// A rule that an exception keeps from acting.
package struct AccessException: Codable, Sendable {
    package let rule: String
    package let exception: String
}

/// Whose access is asked for; nil is everybody's.
package struct AccessFilter: Sendable {
    /// A role or its id.
    package let role: String?
    /// An account's id, or one of its external ids.
    package let account: String?

    package init(role: String? = nil, account: String? = nil) {
        self.role = role
        self.account = account
    }
}

extension Store {
    /// Contacts whose access is read at once.
    static let accessPage = 1_000
    /// How long a page may take where the filter lets few through: then one page reads the whole
    /// log. Chosen as ten times what a million contacts and ten million events take.
    static let accessLimit: Duration = .seconds(600)

    /// Reads who has what from the log, page by page in the order of the contacts' ids.
    ///
    /// All pages show the same moment, whatever happens meanwhile.
    ///
    /// - Parameter moment: nil is now, and so is any time to come.
    package func readAccess(
        _ filter: AccessFilter = AccessFilter(), at moment: Date? = nil,
        _ body: (ContactAccess) throws -> Void
    ) async throws {
        let now = try await database.transaction { try $0.now() }
        let at = min(moment ?? now, now)
        var after = ""
        while true {
            let page = try await access(filter, at: at, after: after)
            try page.forEach(body)
            guard page.count == Self.accessPage, let last = page.last else { return }
            after = last.contactID
        }
    }

    private func access(
        _ filter: AccessFilter, at moment: Date, after id: String
    ) async throws -> [ContactAccess] {
        try await transaction { db in
            try db.limit(statements: Self.accessLimit, locks: .seconds(10))
            _ = try db.pipeline([
                "SELECT set_config('usher.as_of', \(moment.microsecondText), true)",
                // To compile the query takes longer than a page of it.
                "SELECT set_config('jit', 'off', true)",
            ])
            return try db.rows(
                """
                SELECT contact_id, email, account_id, account_external_ids, role, role_id, since,
                       origin, origin_seq, rule_ids, ruleset_hash, action_id, evidence, approved_by,
                       holds, drift, exceptions, unreadable_since
                FROM audit.access
                WHERE workspace = \(workspace) AND contact_id > \(id)
                  AND (\(filter.role)::text IS NULL OR \(filter.role) IN (role, role_id))
                  AND (\(filter.account)::text IS NULL OR account_id = \(filter.account)
                       OR jsonb_path_exists(
                           account_external_ids, '$.*[*] ? (@ == $account)',
                           jsonb_build_object('account', \(filter.account)::text)))
                ORDER BY contact_id
                LIMIT \(Self.accessPage)
                """, decode: ContactAccess.init(row:))
        }
    }
}

extension ContactAccess {
    fileprivate init(row: Row) throws {
        contactID = try row.get("contact_id")
        email = try row.get("email")
        accountID = try row.get("account_id")
        accountExternalIDs = try row.get("account_external_ids", as: JSON?.self)?.decode() ?? [:]
        role = try row.get("role")
        roleID = try row.get("role_id")
        since = try row.get("since")
        origin = try row.named("origin")
        originSeq = try row.get("origin_seq")
        rules = try row.get("rule_ids", as: [String]?.self) ?? []
        rulesetHash = try row.get("ruleset_hash")
        actionID = try row.get("action_id")
        evidence = try row.get("evidence", as: JSON?.self)?.decode() ?? [:]
        approvedBy = try row.get("approved_by")
        holds = try row.get("holds", as: JSON?.self)?.decode() ?? []
        drift = try row.get("drift", as: JSON?.self)?.decode() ?? []
        exceptions = try row.get("exceptions", as: JSON?.self)?.decode() ?? []
        unreadableSince = try row.get("unreadable_since")
    }
}
