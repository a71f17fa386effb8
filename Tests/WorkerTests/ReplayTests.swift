import Contacts
import Foundation
import Postgres
import Reconciler
import Sandbox
import Store
import Testing
import Worker

/// Recorded decisions can be made again from the record alone.
@Suite struct ReplayTests {
    /// The API answers with the id of a role whose slug was set, and rules may ask for it.
    @Test func whatASetRoleBroughtAlongIsOnRecord() async throws {
        let member = SandboxOrganisation.standardRoles.first { $0.slug == "member" }!
        let rules = """
            version: 1
            fields: { tier: { type: text } }
            rules:
              - { id: members, mode: enforce, when: { email.domain: acme.com }, set: { portal_role: member } }
              - { id: tiers, mode: enforce, when: { portal_role_id: \(member.id) }, set: { custom_fields.tier: gold } }
            """
        let contacts = [person("ana@acme.com", role: "no_access")]
        try await withWorld(rules: rules, contacts: contacts) { world in
            try await world.runOnce()
            world.sandbox.editContact(id: contacts[0].id) { $0.name = "Ana" }
            try await world.runOnce()
            #expect(world.sandbox.contacts[0].customFields["tier"] == .single("gold"))
            try await world.expectReplayed()
        }
    }

    @Test func howLongAContactWasThereIsOnRecord() async throws {
        let rules = """
            version: 1
            fields: { tier: { type: text } }
            rules:
              - { id: new, mode: enforce, when: { email.domain: acme.com, first_seen: { newer_than: 24h } }, set: { custom_fields.tier: bronze } }
              - { id: old, mode: enforce, when: { email.domain: acme.com, first_seen: { older_than: 24h } }, set: { custom_fields.tier: gold } }
            """
        try await withWorld(rules: rules, contacts: [person("ana@acme.com")]) { world in
            try await world.runOnce()
            world.sandbox.addContact(person("bob@acme.com"))
            try await world.runOnce()
            let tiers = world.sandbox.contacts.map { $0.customFields["tier"].map { "\($0)" } }
            #expect(Set(tiers).count == 2)
            try await world.expectReplayed()
        }
    }

    @Test func driftIsSeenAgainByWhatUsherHadSetThen() async throws {
        try await withWorld(rules: acmeAreAdmins, contacts: [person("ana@acme.com")]) { world in
            try await world.runOnce()
            world.sandbox.editContact(id: world.sandbox.contacts[0].id) { $0.portalRole = "member" }
            try await world.runOnce()
            let results = try await world.rows("SELECT result FROM audit.decisions ORDER BY seq") {
                try $0.get("result", as: String.self)
            }
            #expect(results.contains("drift"))
            try await world.expectReplayed()
        }
    }

    @Test func thatAPersonAgreedToRaiseIsOnRecord() async throws {
        let rules = """
            version: 1
            fields: { tier: { type: text } }
            rules:
              - { id: gold, mode: enforce, on_unmatch: revert, when: { email.domain: acme.com, custom_fields.tier: gold }, set: { portal_role: no_access } }
            """
        let ana = person("ana@acme.com", role: "admin", tier: "gold")
        try await withStepwiseWorker(rules: rules, contacts: [ana]) { stepwise, ids in
            try await stepwise.see(ids[0])
            try await stepwise.evaluate()
            try await stepwise.send()
            stepwise.world.sandbox.editContact(id: ids[0]) {
                $0.customFields["tier"] = .single("silver")
            }
            try await stepwise.see(ids[0])
            try await stepwise.evaluate()
            let hold = try #require(try await stepwise.store.holds().first?.hold)
            _ = try await stepwise.store.approve(
                .hold(hold), meanings: [:], by: OperatorAct(who: "tester", reason: "agreed"))
            try await stepwise.evaluate()
            try await stepwise.send()
            #expect(stepwise.world.sandbox.contacts[0].portalRole == "admin")
            try await stepwise.world.expectReplayed()
        }
    }

    /// The contact was taken to be what the request under way would make of it.
    @Test func aDecisionMadeWhileARequestWasUnderWayIsMadeOnWhatItWasSetting() async throws {
        let later =
            acmeAreAdmins + """

                  - { id: gold, mode: enforce, when: { portal_role: admin }, set: { custom_fields.tier: gold } }
                """
        try await withStepwiseWorker(contacts: [person("ana@acme.com")]) { stepwise, ids in
            try await stepwise.see(ids[0])
            try await stepwise.evaluate()
            #expect(try await stepwise.claim().count == 1)
            try await stepwise.prepare(rules: later)
            try await stepwise.evaluate()
            let sent = try await stepwise.world.rows(
                """
                SELECT body #>> '{basis,sent,portal_role}' AS role
                FROM usher.event WHERE kind = 'decision.made' ORDER BY seq
                """
            ) { try $0.get("role", as: String?.self) }
            #expect(sent == [nil, "admin"])
            try await stepwise.world.expectReplayed()
        }
    }

    @Test func aRuleThatHasEndedSinceActsAsItDidThen() async throws {
        try await withStepwiseWorker(contacts: [person("ana@acme.com")]) { stepwise, ids in
            try await stepwise.see(ids[0])
            let until = Date() + 5
            try await stepwise.prepare(
                rules: """
                    version: 1
                    rules:
                      - { id: pilot, mode: enforce, until: \(until.formatted(.iso8601)), when: { email.domain: acme.com }, set: { portal_role: admin } }
                    """)
            try await stepwise.evaluate()
            try await stepwise.send()
            #expect(stepwise.world.sandbox.contacts[0].portalRole == "admin")
            #expect(await eventually { Date() > until })
            try await stepwise.world.expectReplayed()
        }
    }

    /// What somebody with the owner's rights may have changed, and where that shows.
    @Test(arguments: [
        ("decision.made", "{decision,wishes,0,value}", #""member""#, ["decision.wishes"]),
        ("decision.made", "{decision,matched,0,evidence}", "{}", ["decision.matched"]),
        ("decision.made", "{changes,portal_role}", #""member""#, ["changes"]),
        ("decision.made", "{before,portal_role}", #""no_access""#, ["before"]),
        ("decision.made", "{rules,portal_role}", #"["other"]"#, ["rules"]),
        ("decision.made", "{result}", #""already_so""#, ["result"]),
        ("decision.made", "{email}", #""eve@acme.com""#, ["email"]),
        ("decision.made", "{ruleset_hash}", #""0000""#, ["ruleset_hash"]),
        ("contact.created", "{after,portal_role}", #""no_access""#, ["before", "decision.wishes"]),
        ("contact.created", "{after,email}", #""ana@acme.org""#, nil),
    ])
    func aRecordThatWasTamperedWithIsFound(
        kind: String, path: String, value: String, parts: [String]?
    ) async throws {
        let contacts = [person("ana@acme.com"), person("bob@acme.com")]
        try await withStepwiseWorker(contacts: contacts) { stepwise, ids in
            try await stepwise.see(ids[0], ids[1])
            try await stepwise.evaluate()
            try await stepwise.world.expectReplayed()
            try await stepwise.world.asOwner { db in
                try db.execute(
                    """
                    UPDATE usher.event
                    SET body = jsonb_set(body, \(path)::text[], \(JSON(bytes: Array(value.utf8))))
                    WHERE kind = \(kind) AND contact_id = \(ids[0])
                    """)
            }
            let report = try await DecisionReplay(of: stepwise.store).run()
            #expect(report.identical == 1 && report.different == 1)
            #expect(report.differences.map(\.contactID) == [ids[0]])
            if let parts { #expect(report.differences[0].parts.map(\.name) == parts) }
        }
    }

    @Test func rulesThatAreNotWhatTheyWereAreCounted() async throws {
        try await withStepwiseWorker(contacts: [person("ana@acme.com")]) { stepwise, ids in
            try await stepwise.see(ids[0])
            try await stepwise.evaluate()
            try await stepwise.world.asOwner { db in
                try db.execute(
                    """
                    UPDATE usher.ruleset
                    SET sources = replace(sources::text, 'admin', 'member')::jsonb
                    """)
            }
            let report = try await DecisionReplay(of: stepwise.store).run()
            #expect(report.withoutRules == 1 && report.identical == 0)
        }
    }

    @Test func theCommandListsWhatTurnsOutOtherwise() async throws {
        try await withWorld(
            rules: acmeAreAdmins, contacts: [person("ana@acme.com"), person("bob@acme.com")]
        ) { world in
            try await world.runOnce()
            let good = try await world.usher("rules", "replay")
            #expect(good.status == 0, "\(good.errors)")
            #expect(good.output.contains("replayed 4 decisions: 4 match, 0 differ"))
            let seq = try await world.asOwner { db in
                try db.row(
                    """
                    UPDATE usher.event
                    SET body = jsonb_set(body, '{decision,wishes,0,value}', '"member"')
                    WHERE seq = (SELECT max(seq) FROM usher.event WHERE kind = 'decision.made')
                    RETURNING seq
                    """
                ) { try $0.get("seq", as: Int.self) }
            }
            let bad = try await world.usher("rules", "replay", "--format", "json")
            #expect(bad.status == 2)
            let differences = try #require(try bad.summary["differences"] as? [[String: Any]])
            #expect(differences.map { $0["seq"] as? Int } == [seq])
            let others = try await world.usher("rules", "replay", "--contact", "nobody@acme.com")
            #expect(others.status == 0 && others.output.contains("0 decisions"))
            let none = try await world.usher("rules", "replay", "--since", "2099-01-01")
            #expect(none.status == 0 && none.output.contains("0 decisions"))
        }
    }

    @Test func onlyTheNewestDecisionsAreMadeAgainAndThatIsSaid() async throws {
        let contacts = (0..<5).map { person("p\($0)@acme.com") }
        try await withWorld(rules: acmeAreAdmins, contacts: contacts) { world in
            try await world.runOnce()
            let store = try world.worker().store
            let some = try await DecisionReplay(of: store, limit: 3).run()
            #expect(some.identical == 3 && some.isCut)
            // One before each change, and one after.
            let all = try await DecisionReplay(of: store, limit: 10).run()
            #expect(all.identical == 10 && !all.isCut)
        }
    }

    /// As in a log whose oldest months were archived.
    @Test func whatTheRecordDoesNotHoldAnyMoreIsCounted() async throws {
        let contacts = [person("ana@acme.com"), person("bob@acme.com", role: "admin")]
        try await withWorld(rules: acmeAreAdmins, contacts: contacts) { world in
            try await world.runOnce()
            try await world.asOwner { db in
                try db.execute("DELETE FROM usher.event WHERE kind = 'contact.created'")
            }
            let store = try world.worker().store
            let report = try await DecisionReplay(of: store).run()
            // Bob has never changed, and Ana not since her second decision: they are as they were then.
            #expect(report.identical == 2 && report.withoutContact == 1 && report.different == 0)
            try await world.asOwner { db in
                try db.execute(
                    "UPDATE usher.event SET body = body - 'basis' WHERE kind = 'decision.made'")
            }
            #expect(try await DecisionReplay(of: store).run().withoutBasis == 3)
        }
    }
}

extension World {
    /// Every decision on record is made again as it was made.
    func expectReplayed(
        _ what: String = "", sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let report = try await DecisionReplay(of: worker().store).run()
        #expect(report.differences.isEmpty, "\(what)", sourceLocation: sourceLocation)
        let recorded = try await count("SELECT count(*) AS count FROM audit.decisions")
        #expect(
            report.identical == recorded && recorded > 0, "\(what) \(report)",
            sourceLocation: sourceLocation)
    }
}
