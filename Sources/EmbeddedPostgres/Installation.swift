private import Foundation

/// Where the programs of one version of PostgreSQL's server are.
struct Installation: Sendable, Equatable {
    let version: Int
    let directory: String

    func program(_ name: String) -> String { "\(directory)/\(name)" }

    /// Debian's and Ubuntu's place for them, a directory for each version.
    private static let root = "/usr/lib/postgresql"

    /// The newest version that is installed, or the one that made the data.
    static func find(version: Int?) throws(EmbeddedPostgresError) -> Installation {
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
        let found = versions.compactMap(Int.init)
            .map { Installation(version: $0, directory: "\(root)/\($0)/bin") }
            .filter { isComplete($0.directory) }
            .sorted { $0.version < $1.version }
        let suitable = version == nil ? found.last : found.first { $0.version == version }
        guard let suitable else {
            throw .notInstalled(
                version: version, package: version.map { "postgresql-\($0)" } ?? "postgresql")
        }
        return suitable
    }

    private static func isComplete(_ directory: String) -> Bool {
        ["initdb", "postgres"].allSatisfy {
            FileManager.default.isExecutableFile(atPath: "\(directory)/\($0)")
        }
    }
}
