import Foundation
import Postgres
import Sandbox
import TestSupport
import Testing

/// What befalls the database or the log while two workers have work under way: it begins, lasts and ends.
///
/// Afterwards everything settles within half a minute, nothing is doubled and nothing unrecorded.
@Suite(.timeLimit(.minutes(3))) struct DatabaseFaultTests {
    struct Fault: Sendable, CustomTestStringConvertible {
        let testDescription: String
        /// Of the alert that tells of it.
        let code: String
        let begin: @Sendable (Scene) async throws -> Void
        let end: @Sendable (Scene) async throws -> Void
        /// Whether work goes on meanwhile.
        var isWorkable = false
    }

    /// What a fault may befall.
    struct Scene: Sendable {
        let cluster: PrivateCluster
        /// One for each worker.
        let logs: [LogPipe]

        /// The last lines of each log.
        var lines: [String] { logs.map { String($0.drain().suffix(1500)) } }
    }

    static let away = Fault(
        testDescription: "away", code: "database",
        begin: { try await $0.cluster.stop(.immediate) }, end: { try await $0.cluster.start() })
    static let frozen = Fault(
        testDescription: "frozen", code: "database",
        begin: { $0.cluster.freeze() }, end: { $0.cluster.thaw() })
    static let readOnly = Fault(
        testDescription: "read-only", code: "database",
        begin: { try await $0.cluster.set(["default_transaction_read_only": "on"]) },
        end: { try await $0.cluster.set(["default_transaction_read_only": "off"]) })
    static let clockAhead = Fault(
        testDescription: "clock two hours ahead", code: "clock",
        begin: { try $0.cluster.setClock(ahead: .seconds(7200)) },
        end: { try $0.cluster.setClock(ahead: .zero) },
        isWorkable: true)
    /// Nobody reads it, and it is full.
    static let logFull = Fault(
        testDescription: "log full", code: "log", begin: { for log in $0.logs { log.fill() } },
        end: { for log in $0.logs { _ = log.drain() } }, isWorkable: true)

    /// Until people are told of a database that does not answer, and a little more: 5 s to the next sign
    /// of life, 8 s for that to fail, and 10 s more.
    private static let duration: Duration = .seconds(26)

    @Test(arguments: [away, frozen, readOnly, logFull])
    func everythingSettlesAfterAnOutage(_ fault: Fault) async throws {
        try await Self.befall(fault, PrivateCluster.Options())
    }

    @Test(.enabled(if: PrivateCluster.canFakeClock, "there is no libfaketime here"))
    func everythingSettlesAfterAClockThatWasAhead() async throws {
        var options = PrivateCluster.Options()
        options.hasFakeClock = true
        try await Self.befall(Self.clockAhead, options)
    }

    private static func befall(_ fault: Fault, _ options: PrivateCluster.Options) async throws {
        let strict = SandboxLimits(
            perWindow: [.update: 4, .list: 20, .get: 20, .me: 4], window: .seconds(2),
            alignment: .sliding, countsThrottled: true)
        try await withWorld(rules: acmeAreAdmins, contacts: [], limits: strict) { world in
            try await withCluster(options) { cluster in
                let logs = try ["first", "second"].map { try LogPipe(world.rulesFolder + "/" + $0) }
                let scene = Scene(cluster: cluster, logs: logs)
                let workers = try await start(in: world, scene)
                try await expectWork("before", in: world, scene)
                add("during", to: world)
                try await fault.begin(scene)
                if fault.isWorkable { try await expectWork("meanwhile", in: world, scene) }
                try await Task.sleep(for: duration)
                try await fault.end(scene)
                try await expectWork("after", in: world, scene)
                try await expectAlert(fault.code, in: scene)
                for worker in workers { worker.send(signal: SIGTERM) }
                for worker in workers {
                    #expect(try await worker.end(within: .seconds(10)).status == 0)
                }
                try await expectOneRequestForEach(in: world, cluster)
            }
        }
    }

    /// The second one only when the first has made the database what it must be.
    private static func start(in world: World, _ scene: Scene) async throws -> [CommandProcess] {
        let settings = [
            "DATABASE_URL": scene.cluster.connectionString(),
            "USHER_LIMITS": "update=4/2s,list=20/2s,get=20/2s,me=4/2s",
            "USHER_POLL_INTERVAL": "500ms",
        ]
        var workers: [CommandProcess] = []
        for log in scene.logs {
            workers.append(
                try world.shell("exec \"$USHER\" run 2>\(log.path)", settings: settings))
            try await expectWork("start\(workers.count)", in: world, scene)
        }
        return workers
    }

    /// More than the limit allows at once.
    private static func add(_ name: String, to world: World) {
        for number in 0..<6 { world.sandbox.addContact(person("\(name)\(number)@acme.com")) }
    }

    private static func expectWork(
        _ name: String, in world: World, _ scene: Scene
    ) async throws {
        add(name, to: world)
        let isDone = await eventually(within: .seconds(30)) {
            world.sandbox.contacts.allSatisfy { $0.portalRole == "admin" }
        }
        // Reading a log that is full would end that fault.
        #expect(isDone, "\(name): \(isDone ? [] : scene.lines)")
    }

    /// It was raised, and it is over.
    private static func expectAlert(_ code: String, in scene: Scene) async throws {
        let isOver = try await eventually(within: .seconds(30)) {
            let raised = try await count("alert.raised", code, in: scene.cluster)
            let resolved = try await count("alert.resolved", code, in: scene.cluster)
            return raised > 0 && resolved == raised
        }
        #expect(isOver, "\(code): \(scene.lines)")
    }

    private static func count(
        _ kind: String, _ code: String, in cluster: PrivateCluster
    ) async throws -> Int {
        try await read(
            """
            SELECT count(*) AS found FROM usher.event
            WHERE kind = \(kind) AND body ->> 'code' = \(code)
            """, in: cluster)
    }

    private static func read(
        _ statement: Statement, in cluster: PrivateCluster
    ) async throws -> Int {
        let database = Database(cluster.connectionString())
        do {
            let found = try await database.transaction { db in
                try db.row(statement) { try $0.get("found", as: Int.self) }
            }
            await database.close()
            return try #require(found)
        } catch {
            await database.close()
            throw error
        }
    }

    private static func expectOneRequestForEach(
        in world: World, _ cluster: PrivateCluster
    ) async throws {
        let seen = world.sandbox.requests().requests
        #expect(seen.filter { $0.status == 429 }.isEmpty)
        let patches = seen.filter { $0.endpoint == .update }
        #expect(patches.count == world.sandbox.contacts.count)
        let outcomes = try await read(
            """
            SELECT count(DISTINCT contact_id) AS found FROM usher.event
            WHERE kind IN ('patch.applied', 'patch.confirmed')
            """, in: cluster)
        #expect(outcomes == patches.count)
        let gaps = try await read(
            """
            SELECT w.last_seq - (SELECT count(*) FROM usher.event) AS found FROM usher.workspace w
            """, in: cluster)
        #expect(gaps == 0)
    }
}
