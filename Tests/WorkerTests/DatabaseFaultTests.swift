import Foundation
import Postgres
import Sandbox
import TestSupport
import Testing

/// What befalls the database while two workers have work under way: it begins, lasts and ends.
///
/// Afterwards everything settles within half a minute, nothing is doubled and nothing unrecorded.
@Suite(.timeLimit(.minutes(3))) struct DatabaseFaultTests {
    struct Fault: Sendable, CustomTestStringConvertible {
        let testDescription: String
        /// Of the alert that tells of it.
        let code: String
        let begin: @Sendable (PrivateCluster) async throws -> Void
        let end: @Sendable (PrivateCluster) async throws -> Void
        /// Whether work goes on meanwhile.
        var isWorkable = false
    }

    static let away = Fault(
        testDescription: "away", code: "database",
        begin: { try await $0.stop(.immediate) }, end: { try await $0.start() })
    static let frozen = Fault(
        testDescription: "frozen", code: "database", begin: { $0.freeze() }, end: { $0.thaw() })
    static let clockAhead = Fault(
        testDescription: "clock two hours ahead", code: "clock",
        begin: { try $0.setClock(ahead: .seconds(7200)) }, end: { try $0.setClock(ahead: .zero) },
        isWorkable: true)

    /// Until people are told of a database that does not answer, and a little more: 5 s to the next sign
    /// of life, 8 s for that to fail, and 10 s more.
    private static let duration: Duration = .seconds(26)

    @Test(arguments: [away, frozen])
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
        let strict = Sandbox.RequestLimits(
            perWindow: [.update: 4, .list: 20, .get: 20, .me: 4], window: .seconds(2),
            alignment: .sliding, countsThrottled: true)
        try await withWorld(rules: acmeAreAdmins, contacts: [], limits: strict) { world in
            try await withCluster(options) { cluster in
                let workers = try await start(2, in: world, on: cluster)
                try await expectWork("before", in: world, workers)
                add("during", to: world)
                try await fault.begin(cluster)
                if fault.isWorkable { try await expectWork("meanwhile", in: world, workers) }
                try await Task.sleep(for: duration)
                try await fault.end(cluster)
                try await expectWork("after", in: world, workers)
                try await expectAlert(fault.code, in: cluster, workers)
                for worker in workers { worker.send(signal: SIGTERM) }
                for worker in workers {
                    #expect(try await worker.end(within: .seconds(10)).status == 0)
                }
                try await expectOneRequestForEach(in: world, cluster)
            }
        }
    }

    /// The second one only when the first has made the database what it must be.
    private static func start(
        _ count: Int, in world: World, on cluster: PrivateCluster
    ) async throws -> [CommandProcess] {
        let settings = world.settings([
            "DATABASE_URL": cluster.connectionString(),
            "USHER_LIMITS": "update=4/2s,list=20/2s,get=20/2s,me=4/2s",
            "USHER_POLL_INTERVAL": "500ms",
        ])
        var workers: [CommandProcess] = []
        for number in 0..<count {
            workers.append(
                try CommandProcess(["run"], environment: settings, in: world.rulesFolder))
            try await expectWork("start\(number)", in: world, workers)
        }
        return workers
    }

    /// More than the limit allows at once.
    private static func add(_ name: String, to world: World) {
        for number in 0..<6 { world.sandbox.addContact(person("\(name)\(number)@acme.com")) }
    }

    private static func expectWork(
        _ name: String, in world: World, _ workers: [CommandProcess]
    ) async throws {
        add(name, to: world)
        #expect(
            await eventually(within: .seconds(30)) {
                world.sandbox.contacts.allSatisfy { $0.portalRole == "admin" }
            }, "\(name): \(workers.map { $0.errors.suffix(1500) })")
    }

    /// It was raised, and it is over.
    private static func expectAlert(
        _ code: String, in cluster: PrivateCluster, _ workers: [CommandProcess]
    ) async throws {
        let isOver = try await eventually(within: .seconds(30)) {
            let raised = try await count("alert.raised", code, in: cluster)
            let resolved = try await count("alert.resolved", code, in: cluster)
            return raised > 0 && resolved == raised
        }
        #expect(isOver, "\(code): \(workers.map { $0.errors.suffix(1500) })")
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
