import Contacts
import Foundation
import Postgres
import Pylon
import Reconciler
import Sandbox
import Store
import Testing
import Worker

/// A workspace that ended is removed; its log stays, and goes on if it comes again.
@Suite struct ForgetTests {
    private static let act = OperatorAct(who: "tester", reason: "it was a mistake")

    private func state(_ world: World) async throws -> [String] {
        try await world.rows(
            """
            SELECT 'contact' AS name FROM usher.contact UNION SELECT 'action' FROM usher.action
            UNION SELECT 'hold' FROM usher.hold UNION SELECT 'rule_hold' FROM usher.rule_hold
            UNION SELECT 'sweep' FROM usher.sweep UNION SELECT 'alert' FROM usher.alert
            UNION SELECT 'approval' FROM usher.approval UNION SELECT 'worker' FROM usher.worker
            UNION SELECT 'change_count' FROM usher.change_count
            UNION SELECT 'pause' FROM usher.pause UNION SELECT 'mass_delete' FROM usher.mass_delete
            """
        ) { try $0.get("name") }
    }

    private func seqs(_ world: World) async throws -> [Int] {
        try await world.rows("SELECT seq FROM usher.event ORDER BY seq") { try $0.get("seq") }
    }

    @Test func aForgottenWorkspaceLeavesItsLogAndComesBackInIt() async throws {
        try await withWorld(rules: acmeAreAdmins, contacts: [person("ana@acme.com")]) { world in
            let run = try await world.usher("run", "--once")
            #expect(run.status == 0, "\(run.errors)")
            let before = try await seqs(world)
            let forgotten = try await world.usher(
                "workspace", "forget", "default", "--reason", "it was a mistake")
            #expect(forgotten.status == 0, "\(forgotten.errors)")
            #expect(forgotten.output.contains("removed workspace default: 1 contact,"))
            #expect(try await state(world) == [])
            #expect(try await seqs(world) == before + [before.count + 1])
            let recorded = try await world.rows(
                """
                SELECT body ->> 'reason' AS reason FROM usher.event
                WHERE kind = 'operator.acted' ORDER BY seq DESC LIMIT 1
                """
            ) { try $0.get("reason", as: String.self) }
            #expect(recorded == ["it was a mistake"])

            let status = try await world.usher("status")
            #expect(!status.output.contains("workspace default"))
            let listed = try await world.usher("workspace", "list")
            #expect(listed.output.contains("default  removed "))
            let again = try await world.usher("workspace", "forget", "default", "--reason", "x")
            #expect(again.status == 64)

            try await world.runOnce()
            let after = try await seqs(world)
            #expect(after == Array(1...after.count) && after.count > before.count + 1)
            #expect(
                try await world.count(
                    "SELECT count(*) FROM usher.workspace WHERE forgotten_at IS NULL") == 1)
            #expect(
                try await world.count(
                    "SELECT count(*) FROM usher.contact WHERE deleted_at IS NULL") == 1)
        }
    }

    @Test func aHeldMassDeleteEndsOnRecord() async throws {
        try await withWorld(rules: acmeAreAdmins) { world in
            let store = try world.worker().store
            try await store.register()
            try await world.asOwner { db in
                try db.run(
                    script: """
                        INSERT INTO usher.mass_delete (workspace, missing, placed_seq, placed_at)
                        VALUES ('default', 30, 1, now())
                        """)
            }
            let forgotten = try #require(try await store.forget(by: Self.act))
            #expect(forgotten.holds == 1)
            #expect(try await state(world) == [])
            #expect(
                try await world.count(
                    """
                    SELECT count(*) FROM usher.event
                    WHERE kind = 'hold.withdrawn' AND cause_seq = 1
                      AND body ->> 'reason' = 'the workspace was forgotten'
                    """) == 1)
        }
    }

    @Test func aWorkspaceInUseIsNotForgotten() async throws {
        try await withWorld(rules: acmeAreAdmins, contacts: [person("ana@acme.com")]) { world in
            try await world.runOnce()
            let store = try world.worker().store
            let lease = try await store.acquire(.sweep)
            #expect(lease != nil)
            await #expect(throws: WorkspaceInUse.self) { try await store.forget(by: Self.act) }
            #expect(
                try await world.count("SELECT count(*) FROM usher.contact") == 1,
                "nothing is removed")
            try await store.releaseLeases()
            #expect(try await store.forget(by: Self.act)?.contacts == 1)
            #expect(try await store.forget(by: Self.act) == nil)
        }
    }

    @Test func aLivingWorkerKeepsItsWorkspaceAndASilentOneDoesNot() async throws {
        try await withWorld(rules: acmeAreAdmins, contacts: []) { world in
            try await world.runOnce()
            let store = try world.worker().store
            try await store.releaseLeases()
            try await world.database.transaction {
                try $0.execute("DELETE FROM usher.worker")
                try $0.execute(
                    """
                    INSERT INTO usher.worker
                        (workspace, holder, version, started_at, seen_at, sweep_interval)
                    VALUES ('default', 'host:1', 'x', now(), now() - interval '50 seconds', 60)
                    """)
            }
            await #expect(throws: WorkspaceInUse.self) { try await store.forget(by: Self.act) }
            try await world.database.transaction {
                try $0.execute("UPDATE usher.worker SET seen_at = now() - interval '61 seconds'")
            }
            #expect(try await store.forget(by: Self.act) != nil)
        }
    }

    /// The API still counts the requests of before: a workspace that comes again must, too.
    @Test func permitsInUseOutliveTheWorkspace() async throws {
        try await withWorld(rules: acmeAreAdmins, contacts: [person("ana@acme.com")]) { world in
            let limit = RequestLimit(permits: 5, window: .seconds(600))
            try await world.runOnce(world.worker(limits: [.list: limit]))
            let store = try world.worker().store
            try await store.releaseLeases()
            try await world.database.transaction { try $0.execute("DELETE FROM usher.worker") }
            let taken: Statement = "SELECT count(*) FROM usher.permit WHERE free_at > now()"
            let before = try await world.count(taken)
            #expect(before > 0)
            #expect(try await store.forget(by: Self.act) != nil)
            #expect(try await world.count(taken) == before)
            #expect(try await world.count("SELECT count(*) FROM usher.permit") == before)
        }
    }
}
