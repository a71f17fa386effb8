import Contacts
import Foundation
import Rules
import Testing

/// What rules give back once they are not true any more, and what they set again.
struct UnmatchTests {
    private static func gold(
        _ when: String = "{ custom_fields.tier: gold, email.domain: acme.com }",
        set: String = "{ portal_role: admin }", _ more: String = "on_unmatch: revert",
        others: String = ""
    ) throws -> Ruleset {
        try ruleset(
            """
            version: 1
            fields: { tier: { type: text } }
            lists: { acme: [ { value: acme.com, expires: 2026-06-01 } ] }
            rules:
              - id: gold
                mode: enforce
                when: \(when)
                set: \(set)
                \(more)
              - { id: other, mode: enforce, when: { id: c1, name: Bea }, set: { portal_role: member } }
            \(others)
            """)
    }

    private static func grant(
        from: String? = "member", value: String = "admin", rules: [String] = ["gold"],
        mayRaise: Bool = false
    ) -> [String: Grant] {
        [
            "portal_role": Grant(
                field: .portalRole, value: value, from: from.map(FieldValue.text), rules: rules,
                mayRaise: mayRaise)
        ]
    }

    /// To give back a field may raise access by another rule: then a person has to say so.
    @Test(arguments: [false, true])
    func whatLeadsToMoreAccessIsNotGivenBackByItself(isAgreed: Bool) throws {
        let ruleset = try Self.gold(
            others: """
                  - id: pilot
                    mode: enforce
                    when: { email.domain: acme.com, custom_fields.pilot: "yes" }
                    set: { custom_fields.tier: silver }
                    on_unmatch: revert
                """)
        let contact = Contact.sample(
            "ana@acme.com", role: "member", ["tier": "silver", "pilot": "no"])
        let grant = Grant(
            field: .customField(slug: "tier"), value: "silver", from: .text("gold"),
            rules: ["pilot"], mayRaise: isAgreed)
        let decision = ruleset.decide(
            contact, memory: ContactMemory(grants: ["custom_fields.tier": grant]))
        let tier = SettableField.customField(slug: "tier")
        #expect(
            decision.changes
                == ContactPatch(isAgreed ? [tier: "gold", .portalRole: "admin"] : [:]))
        #expect(decision.reverted?.map(\.needsPerson) == [isAgreed ? nil : true])
    }

    /// The tier, the address, the role now; what it becomes.
    @Test(
        arguments: [
            // Still true.
            ("gold", "ana@acme.com", "admin", nil),
            // False now.
            ("silver", "ana@acme.com", "admin", "member"),
            ("gold", "ana@globex.com", "admin", "member"),
            // Somebody emptied the field.
            (nil, "ana@acme.com", "admin", "member"),
            ("gold", nil, "admin", "member"),
            // What cannot be read tells nothing.
            ("gold", "not an address", "admin", nil),
            // What was set has been changed since.
            ("silver", "ana@acme.com", "no_access", nil),
        ] as [(String?, String?, String, String?)])
    func whatARuleSetIsGivenBackOnceItIsNotTrueAnyMore(
        tier: String?, email: String?, role: String, becomes: String?
    ) throws {
        let contact = Contact.sample(email, role: role, tier.map { ["tier": $0] } ?? [:])
        let decision = try Self.gold().decide(contact, memory: ContactMemory(grants: Self.grant()))
        #expect(decision.changes[.portalRole] == becomes)
        #expect(decision.reverted?.map(\.rule) == becomes.map { _ in ["gold"] })
        // Without the word, nothing is.
        #expect(
            try Self.gold("{ custom_fields.tier: gold }", "").decide(
                contact, memory: ContactMemory(grants: Self.grant())
            ).changes.isEmpty)
    }

    @Test func aRevertIsBelowEveryPriority() throws {
        var contact = Contact.sample("ana@acme.com", role: "admin", ["tier": "tin"])
        contact.name = "Bea"
        let decision = try Self.gold().decide(
            contact, memory: ContactMemory(grants: Self.grant(from: "no_access")))
        #expect(decision.changes[.portalRole] == "member")
        #expect(decision.wishes.map(\.rules) == [["other"]])
    }

    @Test func nothingIsGivenBackWhereItWouldRaise() throws {
        let contact = Contact.sample("ana@acme.com", role: "no_access", ["tier": "tin"])
        let ruleset = try Self.gold(set: "{ portal_role: no_access }")
        for from in ["member", "support-lead"] {
            let grant = Self.grant(from: from, value: "no_access")
            let decision = ruleset.decide(contact, memory: ContactMemory(grants: grant))
            #expect(decision.changes.isEmpty)
            #expect(decision.reverted?.map(\.needsPerson) == [true])
            let agreed = Self.grant(from: from, value: "no_access", mayRaise: true)
            #expect(
                ruleset.decide(contact, memory: ContactMemory(grants: agreed)).changes[.portalRole]
                    == from)
        }
    }

    @Test(
        arguments: [
            // Who is not there, is off, or says otherwise, gives nothing back.
            (["gold", "gone"], "", false), (["gold", "other"], "", false),
            (
                ["gold"],
                "exceptions: [ { id: e, rules: [gold], contact: c1, until: 2030-01-01, reason: r } ]",
                false
            ),
            (["gold"], "", true),
        ] as [([String], String, Bool)])
    func onlyRulesThatSayItGiveBack(granting: [String], others: String, isGiven: Bool) throws {
        let ruleset = try Self.gold(others: others)
        let contact = Contact.sample("ana@acme.com", role: "admin", ["tier": "tin"])
        let decision = ruleset.decide(
            contact, memory: ContactMemory(grants: Self.grant(rules: granting)),
            now: Date(timeIntervalSince1970: 1.78e9))
        #expect(decision.changes.isEmpty != isGiven)
    }

    @Test func anEndIsAnUnmatchAndAnExpiryIsNone() throws {
        let contact = Contact.sample("ana@acme.com", role: "admin", ["tier": "gold"])
        let later = Date(timeIntervalSince1970: 1.9e9)
        let ended = try Self.gold(
            "{ custom_fields.tier: gold }", "on_unmatch: revert\n    until: 2026-01-01")
        #expect(
            ended.decide(contact, memory: ContactMemory(grants: Self.grant()), now: later).changes[
                .portalRole] == "member"
        )
        let expired = try Self.gold("{ email.domain: { in_list: acme } }")
        let decision = expired.decide(
            contact, memory: ContactMemory(grants: Self.grant()), now: later)
        #expect(decision.matched.isEmpty && decision.changes.isEmpty)
    }

    @Test(
        arguments: [
            ("revert_to: { portal_role: no_access }", "member", "no_access"),
            ("", nil, "no_access"), ("", "support-lead", nil),
        ] as [(String, String?, String?)])
    func itGoesBackToWhatWasThereOrToWhatTheRuleSays(
        more: String, from: String?, becomes: String?
    ) throws {
        let ruleset = try Self.gold(
            "{ custom_fields.tier: gold }",
            "on_unmatch: revert" + (more.isEmpty ? "" : "\n    " + more))
        let contact = Contact.sample("ana@acme.com", role: "admin", ["tier": "tin"])
        let decision = ruleset.decide(
            contact, memory: ContactMemory(grants: Self.grant(from: from)))
        #expect(decision.changes[.portalRole] == becomes)
    }

    @Test func aCustomFieldThatWasEmptyIsEmptyAgain() throws {
        let ruleset = try Self.gold(set: "{ custom_fields.label: Gold }")
        let field = SettableField.customField(slug: "label")
        let contact = Contact.sample("ana@acme.com", ["tier": "tin", "label": "Gold"])
        let grants = ["custom_fields.label": Grant(field: field, value: "Gold", rules: ["gold"])]
        let decision = ruleset.decide(contact, memory: ContactMemory(grants: grants))
        #expect(decision.changes == ContactPatch([field: ""]))
        #expect(contact.applying(decision.changes)[field.path] == nil)
    }

    @Test func aRuleUnsetsAField() throws {
        let ruleset = try rules(
            "clear | 100 | name: Ana | custom_fields.label: { clear: true }",
            "then | 100 | custom_fields.label: { absent: true } | portal_role: { at_least: member }"
        )
        var contact = Contact.sample(["label": "x"])
        contact.name = "Ana"
        let changes = ruleset.decide(contact).changes
        #expect(changes == ContactPatch([.customField(slug: "label"): "", .portalRole: "member"]))
        // What is empty already is not sent.
        contact.customFields = [:]
        contact.portalRole = "member"
        #expect(ruleset.decide(contact).changes.isEmpty)
    }

    @Test(
        arguments: [
            ("gone", ["gone"], true), ("t", ["t[acme.com]"], true),
            ("\"t[acme.com]\"", ["t[acme.com]"], true),
            ("\"t[acme.com]\"", ["t[globex.com]"], false),
            // Somebody else who may stay stands behind it, too.
            ("gone", ["gone", "away"], false), ("gone", ["gone", "gold"], false),
        ] as [(String, [String], Bool)])
    func aRetiredRuleGivesBackWhatItSet(id: String, granting: [String], isGiven: Bool) throws {
        let ruleset = try Self.gold(
            "{ custom_fields.tier: gold }", "",
            others: "retired: [ { rule: \(id), fields: [portal_role, name], reason: r } ]")
        let contact = Contact.sample("ana@acme.com", role: "admin")
        let decision = ruleset.decide(
            contact, memory: ContactMemory(grants: Self.grant(rules: granting)))
        #expect(decision.changes[.portalRole] == (isGiven ? "member" : nil))
        #expect(ruleset.rule("gone") == nil || ruleset.hash(of: ruleset.rule("gone")!).count == 64)
    }

    @Test func aRuleThatIsSwitchedOffMayBeRetired() throws {
        let retired = "retired: [ { rule: gold, fields: [portal_role], reason: r } ]"
        for mode in ["off", "shadow"] {
            let ruleset = try ruleset(
                """
                version: 1
                rules: [ { id: gold, mode: \(mode), when: { id: c1 }, set: { portal_role: admin } } ]
                \(retired)
                """)
            let contact = Contact.sample("ana@acme.com", role: "admin")
            let decision = ruleset.decide(contact, memory: ContactMemory(grants: Self.grant()))
            #expect(decision.changes == ContactPatch([.portalRole: "member"]))
        }
    }

    @Test func aRuleThatReassertsFightsOn() throws {
        for (word, isSet) in [("respect", false), ("reassert", true)] {
            let ruleset = try Self.gold("{ custom_fields.tier: gold }", "on_drift: \(word)")
            let contact = Contact.sample("ana@acme.com", role: "no_access", ["tier": "gold"])
            let decision = ruleset.decide(contact, memory: ContactMemory(grants: Self.grant()))
            #expect(decision.changes.isEmpty != isSet)
        }
    }
}
