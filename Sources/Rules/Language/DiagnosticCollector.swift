/// The problems that were found so far in the rule files of a workspace.
///
/// Every stage of the loader reports to it and goes on, so that all problems are told at once.
final class DiagnosticCollector {
    private(set) var diagnostics: [RuleDiagnostic] = []

    var count: Int { diagnostics.count }

    var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }

    /// Whether a file has got an error since there were so many problems.
    func hasErrors(since count: Int, in file: String) -> Bool {
        diagnostics[count...].contains { $0.file == file && $0.severity == .error }
    }

    func report(_ diagnostic: RuleDiagnostic) { diagnostics.append(diagnostic) }

    func report(_ more: some Sequence<RuleDiagnostic>) { diagnostics += more }

    /// Forgets what was found in other files than these.
    func keepOnly(in files: Set<String>) { diagnostics.removeAll { !files.contains($0.file) } }
}
