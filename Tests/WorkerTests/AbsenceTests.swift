import Contacts
import Foundation
import Postgres
import Pylon
import Reconciler
import Sandbox
import Store
import Testing
import Worker

/// What a sweep did not show is deleted once it is proven to be gone: all of it, and nothing else.
@Suite struct AbsenceTests {
    private static let act = OperatorAct(who: "tester", reason: "they moved away")

    private static func missing(in world: World) async throws -> [String: Bool] {
        let rows = try await world.rows("SELECT contact_id, is_held FROM usher.absence") {
            (try $0.get("contact_id", as: String.self), try $0.get("is_held", as: Bool.self))
        }
        return Dictionary(uniqueKeysWithValues: rows)
    }

    private static func deletions(in world: World) async throws -> [String: Int?] {
        let rows = try await world.rows(
            "SELECT contact_id, cause_seq FROM usher.event WHERE kind = 'contact.deleted'"
        ) { (try $0.get("contact_id", as: String.self), try $0.get("cause_seq", as: Int?.self)) }
        return Dictionary(uniqueKeysWithValues: rows)
    }

    /// Runs a worker until something is so.
    private static func run(
        _ worker: WorkspaceWorker, until isSo: () async -> Bool
    ) async throws {
        let running = Task { try await worker.run() }
        #expect(await isSo())
        running.cancel()
        _ = await running.result
    }

    /// A hundred are missing, the get budget proves a few in a sweep, and more go missing meanwhile.
    @Test func aReleaseCoversAllThatWasMissingOverManySweepsAndNothingLater() async throws {
        let people = (0..<140).map { person("p\($0)@globex.com") }
        let (first, later) = (people[40...].map(\.id), people[..<40].map(\.id))
        try await withWorld(rules: acmeAreAdmins, contacts: people) { world in
            try await world.runOnce()
            for id in first { world.sandbox.deleteContact(id: id) }
            try await world.runOnce()
            #expect(world.alerts.codes == [.massDelete])
            #expect(
                try await Self.missing(in: world)
                    == Dictionary(
                        uniqueKeysWithValues: first.map { ($0, true) }))
            let worker = try world.worker(
                limits: [.get: RequestLimit(permits: 24, window: .milliseconds(500))],
                pollInterval: .milliseconds(100))
            let released = try await worker.store.release(.massDelete, by: Self.act)
            #expect(released.count == 1 && released[0].contains("100 missing contacts"))
            let status = try #require(try await worker.store.status()).absences
            #expect(status.missing == 100 && status.held == 0 && status.unproven == 0)
            #expect(status.released == 100 && status.settled == 0)
            let release = try await world.count(
                "SELECT max(seq) AS count FROM usher.event WHERE kind = 'hold.released'")
            try await Self.run(worker) {
                await eventually {
                    (try? await Self.deletions(in: world).count).map { (10..<90).contains($0) }
                        ?? false
                }
            }
            for id in later.prefix(30) { world.sandbox.deleteContact(id: id) }
            try await Self.run(worker) {
                await eventually {
                    let missing = try? await Self.missing(in: world).count
                    let deleted = try? await Self.deletions(in: world).count
                    return missing == 30 && deleted == 100
                }
            }
            let deletions = try await Self.deletions(in: world)
            #expect(Set(deletions.keys) == Set(first))
            // Each says on whose word.
            #expect(deletions.values.allSatisfy { $0 == release })
            #expect(try await Self.missing(in: world).values.allSatisfy { $0 })
            let sweeps = try await world.count(
                "SELECT count(*) AS count FROM usher.event WHERE kind = 'sweep.completed'")
            #expect(sweeps > 5)
        }
    }

    @Test(arguments: [SandboxFault.Kind.error500Before, .forbidden, .dropBefore])
    func oneThatCannotBeReadHoldsUpNobodyAndIsAskedForEverMoreRarely(
        kind: SandboxFault.Kind
    ) async throws {
        let people = (0..<20).map { person("p\($0)@globex.com") }
        try await withWorld(rules: acmeAreAdmins, contacts: people) { world in
            try await world.runOnce()
            for person in people[..<8] { world.sandbox.deleteContact(id: person.id) }
            let bad = people[3].id
            world.sandbox.setFaults(
                FaultPlan([SandboxFault(kind, endpoints: [.get], contacts: [bad])]))
            #expect(try await world.runOnce().failure == nil)
            #expect(try await Self.missing(in: world) == [bad: false])
            let asked = world.sandbox.requests(to: .get).requests.filter { $0.contactID == bad }
            #expect(asked.count == 1)
            let problem = try await world.rows("SELECT problem, attempts FROM usher.absence") {
                (
                    try $0.get("problem", as: String?.self), try $0.get("attempts", as: Int.self)
                )
            }
            #expect(problem[0].0 != nil && problem[0].1 == 1)
            #expect(try await world.usher("status").output.contains("1 cannot be proven yet ("))
            // Once it can be read, it is proven to be gone like any other.
            world.sandbox.setFaults(FaultPlan())
            try await world.asOwner {
                _ = try $0.execute(
                    "UPDATE usher.absence SET due_at = clock_timestamp(), problem = NULL")
            }
            try await world.runOnce()
            #expect(try await Self.missing(in: world).isEmpty)
            #expect(try await Self.deletions(in: world).count == 8)
        }
    }

    /// As a sweep leaves it that ends while the contact is proven to be gone.
    @Test func anAbsenceOfWhatIsDeletedAlreadyEnds() async throws {
        try await withWorld(
            rules: acmeAreAdmins, contacts: [person("ana@globex.com"), person("bob@globex.com")]
        ) { world in
            try await world.runOnce()
            let gone = world.sandbox.contacts[0].id
            world.sandbox.deleteContact(id: gone)
            #expect(try await world.runOnce().failure == nil)
            try await world.asOwner {
                try $0.run(
                    script: """
                        INSERT INTO usher.absence (workspace, contact_id, sweep_id, is_held, due_at)
                        VALUES ('default', '\(gone)', 1, false, clock_timestamp())
                        """)
            }
            #expect(try await world.runOnce().failure == nil)
            #expect(try await Self.missing(in: world).isEmpty)
            #expect(try await Self.deletions(in: world).count == 1)
        }
    }

    /// Neither a wrong base URL nor an API that fails says anything about a contact.
    @Test func anAPIThatFailsCostsNoContactAnAttempt() async throws {
        let people = (0..<6).map { person("p\($0)@globex.com") }
        try await withWorld(rules: acmeAreAdmins, contacts: people) { world in
            try await world.runOnce()
            for person in people[..<2] { world.sandbox.deleteContact(id: person.id) }
            world.sandbox.setFaults(
                FaultPlan([SandboxFault(.error500Before, endpoints: [.get], times: 3)]))
            #expect(try await world.runOnce().failure == nil)
            #expect(try await Self.deletions(in: world).count == 2)
        }
    }

    @Test func whatWasMergedIsRecordedAsSuchAndItsActionsEndForThatReason() async throws {
        let people = (0..<5).map { person("p\($0)@acme.com") }
        try await withStepwiseWorker(contacts: people) { stepwise, ids in
            let world = stepwise.world
            try await stepwise.see(Array(ids[..<4]))
            try await stepwise.evaluate()
            for action in try await stepwise.claim() {
                if action.contactID == ids[1] {
                    try await stepwise.answer(action, .unknown(reason: "no answer in time"))
                } else {
                    stepwise.land(action)
                    try await stepwise.answer(action, .contact(try stepwise.read(action.contactID)))
                }
            }
            // One has an action that is ready, one an outcome that is unknown, and one neither.
            try await stepwise.see(ids[4])
            try await stepwise.evaluate()
            for id in [ids[0], ids[1], ids[4]] { world.sandbox.mergeContact(id: id, into: ids[2]) }
            let absence = Absence(status: 200, requestID: "proof", mergedInto: ids[2])
            try await stepwise.settle { _ in .absent(absence) }
            let kinds = try await stepwise.kinds(of: ids[1])
            #expect(Array(kinds.suffix(2)) == ["contact.deleted", "action.moot"])
            try await world.runOnce()
            for id in [ids[0], ids[1], ids[4]] {
                let merged = try await world.rows(
                    """
                    SELECT body ->> 'merged_into' AS id FROM usher.event
                    WHERE contact_id = \(id) AND kind = 'contact.deleted'
                    """
                ) { try $0.get("id", as: String?.self) }
                #expect(merged == [ids[2]])
            }
            let reasons = try await world.rows(
                "SELECT body ->> 'reason' AS reason FROM usher.event WHERE kind = 'action.moot'"
            ) { try $0.get("reason", as: String?.self) }
            #expect(reasons.allSatisfy { $0 == "the contact was merged into \(ids[2])" })
            #expect(reasons.count == 2)
            let why = try await world.usher("why", ids[0])
            #expect(why.output.contains("merged into \(ids[2])"))
        }
    }

    /// With a million contacts, a look at all of them in each pass would take most of the time.
    @Test(arguments: [[], [86_400, 604_800, 2_592_000]])
    func agesAreLookedUpInAnIndex(ages: [Int]) async throws {
        try await withStepwiseWorker(contacts: []) { stepwise, _ in
            try await stepwise.world.asOwner { db in
                try db.execute(
                    """
                    INSERT INTO usher.contact (workspace, contact_id, ref, raw_digest, document,
                        first_seen_at, known_since, changed_seq)
                    SELECT 'default', 'c' || n, n, '', '{}', t.at, t.at, 1
                    FROM generate_series(1, 20000) n,
                         LATERAL (SELECT clock_timestamp() - n * interval '5 min' AS at) t
                    """)
                try db.execute("ANALYZE usher.contact")
                try db.execute(
                    """
                    UPDATE usher.workspace
                    SET ages = \(ages)::bigint[], is_counted = true, recheck_after = NULL,
                        ages_checked_at = clock_timestamp() - interval '10 min'
                    """)
            }
            let database = Database(stepwise.world.connectionString)
            let store = Store(
                database: database, workspace: stepwise.store.workspace, holder: "reader")
            for _ in 0..<10 { #expect(try await store.pending().unevaluated == !ages.isEmpty) }
            // A connection that ends tells what it read.
            await database.close()
            let read = try await stepwise.world.asOwner { db in
                try db.row(
                    """
                    SELECT seq_tup_read + coalesce(idx_tup_fetch, 0) AS read
                    FROM pg_stat_user_tables WHERE relname = 'contact'
                    """
                ) { try $0.get("read", as: Int.self) }
            }
            // The insertion and ANALYZE read nothing by a scan of their own.
            #expect((read ?? .max) < 1000)
        }
    }
}
