import Foundation
import Postgres
import Reconciler
import Sandbox
import Store
import TestSupport
import Testing
import Worker

/// `usher status` knows whether it goes on, and `--check` says what is wrong.
@Suite struct StatusCheckTests {
    private struct Checked: Equatable {
        let status: Int32
        let lines: [String]
    }

    private static func check(_ world: World) async throws -> Checked {
        let ended = try await world.usher("status", "--check")
        return Checked(
            status: ended.status, lines: ended.output.split(separator: "\n").map(String.init))
    }

    @Test func aWorkerThatRunsIsSeenAndOneThatIsGoneIsMissed() async throws {
        try await withWorld(rules: acmeAreAdmins, contacts: [person("ana@acme.com")]) { world in
            let before = try await Self.check(world)
            #expect(before == Checked(status: 2, lines: ["no workspace is on record yet"]))
            let worker = try CommandProcess(
                ["run"], environment: world.settings(), in: world.rulesFolder)
            let isWell = try await eventually {
                try await Self.check(world) == Checked(status: 0, lines: ["ok"])
            }
            #expect(isWell, "\(worker.errors)")
            let text = try await world.usher("status").output
            #expect(text.contains(":\(worker.pid):") && text.contains(" s ago, 20"), "\(text)")
            worker.send(signal: SIGTERM)
            #expect(try await worker.end().status == 0)
            let stopped = try await Self.check(world)
            #expect(stopped.status == 2 && stopped.lines.count == 1)
            #expect(stopped.lines[0].contains(#/was stopped \d+ s ago/#), "\(stopped)")
            // Where it died, and the record is an hour old.
            try await world.asOwner {
                try $0.run(
                    script: """
                        UPDATE usher.worker SET stopped_at = NULL, seen_at = seen_at - interval '65 seconds';
                        UPDATE usher.sweep SET started_at = started_at - interval '1 hour',
                            finished_at = finished_at - interval '1 hour';
                        """)
            }
            let silent = try await Self.check(world)
            #expect(silent.status == 2 && silent.lines.count == 2)
            #expect(silent.lines[0].contains("no worker: the last heartbeat"), "\(silent)")
            #expect(silent.lines[1].contains("ended 60 min ago"), "\(silent)")
            let late = try await world.usher("status").output
            #expect(late.contains("  worker    none") && late.contains("  late      "), "\(late)")
        }
    }

    @Test func alertsAreShownOpenOnesFirstWithSinceWhen() async throws {
        try await withWorld(rules: acmeAreAdmins, contacts: [person("ana@acme.com")]) { world in
            try await world.runOnce()
            let store = try world.worker().store
            _ = try await store.raise(Alert(code: .stuck, subject: "sweep", message: "stuck"))
            _ = try await store.resolve(.stuck, subject: "sweep")
            _ = try await store.raise(Alert(code: .sharedBudget, subject: "list", message: "spent"))
            let text = try await world.usher("status").output
            let alert = try #require(
                text.firstRange(of: #/  alert     shared_budget \(list\) for \d+ s \(since 20/#))
            let ended = try #require(text.range(of: "  resolved  stuck (sweep), "))
            #expect(alert.lowerBound < ended.lowerBound)
            let json = try await world.usher("status", "--check", "--format", "json")
            #expect(json.status == 2 && json.output.contains("alert shared_budget (list)"))
        }
    }

    /// A health check must not be a burden: it asks for no contact, however many there are.
    @Test func aCheckLooksAtNoContact() async throws {
        try await withWorld(rules: acmeAreAdmins, contacts: [person("ana@acme.com")]) { world in
            try await world.runOnce()
            try await world.asOwner {
                try $0.run(script: "REVOKE ALL ON usher.contact FROM usher_app")
            }
            #expect(try await world.worker().store.health() != nil)
            await #expect(throws: PostgresError.self) {
                _ = try await world.worker().store.status()
            }
        }
    }

    @Test(arguments: [["status", "--check"], ["status"]])
    func aDatabaseThatIsAwayIsSaidSo(_ arguments: [String]) async throws {
        try await withWorld(rules: noRules, contacts: []) { world in
            let ended = try await world.usher(
                arguments, settings: ["DATABASE_URL": "postgresql://usher@127.0.0.1:1/usher"],
                within: .seconds(15))
            #expect(ended.status == (arguments.count == 2 ? 2 : 1))
            let said = arguments.count == 2 ? ended.output : ended.errors
            #expect(said.contains("cannot connect to the database"), "\(said)")
        }
    }
}
