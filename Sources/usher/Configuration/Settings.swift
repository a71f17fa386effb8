import Configuration
import Contacts
import Foundation
import Logging
import Postgres
import Pylon
import Store

/// Everything that operators set, read once from the environment and `usher.yaml`.
struct Settings: Sendable {
    /// nil is the embedded PostgreSQL.
    var databaseURL: String?
    var stateDirectory: String
    var alert: String?
    var logLevel: Logger.Level
    var logFormat: LogFormat
    /// Of requests; commands that send none leave it as it is.
    var network = NetworkSettings()
    var workspaces: [WorkspaceConfiguration]
}

/// One workspace as configured.
struct WorkspaceConfiguration: Sendable {
    var name: WorkspaceName
    var baseURL: String
    var token: TokenConfiguration
    var rules: String
    var limits: RequestLimits
    var pollInterval: Duration
    /// Contacts per list page.
    var pageSize: Int
    /// What rule files may change at most; nil is anything.
    var changeCap: ChangeLimits? = nil
}

enum TokenConfiguration: Sendable {
    case value(String)
    case file(String)
}

/// Every problem of the configuration at once.
struct ConfigurationProblems: Error, TextLines {
    let problems: [String]

    var lines: [String] {
        ["the configuration cannot be used:"] + problems.map { "  - \($0)" }
    }
}

/// Gathers settings and what is wrong with them.
struct SettingsReader {
    private let environment = ConfigReader(provider: EnvironmentVariablesProvider())
    private var problems: [String] = []

    static let shortestPoll: Duration = .milliseconds(100)
    static let pollBounds = "a time from 100ms to 8784h (366 days), such as 500ms, 60s, 5m or 1h"

    /// What commands need that never speak to the API.
    mutating func base() -> Settings {
        let level = text("log.level").map { name in
            Logger.Level(rawValue: name.lowercased())
                ?? refuse(
                    "LOG_LEVEL",
                    "invalid level \(name.quoted); use one of "
                        + Logger.Level.allCases.map(\.rawValue).joined(separator: ", "),
                    using: .info)
        }
        let format = text("log.format").map { name in
            LogFormat(rawValue: name)
                ?? refuse(
                    "LOG_FORMAT", "invalid format \(name.quoted); use text or json", using: .text)
        }
        let databaseURL = text("database.url", isSecret: true)
        if let databaseURL { refuseDatabase(databaseURL) }
        return Settings(
            databaseURL: databaseURL,
            stateDirectory: text("usher.state.dir") ?? ".usher", alert: text("usher.alert"),
            logLevel: level ?? .info,
            logFormat: format ?? (Terminal.isError ? .text : .json), workspaces: [])
    }

    /// All settings of a worker, and its rule files as far as they can be judged alone.
    ///
    /// - Throws: `ConfigurationProblems`, after printing what is wrong with rule files where the
    ///   output is JSON.
    mutating func worker(_ output: OutputOptions) throws -> Settings {
        var settings = base()
        settings.network = network()
        let path = text("usher.config")
        let hasFile = path != nil || FileManager.default.fileExists(atPath: "usher.yaml")
        if hasFile { settings.workspaces = configured(in: path ?? "usher.yaml") }
        if let single = single(isNeeded: !hasFile) {
            settings.workspaces.removeAll { $0.name == single.name }
            settings.workspaces.append(single)
        }
        try checkStart(settings, output)
        return settings
    }

    /// Checks what only those who start workers need, and throws all that was refused so far.
    mutating func checkStart(_ settings: Settings, _ output: OutputOptions) throws {
        if let alert = settings.alert, let problem = AlertTarget.problem(with: alert) {
            problems.append("USHER_ALERT: \(problem)")
        }
        let isNew =
            settings.databaseURL == nil
            && !FileManager.default.fileExists(atPath: settings.stateDirectory)
        if settings.databaseURL == nil,
            let problem = StateDirectory.problem(with: settings.stateDirectory)
        {
            problems.append("USHER_STATE_DIR: \(problem)")
        }
        // Where there is a database, the last good rules may be in force in it: then others are no
        // obstacle, and are only told beside one.
        guard isNew || !problems.isEmpty else { return }
        var files = RuleFileProblems()
        for workspace in settings.workspaces { files.check(workspace) }
        problems += files.lines
        try files.printJSON(output)
        try check()
    }

    /// Settings of `usher dev`, whose workspace speaks to the sandbox, so it needs no token.
    mutating func dev() -> Settings {
        var settings = base()
        settings.network = network()
        settings.workspaces = [single(token: .value("sandbox"))]
        return settings
    }

    /// - Throws: `ConfigurationProblems` with all that was refused so far.
    func check() throws {
        guard problems.isEmpty else { throw ConfigurationProblems(problems: problems) }
    }

    /// The workspace `default`, if the environment has a token for it.
    private mutating func single(isNeeded: Bool) -> WorkspaceConfiguration? {
        let token = text("pylon.api.token", isSecret: true)
        let file = text("pylon.api.token.file")
        if token != nil && file != nil {
            problems.append(
                "PYLON_API_TOKEN and PYLON_API_TOKEN_FILE are both set; set one of them")
        }
        guard let source = file.map(TokenConfiguration.file) ?? token.map(TokenConfiguration.value)
        else {
            if isNeeded {
                problems.append(
                    "set PYLON_API_TOKEN (an API token created by a Pylon admin) or "
                        + "PYLON_API_TOKEN_FILE (the path of a file that contains it); to try "
                        + "Usher without one: usher dev")
                // What else is wrong is said as well.
                _ = single(token: .value("missing"))
            }
            return nil
        }
        refuseToken(source, as: file == nil ? "PYLON_API_TOKEN" : "PYLON_API_TOKEN_FILE")
        return single(token: source)
    }

    private mutating func single(token: TokenConfiguration) -> WorkspaceConfiguration {
        let limits = text("usher.limits").map { value in
            do { return try parseLimits(value) } catch {
                return refuse("USHER_LIMITS", "\(error)", using: defaultLimits)
            }
        }
        let poll = text("usher.poll.interval").map { value in
            parseDuration(value).flatMap { $0 >= Self.shortestPoll ? $0 : nil }
                ?? refuse(
                    "USHER_POLL_INTERVAL",
                    "\(value.quoted) is not \(Self.pollBounds)",
                    using: .seconds(60))
        }
        let pageSize = text("usher.page.size").map { value in
            parsePageSize(value)
                ?? refuse(
                    "USHER_PAGE_SIZE", "\(value.quoted) is not a number from 1 to 999",
                    using: PylonClient.maxPageSize)
        }
        let baseURL = text("pylon.base.url") ?? "https://api.usepylon.com"
        refuseURL(baseURL, as: "PYLON_BASE_URL")
        return WorkspaceConfiguration(
            name: WorkspaceName("default")!, baseURL: baseURL, token: token,
            rules: text("usher.rules") ?? "rules", limits: limits ?? defaultLimits,
            pollInterval: poll ?? .seconds(60), pageSize: pageSize ?? PylonClient.maxPageSize)
    }

    /// The settings that many programs share, by their usual names.
    private mutating func network() -> NetworkSettings {
        let (settings, found) = NetworkSettings.read(ProcessInfo.processInfo.environment)
        problems += found
        return settings
    }

    private mutating func configured(in path: String) -> [WorkspaceConfiguration] {
        do {
            let file = try WorkspacesFile.read(path)
            problems += file.problems.map { "\(path): \($0)" }
            return file.workspaces.enumerated().compactMap { index, entry in
                let place = "\(path): workspace \(entry.name?.word ?? "\(index + 1)")"
                let (workspace, found) = entry.resolve(
                    place: place, environment: ProcessInfo.processInfo.environment)
                problems += found
                return workspace
            }
        } catch {
            problems.append("\(path): \(error)")
            return []
        }
    }

    private func text(_ key: String, isSecret: Bool = false) -> String? {
        environment.string(forKey: ConfigKey(key), isSecret: isSecret).flatMap {
            $0.isEmpty ? nil : $0
        }
    }

    private mutating func refuse<Value>(_ setting: String, _ problem: String, using value: Value)
        -> Value
    {
        problems.append("\(setting): \(problem)")
        return value
    }

    private mutating func refuseDatabase(_ url: String) {
        do { try Database.check(url) } catch { problems.append("DATABASE_URL: \(error)") }
    }

    private mutating func refuseURL(_ url: String, as setting: String) {
        do { _ = try BaseURL(url) } catch { problems.append("\(setting): \(error)") }
    }

    private mutating func refuseToken(_ token: TokenConfiguration, as setting: String) {
        do { _ = try token.source() } catch { problems.append("\(setting): \(error)") }
    }
}
