import AsyncHTTPClient
import Contacts
import Foundation
import Logging
import Postgres
import Pylon
import Reconciler
import RuleLint
import Rules
import Sandbox
import Store
import Synchronization
import TestSupport
import Worker

/// A sandbox, a database of its own and rule files: all that a worker needs.
struct World: Sendable {
    let sandbox: RunningSandbox
    let connectionString: String
    let database: Database
    let http: HTTPClient
    let rulesFolder: String
    let alerts = RaisedAlerts()

    /// Another worker of the same workspace, as another process would be one.
    func worker(
        _ holder: String = "test", limits: [Endpoint: RequestLimit] = [:],
        pollInterval: Duration = .seconds(3600), pageSize: Int = 999,
        timing: SettlementTiming = .quick, workspace: String = "default",
        token: String? = nil, baseURL: String? = nil,
        requestTimeout: Duration = PylonConfiguration.defaultRequestTimeout,
        clock: any Clock<Duration> = ContinuousClock()
    ) throws -> WorkspaceWorker {
        var logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        logger.logLevel = .critical
        let name = WorkspaceName(workspace)!
        return WorkspaceWorker(
            store: Store(database: database, workspace: name, holder: holder),
            client: PylonClient(
                configuration: PylonConfiguration(
                    baseURL: try BaseURL(baseURL ?? sandbox.baseURL),
                    token: TokenSource(try Token(token ?? sandbox.token)),
                    requestTimeout: requestTimeout),
                route: Route(http: http)),
            settings: WorkspaceSettings(
                rulesPath: rulesFolder, limits: limits, pollInterval: pollInterval,
                pageSize: pageSize, timing: timing,
                origin: { _ in RulesetOrigin(who: "test") }),
            notifier: AlertNotifier(workspace: name, logger: logger) { [alerts] _, notice in
                alerts.add(notice)
            }, outage: DatabaseOutage(logger: logger), clock: clock, logger: logger)
    }

    /// Runs a worker until nothing is left to do.
    @discardableResult
    func runOnce(_ worker: WorkspaceWorker? = nil) async throws -> OnceResult {
        let worker = try worker ?? self.worker()
        try await worker.prepare()
        return await worker.runOnce()
    }

    /// Writes the rule file; where it says nothing of limits, none that a test could meet.
    func write(rules: String) throws {
        let text = rules.contains("limits") ? rules : rules + "\nlimits: \(wideLimits)\n"
        try Data(text.utf8).write(to: URL(filePath: rulesFolder + "/rules.yaml"))
    }

    /// Reads what auditors would.
    func rows<Value: Sendable>(
        _ statement: Statement, decode: @escaping @Sendable (Row) throws -> Value
    ) async throws -> [Value] {
        try await database.transaction { try $0.rows(statement, decode: decode) }
    }

    func count(_ statement: Statement) async throws -> Int {
        try await rows(statement) { try $0.get("count") }[0]
    }

    /// The column `text` of each row; `-` where it is null.
    func texts(_ statement: Statement) async throws -> [String] {
        try await rows(statement) { try $0.get("text", as: String?.self) ?? "-" }
    }

    func kinds(of contactID: String) async throws -> [String] {
        try await rows(
            "SELECT kind FROM usher.event WHERE contact_id = \(contactID) ORDER BY seq"
        ) { try $0.get("kind") }
    }
}

/// Alerts as the operator's hook got them.
final class RaisedAlerts: Sendable {
    private let notices = Mutex<[AlertNotice]>([])

    var all: [AlertNotice] { notices.withLock { $0 } }
    var codes: [Alert.Code] { codes(.firing) }

    func codes(_ status: AlertNotice.Status) -> [Alert.Code] {
        all.filter { $0.status == status }.map(\.alert.code)
    }

    func add(_ notice: AlertNotice) { notices.withLock { $0.append(notice) } }
}

extension SettlementTiming {
    /// Everything that is waited for, much shorter than in production. Requests themselves keep their
    /// time-out: on a busy machine an answer may take a second.
    static var quick: SettlementTiming {
        var timing = SettlementTiming()
        timing.requestTimeout = .milliseconds(500)
        timing.grace = .milliseconds(50)
        timing.firstBackoff = .milliseconds(10)
        timing.maxBackoff = .milliseconds(200)
        timing.breaker.shortest = .milliseconds(100)
        timing.breaker.longest = .seconds(1)
        timing.breaker.alarm = .milliseconds(500)
        return timing
    }
}

/// Lends a test a world.
func withWorld<Result: Sendable>(
    rules: String, contacts: [SandboxContact]? = nil, generated: Int = 0,
    limits: SandboxLimits = .off, faults: FaultPlan = FaultPlan(),
    token: String = SandboxOptions().token, _ body: (World) async throws -> Result
) async throws -> Result {
    var options = SandboxOptions()
    options.contacts = generated
    options.limits = limits
    options.faults = faults
    options.token = token
    return try await withDatabase(Store.migrations) { connectionString in
        let owner = Database(connectionString)
        try await owner.transaction { try $0.run(script: Store.rolesScript) }
        await owner.close()
        return try await withWorld(
            at: connectionString, rules: rules, contacts: contacts ?? [], options, body)
    }
}

/// Lends a test a world around a database, which need not be migrated.
func withWorld<Result: Sendable>(
    at connectionString: String, rules: String, contacts: [SandboxContact] = [],
    _ options: SandboxOptions = .empty, _ body: (World) async throws -> Result
) async throws -> Result {
    let folder = try makeTemporaryDirectory()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    return try await SandboxServer.withRunning(options) { sandbox in
        for contact in contacts { sandbox.addContact(contact) }
        return try await World.with(
            sandbox, connectionString: connectionString, rulesFolder: folder
        ) { world in
            try world.write(rules: rules)
            return try await body(world)
        }
    }
}

extension World {
    /// Lends a world with database connections and an HTTP client of its own.
    static func with<Result: Sendable>(
        _ sandbox: RunningSandbox, connectionString: String, rulesFolder: String,
        _ body: (World) async throws -> Result
    ) async throws -> Result {
        var options = Database.Options()
        options.role = "usher_app"
        options.maxConnections = 4
        let database = Database(connectionString, options: options)
        let http = HTTPClient(configuration: .pylon)
        let world = World(
            sandbox: sandbox, connectionString: connectionString, database: database, http: http,
            rulesFolder: rulesFolder)
        do {
            let result = try await body(world)
            await database.close()
            try await http.shutdown()
            return result
        } catch {
            await database.close()
            try? await http.shutdown()
            throw error
        }
    }
}

extension SandboxOptions {
    /// No contacts, no limits, no faults.
    static var empty: SandboxOptions {
        var options = SandboxOptions()
        options.contacts = 0
        options.limits = .off
        return options
    }
}

/// A contact of the sandbox with just what a test is about.
func person(
    _ email: String, role: String? = "member", tier: String? = nil, name: String = "A Person"
) -> SandboxContact {
    var contact = SandboxContact(id: UUID().uuidString.lowercased(), name: name)
    contact.email = email
    contact.emails = [email]
    contact.portalRole = role
    if let tier { contact.customFields["tier"] = .single(tier) }
    return contact
}

/// Limits that nothing exceeds: those that do have tests of their own.
let wideLimits: String = {
    let most = "per_hour: 1000000, per_day: 1000000, percent_of_contacts: 100"
    return "{ \(most), privileged: { \(most) }, lowering: { \(most) } }"
}()
