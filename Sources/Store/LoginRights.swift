package import Postgres

/// What a login may do with Usher's schema, as the server says.
package struct LoginRights: Sendable, Equatable {
    /// Who made the schema, and so may change it.
    package enum Schema: Sendable, Equatable {
        /// It is made by whoever migrates first.
        case missing
        /// The login, or a role whose rights it has.
        case own
        /// Another role, as SQL has to write its name.
        case of(owner: String)
    }

    /// Whether the login may work as the role that can only append to the log.
    package enum Application: Sendable, Equatable {
        case missing, forbidden, granted
    }

    /// The login, as SQL has to write its name.
    package let login: String
    /// As `server_version_num`: 150018 for 15.18.
    package let serverVersion: Int
    package let schema: Schema
    package let application: Application
    /// Those of `roles.sql` that do not exist.
    package let missingRoles: [String]
    /// The tables of the log whose rows the worker could change or delete, working as `role`.
    package private(set) var rewritable: [String]

    package init(
        login: String, serverVersion: Int, schema: Schema, application: Application,
        missingRoles: [String], rewritable: [String]
    ) {
        self.login = login
        self.serverVersion = serverVersion
        self.schema = schema
        self.application = application
        self.missingRoles = missingRoles
        self.rewritable = rewritable
    }

    /// The worker's role: all but to rewrite the log. `roles.sql` makes it.
    package static let applicationRole = "usher_app"

    private static let roles = [applicationRole, "usher_auditor"]

    /// The role to work as after logging in; nil for the login's own rights.
    package var role: String? { application == .granted ? Self.applicationRole : nil }

    /// The SQL for whoever may create the roles that the owner may not; nil where there are all.
    package var sqlForMissingRoles: String? {
        missingRoles.isEmpty ? nil : "\(Store.rolesScript)\n\(grant)\n"
    }

    /// The first version in which `SET` is an option of its own when a role is granted.
    /// Source: https://www.postgresql.org/docs/16/release-16.html
    private static let firstWithSet = 160_000

    /// The statement that lets the login work as the application.
    package var grant: String {
        let options = serverVersion >= Self.firstWithSet ? " WITH SET TRUE, INHERIT FALSE" : ""
        return "GRANT \(Self.applicationRole) TO \(login)\(options);"
    }

    /// Why the database does not protect the log from the worker, and what to do; nil if it does.
    package var logRisk: String? {
        guard !rewritable.isEmpty else { return nil }
        let tables = rewritable.joined(separator: ", ")
        return "the log is not protected from changes (\(tables)): \(reason). To fix it, \(remedy)"
    }

    private var reason: String {
        switch application {
        case .missing:
            "the role \(Self.applicationRole) does not exist, and \(login) may not create it"
        case .forbidden: "\(login) may not work as \(Self.applicationRole)"
        case .granted: "\(Self.applicationRole) has more rights than to append"
        }
    }

    /// What has the worker work as the application, and the application append only.
    package var remedy: String {
        switch application {
        case .missing:
            "run usher migrate as the schema's owner, and have a superuser run the SQL that it "
                + "prints"
        case .forbidden: "have \(whoMayGrant) run: \(grant)"
        case .granted:
            """
            have the schema's owner run: REVOKE UPDATE, DELETE, TRUNCATE ON \
            \(rewritable.joined(separator: ", ")) FROM \(Self.applicationRole), PUBLIC; and revoke \
            from \(Self.applicationRole) the roles that it is a member of
            """
        }
    }

    private var whoMayGrant: String {
        serverVersion >= Self.firstWithSet
            ? "a superuser, or a role with ADMIN OPTION on \(Self.applicationRole),"
            : "a superuser, or a role with CREATEROLE,"
    }
}

extension LoginRights {
    /// Reads them in a transaction of the login itself.
    package init(of db: Transaction) throws {
        self = try db.row(
            """
            SELECT quote_ident(session_user) AS login,
                   current_setting('server_version_num')::integer AS version,
                   quote_ident(pg_get_userbyid(n.nspowner)) AS owner,
                   pg_has_role(current_user, n.nspowner, 'USAGE') AS is_owner,
                   pg_has_role(
                       session_user, r.oid,
                       -- The word SET is unknown to older versions, where every member may.
                       CASE WHEN current_setting('server_version_num')::integer
                                 >= \(Self.firstWithSet)
                       THEN 'SET' ELSE 'MEMBER' END) AS may_become,
                   ARRAY(SELECT name FROM unnest(\(Self.roles)) AS name
                         WHERE name NOT IN (SELECT rolname FROM pg_roles)) AS missing
            FROM (VALUES (1)) AS one
            LEFT JOIN pg_namespace n ON n.nspname = 'usher'
            LEFT JOIN pg_roles r ON r.rolname = \(Self.applicationRole)
            """, decode: Self.init(row:))!
        rewritable = try Self.rewritable(by: role, db)
    }

    private init(row: Row) throws {
        let owner: String? = try row.get("owner")
        let isOwner: Bool? = try row.get("is_owner")
        let mayBecome: Bool? = try row.get("may_become")
        self.init(
            login: try row.get("login"), serverVersion: try row.get("version"),
            schema: owner.map { isOwner == true ? .own : .of(owner: $0) } ?? .missing,
            application: mayBecome.map { $0 ? .granted : .forbidden } ?? .missing,
            missingRoles: try row.get("missing"), rewritable: [])
    }

    /// By its catalog: to look the name up takes a right that a login may lack.
    private static func rewritable(by role: String?, _ db: Transaction) throws -> [String] {
        try db.rows(
            """
            -- Not pg_partition_tree(), which locks the tables: a restore may hold them for long.
            WITH log AS (
                SELECT c.oid FROM pg_class c
                JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE n.nspname = 'usher' AND c.relname = 'event')
            SELECT t.relid::regclass::text AS name
            FROM (SELECT oid AS relid FROM log
                  UNION ALL
                  SELECT i.inhrelid FROM pg_inherits i JOIN log ON i.inhparent = log.oid) AS t
            WHERE has_table_privilege(
                      coalesce(\(role), current_user::text), t.relid, 'UPDATE, DELETE, TRUNCATE')
            ORDER BY name
            """
        ) { try $0.get("name", as: String.self) }
    }
}
