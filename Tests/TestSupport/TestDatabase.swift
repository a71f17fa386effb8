internal import EmbeddedPostgres
package import Postgres
private import Synchronization

/// Lends a test a database of its own, in which these migrations were applied.
///
/// It is a clone of a template that is migrated once in the process. It is not dropped, which would
/// take longer than making it: it goes with the cluster.
package func withDatabase<Result>(
    _ migrations: [Migration] = [], _ body: (_ connectionString: String) async throws -> Result
) async throws -> Result {
    // The server takes 100 connections, and a `Database` up to 8.
    try await Gate.databases.pass {
        let cluster = try await TestCluster.shared.value
        let template = try await Templates.shared.name(for: migrations, in: cluster)
        let name = "test_\(Counter.next())"
        try await cluster.execute("CREATE DATABASE \(name) TEMPLATE \(template)")
        return try await body(cluster.connectionString(to: name))
    }
}

/// The migrated templates, each made once.
private actor Templates {
    static let shared = Templates()
    private var templates: [[String]: Task<String, any Error>] = [:]

    func name(for migrations: [Migration], in cluster: TestCluster) async throws -> String {
        guard !migrations.isEmpty else { return "template1" }
        let key = migrations.flatMap { [$0.name, $0.sql] }
        let template =
            templates[key]
            ?? Task {
                let name = "template_\(Counter.next())"
                try await cluster.execute("CREATE DATABASE \(name)")
                let database = Database(cluster.connectionString(to: name))
                _ = try await Migrator(migrations).migrate(database)
                await database.close()
                return name
            }
        templates[key] = template
        return try await template.value
    }
}

private enum Counter {
    private static let count = Mutex(0)

    static func next() -> Int {
        count.withLock {
            $0 += 1
            return $0
        }
    }
}

extension TestCluster {
    func connectionString(to database: String) -> String {
        "\(server.connectionString) dbname=\(database)"
    }

    func execute(_ sql: String) async throws {
        try await runAlone(sql, at: server.connectionString)
    }
}
