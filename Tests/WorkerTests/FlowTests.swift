import Contacts
import Foundation
import Postgres
import Pylon
internal import Reconciler
import Sandbox
import Store
import Testing
import Worker

private let staffAreAdmins = """
    version: 1
    rules:
      - id: staff-are-admins
        mode: enforce
        when: { email.domain: acme.com }
        set: { portal_role: admin }
    """

@Suite struct FlowTests {
    @Test func aMatchingContactIsChangedAndAnotherPassDoesNothing() async throws {
        try await withWorld(
            rules: staffAreAdmins, contacts: [person("ana@acme.com"), person("eve@evilacme.com")]
        ) { world in
            let first = try await world.runOnce()
            #expect(first.failure == nil)
            #expect(first.summary.actions == ["applied": 1])
            #expect(
                world.sandbox.contacts.filter { $0.portalRole == "admin" }.map(\.email) == [
                    "ana@acme.com"
                ])
            let second = try await world.runOnce()
            #expect(second.summary.actions.isEmpty)
            #expect(second.summary.decisions == 0)
            #expect(world.sandbox.requests(to: .update).requests.count == 1)
        }
    }

    @Test func everyPatchIsOnRecordWithItsIntentBeforeIt() async throws {
        try await withWorld(rules: staffAreAdmins, contacts: [person("ana@acme.com")]) { world in
            try await world.runOnce()
            let contact = world.sandbox.contacts[0]
            let kinds = try await world.kinds(of: contact.id)
            #expect(
                kinds == [
                    "contact.created", "decision.made", "patch.intended", "patch.applied",
                    // What Usher itself set is decided on, too.
                    "decision.made",
                ])
            let attempts = try await world.rows(
                "SELECT request_id, outcome FROM audit.attempts"
            ) {
                (try $0.get("request_id", as: String.self), try $0.get("outcome", as: String.self))
            }
            let seen = world.sandbox.requests(to: .update).requests
            #expect(attempts.map(\.0) == seen.map(\.requestID))
            #expect(attempts.map(\.1) == ["applied"])
        }
    }

    @Test func whatSomebodyElseChangesBackIsDriftAndStays() async throws {
        try await withWorld(rules: staffAreAdmins, contacts: [person("ana@acme.com")]) { world in
            try await world.runOnce()
            let id = world.sandbox.contacts[0].id
            _ = world.sandbox.editContact(id: id) { $0.portalRole = "member" }
            let run = try await world.runOnce()
            #expect(run.summary.actions.isEmpty)
            #expect(world.sandbox.contact(id: id)?.portalRole == "member")
            #expect(try await world.kinds(of: id).contains("drift.found"))
            let store = try world.worker().store
            let act = OperatorAct(who: "tester", reason: "she is staff")
            #expect(
                try await store.release(.contact(id, field: nil), by: act) == [
                    "the drift of portal_role"
                ])
            try await world.runOnce()
            #expect(world.sandbox.contact(id: id)?.portalRole == "admin")
        }
    }

    @Test func anotherRuleActsOnADriftedField() async throws {
        try await withWorld(
            rules: """
                version: 1
                fields: { status: { type: text } }
                rules:
                  - id: staff-are-admins
                    mode: enforce
                    when: { email.domain: acme.com }
                    set: { portal_role: admin }
                  - id: leavers-lose-access
                    priority: 900
                    mode: enforce
                    when: { custom_fields.status: left }
                    set: { portal_role: no_access }
                """, contacts: [person("ana@acme.com")]
        ) { world in
            try await world.runOnce()
            let id = world.sandbox.contacts[0].id
            _ = world.sandbox.editContact(id: id) {
                $0.portalRole = "member"
                $0.customFields["status"] = .single("left")
            }
            try await world.runOnce()
            #expect(world.sandbox.contact(id: id)?.portalRole == "no_access")
        }
    }

    @Test func rulesThatUndoEachOtherLeaveTheContactAlone() async throws {
        try await withWorld(
            rules: """
                version: 1
                rules:
                  - { id: up, mode: enforce, when: { email.domain: acme.com, portal_role: member }, set: { portal_role: admin } }
                  - { id: down, mode: enforce, when: { email.domain: acme.com, portal_role: admin }, set: { portal_role: member } }
                """, contacts: [person("ana@acme.com")]
        ) { world in
            let run = try await world.runOnce()
            #expect(run.summary.actions.isEmpty)
            #expect(world.sandbox.requests(to: .update).requests.isEmpty)
            #expect(world.alerts.codes == [.unsettledRules])
        }
    }

    /// Of many contacts one alert tells, and nobody is lowered.
    @Test func whoHoldsADeniedValueAlreadyIsReported() async throws {
        let rules = """
            version: 1
            rules:
              - { id: any, mode: enforce, when: { email.domain: acme.com }, set: { name: X } }
            guardrails:
              - id: no-free-mail
                deny: { portal_role: admin }
                when: { email.class: public }
                reason: Nobody owns gmail.com as a company.
            """
        let admins = ["ana@gmail.com", "bob@gmail.com"].map { person($0, role: "admin") }
        try await withWorld(rules: rules, contacts: admins + [person("cy@gmail.com")]) { world in
            try await world.runOnce()
            #expect(world.alerts.codes == [.guardrail])
            let roles = world.sandbox.contacts.compactMap(\.portalRole)
            #expect(roles.sorted() == ["admin", "admin", "member"])
        }
    }

    @Test func aDeletedContactIsProvenGoneBeforeItIsRecorded() async throws {
        let people = (0..<10).map { person("p\($0)@globex.com") }
        try await withWorld(rules: staffAreAdmins, contacts: people) { world in
            try await world.runOnce()
            _ = world.sandbox.deleteContact(id: people[3].id)
            let run = try await world.runOnce()
            #expect(run.summary.contacts == 9)
            #expect(try await world.kinds(of: people[3].id).last == "contact.deleted")
        }
    }

    @Test func aMassDeleteWaitsForAPerson() async throws {
        let people = (0..<60).map { person("p\($0)@globex.com") }
        try await withWorld(rules: staffAreAdmins, contacts: people) { world in
            try await world.runOnce()
            for person in people.dropFirst(20) { _ = world.sandbox.deleteContact(id: person.id) }
            #expect(try await world.runOnce().summary.contacts == 60)
            #expect(world.alerts.codes == [.massDelete])
            let act = OperatorAct(who: "tester", reason: "they moved away")
            _ = try await world.worker().store.release(.massDelete, by: act)
            #expect(try await world.runOnce().summary.contacts == 20)
        }
    }

    @Test(arguments: [SandboxFault.Kind.error500Before, .error500After, .dropBefore, .dropAfter])
    func anUnknownOutcomeIsSettledByReadingBack(fault: SandboxFault.Kind) async throws {
        let faults = FaultPlan(seed: 1, [SandboxFault(fault, endpoints: [.update], times: 1)])
        try await withWorld(
            rules: staffAreAdmins, contacts: [person("ana@acme.com")], faults: faults
        ) { world in
            let run = try await world.runOnce()
            #expect(run.failure == nil)
            #expect(world.sandbox.contacts[0].portalRole == "admin")
            let applied = fault == .error500After || fault == .dropAfter
            // Known to be there is never sent again.
            #expect(world.sandbox.requests(to: .update).requests.count == (applied ? 1 : 2))
            #expect(run.summary.actions == [applied ? "confirmed" : "applied": 1])
        }
    }

    @Test func aRefusedFieldOfSeveralNeverDelaysTheOthers() async throws {
        try await withWorld(
            rules: """
                version: 1
                rules:
                  - id: leavers
                    mode: enforce
                    when: { email.domain: acme.com }
                    set: { portal_role: no_access, custom_fields.tier: platinum }
                """, contacts: [person("ana@acme.com")]
        ) { world in
            let run = try await world.runOnce()
            #expect(world.sandbox.contacts[0].portalRole == "no_access")
            #expect(run.summary.blocked == 1)
            #expect(world.alerts.codes == [.blocked])
        }
    }

    @Test func aRefusedTokenPausesTheWorkspaceWithOneAlert() async throws {
        try await withWorld(
            rules: staffAreAdmins, contacts: (0..<20).map { person("p\($0)@acme.com") }
        ) { world in
            let worker = try world.worker()
            try await worker.prepare()
            world.sandbox.setFaults(FaultPlan([SandboxFault(.unauthorized, endpoints: [.update])]))
            let run = await worker.runOnce()
            #expect(run.failure?.contains("paused") == true)
            #expect(world.alerts.codes == [.unauthorized])
        }
    }

    @Test func anotherOrganisationStopsEverything() async throws {
        try await withWorld(rules: staffAreAdmins, contacts: [person("ana@acme.com")]) { world in
            try await world.runOnce()
            world.sandbox.setFaults(FaultPlan([SandboxFault(.otherOrganisation)]))
            let before = world.sandbox.requests(to: .list).requests.count
            let run = try await world.runOnce()
            #expect(run.failure != nil)
            #expect(world.sandbox.requests(to: .list).requests.count == before)
            #expect(world.alerts.codes == [.otherOrganisation])
        }
    }

    @Test(arguments: [
        SandboxFault.Kind.glitchPage, .missingPagination, .bareEmptyResult, .nullsForEmpties,
    ])
    func oddPagesNeitherDeleteNorChangeAnything(fault: SandboxFault.Kind) async throws {
        let people = (0..<30).map { person("p\($0)@globex.com") }
        try await withWorld(rules: staffAreAdmins, contacts: people) { world in
            try await world.runOnce()
            world.sandbox.setFaults(
                FaultPlan(seed: 3, [SandboxFault(fault, probability: 0.4, endpoints: [.list])]))
            let run = try await world.runOnce()
            #expect(run.summary.contacts == 30)
            #expect(run.summary.decisions == 0)
        }
    }

    @Test func theSequenceOfTheLogHasNoGaps() async throws {
        try await withWorld(rules: staffAreAdmins, generated: 250) { world in
            try await world.runOnce()
            let gaps = try await world.count(
                """
                SELECT max(seq) - count(*) AS count FROM usher.event WHERE workspace = 'default'
                """)
            #expect(gaps == 0)
        }
    }

    @Test func theApplicationRoleCannotRewriteTheLog() async throws {
        try await withWorld(rules: staffAreAdmins, contacts: [person("ana@acme.com")]) { world in
            try await world.runOnce()
            await #expect(throws: PostgresError.self) {
                try await world.database.transaction {
                    _ = try $0.execute("UPDATE usher.event SET kind = 'patch.late'")
                }
            }
            await #expect(throws: PostgresError.self) {
                try await world.database.transaction {
                    _ = try $0.execute("DELETE FROM usher.event")
                }
            }
        }
    }
}
