import Contacts
import Foundation
import Postgres
import Reconciler
import Sandbox
import Store
import TestSupport
import Testing
import Worker

/// The present version goes on with the databases that earlier versions left behind.
@Suite struct UpgradeTests {
    @Test(arguments: RecordedVersion.all)
    func everyRecordedDecisionReplaysIdentically(_ version: RecordedVersion) async throws {
        try await withMigrated(version) { world in
            for workspace in Self.workspaces {
                let recorded = try await world.count(
                    """
                    SELECT count(*) AS count FROM usher.event
                    WHERE workspace = \(workspace) AND kind = 'decision.made'
                    """)
                let report = try await DecisionReplay(
                    of: world.worker(workspace: workspace).store
                ).run()
                #expect(recorded > 0)
                #expect(report.identical == recorded, "\(workspace): \(report)")
            }
        }
    }

    /// A recorded version of which something is missing would show nothing of it.
    @Test(arguments: RecordedVersion.all)
    func decisionsOfEveryResultAreOnRecord(_ version: RecordedVersion) async throws {
        try await withMigrated(version) { world in
            let results = try await world.texts(
                "SELECT DISTINCT result AS text FROM audit.decisions")
            #expect(
                Set(results) == [
                    "action", "already_so", "conflict", "drift", "held", "none", "shadow",
                ])
        }
    }

    @Test(arguments: RecordedVersion.all)
    func whatWaitedForADecisionStillWaits(_ version: RecordedVersion) async throws {
        try await withMigrated(version) { world in
            #expect(
                try await waiting(in: "default", of: world) == [
                    "contact_hold lea@sales.example portal_role revert waiting",
                    "contact_hold max@firm.example portal_role own_changes waiting",
                    "contact_hold nia@flip.example custom_fields.department own_changes waiting",
                    "drift bob@acme.example portal_role drift waiting",
                    "drift eve@acme.example portal_role drift waiting",
                    "rule_hold closing lowering waiting",
                    "rule_hold many-tiers limit rejected",
                    "rule_hold support-leads approval waiting",
                ])
            #expect(
                try await waiting(in: "beta", of: world) == [
                    "blocked_action b29@bulk.example blocked waiting",
                    "mass_delete mass_delete waiting 28",
                ])
            let pauses = try await world.worker(workspace: "beta").store.sendingState().pauses
            #expect(pauses.map(\.endpoint) == [nil, "update"])
            #expect(pauses.map(\.reason) == [.unauthorized, .rateLimited])
        }
    }

    @Test(arguments: RecordedVersion.all)
    func whatWasUnderWayStillIs(_ version: RecordedVersion) async throws {
        try await withMigrated(version) { world in
            let actions = try await world.texts(
                """
                SELECT concat_ws(
                    ' ', state, next ->> 'desired', 'order ' || (next ->> 'send_order')) AS text
                FROM usher.action WHERE workspace = 'default' ORDER BY text
                """)
            let next = #"{"custom_fields.tier": "bronze"} order 1"#
            #expect(
                actions == [
                    "ready", "ready", "ready", "ready", "sending \(next)", "unknown \(next)",
                ])
            let allowed = try await world.texts(
                "SELECT email AS text FROM usher.contact WHERE approved IS NOT NULL ORDER BY email")
            #expect(allowed == (1...4).map { "m\($0)@many.example" })
        }
    }

    /// The time is that at which the version stopped, so that nothing has expired since.
    @Test(
        .enabled(if: PrivateCluster.canFakeClock, "there is no libfaketime here"),
        // A worker that cannot read what was left behind waits for it.
        .timeLimit(.minutes(1)),
        arguments: RecordedVersion.all)
    func aWorkerSendsWhatTheVersionItselfWouldHaveSent(_ version: RecordedVersion) async throws {
        try await withStoppedClock(version) { world in
            try world.spoilUnreadableContacts(try await world.unreadable())
            let activations = try await world.activations()
            let run = try await world.runOnce()
            #expect(run.failure == nil)
            #expect(try world.sent() == (try version.sent()))
            #expect(try await world.activations() == activations)
            try await Evidence(world).expectComplete()
            // Nothing that waits for an operator is sent.
            let beta = try world.worker(workspace: "beta").store
            #expect(try await beta.claim(limit: nil, atMost: 50).actions.isEmpty)
            // And nothing is left to do.
            world.sandbox.forgetRequests()
            try await world.runOnce()
            #expect(try world.sent().isEmpty)
        }
    }

    // MARK: -

    private static let workspaces = ["default", "beta"]
    /// The longest time for which something that was under way is left alone.
    private static let longestLease: TimeInterval = 60

    private func withMigrated(
        _ version: RecordedVersion, _ body: @Sendable (World) async throws -> Void
    ) async throws {
        try await withDatabase { try await version.withWorld(at: $0, body) }
    }

    private func withStoppedClock(
        _ version: RecordedVersion, _ body: @Sendable (World) async throws -> Void
    ) async throws {
        var options = PrivateCluster.Options()
        options.hasFakeClock = true
        try await withCluster(options) { cluster in
            try await cluster.execute("CREATE DATABASE work")
            let url = cluster.connectionString(to: "work")
            try await version.withWorld(at: url) {
                let end = try await lastEvent(at: url) + Self.longestLease
                try cluster.setClock(ahead: .seconds(Int64(end.timeIntervalSinceNow)))
            } _: {
                try await body($0)
            }
        }
    }

    private func lastEvent(at url: String) async throws -> Date {
        let database = Database(url)
        let last = try await database.transaction { db in
            try db.row("SELECT max(recorded_at) AS last FROM usher.event") {
                try $0.get("last", as: Date.self)
            }
        }
        await database.close()
        return try #require(last)
    }

    /// What `usher approvals` lists, in order.
    private func waiting(in workspace: String, of world: World) async throws -> [String] {
        let listed = try await world.usher(
            "approvals", "--workspace", workspace, "--format", "json")
        #expect(listed.status == 0, "\(listed.errors)")
        let items = try JSONDecoder().decode(
            [Listed].self, from: Data(listed.output.utf8))
        return items.map(\.line).sorted()
    }

    private struct Listed: Decodable {
        let kind, reason, state: String
        let email, rule, field: String?
        let contacts: Int

        var line: String {
            let what = [kind, email ?? rule, field, reason, state].compactMap(\.self)
            return (kind == "mass_delete" ? what + ["\(contacts)"] : what).joined(separator: " ")
        }
    }
}

extension World {
    /// The contacts that are set aside.
    fileprivate func unreadable() async throws -> [String] {
        try await texts(
            "SELECT contact_id AS text FROM usher.unreadable WHERE workspace = 'default'")
    }

    fileprivate func activations() async throws -> Int {
        try await count(
            "SELECT count(*) AS count FROM usher.event WHERE kind = 'ruleset.activated'")
    }

    /// Shows them as they were shown then: with a name that is no text.
    fileprivate func spoilUnreadableContacts(_ ids: [String]) throws {
        #expect(ids.count == 2)
        for id in ids {
            let json = try #require(sandbox.json(ofContact: id))
            let text = String(decoding: json, as: UTF8.self)
            sandbox.spoilContact(
                id: id, json: Array(text.replacing(#""name":"A Person""#, with: #""name":7"#).utf8))
        }
    }

    /// The PATCHes that the sandbox saw.
    fileprivate func sent() throws -> Set<RecordedVersion.Sent> {
        Set(
            try sandbox.requests(to: .update).requests.map { request in
                RecordedVersion.Sent(
                    contact: request.contactID ?? "",
                    body: try JSONDecoder().decode(
                        RecordedVersion.Sent.Body.self, from: Data((request.body ?? "").utf8)))
            })
    }
}
