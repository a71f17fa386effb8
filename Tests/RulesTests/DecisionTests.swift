import Contacts
import Foundation
import Testing

@testable import Rules

struct Decisions {
    @Test func rulesThatWantTheSameAgree() throws {
        let ruleset = try rules(
            "b | 100 | id: c | portal_role: admin",
            "a | 200 | id: c | portal_role: admin")
        let decision = ruleset.decide(Contact(id: "c", name: "Ana", portalRole: "member"))
        #expect(decision.changes == ContactPatch([.portalRole: "admin"]))
        let wish = try #require(decision.wishes.first)
        #expect(wish.rules == ["a", "b"])
        #expect(wish.priority == 200)
        #expect(wish.from == .text("member"))
        #expect(wish.state == .change)
        #expect(decision.beaten.isEmpty && decision.conflicts.isEmpty)
    }

    @Test func theHigherPriorityWinsAndTheLoserIsRecorded() throws {
        let ruleset = try rules(
            "low | 100 | id: c | portal_role: member",
            "high | 101 | id: c | portal_role: admin")
        let decision = ruleset.decide(Contact(id: "c", name: "Ana"))
        #expect(decision.changes[.portalRole] == "admin")
        #expect(
            decision.beaten == [
                Beaten(rule: "low", field: .portalRole, value: "member", by: ["high"])
            ])
    }

    @Test func aTieDoesNothingToItsFieldAndEverythingToTheOthers() throws {
        let ruleset = try rules(
            "a | 100 | id: c | portal_role: member, custom_fields.x: \"1\"",
            "b | 100 | id: c | portal_role_id: id-7",
            "c | 50 | id: c | portal_role: member")
        let decision = ruleset.decide(Contact(id: "c", name: "Ana", portalRole: "admin"))
        #expect(decision.changes == ContactPatch([.customField(slug: "x"): "1"]))
        let conflict = try #require(decision.conflicts.first)
        #expect(conflict.kind == .tie)
        #expect(conflict.slot == "portal_role")
        #expect(conflict.contenders.map(\.rule) == ["a", "b"])
        #expect(conflict.contenders.map(\.value) == ["member", "id-7"])
    }

    @Test func rulesSeeWhatOtherRulesSetAndAllOfItIsOneChange() throws {
        let ruleset = try rules(
            "c | 100 | custom_fields.b: \"1\" | portal_role: { at_least: member }",
            "b | 100 | custom_fields.a: \"1\" | custom_fields.b: \"1\"",
            "a | 100 | name: Ana | custom_fields.a: \"1\"")
        let decision = ruleset.decide(Contact(id: "c", name: "Ana"))
        #expect(decision.changes.values.count == 3)
        #expect(decision.matched.map(\.rule) == ["a", "b", "c"])
        #expect(decision.matched.map(\.round) == [1, 2, 3])
        #expect(decision.matched[2].evidence == ["custom_fields.b": .text("1")])
    }

    @Test func onlyTheConflictsOfTheLastRoundCount() throws {
        let ruleset = try rules(
            "a | 100 | id: c, name: new | portal_role: member",
            "b | 100 | id: c, name: new | portal_role: admin",
            "c | 100 | name: new | name: old")
        let decision = ruleset.decide(Contact(id: "c", name: "new"))
        #expect(decision.conflicts.isEmpty)
        #expect(decision.changes == ContactPatch([.name: "old"]))
    }

    @Test func aTieThatOnlyALaterRoundShowsTakesTheFieldBack() throws {
        let ruleset = try rules(
            "first | 100 | id: c | portal_role: admin",
            "second | 100 | id: c, name: Bea | portal_role: member",
            "name | 100 | id: c | name: Bea")
        let decision = ruleset.decide(Contact(id: "c", name: "Ana"))
        #expect(decision.changes == ContactPatch([.name: "Bea"]))
        #expect(decision.conflicts.map(\.kind) == [.tie])
    }

    @Test func rulesInACycleLeaveTheContactAlone() throws {
        let ruleset = try rules(
            "a | 100 | custom_fields.x: \"1\" | custom_fields.x: \"2\"",
            "b | 100 | custom_fields.x: \"2\" | custom_fields.x: \"1\"",
            "other | 100 | id: c1 | portal_role: member")
        var contact = Contact.sample(["x": "1"])
        contact.name = "Ana"
        let decision = ruleset.decide(contact)
        #expect(decision.changes.isEmpty && decision.wishes.isEmpty && decision.beaten.isEmpty)
        #expect(decision.matched.map(\.rule) == ["a", "b", "other"])
        #expect(decision.conflicts.count == 1)
        let conflict = try #require(decision.conflicts.first)
        #expect(conflict.kind == .unsettled)
        #expect(conflict.slot == "custom_fields.x")
        #expect(conflict.contenders.map(\.rule) == ["a", "b"])
    }

    @Test func aRuleThatOnlyLedIntoTheCycleIsNotNamed() throws {
        let ruleset = try rules(
            "lead | 100 | custom_fields.x: { absent: true } | custom_fields.x: \"1\"",
            "a | 100 | custom_fields.x: \"1\" | custom_fields.x: \"2\"",
            "b | 100 | custom_fields.x: \"2\" | custom_fields.x: \"1\"")
        let decision = ruleset.decide(.sample())
        #expect(decision.conflicts.map { $0.contenders.map(\.rule) } == [["a", "b"]])
        #expect(decision.matched.map(\.rule) == ["a", "b", "lead"])
    }

    @Test func whoMovesToAnotherAccountLeavesItsExternalIDsBehind() throws {
        let ruleset = try rules(
            "move | 100 | id: c1, name: Ana | account_id: a2",
            "lost | 100 | account.external_ids.crm: { absent: true } | custom_fields.crm: none")
        var ana = Contact.sample()
        ana.account = .init(id: "a1", externalIDs: ["crm": "7"])
        #expect(ruleset.decide(ana).changes.isEmpty)
        ana.name = "Ana"
        #expect(
            ruleset.decide(ana).changes.values
                == [.accountID: "a2", .customField(slug: "crm"): "none"])
    }

    @Test(arguments: [(15, true), (16, false)])
    func aChainSettlesWithinSixteenRounds(_ length: Int, _ settles: Bool) throws {
        let lines = (0..<length).map {
            "  - { id: r\($0), mode: enforce, when: { custom_fields.x: \"\($0)\" }, "
                + "set: { custom_fields.x: \"\($0 + 1)\" } }"
        }
        let ruleset = try ruleset("version: 1\nrules:\n" + lines.joined(separator: "\n"))
        let decision = ruleset.decide(.sample(["x": "0"]))
        #expect(decision.changes.isEmpty == !settles)
        #expect(decision.conflicts.isEmpty == settles)
        if !settles { #expect(decision.conflicts[0].contenders.count == length) }
    }

    @Test func aValueThatIsAlreadySoIsRecordedAndNotSent() throws {
        let ruleset = try rules("a | 100 | id: c | portal_role: member")
        let decision = ruleset.decide(Contact(id: "c", name: "Ana", portalRole: "member"))
        #expect(decision.changes.isEmpty && !decision.isEmpty)
        #expect(decision.wishes.map(\.state) == [.alreadySo])
    }

    @Test func thereAndBackAgainSendsNothing() throws {
        let ruleset = try rules(
            "go | 100 | custom_fields.x: { absent: true } | name: Bob",
            "mark | 100 | name: Bob | custom_fields.x: \"1\"",
            "back | 200 | custom_fields.x: \"1\" | name: Ana")
        let decision = ruleset.decide(Contact(id: "c", name: "Ana"))
        #expect(decision.changes == ContactPatch([.customField(slug: "x"): "1"]))
        #expect(decision.wishes.map(\.state) == [.change, .alreadySo])
    }

    @Test func aRuleInShadowIsJudgedOnTheResultAndChangesNothing() throws {
        let ruleset = try ruleset(
            """
            version: 1
            rules:
              - { id: a, mode: enforce, when: { id: c }, set: { portal_role: member } }
              - { id: s, priority: 900, when: { id: c, portal_role: member }, set: { portal_role: admin } }
              - { id: o, mode: off, when: { id: c }, set: { portal_role: admin } }
            """)
        let decision = ruleset.decide(Contact(id: "c", name: "Ana"))
        #expect(decision.changes[.portalRole] == "member")
        #expect(decision.matched.map(\.rule) == ["a"])
        #expect(
            decision.shadow == [
                ShadowWish(rule: "s", field: .portalRole, value: "admin", bound: nil, from: nil)
            ])
    }

    @Test func theOrderOfFilesAndRulesDecidesNothing() throws {
        let one =
            "version: 1\nrules: [{id: a, mode: enforce, when: {id: c}, set: {portal_role: x}}]"
        let two =
            "version: 1\nrules: [{id: b, mode: enforce, when: {id: c}, set: {portal_role: y}}]"
        let sources = [
            RuleSource(path: "1.yaml", text: one), RuleSource(path: "2.yaml", text: two),
        ]
        let forward = try Ruleset(sources: sources)
        let backward = try Ruleset(sources: sources.reversed())
        let contact = Contact(id: "c")
        #expect(forward.decide(contact) == backward.decide(contact))
        #expect(forward.hash == backward.hash)
        #expect(forward.hash.count == 64)
        #expect(try forward.hash != ruleset(one, two).hash)
    }

    @Test func aDecisionReadsBackFromItsJSON() throws {
        let ruleset = try rules(
            "a | 100 | id: c, email.domain: { absent: true } | portal_role: member",
            "b | 50 | id: c | portal_role: admin")
        let decision = ruleset.decide(Contact(id: "c"))
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let json = try encoder.encode(decision)
        #expect(try JSONDecoder().decode(Decision.self, from: json) == decision)
        #expect(
            String(decoding: json, as: UTF8.self)
                == #"{"beaten":[{"by":["a"],"field":"portal_role","rule":"b","value":"admin"}],"#
                + #""changes":{"portal_role":"member"},"conflicts":[],"#
                + #""matched":[{"evidence":{"email.domain":null,"id":"c"},"round":1,"rule":"a"},"#
                + #"{"evidence":{"id":"c"},"round":1,"rule":"b"}],"shadow":[],"#
                + #""wishes":[{"field":"portal_role","priority":100,"rules":["a"],"#
                + #""state":"change","value":"member"}]}"#)
    }
}

extension Contact {
    static func sample(_ fields: [String: String]) -> Contact { sample(nil, role: nil, fields) }
}

struct Drift {
    static let grant = Grant(field: .portalRole, value: "admin", rules: ["a"])

    static func decide(
        _ role: String?, grant: Grant? = grant, lines: String...
    ) throws -> Decision {
        let rule = { (line: String) in
            let parts = line.components(separatedBy: " | ")
            return "  - { id: \(parts[0]), priority: \(parts[1]), mode: enforce, "
                + "when: { id: c }, set: { portal_role: \(parts[2]) } }"
        }
        let ruleset = try ruleset(
            "version: 1\nrules:\n" + lines.map(rule).joined(separator: "\n"))
        return ruleset.decide(
            Contact(id: "c", portalRole: role),
            memory: ContactMemory(grants: grant.map { [$0.field.slot: $0] } ?? [:]))
    }

    @Test(arguments: ["member", nil])
    func whatSomebodyElseChangedIsRecordedAndLeftAlone(_ role: String?) throws {
        let decision = try Self.decide(role, lines: "a | 100 | admin")
        #expect(decision.changes.isEmpty)
        #expect(decision.wishes.map(\.state) == [.drift])
    }

    @Test func withoutAGrantTheSameWishActs() throws {
        #expect(try !Self.decide("member", grant: nil, lines: "a | 100 | admin").changes.isEmpty)
    }

    @Test func anotherRuleOrAnotherValueActs() throws {
        #expect(try !Self.decide("member", lines: "b | 100 | admin").changes.isEmpty)
        #expect(try !Self.decide("member", lines: "a | 100 | no_access").changes.isEmpty)
        #expect(
            try !Self.decide("member", lines: "a | 100 | admin", "b | 100 | admin")
                .changes.isEmpty)
    }

    @Test func theLoserDoesNotGetItsTurnBecauseTheWinnerDrifted() throws {
        let decision = try Self.decide("member", lines: "a | 100 | admin", "b | 50 | no_access")
        #expect(decision.changes.isEmpty)
        #expect(decision.beaten.map(\.rule) == ["b"])
    }

    @Test func whatIsAsItWasSetIsNoDrift() throws {
        #expect(try Self.decide("admin", lines: "a | 100 | admin").wishes[0].state == .alreadySo)
    }

    @Test func aDriftThatComesAfterAnotherRulesWishDoesNotHideThatWish() throws {
        let ruleset = try rules(
            "first | 200 | id: c, name: { absent: true } | portal_role: no_access",
            "mark | 100 | id: c | name: Ana",
            "a | 100 | id: c | portal_role: admin")
        let contact = Contact(id: "c", portalRole: "member")
        let decision = ruleset.decide(
            contact, memory: ContactMemory(grants: ["portal_role": Self.grant]))
        #expect(decision.changes[.portalRole] == "no_access")
        #expect(decision.wishes.map(\.state) == [.change, .change])
        #expect(decision.wishes.last?.rules == ["first"])
    }

    @Test func aDriftedWishDoesNotFeedTheCopy() throws {
        let ruleset = try rules(
            "a | 100 | id: c | portal_role: admin",
            "b | 100 | portal_role: admin | custom_fields.x: \"1\"")
        let contact = Contact(id: "c", name: "Ana", portalRole: "member")
        #expect(
            ruleset.decide(contact, memory: ContactMemory(grants: ["portal_role": Self.grant]))
                .changes.isEmpty)
        #expect(ruleset.decide(contact).changes.values.count == 2)
    }
}
