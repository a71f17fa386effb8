import Foundation
import Sandbox
import TestSupport
import Testing

/// Workers that start at the same moment make schema, roles, partitions and workspaces only once
/// between them, and none of them fails for it.
struct SimultaneousStartTests {
    /// What a database or a role may have as its default.
    static let isolations = ["read committed", "repeatable read", "serializable"]

    @Test(arguments: isolations, ServerPrograms.ends)
    func threeOnOneEmptyDatabaseAllComeUp(
        isolation: String, programs: ServerPrograms
    ) async throws {
        try await withEmptyDatabases(["work"], isolation: isolation, programs) { cluster in
            let url = cluster.connectionString(to: "work", as: "owner")
            try await withWorld(
                at: url, rules: acmeAreAdmins, contacts: [person("ana@acme.com")]
            ) { world in
                let processes = try (0..<3).map { _ in
                    try CommandProcess(
                        ["run"], environment: world.settings(), in: world.rulesFolder)
                }
                // Each asks at its start whose token it has.
                let areUp = await eventually {
                    world.sandbox.requests(to: .me).requests.count >= processes.count
                        && world.sandbox.requests(to: .update).requests.count > 0
                }
                #expect(areUp, "\(processes.map(\.errors))")
                for process in processes { process.send(signal: SIGTERM) }
                for process in processes {
                    let ended = try await process.end()
                    #expect(ended.status == 0, "\(ended.errors)")
                    #expect(!ended.errors.contains(#""level":"error""#), "\(ended.errors)")
                    #expect(!ended.errors.contains("not protected"), "\(ended.errors)")
                }
                #expect(world.sandbox.requests(to: .update).requests.count == 1)
                #expect(try await world.usher("run", "--once").status == 0)
                try await world.expectRest()
            }
        }
    }

    @Test(arguments: ServerPrograms.ends)
    func threeDatabasesOfOneClusterShareTheRoles(programs: ServerPrograms) async throws {
        let names = ["one", "two", "three"]
        try await withEmptyDatabases(names, isolation: "read committed", programs) { cluster in
            let urls = names.map { cluster.connectionString(to: $0, as: "owner") }
            try await withWorld(at: urls[0], rules: acmeAreAdmins) { world in
                let processes = try urls.map {
                    try CommandProcess(
                        ["run", "--once"], environment: world.settings(["DATABASE_URL": $0]),
                        in: world.rulesFolder)
                }
                for process in processes {
                    let ended = try await process.end()
                    #expect(ended.status == 0, "\(ended.errors)")
                    #expect(!ended.errors.contains("not protected"), "\(ended.errors)")
                }
            }
        }
    }

    private func withEmptyDatabases(
        _ names: [String], isolation: String, _ programs: ServerPrograms,
        _ body: (PrivateCluster) async throws -> Void
    ) async throws {
        var options = PrivateCluster.Options()
        options.programs = programs
        try await withCluster(options) { cluster in
            try await cluster.execute("CREATE ROLE owner LOGIN CREATEROLE")
            try await cluster.execute(
                "ALTER ROLE owner SET default_transaction_isolation = '\(isolation)'")
            for name in names {
                try await cluster.execute("CREATE DATABASE \(name) OWNER owner")
                try await cluster.execute(
                    "ALTER DATABASE \(name) SET default_transaction_isolation = '\(isolation)'")
            }
            try await body(cluster)
        }
    }
}
