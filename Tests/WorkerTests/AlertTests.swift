import Contacts
import Foundation
import Postgres
import Reconciler
import Sandbox
import Store
import Testing
import Worker

/// Alerts begin once and end by themselves.
@Suite struct AlertTests {
    /// What the log says of alerts, in order.
    private static func record(_ world: World) async throws -> [String] {
        try await world.texts(
            """
            SELECT e.kind || ' ' || (e.body ->> 'code') AS text FROM usher.event e
            WHERE e.kind LIKE 'alert.%' ORDER BY e.seq
            """
        )
    }

    private static func openAlerts(_ world: World) async throws -> [String] {
        try await world.rows("SELECT code FROM usher.alert ORDER BY code") { try $0.get("code") }
    }

    private static let tie = """
        version: 1
        rules:
          - { id: ones, mode: enforce, when: { email.domain: acme.com }, set: { portal_role: admin } }
          - { id: others, mode: enforce, when: { email.domain: acme.com }, set: { portal_role: no_access } }
        """

    @Test func aConflictIsOverWhenNoContactHasItAnyMore() async throws {
        let people = [person("ana@acme.com"), person("bob@acme.com")]
        try await withWorld(rules: Self.tie, contacts: people) { world in
            try await world.runOnce()
            let worker = try world.worker()
            #expect(world.alerts.codes == [.conflict])
            // Of two contacts, one is left.
            world.sandbox.editContact(id: people[0].id) { $0.email = "ana@globex.com" }
            try await world.runOnce()
            _ = try await worker.standing.settle()
            #expect(world.alerts.codes(.resolved).isEmpty)
            _ = world.sandbox.deleteContact(id: people[1].id)
            try await world.runOnce()
            _ = try await worker.standing.settle()
            #expect(world.alerts.codes(.resolved) == [.conflict])
            #expect(world.alerts.all.last?.since != nil)
            #expect(
                try await Self.record(world) == [
                    "alert.raised conflict", "alert.resolved conflict",
                ])
            let links = try await world.rows(
                """
                SELECT r.seq FROM usher.event r JOIN usher.event e
                  ON e.workspace = r.workspace AND e.cause_seq = r.seq
                WHERE e.kind = 'alert.resolved' AND r.kind = 'alert.raised'
                """
            ) { try $0.get("seq", as: Int.self) }
            #expect(links.count == 1)
            try await world.expectRest()
        }
    }

    @Test func aGuardrailIsOverWhenNoContactViolatesIt() async throws {
        let rules = """
            version: 1
            rules:
              - { id: any, mode: enforce, when: { email.domain: acme.com }, set: { name: X } }
            guardrails:
              - { id: free-mail, deny: { portal_role: admin }, when: { email.class: public }, reason: Anybody has it. }
            """
        try await withWorld(
            rules: rules, contacts: [person("eve@gmail.com", role: "admin")]
        ) { world in
            try await world.runOnce()
            #expect(world.alerts.codes == [.guardrail])
            world.sandbox.editContact(id: world.sandbox.contacts[0].id) { $0.portalRole = "member" }
            let worker = try world.worker()
            try await world.runOnce(worker)
            _ = try await worker.standing.settle()
            #expect(world.alerts.codes(.resolved) == [.guardrail])
        }
    }

    /// Conditions that a table tells of, and what is done to end each.
    enum Condition: CaseIterable {
        case unauthorized, otherOrganisation, massDelete, blocked, sweepAborted, held
    }

    @Test(arguments: Condition.allCases)
    func aConditionThatIsOverEndsItsAlert(_ condition: Condition) async throws {
        let people = (0..<40).map { person("p\($0)@acme.com") }
        try await withWorld(rules: acmeAreAdmins, contacts: people) { world in
            let code = try await Self.bringAbout(condition, in: world)
            let worker = try world.worker()
            _ = try await worker.standing.settle()
            #expect(world.alerts.codes == [code] && world.alerts.codes(.resolved).isEmpty)
            #expect(try await Self.openAlerts(world) == [code.rawValue])
            try await Self.end(condition, in: world)
            _ = try await worker.standing.settle()
            #expect(world.alerts.codes == [code] && world.alerts.codes(.resolved) == [code])
            #expect(try await Self.openAlerts(world).isEmpty)
        }
    }

    private static func bringAbout(
        _ condition: Condition, in world: World
    ) async throws -> Alert.Code {
        switch condition {
        case .unauthorized:
            try await world.worker().prepare()
            world.sandbox.setFaults(FaultPlan([SandboxFault(.unauthorized, endpoints: [.list])]))
            _ = try await world.runOnce()
            return .unauthorized
        case .otherOrganisation:
            try await world.runOnce()
            world.sandbox.setFaults(FaultPlan([SandboxFault(.otherOrganisation)]))
            _ = try await world.runOnce()
            return .otherOrganisation
        case .massDelete:
            try await world.runOnce()
            let gone = world.sandbox.contacts.prefix(30)
            for contact in gone { _ = world.sandbox.deleteContact(id: contact.id) }
            _ = try await world.runOnce()
            return .massDelete
        case .blocked:
            try world.write(rules: unknownTier)
            try await world.runOnce()
            return .blocked
        case .sweepAborted:
            try await world.worker().prepare()
            world.sandbox.setFaults(FaultPlan([SandboxFault(.missingPagination)]))
            _ = try await world.runOnce()
            return .sweepAborted
        case .held:
            try world.write(
                rules: acmeAreAdmins.replacing(
                    "version: 1", with: "version: 1\nlimits: { per_hour: 3 }"))
            try await world.runOnce()
            return .held
        }
    }

    private static func end(_ condition: Condition, in world: World) async throws {
        world.sandbox.setFaults(FaultPlan([]))
        switch condition {
        case .unauthorized, .otherOrganisation, .sweepAborted: break
        case .massDelete:
            let act = OperatorAct(who: "tester", reason: "they moved away")
            _ = try await world.worker().store.release(.massDelete, by: act)
        case .blocked, .held: try world.write(rules: noRules)
        }
        try await world.runOnce()
    }

    private static let unknownTier = """
        version: 1
        rules:
          - { id: tiers, mode: enforce, when: { email.domain: acme.com }, set: { custom_fields.tier: platinum } }
        """

    /// What stays as it is is told once; what happens to more and more contacts, once an hour.
    @Test func anOpenAlertIsNotRepeatedAndContactsAreToldOfOnceAnHour() async throws {
        try await withWorld(rules: noRules, contacts: []) { world in
            let store = try world.worker().store
            try await store.register()
            let conflict = Alert(code: .conflict, subject: "portal_role: a, b", message: "conflict")
            func blocked(_ id: String) -> Alert {
                Alert(code: .blocked, message: "blocked \(id)", contactID: id)
            }
            #expect(try await store.raise(conflict) == [conflict])
            #expect(try await store.raise(blocked("1")) == [blocked("1")])
            #expect(try await store.raise(blocked("2")).isEmpty)
            let before = try await store.lastSeq()
            try await world.asOwner {
                try $0.run(
                    script: """
                        UPDATE usher.alert SET told_at = told_at - interval '2 hours',
                            seen_at = seen_at - interval '2 hours'
                        """)
            }
            #expect(try await store.raise(conflict).isEmpty)
            #expect(try await store.lastSeq() == before)
            #expect(try await store.raise(blocked("3")) == [blocked("3")])
            #expect(try await store.raise(blocked("4")).isEmpty)
            let seen = try await world.count(
                "SELECT count(*) AS count FROM usher.alert WHERE seen_at > now() - interval '1 minute'"
            )
            #expect(seen == 2)
        }
    }

    /// Conditions that only happen count as over after a time.
    @Test(arguments: [Alert.Code.sharedBudget, .holdExpiry, .stuck, .otherRules])
    func whatNobodySeesAnyMoreIsOver(_ code: Alert.Code) async throws {
        try await withWorld(rules: noRules, contacts: []) { world in
            let worker = try world.worker()
            try await worker.store.register()
            let alert = Alert(code: code, subject: "it", message: "it happened")
            #expect(try await worker.store.raise(alert) == [alert])
            #expect(try await worker.store.resolveAlerts().isEmpty)
            try await world.asOwner {
                try $0.run(script: "UPDATE usher.alert SET seen_at = seen_at - interval '25 hours'")
            }
            #expect(try await worker.store.resolveAlerts().map(\.alert) == [alert])
        }
    }

    /// Two processes see one condition: its beginning and its end are told by one of them each.
    @Test func twoProcessesTellOfOneConditionOnce() async throws {
        try await withWorld(rules: noRules, contacts: []) { world in
            let stores = try ["one", "two"].map { try world.worker($0).store }
            try await stores[0].register()
            for _ in 0..<20 {
                let alert = Alert(code: .stuck, subject: "sweep", message: "stuck")
                async let first = stores[0].raise(alert)
                async let second = stores[1].raise(alert)
                #expect(try await first.count + second.count == 1)
                async let end = stores[0].resolve(.stuck, subject: "sweep")
                async let other = stores[1].resolve(.stuck, subject: "sweep")
                #expect(try await end.count + other.count == 1)
            }
            #expect(try await Self.record(world).count == 40)
            try await world.expectRest()
        }
    }

    /// Nothing can be stored: people are told once all the same, of the end too, and the record
    /// follows with the times of then.
    @Test func anAlertThatCannotBeStoredIsToldOnceAndRecordedLater() async throws {
        try await withWorld(rules: noRules, contacts: []) { world in
            let worker = try world.worker()
            try await worker.store.register()
            func rename(_ name: String, to other: String) async throws {
                try await world.asOwner {
                    try $0.run(script: "ALTER TABLE usher.\(name) RENAME TO \(other)")
                }
            }
            let alert = Alert(code: .stuck, subject: "sweep", message: "stuck")
            let other = Alert(code: .stuck, subject: "evaluation", message: "stuck")
            try await rename("alert", to: "away")
            for _ in 0..<3 {
                await worker.standing.raise(alert)
                await worker.standing.raise(other)
                await #expect(throws: PostgresError.self) { try await worker.standing.settle() }
            }
            #expect(world.alerts.codes == [.stuck, .stuck])
            try await Task.sleep(for: .milliseconds(1100))
            await worker.standing.resolve(.stuck, subject: "sweep")
            await worker.standing.resolve(.stuck, subject: "sweep")
            #expect(world.alerts.codes(.resolved) == [.stuck])
            try await rename("away", to: "alert")
            for _ in 0..<2 { _ = try await worker.standing.settle() }
            #expect(world.alerts.codes.count == 2 && world.alerts.codes(.resolved).count == 1)
            #expect(
                try await Self.record(world).sorted() == [
                    "alert.raised stuck", "alert.raised stuck", "alert.resolved stuck",
                ])
            let late = try await world.count(
                """
                SELECT count(*) AS count FROM usher.event
                WHERE kind = 'alert.raised'
                  AND (body ->> 'raised_at')::timestamptz < recorded_at - interval '1 second'
                """)
            #expect(late == 2)
            #expect(try await Self.openAlerts(world) == ["stuck"])
            await worker.standing.resolve(.stuck, subject: "evaluation")
            #expect(world.alerts.codes(.resolved).count == 2)
            try await world.expectRest()
        }
    }
}
