private import Foundation
package import Logging

extension EmbeddedPostgres {
    /// How to reach the cluster of a state directory that another process of the same user runs.
    ///
    /// - Returns: nil when none runs; the caller may start it then.
    package static func running(
        in stateDirectory: String, logger: Logger
    ) async throws -> String? {
        guard FileManager.default.fileExists(atPath: stateDirectory),
            let resolved = realpath(stateDirectory, nil)
        else { return nil }
        defer { free(resolved) }
        let state = String(cString: resolved)
        do {
            _ = try StateLock(state)
            return nil
        } catch EmbeddedPostgresError.inUse {
            let placement = Placement(
                stateDirectory: state, user: try ServerUser.current(), logger: logger)
            return try await placement.files().connectionString
        }
    }
}
