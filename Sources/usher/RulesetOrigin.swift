import Foundation
import Store

extension RulesetOrigin {
    /// How long git may take to answer.
    private static let gitLimit: Duration = .seconds(5)

    /// Who runs this process, and which commit the rule files at a path are of.
    ///
    /// Without git, or outside of a work tree, there is no commit: that is no reason to fail.
    init(ofRules path: String) async {
        var isFolder: ObjCBool = false
        _ = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
        let folder = isFolder.boolValue ? path : (path as NSString).deletingLastPathComponent
        let files = isFolder.boolValue ? "." : (path as NSString).lastPathComponent
        let commit = await Self.git("rev-parse", "--verify", "HEAD", in: folder)
        let changes = await Self.git("status", "--porcelain", "--", files, in: folder)
        self.init(
            who: currentOperator(), commit: commit,
            isAsCommitted: commit == nil ? nil : changes.map(\.isEmpty))
    }

    /// - Returns: What it prints; nil where it fails or has more to say than a pipe holds.
    private static func git(_ arguments: String..., in folder: String) async -> String? {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        // What a repository's configuration could have it run is left out.
        process.arguments =
            ["git", "-c", "core.fsmonitor=false", "-C", folder.isEmpty ? "." : folder] + arguments
        process.environment = ProcessInfo.processInfo.environment.filter {
            ["PATH", "HOME", "LANG"].contains($0.key)
        }
        let output = Pipe()
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        let (ends, ending) = AsyncStream.makeStream(of: Int32.self)
        process.terminationHandler = {
            ending.yield($0.terminationStatus)
            ending.finish()
        }
        guard (try? process.run()) != nil else { return nil }
        let limit = Task {
            try await Task.sleep(for: gitLimit)
            kill(process.processIdentifier, SIGKILL)
        }
        defer { limit.cancel() }
        guard await ends.first(where: { _ in true }) == 0 else { return nil }
        let text = String(
            decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
