import Contacts
import Files
import Foundation
import Pylon
import Store
import Yams

/// `usher.yaml`: several workspaces, each with its own token, rules, limits and pace.
struct WorkspacesFile: Decodable {
    let workspaces: [Entry]

    private enum CodingKeys: CodingKey { case workspaces }

    init(from decoder: any Decoder) throws {
        workspaces = try decoder.container(keyedBy: CodingKeys.self)
            .decode([Entry].self, forKey: .workspaces)
        let others = try decoder.container(keyedBy: AnyKey.self).allKeys.map(\.stringValue)
            .filter { $0 != "workspaces" }.sorted()
        guard others.isEmpty else {
            throw InvalidSetting("unknown key \(others[0]); it accepts workspaces")
        }
    }

    private struct AnyKey: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    /// The largest file that is read.
    static let maxSize = 1 << 20
    static let maxWorkspaces = 1000

    /// - Throws: What is wrong with the file as a whole, with line and column where YAML tells.
    static func read(_ path: String) throws -> WorkspacesFile {
        let bytes: [UInt8]
        do { bytes = try NamedFile.read(path, atMost: maxSize) } catch {
            throw InvalidSetting("cannot be read: \(error.reason)")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw InvalidSetting("is not UTF-8")
        }
        let file: WorkspacesFile
        do { file = try YAMLDecoder().decode(WorkspacesFile.self, from: text) } catch {
            throw InvalidSetting("cannot be read: \(readable(error))")
        }
        guard (1...maxWorkspaces).contains(file.workspaces.count) else {
            throw InvalidSetting("workspaces: there must be 1 to \(maxWorkspaces)")
        }
        let names = file.workspaces.compactMap(\.name)
        if let twice = names.first(where: { name in names.count { $0 == name } > 1 }) {
            throw InvalidSetting("the name \(twice) stands twice")
        }
        return file
    }

    private static func readable(_ error: any Error) -> String {
        switch error {
        case DecodingError.keyNotFound(let key, _): "\(key.stringValue) is missing"
        case DecodingError.typeMismatch(_, let context),
            DecodingError.valueNotFound(_, let context),
            DecodingError.dataCorrupted(let context):
            (context.codingPath.map { $0.intValue.map { "\($0 + 1)" } ?? $0.stringValue }
                + [context.debugDescription]).joined(separator: ": ")
        default: "\(error)"
        }
    }

    struct Entry: Decodable {
        var name: String?
        var baseURL: String?
        /// The environment variable that holds the token, or the file.
        var tokenEnv: String?
        var tokenFile: String?
        var rules: String?
        var limits: String?
        var pollInterval: String?
        var pageSize: String?
        /// What rule files may change at most, whatever they grant themselves.
        var changeCap: ChangeLimits?
        var unknownKeys: [String]

        private enum Key: String, CodingKey, CaseIterable {
            case name, rules, limits
            case baseURL = "base_url"
            case tokenEnv = "token_env"
            case tokenFile = "token_file"
            case pollInterval = "poll_interval"
            case pageSize = "page_size"
            case changeCap = "rule_limits"
        }

        init(from decoder: any Decoder) throws {
            let object = try decoder.container(keyedBy: Key.self)
            func text(_ key: Key) throws -> String? {
                try object.decodeIfPresent(String.self, forKey: key)
            }
            name = try text(.name)
            baseURL = try text(.baseURL)
            tokenEnv = try text(.tokenEnv)
            tokenFile = try text(.tokenFile)
            rules = try text(.rules)
            limits = try text(.limits)
            pollInterval = try text(.pollInterval)
            pageSize = try text(.pageSize)
            changeCap = try object.decodeIfPresent(ChangeCap.self, forKey: .changeCap)?.limits
            let known = Set(Key.allCases.map(\.rawValue))
            unknownKeys = try decoder.container(keyedBy: AnyKey.self).allKeys.map(\.stringValue)
                .filter { !known.contains($0) }.sorted()
        }
    }
}

extension WorkspacesFile.Entry {
    /// Turns the entry into a workspace, and says everything that is wrong with it.
    func resolve(
        place: String, environment: [String: String]
    ) -> (workspace: WorkspaceConfiguration?, problems: [String]) {
        var problems = unknownKeys.map {
            "\(place): unknown key \($0); it accepts name, base_url, token_env, token_file, rules, "
                + "limits, poll_interval, page_size, rule_limits"
        }
        let workspaceName = name.flatMap { WorkspaceName($0) }
        if workspaceName == nil {
            problems.append("\(place): name must be 1 to 63 of a-z, 0-9, _ and -")
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
            problems.append(
                "\(place): poll_interval: wants a time of at least 100ms, such as 60s, 5m, 1h")
        }
        let pageSize = parsePageSize(self.pageSize ?? "\(PylonClient.maxPageSize)")
        if pageSize == nil { problems.append("\(place): page_size: wants a number from 1 to 999") }
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
                problems.append("\(place): token_env: \(variable) is not set")
                return nil
            }
            token = .value(value)
        case (nil, let file?): token = .file(file)
        default:
            problems.append("\(place): wants either token_env or token_file")
            return nil
        }
        do { _ = try token.source() } catch {
            problems.append("\(place): token: \(error)")
            return nil
        }
        return token
    }
}
