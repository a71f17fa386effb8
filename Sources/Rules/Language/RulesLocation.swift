/// A rules folder or file, as seen from the directory that a command runs in.
package struct RulesLocation: Sendable {
    /// As it was given.
    package let path: String
    /// The folder from the current directory; empty is the current directory itself.
    private let folder: String

    /// - Parameters:
    ///   - folder: The path itself, or the folder of the file that it names.
    ///   - directory: The absolute path of the current directory.
    package init(_ path: String, folder: String, from directory: String) {
        self.path = path
        self.folder = Self.relative(folder, to: directory)
    }

    /// The path, from the current directory, of a file that a diagnostic names.
    package func path(of file: String) -> String {
        // What is wrong with the folder as a whole names it as it was given.
        if folder.isEmpty || file == path { return file }
        return folder.hasSuffix("/") ? folder + file : "\(folder)/\(file)"
    }

    private static func relative(_ path: String, to directory: String) -> String {
        var path = path
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        if path == directory || path == "." { return "" }
        for prefix in [directory + "/", "./"] where path.hasPrefix(prefix) {
            return String(path.dropFirst(prefix.count))
        }
        return path
    }
}

/// A finding at a place in a rule file.
package protocol Located {
    /// Relative to the rules folder, until it is `located`.
    var file: String { get set }
}

extension Located {
    /// The same with the path of its file from the current directory.
    package func located(at location: RulesLocation) -> Self {
        var located = self
        located.file = location.path(of: file)
        return located
    }
}

extension RuleProblems {
    package func located(at location: RulesLocation) -> RuleProblems {
        var located = self
        located.diagnostics = diagnostics.map { $0.located(at: location) }
        return located
    }
}
