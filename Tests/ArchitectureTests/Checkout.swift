internal import Foundation

/// The files of the package that these tests belong to.
enum Checkout {
    static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    struct File {
        /// From the root, such as `Sources/Store/Store.swift`.
        let path: String
        let text: String

        var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }
    }

    static func text(of path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    /// Names of the directories in one, in order.
    static func directories(in path: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(
            at: root.appending(path: path), includingPropertiesForKeys: [.isDirectoryKey]
        )
        .filter { try $0.resourceValues(forKeys: [.isDirectoryKey]).isDirectory == true }
        .map(\.lastPathComponent).sorted()
    }

    /// The files under a directory with this ending, in order.
    static func files(under path: String, ending: String) throws -> [File] {
        let found = FileManager.default.enumerator(atPath: root.appending(path: path).path())
        let names = (found?.allObjects as? [String] ?? []).filter { $0.hasSuffix(ending) }.sorted()
        return try names.map { File(path: "\(path)/\($0)", text: try text(of: "\(path)/\($0)")) }
    }
}
