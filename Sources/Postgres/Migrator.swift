/// Brings a database's schema up to date.
package struct Migrator: Sendable {
    private let migrations: [Migration]
    private let schema: String

    /// A whole table may be rewritten: generous for an event log of 100 million rows.
    static let statementLimit: Duration = .seconds(3600)

    /// How long to wait for another migrator, or for those who use a table.
    static let lockLimit: Duration = .seconds(600)

    /// Names the lock that migrators of any schema share; “usher” on a telephone keypad.
    static let lockKey = 87437

    /// - Parameter schema: Where the table `migration` is kept; made when missing.
    package init(_ migrations: [Migration], schema: String = "usher") {
        precondition(
            schema.wholeMatch(of: /[a-z_][a-z0-9_]*/) != nil, "not a plain identifier: \(schema)")
        self.migrations = migrations.sorted { $0.name < $1.name }
        precondition(
            Set(migrations.map(\.name)).count == migrations.count, "two migrations of one name")
        self.schema = schema
    }

    /// Tells what `migrate` would do; changes nothing, and needs no right but to read the record.
    package func status(of database: Database) async throws -> MigrationStatus {
        try await database.transaction { db in try status(db) }
    }

    /// The names of what `migrate` would apply; changes nothing, as `status`.
    ///
    /// - Throws: `MigrationError` where `migrate` would.
    package func pending(in database: Database) async throws -> [String] {
        try await database.transaction { db in try checkedStatus(db).pending }
    }

    /// Whether any migration was ever applied; needs no right at all.
    package func isRecorded(in database: Database) async throws -> Bool {
        try await database.transaction { db in try hasRecord(db) }
    }

    /// Applies what is pending, in order, and returns the names of what it applied.
    ///
    /// Each migration is a transaction with its record, so a crash or a failure leaves those before
    /// it applied. Migrators that run at the same time wait for each other.
    ///
    /// - Throws: `MigrationError`.
    package func migrate(_ database: Database) async throws -> [String] {
        var applied: [String] = []
        while let name = try await applyNext(to: database) { applied.append(name) }
        return applied
    }

    private func applyNext(to database: Database) async throws -> String? {
        try await database.transaction { db in
            // Looked at first without the lock: who has no right to migrate may find nothing to do.
            guard try checkedStatus(db).pending.first != nil else { return nil }
            try db.limit(statements: Self.statementLimit, locks: Self.lockLimit)
            try db.execute("SELECT pg_advisory_xact_lock(\(Self.lockKey))")
            guard let name = try checkedStatus(db).pending.first,
                let migration = migrations.first(where: { $0.name == name })
            else { return nil }
            do {
                try apply(migration, db)
            } catch let error as PostgresError {
                throw MigrationError.failed(name: name, error)
            }
            return name
        }
    }

    private func apply(_ migration: Migration, _ db: Transaction) throws {
        if try !hasRecord(db) {
            try db.run(
                script: """
                    CREATE SCHEMA IF NOT EXISTS \(schema);
                    CREATE TABLE \(schema).migration (
                        name       text PRIMARY KEY,
                        checksum   bytea NOT NULL,
                        applied_at timestamptz NOT NULL DEFAULT clock_timestamp()
                    );
                    COMMENT ON TABLE \(schema).migration
                        IS 'Which steps of the schema were applied.';
                    COMMENT ON COLUMN \(schema).migration.name
                        IS 'The file''s name without its ending.';
                    COMMENT ON COLUMN \(schema).migration.checksum
                        IS 'SHA-256 of the SQL as applied.';
                    COMMENT ON COLUMN \(schema).migration.applied_at IS 'When it was applied.';
                    """)
        }
        try db.run(script: migration.sql)
        try db.execute(
            Statement(
                sql: "INSERT INTO \(schema).migration (name, checksum) VALUES ($1, $2)",
                parameters: [.init(migration.name), .init(migration.checksum)]))
    }

    private func checkedStatus(_ db: Transaction) throws -> MigrationStatus {
        let status = try status(db)
        if !status.unknown.isEmpty { throw MigrationError.unknown(status.unknown) }
        if !status.edited.isEmpty { throw MigrationError.edited(status.edited) }
        if !status.late.isEmpty { throw MigrationError.late(status.late) }
        return status
    }

    private func status(_ db: Transaction) throws -> MigrationStatus {
        guard try hasRecord(db) else { return MigrationStatus(of: migrations, recorded: [:]) }
        let recorded = try db.rows(
            Statement(sql: "SELECT name, checksum FROM \(schema).migration")
        ) { row -> (String, [UInt8]) in (try row.get("name"), try row.get("checksum")) }
        return MigrationStatus(
            of: migrations, recorded: Dictionary(uniqueKeysWithValues: recorded))
    }

    private func hasRecord(_ db: Transaction) throws -> Bool {
        // Not to_regclass(), which may answer from before the wait for the lock.
        try db.row(
            """
            SELECT count(*) = 1 AS found FROM pg_class AS c
            JOIN pg_namespace AS n ON n.oid = c.relnamespace
            WHERE n.nspname = \(schema) AND c.relname = 'migration'
            """
        ) { try $0.get("found") }!
    }
}
