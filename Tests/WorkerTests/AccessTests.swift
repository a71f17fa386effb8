import Contacts
import Foundation
import Postgres
import Reconciler
import Sandbox
import Store
import Testing
import Worker

/// Who has what, and why: against the snapshot, and against the log read in another way.
@Suite struct AccessTests {
    /// What makes access hard to tell; walks that met none of it would prove little.
    private static let hard: Set = [
        "before_usher", "somebody_else", "usher", "came back", "gone", "late", "confirmed",
        "not taken", "approved", "held", "excepted", "drift", "no role", "by role id",
        "account's ids",
    ]

    @Test func everybodyIsToldOfWhateverHappened() async throws {
        try await expectWalks(seeds: 1...18, toMeet: Self.hard, Self.walk)
    }

    /// - Returns: What it met.
    private static func walk(seed: UInt64) async throws -> Set<String> {
        try await withWorld(rules: acmeAreAdmins, generated: 40) { world in
            var walk = try TurnoverWalk(world, seed: seed)
            try await walk.begin()
            var past: [(at: Date, told: [Data])] = []
            var met: Set<String> = []
            for number in 0..<90 {
                try await walk.step()
                guard number % 15 == 14 else { continue }
                // A day later, when limits have room again.
                try await world.asOwner { try $0.run(script: "DELETE FROM usher.change_count") }
                try await walk.walk.stepwise.evaluate()
                let now = try await world.now
                let told = try await world.access(at: now)
                let what = "seed \(seed), step \(number)"
                try await world.expectSnapshot(told, what)
                met.formUnion(try expect(told, from: try await RecordFold(world), what))
                past.append((now, told.map(\.encoded)))
            }
            // Whatever has happened since, it was so.
            for (at, then) in past {
                #expect(try await world.access(at: at).map(\.encoded) == then, "seed \(seed)")
            }
            return met
        }
    }

    /// - Returns: What was met.
    private static func expect(
        _ told: [ContactAccess], from fold: RecordFold, _ what: String
    ) throws -> Set<String> {
        #expect(told.map(\.contactID) == fold.living.keys.sorted(), "\(what)")
        var met: Set<String> = fold.people.count == fold.living.count ? [] : ["gone"]
        for access in told {
            let person = try #require(fold.living[access.contactID])
            let what: Comment = "\(what), \(access)"
            #expect(access.originSeq == person.role.seq, what)
            #expect(access.since == person.role.recordedAt, what)
            #expect(access.origin == person.origin, what)
            let rules = person.intent?.member("rules", as: [String: [String]].self)
            #expect(access.rules == (rules?["portal_role"] ?? []).sorted(), what)
            #expect(access.actionID == person.intent?.actionID, what)
            #expect((access.origin == .usher) == (access.actionID != nil), what)
            #expect(access.rulesetHash == person.ground?.member("ruleset_hash"), what)
            let ground = person.ground?.member("decision", as: RecordFold.Decision.self)
            let seen = ((ground?.matched ?? []) + (ground?.reverted ?? []))
                .filter { access.rules.contains($0.rule) }
            #expect(
                access.evidence == Dictionary(seen.map { ($0.rule, $0.evidence) }) { $1 }, what)
            #expect(access.evidence.isEmpty == (access.origin != .usher), what)
            let decision = person.newest?.member("decision", as: RecordFold.Decision.self)
            #expect(
                access.exceptions.map(\.rule) == (decision?.excepted ?? []).map(\.rule), what)
            #expect(
                access.drift.map(\.field)
                    == (decision?.wishes ?? []).filter { $0.state == "drift" }.map(\.field), what)
            #expect(access.drift.allSatisfy { $0.since != nil }, what)
            met.formUnion(Self.met(access, person, ground))
        }
        return met
    }

    private static func met(
        _ access: ContactAccess, _ person: RecordFold.Person, _ ground: RecordFold.Decision?
    ) -> Set<String> {
        var met: Set = [access.origin.rawValue]
        func note(_ name: String, _ isMet: Bool) { if isMet { met.insert(name) } }
        note("came back", person.role.kind == "contact.restored")
        note("late", person.role.kind == "contact.updated" && access.origin == .usher)
        note("confirmed", person.role.kind == "patch.confirmed")
        note("not taken", person.role.kind == "patch.not_taken")
        note("approved", access.approvedBy != nil)
        note("held", !access.holds.isEmpty)
        note("excepted", !access.exceptions.isEmpty)
        note("drift", !access.drift.isEmpty)
        note("no role", access.role == nil)
        let values = person.intent?.member("values", as: [String: FieldValue].self)
        note("by role id", values?["portal_role_id"] != nil)
        note("account's ids", !access.accountExternalIDs.isEmpty)
        return met
    }

    private static let limited = """
        version: 1
        fields: { tier: { type: text } }
        limits: { per_hour: 0 }
        rules:
          - { id: gold, mode: enforce, when: { email.domain: acme.com, custom_fields.tier: gold }, set: { portal_role: admin } }
        """

    @Test func whoApprovedIsNamed() async throws {
        let people = [person("ana@acme.com", tier: "gold"), person("bob@acme.com")]
        try await withStepwiseWorker(rules: Self.limited, contacts: people) { stepwise, ids in
            try await stepwise.see(ids)
            try await stepwise.evaluate()
            var ana = try #require(
                try await stepwise.world.access().first { $0.role == "member" && !$0.holds.isEmpty }
            )
            #expect(ana.holds.map(\.field) == ["portal_role"] && ana.holds[0].rules == ["gold"])
            _ = try await stepwise.store.approve(
                .rule("gold"), meanings: [:], by: OperatorAct(who: "zoe@desk", reason: "ours"))
            try await stepwise.evaluate()
            try await stepwise.send()
            let admins = try await stepwise.world.access(AccessFilter(role: "admin"))
            ana = try #require(admins.first)
            #expect(admins.count == 1 && ana.approvedBy == "zoe@desk" && ana.holds.isEmpty)
            #expect(ana.evidence["gold"]?["custom_fields.tier"] == .text("gold"))
        }
    }

    /// How the expiry of a hold on a rule came about, and is on record.
    enum Expiry: CaseIterable {
        case ofARule
        /// Its id is another one than when it was held.
        case ofARenamedRule
        /// As earlier versions recorded it: with the rule alone.
        case ofAnEarlierVersion
    }

    /// Before anything else happens to the contact, and at every moment that is asked for later.
    @Test(arguments: Expiry.allCases)
    func whatAHoldKeptBackIsNotHeldOnceItHasExpired(_ expiry: Expiry) async throws {
        let ana = person("ana@acme.com", tier: "gold")
        try await withStepwiseWorker(rules: Self.limited, contacts: [ana]) { stepwise, ids in
            let world = stepwise.world
            try await stepwise.see(ids)
            try await stepwise.evaluate()
            if expiry == .ofARenamedRule {
                try await stepwise.prepare(
                    rules: Self.limited.replacing("id: gold,", with: "id: golden,")
                        + "\nrenamed: [{ from: gold, to: golden }]\n")
                try await stepwise.evaluate()
            }
            let hold = try #require(try await stepwise.store.holds().first?.hold)
            let before = try await world.now
            #expect(try await world.access().map(\.holds.count) == [1])
            if expiry == .ofAnEarlierVersion {
                try await world.append(kind: "hold.expired", causeSeq: hold, "{}")
            } else {
                try await world.ageHolds("rule_hold", byDays: 7)
                _ = try await stepwise.store.expireHolds()
                #expect(try await stepwise.kinds(of: ids[0]).last == "hold.expired")
            }
            let after = try await world.now
            #expect(try await world.access().map(\.holds.count) == [0])
            if expiry != .ofAnEarlierVersion {
                // It is decided on again, and what is decided holds nothing.
                try await stepwise.evaluate()
                #expect(try await stepwise.kinds(of: ids[0]).last == "decision.made")
                try await world.expectSnapshot(try await world.access(), "decided again")
            }
            #expect(try await world.access(at: before).map(\.holds.count) == [1])
            #expect(try await world.access(at: after).map(\.holds.count) == [0])
        }
    }

    /// An expiry is about what was held before it.
    @Test func whatIsHeldAfterAnExpiryIsHeld() async throws {
        let ana = person("ana@acme.com", tier: "gold")
        try await withStepwiseWorker(rules: Self.limited, contacts: [ana]) { stepwise, ids in
            try await stepwise.see(ids)
            try await stepwise.evaluate()
            try await stepwise.world.ageHolds("rule_hold", byDays: 7)
            _ = try await stepwise.store.expireHolds()
            try await stepwise.evaluate()
            // Another meaning is another rule, and held anew under the same name.
            try await stepwise.prepare(
                rules: Self.limited.replacing("tier: gold }", with: "tier: [gold, platinum] }"))
            try await stepwise.evaluate()
            let access = try await stepwise.world.access()
            #expect(access.map(\.holds.count) == [1])
            try await stepwise.world.expectSnapshot(access, "held anew")
        }
    }

    private static let departments = """
        version: 1
        fields: { tier: { type: text }, department: { type: text } }
        limits: { per_hour: 0 }
        rules:
          - { id: gold, mode: enforce, when: { custom_fields.tier: gold }, set: { custom_fields.department: Staff } }
        """

    /// What was held, and the account's ids, are those of the contact that is gone.
    @Test func whoComesBackBringsNothingFromBefore() async throws {
        try await withWorld(rules: Self.departments, generated: 60) { world in
            let stepwise = try StepwiseWorker(world)
            try await stepwise.prepare()
            try await stepwise.see(world.sandbox.contacts.map(\.id))
            try await stepwise.evaluate()
            let held = try await world.access().filter { !$0.holds.isEmpty }
            let id = try #require(held.first { !$0.accountExternalIDs.isEmpty }).contactID
            var contact = try #require(world.sandbox.contact(id: id))
            _ = world.sandbox.deleteContact(id: id)
            try await stepwise.store.delete(
                [ByteText(id): Absence(status: 404, requestID: "proof")],
                askedAt: try await stepwise.store.lastSeq())
            try await stepwise.evaluate()
            #expect(try await world.access().allSatisfy { $0.contactID != id })
            (contact.customFields, contact.accountID) = ([:], nil)
            world.sandbox.addContact(contact)
            try await stepwise.see(id)
            try await stepwise.evaluate()
            let all = try await world.access()
            let back = try #require(all.first { $0.contactID == id })
            #expect(back.origin == .somebodyElse && back.accountID == nil)
            #expect(back.holds.isEmpty && back.accountExternalIDs.isEmpty)
        }
    }

    private static func reverting(to role: String) -> String {
        """
        version: 1
        fields: { tier: { type: text } }
        rules:
          - { id: gold, mode: enforce, on_unmatch: revert, when: { email.domain: acme.com, custom_fields.tier: gold }, set: { portal_role: \(role) } }
        """
    }

    /// The rule gave it, and on what it saw when it was not true any more.
    @Test func whatIsGivenBackIsOnAccountOfItsRule() async throws {
        let ana = person("ana@acme.com", tier: "gold")
        try await withStepwiseWorker(rules: Self.reverting(to: "admin"), contacts: [ana]) {
            stepwise, ids in
            for tier in ["gold", "silver"] {
                _ = stepwise.world.sandbox.editContact(id: ids[0]) {
                    $0.customFields["tier"] = .single(tier)
                }
                try await stepwise.see(ids)
                try await stepwise.evaluate()
                try await stepwise.send()
            }
            let access = try await stepwise.world.access()[0]
            #expect(access.role == "member" && access.origin == .usher)
            #expect(access.rules == ["gold"])
            #expect(access.evidence["gold"]?["custom_fields.tier"] == .text("silver"))
        }
    }

    /// To give it back would raise access.
    @Test func whatWaitsForAPersonIsToldWithTheContact() async throws {
        let ana = person("ana@acme.com", tier: "gold")
        try await withStepwiseWorker(rules: Self.reverting(to: "no_access"), contacts: [ana]) {
            stepwise, ids in
            for tier in ["gold", "silver"] {
                _ = stepwise.world.sandbox.editContact(id: ids[0]) {
                    $0.customFields["tier"] = .single(tier)
                }
                try await stepwise.see(ids)
                try await stepwise.evaluate()
                try await stepwise.send()
            }
            let access = try await stepwise.world.access()[0]
            #expect(access.role == "no_access" && access.rules == ["gold"])
            let hold = try #require(access.holds.first)
            #expect(hold.field == "portal_role" && hold.why == "revert" && hold.rules == ["gold"])
            let waiting = try await stepwise.world.rows(
                "SELECT hold_id, why, email, field, value, rule_ids FROM audit.waiting"
            ) { row in
                (
                    hold: try row.get("hold_id", as: Int.self),
                    text: try ["why", "email", "field", "value"].map {
                        try row.get($0, as: String.self)
                    } + row.get("rule_ids", as: [String].self)
                )
            }
            #expect(waiting.map(\.hold) == [hold.holdID ?? 0])
            #expect(
                waiting.map(\.text) == [
                    ["revert", "ana@acme.com", "portal_role", "member", "gold"]
                ])
        }
    }

    /// As decisions will say it themselves.
    @Test func whoApprovedIsTakenFromTheDecision() async throws {
        try await withStepwiseWorker(rules: Self.limited, contacts: [person("ana@acme.com")]) {
            stepwise, ids in
            try await stepwise.see(ids)
            let act = try await stepwise.world.append(
                kind: "operator.acted", contactID: ids[0],
                #"{"what": "approved portal_role: admin", "who": "zoe@desk", "reason": "x", "plan": "00f3"}"#
            )
            let decision = try await stepwise.world.append(
                kind: "decision.made", contactID: ids[0], actionOfItsOwn: true,
                """
                {"ruleset_hash": "1a", "approvals": {"portal_role": {"seq": \(act), "who": "zoe@desk", "plan": "00f3"}},
                 "decision": {"matched": [{"rule": "gold", "round": 1, "evidence": {"email.domain": "acme.com"}}], "wishes": []}}
                """)
            let body = """
                "values": {"portal_role": "admin"}, "rules": {"portal_role": ["gold"]}
                """
            try await stepwise.world.append(
                kind: "patch.intended", contactID: ids[0], causeSeq: decision, "{\(body)}")
            let answer = #""changed": ["portal_role"], "after": {"portal_role": "admin"}"#
            try await stepwise.world.append(
                kind: "patch.applied", contactID: ids[0], causeSeq: decision,
                "{\(body), \(answer), \"brought\": {\"portal_role_id\": \"r-7\"}}")
            let access = try await stepwise.world.access()[0]
            #expect(access.role == "admin" && access.roleID == "r-7" && access.origin == .usher)
            #expect(access.approvedBy == "zoe@desk" && access.rules == ["gold"])
            #expect(access.rulesetHash == "1a")
        }
    }
}

extension World {
    func access(
        _ filter: AccessFilter = AccessFilter(), at moment: Date? = nil
    ) async throws -> [ContactAccess] {
        var access: [ContactAccess] = []
        try await worker().store.readAccess(filter, at: moment) { access.append($0) }
        return access
    }

    /// Holds what was told against what is known of every contact.
    fileprivate func expectSnapshot(_ told: [ContactAccess], _ what: String) async throws {
        let snapshot = try await rows(
            """
            SELECT c.contact_id, c.document, c.email,
                   ARRAY(SELECT DISTINCT replace(h.change ->> 'field', 'role_id', 'role')
                         FROM jsonb_array_elements(c.held) AS h (change)
                         UNION ALL
                         SELECT h.field FROM usher.hold h
                         WHERE h.contact_id = c.contact_id AND h.refused_at IS NULL
                           AND h.expired_at IS NULL) AS held
            FROM usher.contact c
            WHERE c.deleted_at IS NULL
            ORDER BY c.contact_id
            """
        ) { row in
            (
                contact: try Contact(json: row.get("document", as: JSON.self).bytes),
                email: try row.get("email", as: String?.self),
                held: try row.get("held", as: [String].self)
            )
        }
        #expect(told.map(\.contactID) == snapshot.map(\.contact.id), "\(what)")
        for (access, known) in zip(told, snapshot) {
            let what: Comment = "\(what), \(access)"
            let contact = known.contact
            #expect(access.role == contact.portalRole, what)
            #expect(access.roleID == contact.portalRoleID, what)
            #expect(access.accountID == contact.account?.id, what)
            let ids = Dictionary(
                uniqueKeysWithValues: (contact.account?.externalIDs ?? [:]).map {
                    ($0.key.text, FieldValue($0.value))
                })
            #expect(access.accountExternalIDs == ids, what)
            let isPlain = contact.emailAddress.status == .ok
            #expect(access.email == (isPlain ? known.email : contact.email?.inASCIILowerCase), what)
            #expect(access.holds.map(\.field).sorted() == known.held.sorted(), what)
        }
    }
}

extension ContactAccess {
    fileprivate var encoded: Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return (try? encoder.encode(self)) ?? Data()
    }
}

extension String {
    fileprivate var inASCIILowerCase: String {
        String(decoding: utf8.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }, as: UTF8.self)
    }
}
