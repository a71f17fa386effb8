import Contacts
import Files
import Foundation
import Pylon
import Store
import Yams

/// `usher.yaml`: several workspaces, each with its own token, rules, limits and pace.
struct WorkspacesFile {
    let workspaces: [Entry]
    /// What is wrong with the file beside its entries.
    let problems: [String]

    /// The largest file that is read.
    static let maxSize = 1 << 20
    static let maxWorkspaces = 1000

    /// - Throws: Why nothing of the file can be read, with line and column where YAML tells.
    static func read(_ path: String) throws -> WorkspacesFile {
        let bytes: [UInt8]
        do { bytes = try NamedFile.read(path, atMost: maxSize) } catch {
            throw InvalidSetting("cannot be read: \(error.reason)")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw InvalidSetting("is not UTF-8")
        }
        return try WorkspacesFile(text)
    }

    init(_ text: String) throws {
        var file = try SettingsMapping(text: text)
        let items = file.list("workspaces")
        file.accept(only: ["workspaces"])
        if let items, !(1...Self.maxWorkspaces).contains(items.count) {
            file.add(["workspaces: there must be 1 to \(Self.maxWorkspaces)"])
        }
        workspaces = (items ?? []).prefix(Self.maxWorkspaces).enumerated().compactMap { entry in
            if let mapping = SettingsMapping(entry.element) { return Entry(mapping) }
            let place = "workspace \(entry.offset + 1)"
            file.add(["\(place): must be a mapping, not \(entry.element.kind)"])
            return nil
        }
        let names = Dictionary(grouping: workspaces.compactMap(\.name)) { $0 }
        file.add(
            names.filter { $0.value.count > 1 }.keys.sorted().map {
                "the name \($0.word) is used twice"
            })
        problems = file.problems
    }

    struct Entry {
        let name: String?
        let baseURL: String?
        /// The environment variable that holds the token, or the file.
        let tokenEnv: String?
        let tokenFile: String?
        let rules: String?
        let limits: String?
        let pollInterval: String?
        let pageSize: String?
        /// What rule files may change at most, whatever they grant themselves.
        let changeCap: ChangeLimits?
        /// What is wrong with the shape of the entry.
        let problems: [String]

        private static let keys = [
            "name", "base_url", "token_env", "token_file", "rules", "limits", "poll_interval",
            "page_size", "rule_limits",
        ]

        init(_ mapping: SettingsMapping) {
            var mapping = mapping
            mapping.accept(only: Self.keys)
            name = mapping.text("name")
            baseURL = mapping.text("base_url")
            tokenEnv = mapping.text("token_env")
            tokenFile = mapping.text("token_file")
            rules = mapping.text("rules")
            limits = mapping.text("limits")
            pollInterval = mapping.text("poll_interval")
            pageSize = mapping.text("page_size")
            var capProblems: [String] = []
            changeCap = mapping.mapping("rule_limits").map {
                ChangeLimits(cap: $0, problems: &capProblems)
            }
            problems = mapping.problems + capProblems
        }
    }
}

extension WorkspacesFile.Entry {
    /// Turns the entry into a workspace, and says everything that is wrong with it.
    func resolve(
        place: String, environment: [String: String]
    ) -> (workspace: WorkspaceConfiguration?, problems: [String]) {
        var problems = self.problems.map { "\(place): \($0)" }
        let workspaceName = name.flatMap { WorkspaceName($0) }
        if workspaceName == nil {
            problems.append("\(place): name must be 1 to 63 characters from a-z, 0-9, _ and -")
        }
        let url = baseURL ?? "https://api.usepylon.com"
        do { _ = try BaseURL(url) } catch { problems.append("\(place): base_url: \(error)") }
        let token = token(place: place, environment: environment, problems: &problems)
        var limits = defaultLimits
        do { limits = try parseLimits(self.limits ?? "") } catch {
            problems.append("\(place): limits: \(error)")
        }
        let interval = parseDuration(pollInterval ?? "60s")
        if interval.map({ $0 < SettingsReader.shortestPoll }) ?? true {
            problems.append("\(place): poll_interval: must be \(SettingsReader.pollBounds)")
        }
        let pageSize = parsePageSize(self.pageSize ?? "\(PylonClient.maxPageSize)")
        if pageSize == nil {
            problems.append("\(place): page_size: must be a number from 1 to 999")
        }
        guard problems.isEmpty, let workspaceName, let token, let interval, let pageSize else {
            return (nil, problems)
        }
        return (
            WorkspaceConfiguration(
                name: workspaceName, baseURL: url, token: token, rules: rules ?? "rules",
                limits: limits, pollInterval: interval, pageSize: pageSize, changeCap: changeCap),
            []
        )
    }

    private func token(
        place: String, environment: [String: String], problems: inout [String]
    ) -> TokenConfiguration? {
        let token: TokenConfiguration
        switch (tokenEnv, tokenFile) {
        case (let variable?, nil):
            guard let value = environment[variable], !value.isEmpty else {
                problems.append("\(place): token_env: \(variable.word) is not set")
                return nil
            }
            token = .value(value)
        case (nil, let file?): token = .file(file)
        default:
            problems.append("\(place): set either token_env or token_file")
            return nil
        }
        do { _ = try token.source() } catch {
            problems.append("\(place): token: \(error)")
            return nil
        }
        return token
    }
}
