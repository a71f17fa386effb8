internal import Crypto

/// One numbered step of the schema; never edited once it was applied anywhere.
package struct Migration: Sendable, Equatable {
    /// The file's name without its ending, such as `0001_log`, which gives the order.
    package let name: String
    package let sql: String

    package init(name: String, sql: String) {
        self.name = name
        self.sql = sql
    }

    /// SHA-256 of the SQL.
    var checksum: [UInt8] { Array(SHA256.hash(data: Array(sql.utf8))) }
}

/// How a database stands to a list of migrations, each by name.
package struct MigrationStatus: Sendable, Equatable {
    package let applied: [String]
    package let pending: [String]
    /// Applied in a wording that is not today's.
    package let edited: [String]
    /// Applied, but not in the list: by a newer version of the program.
    package let unknown: [String]
    /// Pending although a later one was applied.
    package let late: [String]

    init(of migrations: [Migration], recorded: [String: [UInt8]]) {
        let known = Set(migrations.map(\.name))
        let last = recorded.keys.max() ?? ""
        applied = recorded.keys.sorted()
        pending = migrations.map(\.name).filter { recorded[$0] == nil }
        edited = migrations.filter { recorded[$0.name] != nil && recorded[$0.name] != $0.checksum }
            .map(\.name)
        unknown = recorded.keys.filter { !known.contains($0) }.sorted()
        late = pending.filter { $0 < last }
    }
}

/// Why migrations were not applied.
package enum MigrationError: Error, Sendable, Equatable {
    /// A newer version of the program has migrated this database.
    case unknown([String])
    /// The files are not what was applied.
    case edited([String])
    /// A file was added before ones that were applied.
    case late([String])
    /// A migration's SQL failed; it was undone, those before it stay.
    case failed(name: String, PostgresError)
}

extension MigrationError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unknown(let names):
            """
            the database was migrated by a newer version (\(names.joined(separator: ", "))): \
            run that version, or restore the database from before it
            """
        case .edited(let names):
            """
            migrations were edited after they had been applied (\(names.joined(separator: ", "))): \
            restore those files as they were, and make the change in a new one
            """
        case .late(let names):
            """
            migrations were added before ones that are applied (\(names.joined(separator: ", "))): \
            give them numbers after the last one
            """
        case .failed(let name, let error): "migration \(name) failed and was undone: \(error)"
        }
    }
}
