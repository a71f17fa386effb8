internal import Foundation

/// The programs of one version of PostgreSQL.
package struct ServerPrograms: Sendable, Hashable, CustomStringConvertible {
    package let version: Int
    let directory: String

    package var description: String { "PostgreSQL \(version)" }

    /// Debian's, and where scripts/setup puts newer ones that only tests use.
    private static let roots = ["/usr/lib/postgresql", "/usr/local/lib/usher-tests/postgresql"]

    /// Every version on this machine, the oldest first.
    package static let atHand: [ServerPrograms] = roots.flatMap { root in
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
        return versions.compactMap(Int.init).map {
            ServerPrograms(version: $0, directory: "\(root)/\($0)/bin")
        }
    }
    .filter { FileManager.default.isExecutableFile(atPath: $0.path(of: "pg_basebackup")) }
    .sorted { $0.version < $1.version }

    package static var oldest: ServerPrograms { atHand.first! }
    package static var newest: ServerPrograms { atHand.last! }
    /// The oldest and the newest, once where they are the same.
    package static var ends: [ServerPrograms] { oldest == newest ? [oldest] : [oldest, newest] }

    func path(of program: String) -> String { "\(directory)/\(program)" }
}
