import Foundation
import Postgres
import Sandbox
import Store
import TestSupport
import Testing
import Worker

/// What a worker does while servers of PostgreSQL come and go.
@Suite struct DatabaseFailureTests {
    private func isAdmin(_ world: World) -> Bool {
        world.sandbox.contacts.allSatisfy { $0.portalRole == "admin" }
    }

    /// A new contact, and whether the worker finds and changes it.
    private func works(in world: World, _ email: String) async -> Bool {
        world.sandbox.addContact(person(email))
        return await eventually(within: .seconds(30)) { isAdmin(world) }
    }

    @Test func aWorkerGoesOnByItselfOnThePromotedStandby() async throws {
        try await withWorld(rules: acmeAreAdmins, contacts: [person("ana@acme.com")]) { world in
            try await withCluster { primary in
                let standby = try await primary.makeStandby()
                // What is committed is on the standby.
                try await primary.set(["synchronous_standby_names": "'*'"])
                let process = try CommandProcess(
                    ["run"],
                    environment: world.settings([
                        "DATABASE_URL":
                            "host=127.0.0.1,127.0.0.1 port=\(primary.port),\(standby.port) user=postgres dbname=postgres"
                    ]), in: world.rulesFolder)
                #expect(await works(in: world, "bob@acme.com"), "\(process.errors)")
                try await primary.stop(.immediate)
                try await standby.promote()
                try await standby.set(["synchronous_standby_names": "''"])
                #expect(await works(in: world, "cleo@acme.com"), "\(process.errors)")
                process.send(signal: SIGTERM)
                #expect(try await process.end().status == 0)
                await standby.remove()
            }
        }
    }

    @Test func aWorkerGoesOnByItselfOnAServerThatTakesWritesAgain() async throws {
        try await withWorld(rules: acmeAreAdmins, contacts: [person("ana@acme.com")]) { world in
            try await withCluster { cluster in
                let process = try CommandProcess(
                    ["run"],
                    environment: world.settings(["DATABASE_URL": cluster.connectionString()]),
                    in: world.rulesFolder)
                #expect(await works(in: world, "bob@acme.com"), "\(process.errors)")
                try await cluster.set(["default_transaction_read_only": "on"])
                #expect(await eventually { process.errors.contains("cannot be used") })
                try await Task.sleep(for: .seconds(3))
                let lines = process.errors.split(separator: "\n")
                // One that it begins, and at most what was under way.
                #expect(lines.count(where: { $0.contains("read-only") }) < 5, "\(process.errors)")
                let check = try await world.usher(
                    "status", "--check",
                    settings: ["DATABASE_URL": cluster.connectionString()])
                #expect(check.status == 2)
                #expect(
                    check.output.hasPrefix(
                        "workspace default: the database takes no writes: it is read-only"),
                    "\(check.output)")
                try await cluster.set(["default_transaction_read_only": "off"])
                #expect(await works(in: world, "cleo@acme.com"), "\(process.errors)")
                #expect(await eventually { process.errors.contains("can be used again") })
                process.send(signal: SIGTERM)
                #expect(try await process.end().status == 0)
            }
        }
    }

    @Test func aDatabaseThatIsAwayAtTheStartIsWaitedForWithTwoLines() async throws {
        try await withWorld(rules: acmeAreAdmins, contacts: [person("ana@acme.com")]) { world in
            try await withCluster { cluster in
                let proxy = try TCPProxy(to: cluster.port)
                defer { proxy.close() }
                proxy.set(.refusing)
                try await Task.sleep(for: .milliseconds(50))
                let process = try CommandProcess(
                    ["run"],
                    environment: world.settings([
                        "DATABASE_URL":
                            "host=127.0.0.1 port=\(proxy.port) user=postgres dbname=postgres"
                    ]), in: world.rulesFolder)
                #expect(await eventually { process.errors.contains("cannot be used") })
                try await Task.sleep(for: .seconds(2))
                proxy.set(.forwarding)
                #expect(await eventually { isAdmin(world) }, "\(process.errors)")
                let lines = process.errors.split(separator: "\n")
                #expect(lines.count(where: { $0.contains("cannot be used") }) == 1)
                #expect(lines.count(where: { $0.contains("can be used again") }) == 1)
                process.send(signal: SIGTERM)
                #expect(try await process.end().status == 0)
            }
        }
    }

    /// Does something while another session keeps the locks of a statement.
    private func whileAnotherSession(
        does statement: String, for seconds: Int, in world: World,
        _ body: () async throws -> Void
    ) async throws {
        let holder = Database(world.connectionString)
        async let held: Void = holder.transaction { db in
            try db.run(script: statement)
            try db.run(script: "SELECT pg_sleep(\(seconds))")
        }
        let isHeld = try await eventually {
            // The worker's own role does not see what other sessions wait for.
            try await world.asOwner { db in
                try db.row("SELECT FROM pg_stat_activity WHERE wait_event = 'PgSleep' LIMIT 1") {
                    _ in true
                } ?? false
            }
        }
        #expect(isHeld)
        try await body()
        try await held
        await holder.close()
    }

    /// Only one row is held fast, and the worker is seen by the signs in all others.
    @Test func aRowThatAnotherSessionHoldsKeepsNoOtherSignBack() async throws {
        try await withWorld(rules: acmeAreAdmins, contacts: []) { world in
            let stores = ["one", "other"].map { name in
                Store(
                    database: world.database, workspace: WorkspaceName(name)!, holder: "worker")
            }
            for store in stores { try await store.register() }
            let sign = SignOfLife(
                holder: "worker", version: "1",
                intervals: [stores[0].workspace: .seconds(1), stores[1].workspace: .seconds(1)])
            let first = try await Store.note(sign, in: world.database)
            try await whileAnotherSession(
                does: "SELECT FROM usher.worker WHERE workspace = 'one' FOR UPDATE",
                for: 3, in: world
            ) {
                try await Store.note(sign, in: world.database)
            }
            let seen = try await world.rows(
                "SELECT workspace, seen_at FROM usher.worker ORDER BY workspace"
            ) { (try $0.get("workspace", as: String.self), try $0.get("seen_at", as: Date.self)) }
            #expect(seen.map(\.0) == ["one", "other"])
            #expect(seen[0].1 <= first && seen[1].1 > first)
        }
    }

    /// An auditor's session may hold any advisory lock.
    @Test func aLockOnTheRolesKeepsNoWorkerFromStarting() async throws {
        try await withWorld(rules: acmeAreAdmins, contacts: [person("ana@acme.com")]) { world in
            try await world.runOnce()
            world.sandbox.addContact(person("bob@acme.com"))
            try await whileAnotherSession(
                does: "SELECT pg_advisory_xact_lock(hashtext('usher roles'))", for: 25, in: world
            ) {
                let run = try await world.usher("run", "--once")
                #expect(run.status == 0, "\(run.errors)")
                #expect(run.errors.contains("the rights of the roles are unchanged"))
            }
            #expect(isAdmin(world))
        }
    }

    /// Whoever restarts a worker while the database is away is not left with an alert for ever.
    @Test func aWorkerThatStopsEndsForPeopleWhatNoRecordTellsOf() async throws {
        try await withWorld(rules: acmeAreAdmins, contacts: [person("ana@acme.com")]) { world in
            try await withCluster { cluster in
                let told = world.rulesFolder + "/told"
                let process = try CommandProcess(
                    ["run"],
                    environment: world.settings([
                        "DATABASE_URL": cluster.connectionString(),
                        "USHER_ALERT": "cat >> \(told); echo >> \(told)",
                    ]), in: world.rulesFolder)
                #expect(await works(in: world, "bob@acme.com"), "\(process.errors)")
                try await cluster.stop(.immediate)
                func notices() -> [String] {
                    ((try? String(contentsOfFile: told, encoding: .utf8)) ?? "")
                        .split(separator: "\n").map(String.init)
                        .filter { $0.contains(#""code":"database""#) }
                }
                #expect(await eventually(within: .seconds(40)) { notices().count == 1 })
                process.send(signal: SIGTERM)
                #expect(try await process.end(within: .seconds(10)).status == 0)
                #expect(notices().count == 2)
                #expect(notices().last?.contains(#""status":"resolved""#) == true)
            }
        }
    }

    @Test(arguments: [["run"], ["status"], ["migrate"]])
    func aDefiniteErrorEndsACommandAtOnce(arguments: [String]) async throws {
        try await withWorld(rules: acmeAreAdmins, contacts: []) { world in
            try await withCluster { cluster in
                let start = ContinuousClock.now
                let ended = try await world.usher(
                    arguments,
                    settings: ["DATABASE_URL": cluster.connectionString(to: "missing")])
                #expect(ContinuousClock.now - start < .seconds(8))
                #expect(ended.status == 1)
                #expect(ended.errors.contains("CREATE DATABASE"), "\(ended.errors)")
                #expect(!ended.errors.contains("waited for"))
            }
        }
    }

    @Test func aDatabaseWithoutASchemaIsToldAsThat() async throws {
        try await withWorld(rules: acmeAreAdmins, contacts: []) { world in
            try await withCluster { cluster in
                let ended = try await world.usher(
                    "status", settings: ["DATABASE_URL": cluster.connectionString()])
                #expect(ended.status == 1)
                #expect(ended.errors.contains("usher migrate"), "\(ended.errors)")
                try await cluster.execute("CREATE ROLE guest LOGIN")
                let run = try await world.usher(
                    "run",
                    settings: ["DATABASE_URL": cluster.connectionString(as: "guest")])
                #expect(run.status == 1)
                #expect(run.errors.contains("usher migrate"), "\(run.errors)")
            }
        }
    }
}
