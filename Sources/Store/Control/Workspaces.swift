internal import Contacts
package import Foundation
package import Postgres
package import Reconciler

/// A workspace in use, which is not forgotten.
package struct WorkspaceInUse: Error, Equatable, CustomStringConvertible {
    let workspace: WorkspaceName
    let holder: String

    package var description: String {
        "workspace \(workspace) is in use by the worker \(holder): stop it, take the workspace out "
            + "of its configuration, and try again after \(Store.quietTime.components.seconds) s"
    }
}

/// What of a workspace was removed.
package struct ForgottenWorkspace: Encodable, Sendable, Equatable {
    package let workspace: String
    package let contacts: Int
    /// Open actions, those of them too whose request was under way: what became of it stays
    /// unknown.
    package let actions: Int
    package let holds: Int
    /// Events that stay, with the one that records this.
    package let events: Int
}

extension Store {
    /// How long a worker must have been silent for its workspace to be forgotten: several times the
    /// pause between its signs of life.
    static let quietTime: Duration = .seconds(60)

    /// Removes the workspace, but for its log and its rulesets: they stay for auditors, and the
    /// addresses of its contacts with them.
    ///
    /// What is open ends on record first, all in one transaction. A workspace of the same name that
    /// comes later goes on in the same log. Permits that were used within their window stay, since
    /// the API still counts them.
    ///
    /// - Returns: nil where there is none.
    /// - Throws: `WorkspaceInUse` while a worker shows a sign of life.
    package func forget(by act: OperatorAct) async throws -> ForgottenWorkspace? {
        try await transaction { db -> ForgottenWorkspace? in
            let now = try db.now()
            guard try db.lockWorkspace() else { return nil }
            if let holder = try db.worker(since: now - Store.quietTime, now: now) {
                throw WorkspaceInUse(workspace: workspace, holder: holder)
            }
            var removed = try db.endOpenWork()
            removed.contacts = try db.removeContacts()
            try db.removeRest(at: now)
            // The last event: what comes after it is of a workspace that came again.
            let range = try db.append(
                [try act.event("forgot the workspace", removed: removed)])
            try db.execute(
                """
                UPDATE usher.workspace
                SET forgotten_at = \(now), evaluated_seq = last_seq, ruleset_hash = NULL,
                    ruleset_seq = NULL, recheck_after = NULL, recheck_at = NULL,
                    organisation_id = NULL, organisation_name = NULL,
                    sweep_demanded_after = NULL,
                    is_counted = false, limits = NULL, limits_before = NULL,
                    first_swept_at = NULL, ages = '{}', ages_checked_at = NULL
                WHERE workspace = \(workspace)
                """)
            return ForgottenWorkspace(
                workspace: workspace.description, contacts: removed.contacts,
                actions: removed.actions, holds: removed.holds, events: range?.first ?? 0)
        }
    }
}

extension WorkspaceTransaction {
    /// Keeps everything else that writes to the log of a workspace out; false where there is none.
    fileprivate func lockWorkspace() throws -> Bool {
        try row(
            """
            SELECT true AS found FROM usher.workspace
            WHERE workspace = \(workspace) AND forgotten_at IS NULL
            FOR UPDATE
            """
        ) { try $0.get("found") } ?? false
    }

    /// A process that works for the workspace, or did a moment ago.
    fileprivate func worker(since: Date, now: Date) throws -> String? {
        try row(
            """
            SELECT holder FROM usher.worker
            WHERE workspace = \(workspace) AND stopped_at IS NULL AND seen_at > \(since)
            UNION ALL
            SELECT holder FROM usher.lease
            WHERE workspace = \(workspace) AND name IN ('sweep', 'evaluate') AND until > \(now)
            LIMIT 1
            """
        ) { try $0.get("holder") }
    }

    /// Removes everything else of a workspace that is no record.
    fileprivate func removeRest(at now: Date) throws {
        for statement: Statement in [
            "DELETE FROM usher.approval WHERE workspace = \(workspace)",
            "DELETE FROM usher.change_count WHERE workspace = \(workspace)",
            "DELETE FROM usher.breaker WHERE workspace = \(workspace)",
            "DELETE FROM usher.clock WHERE workspace = \(workspace)",
            "DELETE FROM usher.sweep WHERE workspace = \(workspace)",
            "DELETE FROM usher.worker WHERE workspace = \(workspace)",
            // A lease stays for its fence, by which a worker that slept is found out.
            "DELETE FROM usher.pause WHERE workspace = \(workspace)",
            "DELETE FROM usher.permit WHERE workspace = \(workspace) AND free_at <= \(now)",
            """
            DELETE FROM usher.budget b
            WHERE b.workspace = \(workspace)
              AND NOT EXISTS (
                  SELECT FROM usher.permit p
                  WHERE p.workspace = b.workspace AND p.endpoint = b.endpoint)
            """,
        ] {
            try execute(statement)
        }
    }
}

/// A workspace that the database knows.
package struct WorkspaceListing: Encodable, Sendable {
    package let workspace: String
    package let createdAt: Date
    /// nil while it exists.
    package let forgottenAt: Date?

    enum CodingKeys: String, CodingKey {
        case workspace
        case createdAt = "created_at"
        case forgottenAt = "forgotten_at"
    }
}

extension Store {
    /// All workspaces by name, those too of which only the log is left; for auditors too.
    package static func listings(in database: Database) async throws -> [WorkspaceListing] {
        try await database.transaction { db in
            try db.rows(
                """
                SELECT workspace, created_at, forgotten_at FROM audit.workspaces
                ORDER BY workspace
                """
            ) { row in
                WorkspaceListing(
                    workspace: try row.get("workspace"), createdAt: try row.get("created_at"),
                    forgottenAt: try row.get("forgotten_at"))
            }
        }
    }
}
