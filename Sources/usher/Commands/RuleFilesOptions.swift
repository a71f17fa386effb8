import ArgumentParser
import Contacts
import Foundation
import RuleSources
import Rules

/// The rule files that a command is about.
struct RuleFilesOptions: ParsableArguments {
    @Argument(help: "The rules folder or file. (default: USHER_RULES, otherwise rules)")
    var path: String?

    /// - Parameter workspace: Whose rules are meant without a path; nil is the environment's.
    func location(of workspace: String?) throws -> RulesLocation {
        if let path { return RulesLocation(path) }
        if let workspace { return RulesLocation(try PlanSettings.rules(of: workspace)) }
        return RulesLocation(ProcessInfo.processInfo.environment["USHER_RULES"].nonEmpty ?? "rules")
    }
}

/// The rule files, by their path or by their workspace, of a command that needs no database.
struct RulesTarget: ParsableArguments {
    @OptionGroup var files: RuleFilesOptions
    @Option(help: "Use the rules of this workspace in usher.yaml.")
    var workspace: String?

    func validate() throws {
        guard files.path == nil || workspace == nil else {
            throw ValidationError("give a path or --workspace, not both")
        }
    }

    func location() throws -> RulesLocation { try files.location(of: workspace) }
}

/// What is wrong with rule files, as JSON: of the same shape for every command.
struct ProblemReport: Encodable {
    let problems: [RuleDiagnostic]
    /// nil where the command does not look for such files.
    var passedOver: [PassedOverFile]?

    enum CodingKeys: String, CodingKey {
        case problems
        case passedOver = "passed_over"
    }
}

extension OutputOptions {
    /// The ruleset at a location, or exit code 2 after reporting everything that is wrong with it.
    func ruleset(at location: RulesLocation) throws -> Ruleset {
        try checked(location) { () throws(RuleProblems) in
            try Ruleset(sources: RuleFiles.read(location.path))
        }
    }

    func checked(
        _ location: RulesLocation, _ load: () throws(RuleProblems) -> Ruleset
    ) throws -> Ruleset {
        do { return try load() } catch {
            let problems = error.located(at: location)
            switch format {
            case .text: note(problems)
            case .json: try printJSON(ProblemReport(problems: problems.diagnostics))
            }
            throw ExitCode(2)
        }
    }
}
