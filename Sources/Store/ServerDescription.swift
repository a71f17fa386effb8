internal import Contacts
package import Postgres

/// The database as its server names it; nothing of it is a secret.
package struct ServerDescription: Sendable, Equatable {
    package let database: String
    package let login: String
    /// Host and port, or that the connection is local.
    package let address: String
    package let version: String
}

extension Store {
    package static func describe(_ database: Database) async throws -> ServerDescription {
        try await database.transaction { db in
            try db.row(
                """
                SELECT current_database() AS database, session_user AS login,
                       coalesce(
                           host(inet_server_addr()) || ':' || inet_server_port(), 'local socket')
                           AS address,
                       current_setting('server_version') AS version
                """
            ) { row in
                ServerDescription(
                    database: try row.get("database"), login: try row.get("login"),
                    address: try row.get("address"), version: try row.get("version"))
            }!
        }
    }
}
