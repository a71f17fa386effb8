import Foundation
import RuleSources
import Rules
import Store

/// Everything that is wrong with the rule files of all workspaces.
struct RuleFileProblems {
    /// For people: each workspace with its problems below it.
    private(set) var lines: [String] = []
    private var diagnostics: [RuleDiagnostic] = []

    mutating func check(_ workspace: WorkspaceConfiguration) {
        do { _ = try Ruleset(sources: RuleFiles.read(workspace.rules)) } catch {
            add(error, of: workspace.name, at: workspace.rules)
        }
    }

    mutating func add(_ problems: RuleProblems, of workspace: WorkspaceName, at path: String) {
        let located = problems.located(at: RulesLocation(path)).diagnostics
        lines.append("workspace \(workspace), \(path):")
        lines += located.flatMap(\.lines).map { "  \($0)" }
        diagnostics += located
    }

    /// Prints them where the output is JSON and there are any.
    func printJSON(_ output: OutputOptions) throws {
        guard output.format == .json, !diagnostics.isEmpty else { return }
        try usher.printJSON(ProblemReport(problems: diagnostics))
    }
}
