import ArgumentParser
import Contacts
import Foundation
import Store

/// What a plan for a workspace takes from its settings; it needs no token.
struct PlanSettings {
    let rules: String
    let limits: RequestLimits
    let changeCap: ChangeLimits?

    /// The settings with which a worker would do what is planned.
    static func read(for workspace: WorkspaceName) throws -> PlanSettings {
        var reader = SettingsReader()
        guard let entry = try entry(of: workspace) else {
            let settings = reader.dev().workspaces[0]
            try reader.check()
            return PlanSettings(
                rules: settings.rules, limits: settings.limits, changeCap: settings.changeCap)
        }
        return PlanSettings(
            rules: entry.rules ?? "rules", limits: try parseLimits(entry.limits ?? ""),
            changeCap: entry.changeCap)
    }

    /// The rules folder or file of a workspace that the configuration names.
    ///
    /// - Throws: `ValidationError` where there is no such workspace.
    static func rules(of workspace: String) throws -> String {
        // That of the environment needs no entry.
        guard let name = WorkspaceName(workspace),
            try workspace == "default" || entry(of: name) != nil
        else {
            throw ValidationError(
                "there is no workspace \(workspace.quoted) in usher.yaml or USHER_CONFIG")
        }
        return try read(for: name).rules
    }

    /// Its entry in the file of workspaces. Without one, the environment counts; for the workspace
    /// `default` it does so wherever it has a token.
    private static func entry(of workspace: WorkspaceName) throws -> WorkspacesFile.Entry? {
        let environment = ProcessInfo.processInfo.environment
        func isSet(_ name: String) -> Bool { environment[name]?.isEmpty == false }
        let path = isSet("USHER_CONFIG") ? environment["USHER_CONFIG"] ?? "" : "usher.yaml"
        let hasToken = isSet("PYLON_API_TOKEN") || isSet("PYLON_API_TOKEN_FILE")
        guard !(workspace.description == "default" && hasToken),
            isSet("USHER_CONFIG") || FileManager.default.fileExists(atPath: path)
        else { return nil }
        let file: WorkspacesFile
        do { file = try WorkspacesFile.read(path) } catch {
            throw ConfigurationProblems(problems: ["\(path): \(error)"])
        }
        let entry = file.workspaces.first { $0.name == workspace.description }
        let problems =
            file.problems + (entry?.problems ?? []).map { "workspace \(workspace): \($0)" }
        guard problems.isEmpty else {
            throw ConfigurationProblems(problems: problems.map { "\(path): \($0)" })
        }
        return entry
    }
}
