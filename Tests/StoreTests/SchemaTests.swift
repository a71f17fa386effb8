import Foundation
import Postgres
import Store
import TestSupport
import Testing

/// What the migrations make, and how it is written down.
@Suite struct SchemaTests {
    @Test(.enabled("migrations/schema.sql is of another version") { try await Dump.isComparable })
    func theMigrationsMakeTheSchemaThatIsWrittenDown() async throws {
        let made = try await withDatabase(Store.migrations) { try await Dump.schema(of: $0) }
        if ProcessInfo.processInfo.environment["USHER_DUMP_SCHEMA"] != nil {
            try Data(made.utf8).write(to: Dump.file)
        }
        #expect(
            made == (try String(contentsOf: Dump.file, encoding: .utf8)),
            "migrations/schema.sql is not what the migrations make; run scripts/dump-schema")
    }

    @Test func everythingInTheDatabaseSaysWhatItIs() async throws {
        let silent = try await withDatabase(Store.migrations) { connectionString in
            let database = Database(connectionString)
            let silent = try await database.transaction { db in
                try db.rows(
                    """
                    SELECT r.oid::regclass::text || coalesce('.' || a.attname, '') AS name
                    FROM pg_class r
                    LEFT JOIN LATERAL (
                        SELECT attname, attnum FROM pg_attribute
                        WHERE attrelid = r.oid AND attnum > 0 AND NOT attisdropped
                        UNION ALL
                        SELECT NULL, 0) a ON true
                    WHERE r.relnamespace IN ('usher'::regnamespace, 'audit'::regnamespace)
                      AND r.relkind IN ('r', 'p', 'v', 'm')
                      -- The columns of a partition are those of its table.
                      AND NOT (r.relispartition AND a.attnum > 0)
                      AND coalesce(
                          CASE a.attnum WHEN 0 THEN obj_description(r.oid, 'pg_class')
                          ELSE col_description(r.oid, a.attnum) END, '') = ''
                    UNION ALL
                    SELECT p.oid::regprocedure::text FROM pg_proc p
                    WHERE p.pronamespace IN ('usher'::regnamespace, 'audit'::regnamespace)
                      AND coalesce(obj_description(p.oid, 'pg_proc'), '') = ''
                    UNION ALL
                    SELECT n.nspname FROM pg_namespace n
                    WHERE n.nspname IN ('usher', 'audit')
                      AND coalesce(obj_description(n.oid, 'pg_namespace'), '') = ''
                    ORDER BY 1
                    """
                ) { try $0.get("name", as: String.self) }
            }
            await database.close()
            return silent
        }
        #expect(silent == [])
    }

    /// People know an address, not an id.
    @Test func besideEveryContactInTheViewsStandsItsAddress() async throws {
        let views = try await auditViews()
        #expect(views.count { $0.value.contains("contact_id") } >= 10)
        for (view, columns) in views where columns.contains("contact_id") {
            #expect(columns.contains("email"), "\(view)")
        }
    }

    /// Old names stay, each with a plain twin.
    @Test func noColumnOfTheViewsNeedsQuotes() async throws {
        let twins = [
            "holds.\"when\"": "placed_at", "operators.\"when\"": "acted_at",
            "contact_history.by": "changed_by",
        ]
        for (view, columns) in try await auditViews() {
            for column in columns where column.hasPrefix("\"") || column == "by" {
                let twin = twins["\(view).\(column)"]
                #expect(twin.map(columns.contains) == true, "\(view).\(column)")
            }
        }
    }

    /// The views that auditors read, with their columns as SQL has to write them.
    private func auditViews() async throws -> [String: [String]] {
        try await withDatabase(Store.migrations) { connectionString in
            let database = Database(connectionString)
            let views = try await database.transaction { db in
                try db.rows(
                    """
                    SELECT r.relname AS view, array_agg(quote_ident(a.attname)) AS columns
                    FROM pg_class r JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0
                    WHERE r.relnamespace = 'audit'::regnamespace AND r.relkind = 'v'
                    GROUP BY r.relname
                    """
                ) {
                    (
                        try $0.get("view", as: String.self),
                        try $0.get("columns", as: [String].self)
                    )
                }
            }
            await database.close()
            return Dictionary(uniqueKeysWithValues: views)
        }
    }

    /// The design: the same schema can be sharded by workspace unchanged.
    @Test func everyKeyAndIndexBeginsWithTheWorkspace() async throws {
        let others = try await withDatabase(Store.migrations) { connectionString in
            let database = Database(connectionString)
            let others = try await database.transaction { db in
                try db.rows(
                    """
                    SELECT i.indexrelid::regclass::text AS name
                    FROM pg_index i
                    JOIN pg_class r ON r.oid = i.indrelid
                    JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum = i.indkey[0]
                    WHERE r.relnamespace = 'usher'::regnamespace AND a.attname <> 'workspace'
                      -- The migrator's own record is of the database.
                      AND r.relname <> 'migration'
                    ORDER BY 1
                    """
                ) { try $0.get("name", as: String.self) }
            }
            await database.close()
            return others
        }
        #expect(others == [])
    }
}

/// The schema as text.
private enum Dump {
    static let file = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "migrations/schema.sql")

    /// Versions of PostgreSQL write the same view in different ways.
    static var isComparable: Bool {
        get async throws {
            let isNew = ProcessInfo.processInfo.environment["USHER_DUMP_SCHEMA"] != nil
            let text = try String(contentsOf: file, encoding: .utf8)
            let version = try await withDatabase { try await serverVersion(of: $0) }
            return isNew || text.hasPrefix(header(version: version))
        }
    }

    static func schema(of connectionString: String) async throws -> String {
        let version = try await serverVersion(of: connectionString)
        let dump = Process()
        dump.executableURL = URL(filePath: "/usr/lib/postgresql/\(version)/bin/pg_dump")
        dump.arguments = [
            "--schema-only", "--no-owner", "--no-privileges", "--schema=usher", "--schema=audit",
            connectionString,
        ]
        let output = Pipe()
        dump.standardOutput = output
        try dump.run()
        let bytes = try output.fileHandleForReading.readToEnd() ?? Data()
        dump.waitUntilExit()
        #expect(dump.terminationStatus == 0)
        return header(version: version) + readable(String(decoding: bytes, as: UTF8.self))
    }

    private static func header(version: Int) -> String {
        "-- What the migrations make, as pg_dump of PostgreSQL \(version) writes it.\n"
            + "-- Made by scripts/dump-schema; a test compares it.\n"
    }

    /// The statements without settings, comments of the program, and empty lines beyond one.
    private static func readable(_ dump: String) -> String {
        let noise = ["--", "SET ", "SELECT pg_catalog.set_config", "\\restrict", "\\unrestrict"]
        var lines: [Substring] = []
        for line in dump.split(separator: "\n", omittingEmptySubsequences: false)
        where !noise.contains(where: { line.hasPrefix($0) }) {
            if line.isEmpty && lines.last?.isEmpty ?? false { continue }
            lines.append(line)
        }
        return lines.joined(separator: "\n").trimmingCharacters(in: .newlines) + "\n"
    }

    private static func serverVersion(of connectionString: String) async throws -> Int {
        let database = Database(connectionString)
        let version = try await database.transaction { db in
            try db.row("SELECT current_setting('server_version_num')::integer / 10000 AS version") {
                try $0.get("version", as: Int.self)
            }
        }
        await database.close()
        return version ?? 0
    }
}
