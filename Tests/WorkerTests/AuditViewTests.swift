import Contacts
import Foundation
import Postgres
import Reconciler
import Sandbox
import Store
import Testing
import Worker

/// Questions of auditors whose answers are easily told wrong.
@Suite struct AuditViewTests {
    private func lines(
        _ world: World, _ heading: String, _ columns: String...
    ) async throws -> [String] {
        try await world.answers(to: heading).map { row in
            columns.map(row.text).joined(separator: " ")
        }
    }

    /// The request may have been applied; what the read-back shows is somebody else's.
    @Test(arguments: ["superseded", "moot"])
    func whatReadingBackCannotTellIsSettledAllTheSame(end: String) async throws {
        try await withStepwiseWorker(contacts: [person("ana@acme.com")]) { stepwise, ids in
            let heading = "Which requests had an unknown outcome"
            try await stepwise.see(ids)
            try await stepwise.evaluate()
            let action = try #require(try await stepwise.claim().first)
            try await stepwise.answer(action, .unknown(reason: "no answer in time"))
            #expect(
                try await lines(stepwise.world, heading, "outcome", "settled_as", "found")
                    == ["unknown - -"])
            stepwise.world.sandbox.editContact(id: ids[0]) { $0.portalRole = "no_access" }
            try await stepwise.settle { id in
                end == "moot"
                    ? .absent(Absence(status: 404, requestID: "proof"))
                    : .contact(try stepwise.read(id))
            }
            #expect(
                try await lines(
                    stepwise.world, heading, "outcome", "settled_as", "read_request_id")
                    == ["unknown \(end) read-\(action.actionID)"])
            let late = try await stepwise.world.count(
                """
                SELECT count(*) FROM audit.attempts t
                JOIN audit.reads r ON r.action_id = t.action_id AND r.attempt = t.attempt
                WHERE t.finished_at >= r.read_at AND t.settled_why IS NOT NULL
                """)
            #expect(late == 1)
        }
    }

    private static let twoFields = """
        version: 1
        fields: { department: { type: text } }
        rules:
          - { id: namer, mode: enforce, when: { email.domain: acme.com }, set: { name: Ana } }
          - { id: staff, mode: enforce, when: { email.domain: acme.com }, set: { portal_role: admin } }
          - { id: watch, mode: shadow, when: { email.domain: acme.com }, set: { portal_role: { at_least: member } } }
        """

    @Test func onlyTheRulesOfTheRoleAreNamedForIt() async throws {
        let people = [person("ana@acme.com"), person("gil@globex.com", role: "admin")]
        try await withStepwiseWorker(rules: Self.twoFields, contacts: people) { stepwise, ids in
            let world = stepwise.world
            try await stepwise.see(ids)
            try await stepwise.evaluate()
            #expect(
                try await lines(world, "not carried out yet", "email", "state")
                    == ["ana@acme.com ready"])
            try await stepwise.send()
            try await world.append(
                kind: "sweep.completed", #"{"sweep_id": 1, "pages": 1, "contacts": 2}"#)
            #expect(
                try await lines(
                    world, "Who was made an admin", "email", "origin", "role_before", "rule_ids")
                    == ["ana@acme.com usher member staff", "gil@globex.com before_usher - -"])
            #expect(
                try await world.texts("SELECT rules ->> 'name' AS text FROM audit.actions")
                    == [#"["namer"]"#])
            // A floor changes nothing for an admin.
            try await stepwise.evaluate()
            #expect(
                try await lines(world, "shadow rules", "wanted", "would_be")
                    == ["member admin"])
            // Whom a person makes an admin, who comes as one, and who loses it.
            stepwise.world.sandbox.editContact(id: ids[1]) { $0.portalRole = "member" }
            let eve = person("eve@globex.com", role: "admin")
            stepwise.world.sandbox.addContact(eve)
            try await stepwise.see(ids[1], eve.id)
            #expect(
                try await lines(
                    world, "changed by another party", "email", "role_before", "role")
                    == ["eve@globex.com - admin", "gil@globex.com admin member"])
            try await stepwise.store.delete(
                [ByteText(eve.id): Absence(status: 200, requestID: "x", mergedInto: ids[1])],
                askedAt: try await stepwise.store.lastSeq())
            #expect(
                try await lines(
                    world, "Who has lost access", "email", "kind", "role_before", "role",
                    "merged_into")
                    == [
                        "eve@globex.com contact.deleted admin - \(ids[1])",
                        "gil@globex.com contact.updated admin member -",
                    ])
            #expect(
                try await lines(world, "Which contacts were deleted", "email", "merged_into")
                    == ["eve@globex.com \(ids[1])"])
        }
    }

    private static let byID = """
        version: 1
        rules:
          - { id: staff, mode: enforce, when: { email.domain: acme.com }, set: { portal_role_id: 5b0c7a52-8c1e-4d0b-9a55-000000000003 } }
        """

    @Test func whoBecameAnAdminByTheRolesIDIsFound() async throws {
        try await withStepwiseWorker(rules: Self.byID, contacts: [person("ana@acme.com")]) {
            stepwise, ids in
            try await stepwise.see(ids)
            try await stepwise.evaluate()
            try await stepwise.send()
            #expect(
                try await lines(
                    stepwise.world, "Who was made an admin", "email", "role_before", "rule_ids")
                    == ["ana@acme.com member staff"])
        }
    }

    /// As an outage of the database is recorded, and a held rule that is news again.
    @Test func anAlertIsOneRowWithTheTimesOfItsCondition() async throws {
        try await withStepwiseWorker(contacts: []) { stepwise, _ in
            let world = stepwise.world
            let first = try await world.append(
                kind: "alert.raised",
                #"{"code": "database", "message": "out", "raised_at": "2026-01-01T10:00:00.000Z"}"#)
            try await world.append(
                kind: "alert.resolved", causeSeq: first,
                """
                {"code": "database", "message": "out", "raised_at": "2026-01-01T10:00:00.000Z",
                 "resolved_at": "2026-01-01T11:00:00.000Z"}
                """)
            _ = try await stepwise.store.raise(Alert(code: .held, message: "one rule"))
            _ = try await stepwise.store.raise(Alert(code: .held, message: "two rules"))
            _ = try await stepwise.store.resolve(.held)
            _ = try await stepwise.store.raise(Alert(code: .held, message: "three rules"))
            #expect(
                try await world.texts(
                    """
                    SELECT concat_ws(' ', code, message, raised, resolved_at - raised_at >= '0',
                                     is_open) AS text
                    FROM audit.alerts ORDER BY seq
                    """)
                    == ["database out 1 t f", "held two rules 2 t f", "held three rules 1 t"])
            #expect(
                try await world.texts(
                    """
                    SELECT to_char(resolved_at AT TIME ZONE 'UTC', 'HH24:MI') AS text
                    FROM audit.alerts WHERE code = 'database'
                    """) == ["11:00"])
        }
    }

    private static let twins = """
        version: 1
        limits: \(wideLimits)
        rules:
          - { id: leads, mode: enforce, approval: required, when: { email.domain: acme.com }, set: { portal_role: admin } }
          - { id: twin, mode: enforce, approval: required, when: { email.domain: acme.com }, set: { portal_role: admin } }
        """

    @Test func aChangeThatTwoHoldsKeepBackIsOneRow() async throws {
        let people = ["ana", "bob"].map { person("\($0)@acme.com") }
        try await withStepwiseWorker(rules: Self.twins, contacts: people) { stepwise, ids in
            try await stepwise.see(ids)
            try await stepwise.evaluate()
            let rows = try await stepwise.world.rows(
                "SELECT contact_id, rule_ids, hold_id, hold_ids FROM audit.waiting"
            ) { row in
                (
                    contact: try row.get("contact_id", as: String.self),
                    rules: try row.get("rule_ids", as: [String].self),
                    hold: try row.get("hold_id", as: Int.self),
                    holds: try row.get("hold_ids", as: [Int].self)
                )
            }
            #expect(Set(rows.map(\.contact)) == Set(ids) && rows.count == 2)
            let placed = try await stepwise.store.holds().compactMap(\.hold)
            for row in rows {
                #expect(row.rules == ["leads", "twin"])
                #expect(row.holds == placed && row.hold == placed[0])
            }
            #expect(
                try await stepwise.world.count(
                    """
                    SELECT count(*) FROM audit.waiting w JOIN audit.holds h USING (hold_id)
                    WHERE w.waiting_since <> h.placed_at
                    """) == 0)
        }
    }

    @Test func aMassDeleteIsToldWithItsNumberAndItsEnd() async throws {
        let people = (0..<60).map { person("p\($0)@globex.com") }
        try await withWorld(rules: acmeAreAdmins, contacts: people) { world in
            try await world.runOnce()
            for contact in people.prefix(31) { world.sandbox.deleteContact(id: contact.id) }
            try await world.runOnce()
            let held = try await world.usher("approvals")
            #expect(held.output.contains("31 contacts"), "\(held.output)")
            let store = try world.worker().store
            let act = OperatorAct(who: "tester", reason: "they moved")
            let hold = try #require(try await store.holds().first?.hold)
            #expect(try await store.release(.massDelete, by: act).count == 1)
            #expect(
                try await world.count(
                    "SELECT count(*) FROM audit.operators WHERE hold_id = \(hold)") == 1)
        }
    }

    @Test func aMassDeleteThatEndsByItselfSaysWhy() async throws {
        let people = (0..<60).map { person("p\($0)@globex.com") }
        try await withWorld(rules: acmeAreAdmins, contacts: people) { world in
            try await world.runOnce()
            for contact in people.prefix(31) { world.sandbox.deleteContact(id: contact.id) }
            try await world.runOnce()
            for contact in people.prefix(31) { world.sandbox.addContact(contact) }
            try await world.runOnce()
            #expect(
                try await world.texts("SELECT ended || ': ' || ended_why AS text FROM audit.holds")
                    == ["withdrawn: a complete sweep shows enough of the missing contacts again"])
        }
    }

    @Test func aBlockedActionSaysWhyAndWhatTheFieldHolds() async throws {
        try await withStepwiseWorker(contacts: [person("ana@acme.com")]) { stepwise, ids in
            try await stepwise.see(ids)
            try await stepwise.evaluate()
            let action = try #require(try await stepwise.claim().first)
            try await stepwise.answer(action, .refused(message: "no such role"))
            #expect(
                try await stepwise.world.texts(
                    """
                    SELECT concat_ws(' ', state, blocked_why, blocked_at IS NOT NULL) AS text
                    FROM audit.actions
                    """) == ["blocked the API refused it t"])
            #expect(
                try await stepwise.world.texts(
                    """
                    SELECT concat_ws(' ', why, current_value #>> '{}', value,
                                     waiting_since IS NOT NULL) AS text
                    FROM audit.waiting
                    """) == ["blocked member admin t"])
        }
    }

    @Test func driftIsFoundAtTheSameTimeEverywhere() async throws {
        try await withStepwiseWorker(contacts: [person("ana@acme.com")]) { stepwise, ids in
            try await stepwise.see(ids)
            try await stepwise.evaluate()
            try await stepwise.send()
            stepwise.world.sandbox.editContact(id: ids[0]) { $0.portalRole = "member" }
            try await stepwise.see(ids)
            try await stepwise.evaluate()
            #expect(
                try await stepwise.world.count(
                    """
                    SELECT count(*) FROM audit.drift d
                    JOIN audit.access a USING (workspace, contact_id)
                    JOIN usher.event e ON e.seq = d.seq
                    WHERE d.since = e.recorded_at
                      AND (a.drift -> 0 ->> 'since')::timestamptz = d.since
                    """) == 1)
            #expect(try await stepwise.world.access()[0].drift[0].since != nil)
        }
    }

    /// As `usher access --as-of` takes it.
    @Test func aDayIsMeantWithAllOfIt() async throws {
        try await withStepwiseWorker(contacts: [person("ana@acme.com")]) { stepwise, ids in
            try await stepwise.see(ids)
            for (zone, days) in [("Pacific/Kiritimati", 0), ("Pacific/Midway", 0), ("UTC", -1)] {
                let found = try await stepwise.world.rows(
                    """
                    WITH zone AS (SELECT set_config('timezone', \(zone), true)),
                         day AS (
                             SELECT set_config('usher.as_of', to_char(
                                 now() AT TIME ZONE 'UTC' + make_interval(days => \(days)::integer),
                                 'YYYY-MM-DD'), true)
                             FROM zone)
                    SELECT (SELECT count(*) FROM day) AS day,
                           (SELECT count(*) FROM audit.access a, day) AS contacts
                    """
                ) { try $0.get("contacts", as: Int.self) }
                #expect(found == [days == 0 ? 1 : 0], "\(zone)")
            }
        }
    }

    @Test func whoIsSetAsideIsMarkedSo() async throws {
        let people = ["ana", "bob"].map { person("\($0)@acme.com") }
        try await withStepwiseWorker(contacts: people) { stepwise, ids in
            try await stepwise.see(ids)
            _ = try await stepwise.store.setAside(
                [
                    UnreadableContact(
                        contactID: ids[1], rawDigest: Array(repeating: 7, count: 32),
                        reason: "not JSON")
                ], askedAt: try await stepwise.store.lastSeq())
            let then = try await stepwise.world.now
            func aside(at moment: Date? = nil) async throws -> [String] {
                try await stepwise.world.access(at: moment)
                    .filter { $0.unreadableSince != nil }.map(\.contactID)
            }
            #expect(try await aside() == [ids[1]])
            let printed = try await stepwise.world.usher("access")
            #expect(printed.output.contains("set aside since "), "\(printed.output)")
            try await stepwise.see(ids)
            #expect(try await aside().isEmpty)
            #expect(try await aside(at: then) == [ids[1]])
            #expect(
                try await stepwise.world.texts(
                    """
                    SELECT concat_ws(' ', reason, ended_at IS NOT NULL, is_open) AS text
                    FROM audit.set_aside
                    """) == ["not JSON t f"])
        }
    }

    @Test func whatIsDoubledInTheLogIsFound() async throws {
        try await withStepwiseWorker(contacts: [person("ana@acme.com")]) { stepwise, ids in
            try await stepwise.see(ids)
            let question = try #require(
                AuditQueryTests.questions.first { $0.heading.contains("Is the log complete?") })
            func problems() async throws -> String? {
                try await stepwise.world.asOwner { db in
                    try db.run(
                        script: """
                            SELECT set_config('usher.answer', (
                                SELECT string_agg(problem, ',')
                                FROM (\(question.sql.replacing(";", with: ""))) q), true)
                            """)
                    return try db.row("SELECT current_setting('usher.answer') AS text") {
                        try $0.get("text", as: String.self)
                    }
                }
            }
            #expect(try await problems() == "")
            try await stepwise.world.asOwner { db in
                try db.run(
                    script: """
                        INSERT INTO usher.event (workspace, seq, recorded_at, kind, body)
                        SELECT workspace, seq, recorded_at + interval '1 s', kind, body
                        FROM usher.event WHERE seq = 1
                        """)
            }
            #expect(try await problems() == "doubled")
        }
    }
}
