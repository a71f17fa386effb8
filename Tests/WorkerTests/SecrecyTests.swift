import Foundation
import Postgres
import Sandbox
import Testing

/// A token is in the environment or a file, in the request, and nowhere else.
@Suite struct SecrecyTests {
    private static let secret = "tok-5f1e0c7d-never-to-be-seen"

    @Test func theTokenIsInNoLogNoOutputNoTableAndNoArgument() async throws {
        let faults = [
            SandboxFault(.unauthorized, endpoints: [.update]),
            SandboxFault(.error500After, probability: 0.5, endpoints: [.list], times: 3),
        ]
        try await withWorld(
            rules: acmeAreAdmins, contacts: (0..<5).map { person("p\($0)@acme.com") },
            token: Self.secret
        ) { world in
            let settings = ["LOG_LEVEL": "trace"]
            let good = try await world.usher("run", "--once", settings: settings)
            #expect(good.status == 0, "\(good.errors)")
            try world.write(rules: acmeAreAdmins.replacing("admin }", with: "member }"))
            world.sandbox.setFaults(FaultPlan(seed: 1, faults))
            let process = try CommandProcess(
                ["run", "--once"], environment: world.settings(settings), in: world.rulesFolder)
            let arguments = "/proc/\(process.pid)/cmdline"
            #expect(await eventually { Self.text(of: arguments).contains("--once") })
            let shown = Self.text(of: arguments)
            let refused = try await process.end()
            #expect(refused.status == 1)
            for text in [good.output, good.errors, refused.output, refused.errors, shown] {
                #expect(!text.contains(Self.secret))
            }
            #expect(!good.errors.isEmpty && !refused.errors.isEmpty)
            #expect(try await tables(holding: Self.secret, in: world) == [])
            // The look finds what is there.
            #expect(try await tables(holding: "p1@acme.com", in: world).contains("usher.contact"))
        }
    }

    @Test func aTokenInTheDatabaseURLIsNotToldEither() async throws {
        try await withWorld(rules: acmeAreAdmins, contacts: []) { world in
            let ended = try await world.usher(
                "status",
                settings: ["DATABASE_URL": "postgresql://usher:\(Self.secret)@127.0.0.1:1/usher"])
            #expect(ended.status == 1)
            #expect(!ended.errors.isEmpty)
            #expect(!ended.errors.contains(Self.secret))
        }
    }

    private static func text(of path: String) -> String {
        (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    }

    /// Tables of any schema of ours with a row whose text has `text` in it.
    private func tables(holding text: String, in world: World) async throws -> [String] {
        try await world.asOwner { db in
            try db.rows(
                """
                SELECT r.oid::regclass::text AS name,
                       (xpath('//found/text()', query_to_xml(format(
                            'SELECT count(*) AS found FROM %s t WHERE position(%L IN t::text) > 0',
                            r.oid::regclass, \(text)::text), false, true, '')))[1]::text::integer
                           AS found
                FROM pg_class r
                WHERE r.relnamespace IN ('usher'::regnamespace, 'audit'::regnamespace)
                  AND r.relkind IN ('r', 'v')
                """
            ) {
                (
                    name: try $0.get("name", as: String.self),
                    found: try $0.get("found", as: Int.self)
                )
            }
            .filter { $0.found > 0 }.map(\.name)
        }
    }
}
