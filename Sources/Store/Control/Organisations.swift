internal import Postgres

/// A customer of the API: whom a token belongs to.
package struct KnownOrganisation: Sendable, Equatable, CustomStringConvertible {
    package let id: String
    /// nil where an earlier version recorded it.
    package let name: String?

    package init(id: String, name: String?) { (self.id, self.name) = (id, name) }

    package var description: String { name.map { "“\($0)” (\(id))" } ?? id }
}

extension Store {
    /// Records the organisation of the token as the workspace's own at the first start, and what it
    /// is called now.
    ///
    /// - Returns: The workspace's own.
    package func recognise(_ organisation: KnownOrganisation) async throws -> KnownOrganisation? {
        try await transaction { db in
            try db.row(
                """
                UPDATE usher.workspace
                SET organisation_id = coalesce(organisation_id, \(organisation.id)),
                    organisation_name =
                        CASE WHEN coalesce(organisation_id, \(organisation.id)) = \(organisation.id)
                        THEN \(organisation.name) ELSE organisation_name END
                WHERE workspace = \(workspace)
                RETURNING organisation_id, organisation_name
                """
            ) { row in
                KnownOrganisation(
                    id: try row.get("organisation_id"), name: try row.get("organisation_name"))
            }
        }
    }
}
