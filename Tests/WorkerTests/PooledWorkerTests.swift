import Foundation
import Sandbox
import TestSupport
import Testing

/// A worker whose `DATABASE_URL` names pgbouncer.
@Suite(.enabled(if: PgBouncer.isInstalled, "pgbouncer is not installed; see scripts/setup"))
struct PooledWorkerTests {
    private func withPooledWorld(
        _ mode: PgBouncer.Mode, settings: [String: String] = [:],
        _ body: (World, PrivateCluster) async throws -> Void
    ) async throws {
        try await withCluster { cluster in
            try await cluster.execute("CREATE ROLE owner LOGIN CREATEROLE")
            try await cluster.execute("CREATE DATABASE work OWNER owner")
            let pooler = try await PgBouncer(
                to: cluster, mode: mode, settings: settings, logins: ["postgres", "owner"])
            defer { pooler.stop() }
            try await withWorld(
                at: pooler.connectionString(to: "work", as: "owner"), rules: acmeAreAdmins,
                contacts: [person("ana@acme.com")]
            ) { world in try await body(world, cluster) }
        }
    }

    /// With what pgbouncer comes with, and where it leaves what a session has set to the next one.
    @Test(arguments: [[:], ["server_reset_query": ""]] as [[String: String]])
    func inSessionModeItMigratesAndWorks(settings: [String: String]) async throws {
        try await withPooledWorld(.session, settings: settings) { world, _ in
            for _ in 0..<2 {
                let ended = try await world.usher("run", "--once")
                #expect(ended.status == 0, "\(ended.errors)")
                #expect(!ended.errors.contains("not protected"), "\(ended.errors)")
            }
            #expect(world.sandbox.requests(to: .update).requests.count == 1)
            #expect(try await world.usher("migrate").status == 0)
            #expect(try await world.usher("status").status == 0)
            try await world.expectRest()
        }
    }

    @Test(arguments: [PgBouncer.Mode.transaction, .statement], ["run", "migrate", "status"])
    func inAnotherModeEveryCommandIsRefusedAtOnce(
        mode: PgBouncer.Mode, command: String
    ) async throws {
        try await withPooledWorld(mode) { world, cluster in
            let ended = try await world.usher([command], within: .seconds(20))
            #expect(ended.status == 1)
            #expect(ended.errors.contains("\(mode.rawValue) mode"), "\(ended.errors)")
            #expect(ended.errors.contains("pool_mode = session"), "\(ended.errors)")
            #expect(world.sandbox.requests().requests.isEmpty)
            // Nothing was made either.
            try await cluster.execute("CREATE SCHEMA usher", in: "work")
        }
    }
}
