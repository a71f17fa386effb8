import Foundation
import Postgres
import Sandbox
import Store
import TestSupport
import Testing
import Worker

/// The database's disk is full for a while, as two workers are at work.
@Suite struct FullDiskTests {
    /// Room for the cluster and a little work, in MiB.
    private static let space = 128

    @Test(.enabled(if: PrivateCluster.canHaveOwnSpace, "needs the right to mount a file system"))
    func aFullDiskIsToldAndNothingIsLostOrDoubled() async throws {
        var options = PrivateCluster.Options()
        options.ownSpace = Self.space
        let cluster = try await PrivateCluster.start(options)
        let slow = SandboxFault(.latency, endpoints: [.update], milliseconds: 200...600)
        try await withWorld(
            rules: acmeAreAdmins, contacts: (0..<120).map { person("p\($0)@acme.com") },
            faults: FaultPlan([slow])
        ) { world in try await fillAndMakeRoom(in: cluster, under: world) }
        await cluster.remove()
    }

    private func fillAndMakeRoom(in cluster: PrivateCluster, under world: World) async throws {
        let told = world.rulesFolder + "/told"
        let settings = world.settings([
            "DATABASE_URL": cluster.connectionString(),
            "USHER_LIMITS": "update=10/1s,list=off,get=off,me=off",
            "USHER_ALERT": "cat >> \(told); echo >> \(told)",
        ])
        try await migrate(world, settings)
        let workers = try (0..<2).map { _ in
            try CommandProcess(["run"], environment: settings, in: world.rulesFolder)
        }
        let isUnderWay = await eventually {
            world.sandbox.requests(to: .update).requests.count >= 20
        }
        #expect(isUnderWay, "\(workers[0].errors)")
        try cluster.fill()
        let isTold = await eventually(within: .seconds(40)) {
            Self.notices(told).contains { $0.code == "database" && $0.status == "firing" }
        }
        #expect(isTold, "\(workers[0].errors.suffix(3000))")
        try cluster.makeRoom()
        // Whoever looks after the server starts it again where it gave up.
        let isBack = await eventually(within: .seconds(2)) { await Self.answers(cluster) }
        if !isBack { try? await cluster.start() }
        let there = World(
            sandbox: world.sandbox, connectionString: cluster.connectionString(),
            database: Database(cluster.connectionString()), http: world.http,
            rulesFolder: world.rulesFolder)
        let isSettled = await eventually(within: .seconds(30)) {
            guard world.sandbox.contacts.allSatisfy({ $0.portalRole == "admin" }) else {
                return false
            }
            let open = try? await there.count(
                """
                SELECT (SELECT count(*) FROM usher.action) + (SELECT count(*) FROM usher.alert)
                    AS count
                """)
            return open == 0
        }
        #expect(isSettled, "\(workers.map { $0.errors.suffix(3000) })")
        for worker in workers { worker.send(signal: SIGTERM) }
        for worker in workers { #expect(try await worker.end().status == 0) }
        let notices = Self.notices(told).filter { $0.code == "database" }
        #expect(notices.contains { $0.status == "resolved" })
        try await there.expectRest()
        let evidence = try await Evidence(there)
        evidence.expectComplete()
        #expect(evidence.count("alert.raised") >= 1)
        #expect(evidence.count("alert.raised") == evidence.count("alert.resolved"))
        // Hundreds of passes failed; a few lines tell.
        for worker in workers {
            let lines = worker.errors.split(separator: "\n").filter {
                $0.contains(#""level":"warning""#)
            }
            #expect(lines.count < 30, "\(lines)")
        }
        await there.database.close()
    }

    /// Two workers that begin at once are another test's matter.
    private func migrate(_ world: World, _ settings: [String: String]) async throws {
        let ended = try await CommandProcess(
            ["migrate"], environment: settings, in: world.rulesFolder
        ).end()
        #expect(ended.status == 0, "\(ended.errors)")
    }

    private static func answers(_ cluster: PrivateCluster) async -> Bool {
        (try? await cluster.execute("SELECT 1")) != nil
    }

    private struct Notice: Decodable {
        let code: String
        let status: String
    }

    /// What the hook was told so far.
    private static func notices(_ path: String) -> [Notice] {
        let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").compactMap {
            try? JSONDecoder().decode(Notice.self, from: Data($0.utf8))
        }
    }
}
