import Contacts
import Foundation
import Postgres
import Reconciler
import Sandbox
import Store
import TestSupport
import Testing
import Worker

/// What auditors see of a workspace that was forgotten, and of one that came again.
@Suite struct ForgottenAuditTests {
    private static let act = OperatorAct(who: "tester", reason: "it was a mistake")

    private static let rules = """
        version: 1
        limits: \(wideLimits)
        fields: { tier: { type: text } }
        rules:
          - { id: staff, mode: enforce, when: { email.domain: acme.com }, set: { portal_role: admin } }
          - { id: asked, mode: enforce, approval: required, when: { email.domain: globex.com }, set: { portal_role: admin } }
        """

    /// A request of unknown outcome, one action that waits, a held change, an alert and a contact set
    /// aside.
    private static func withOpenWork(
        _ body: (StepwiseWorker, [String]) async throws -> Void
    ) async throws {
        let people = ["ana@acme.com", "bob@acme.com", "cem@globex.com"].map { person($0) }
        try await withStepwiseWorker(rules: rules, contacts: people) { stepwise, ids in
            try await stepwise.see(ids[0])
            try await stepwise.evaluate()
            let action = try #require(try await stepwise.claim().first)
            try await stepwise.answer(action, .unknown(reason: "no answer in time"))
            try await stepwise.see(ids)
            try await stepwise.evaluate()
            _ = try await stepwise.store.raise(Alert(code: .sweepAborted, message: "given up"))
            _ = try await stepwise.store.setAside(
                [
                    UnreadableContact(
                        contactID: ids[1], rawDigest: Array(repeating: 7, count: 32),
                        reason: "not JSON")
                ], askedAt: try await stepwise.store.lastSeq())
            try await body(stepwise, ids)
        }
    }

    private static func forget(_ stepwise: StepwiseWorker) async throws -> ForgottenWorkspace? {
        try await stepwise.store.releaseLeases()
        try await stepwise.world.asOwner { db in
            try db.run(
                script: "DELETE FROM usher.worker; UPDATE usher.lease SET until = clock_timestamp()"
            )
        }
        return try await stepwise.store.forget(by: act)
    }

    @Test func nothingOfItLooksOpen() async throws {
        try await Self.withOpenWork { stepwise, _ in
            let world = stepwise.world
            let then = try await world.now
            let forgotten = try #require(try await Self.forget(stepwise))
            #expect(forgotten.actions == 2 && forgotten.holds == 1 && forgotten.contacts == 3)
            #expect(
                try await world.texts(
                    """
                    SELECT concat_ws(' ', outcome, ended_why) AS text FROM audit.actions
                    ORDER BY action_id
                    """)
                    == Array(repeating: "moot the workspace was forgotten", count: 2))
            #expect(
                try await world.texts(
                    "SELECT concat_ws(' ', ended, ended_why) AS text FROM audit.holds")
                    == ["withdrawn the workspace was forgotten"])
            #expect(
                try await world.count(
                    """
                    SELECT count(*) FROM audit.alerts WHERE resolved_at IS NULL OR is_open
                    """) == 0)
            #expect(
                try await world.texts("SELECT ended_why AS text FROM audit.set_aside")
                    == ["the workspace was forgotten"])
            #expect(
                try await world.texts(
                    """
                    SELECT concat_ws(' ', outcome, settled_as) AS text FROM audit.attempts
                    """) == ["unknown moot"])
            #expect(
                try await world.texts(
                    """
                    SELECT concat_ws(' ', what, removed - 'alerts',
                                     (removed ->> 'alerts')::integer >= 2) AS text
                    FROM audit.operators
                    """)
                    == [
                        #"forgot the workspace {"holds": 1, "actions": 2, "#
                            + #""contacts": 3, "set_aside": 1} t"#
                    ])
            #expect(try await world.access().isEmpty)
            #expect(try await world.access(at: then).count == 3)
            #expect(
                try await world.count("SELECT count(*) FROM audit.rulesets WHERE ended_at IS NULL")
                    == 0)
        }
    }

    /// Bounded pages: more is open than is ended at once.
    @Test func everyHoldEndsHoweverManyThereAre() async throws {
        try await withStepwiseWorker(contacts: [person("ana@acme.com")]) { stepwise, ids in
            try await stepwise.world.asOwner { db in
                try db.run(
                    script: """
                        INSERT INTO usher.hold
                            (workspace, contact_id, field, reason, wish, placed_seq, placed_at)
                        SELECT 'default', 'c' || n, 'name', 'own_changes', '{}', n, now()
                        FROM generate_series(1, 2500) n
                        """)
            }
            #expect(try await Self.forget(stepwise)?.holds == 2_500)
            #expect(
                try await stepwise.world.count(
                    "SELECT count(*) FROM usher.event WHERE kind = 'hold.withdrawn'") == 2_500)
        }
    }

    @Test func itsContactsKeepTheirAddresses() async throws {
        try await Self.withOpenWork { stepwise, ids in
            let world = stepwise.world
            try await world.append(
                kind: "operator.acted", contactID: ids[0],
                #"{"what": "approved portal_role: admin", "who": "zoe", "reason": "x", "plan": "00"}"#
            )
            let hold = try await world.append(
                kind: "hold.placed", contactID: ids[0],
                #"{"field": "portal_role", "reason": "revert", "wish": {}}"#)
            try await world.append(
                kind: "hold.released", contactID: ids[0], causeSeq: hold, #"{"who": "kim"}"#)
            try await stepwise.settle { _ in .nothing(reason: "500") }
            _ = try #require(try await Self.forget(stepwise))
            let views = try await world.rows(
                """
                SELECT concat_ws(' ', view, count(*) FILTER (WHERE email IS NULL)) AS text
                FROM (
                    SELECT 'actions' AS view, contact_id, email FROM audit.actions
                    UNION ALL SELECT 'approvals', contact_id, email FROM audit.approvals
                    UNION ALL SELECT 'attempts', contact_id, email FROM audit.attempts
                    UNION ALL SELECT 'decisions', contact_id, email FROM audit.decisions
                    UNION ALL SELECT 'history', contact_id, email FROM audit.contact_history
                    UNION ALL SELECT 'holds', contact_id, email FROM audit.holds
                    UNION ALL SELECT 'operators', contact_id, email FROM audit.operators
                    UNION ALL SELECT 'reads', contact_id, email FROM audit.reads
                    UNION ALL SELECT 'roles', contact_id, email FROM audit.role_changes
                    UNION ALL SELECT 'set_aside', contact_id, email FROM audit.set_aside) v
                WHERE contact_id IS NOT NULL
                GROUP BY view ORDER BY view
                """
            ) { try $0.get("text", as: String.self) }
            #expect(
                views == [
                    "actions 0", "approvals 0", "attempts 0", "decisions 0", "history 0",
                    "holds 0", "operators 0", "reads 0", "roles 0", "set_aside 0",
                ])
        }
    }

    @Test func theRolesOfOneThatCameAgainHaveAnOrigin() async throws {
        let people = ["ana@acme.com", "bob@acme.com"].map { person($0) }
        try await withStepwiseWorker(contacts: people) { stepwise, ids in
            let world = stepwise.world
            try await stepwise.see(ids[0])
            try await stepwise.evaluate()
            try await stepwise.send()
            try await world.append(
                kind: "sweep.completed", #"{"sweep_id": 1, "pages": 1, "contacts": 1}"#)
            #expect(try await world.access().map(\.origin) == [.usher])
            _ = try #require(try await Self.forget(stepwise))
            try await stepwise.prepare()
            try await stepwise.see(ids)
            #expect(try await world.access().map(\.origin) == [.beforeUsher, .beforeUsher])
            try await stepwise.evaluate()
            try await stepwise.send()
            let access = try await world.access()
            #expect(access.first { $0.contactID == ids[0] }?.origin == .beforeUsher)
            let bob = try #require(access.first { $0.contactID == ids[1] })
            #expect(bob.origin == .usher && bob.rules == ["acme-are-admins"])
            #expect(bob.actionID != nil)
            #expect(
                try await world.texts(
                    """
                    SELECT concat_ws(' ', origin, role_before, role) AS text
                    FROM audit.role_changes ORDER BY seq
                    """)
                    == [
                        "before_usher member", "usher member admin", "before_usher admin",
                        "before_usher member", "usher member admin",
                    ])
        }
    }

    @Test func commandsSayThatItWasForgotten() async throws {
        try await Self.withOpenWork { stepwise, _ in
            let world = stepwise.world
            _ = try #require(try await Self.forget(stepwise))
            for command in ["access", "approvals", "status"] {
                let named = try await world.usher(command, "--workspace", "default")
                #expect(named.status == 64, "\(command)")
                #expect(
                    named.errors.contains("the workspace \"default\" was forgotten on "),
                    "\(named.errors)")
                #expect(named.errors.contains("the schema audit"), "\(named.errors)")
            }
            let unnamed = try await world.usher("approvals")
            #expect(unnamed.status == 64)
            #expect(unnamed.errors.contains("(forgotten: default on "), "\(unnamed.errors)")
            let status = try await world.usher("status")
            #expect(status.output.contains("no workspace (forgotten: default on "))
        }
    }

    /// A database of the version before, with a workspace that was forgotten by it.
    @Test func whatWasForgottenBeforeHasItsAddressesToo() async throws {
        let before = Store.migrations.filter { $0.name < "0017" }
        try await withDatabase(before) { connectionString in
            let database = Database(connectionString)
            try await database.transaction { db in
                try db.run(
                    script: """
                        INSERT INTO usher.workspace (workspace, created_at, last_seq, forgotten_at)
                        VALUES ('default', now(), 4, now());
                        INSERT INTO usher.event (workspace, seq, recorded_at, kind, contact_id, body)
                        VALUES
                            ('default', 1, now(), 'contact.created', 'c1',
                             '{"after": {"email": "Ana@acme.com", "portal_role": "admin"}}'),
                            ('default', 2, now(), 'contact.updated', 'c1',
                             '{"changed": ["name"], "after": {"name": "Ana"}}'),
                            ('default', 3, now(), 'contact.updated', 'c1',
                             '{"changed": ["email"], "after": {"email": "ana@acme.example"}}'),
                            ('default', 4, now(), 'operator.acted', NULL,
                             '{"what": "forgot the workspace", "who": "x", "reason": "y"}');
                        """)
            }
            #expect(
                try await Migrator(Store.migrations).migrate(database)
                    == Store.migrations.map(\.name).filter { $0 >= "0017_audit" })
            let history = try await database.transaction { db in
                try db.rows("SELECT DISTINCT email AS text FROM audit.contact_history") {
                    try $0.get("text", as: String.self)
                }
            }
            #expect(history == ["ana@acme.example"])
            let living = try await database.transaction { db in
                try db.rows("SELECT contact_id FROM audit.access") {
                    try $0.get("contact_id", as: String.self)
                }
            }
            #expect(living.isEmpty)
            await database.close()
        }
    }
}
