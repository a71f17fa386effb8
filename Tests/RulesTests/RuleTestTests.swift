import Contacts
import Foundation
import RuleLint
import Rules
import Testing

struct TestsInFiles {
    static let rules = """
        version: 1
        rules:
          - { id: staff, priority: 200, mode: enforce, when: { email.domain: acme.com }, set: { portal_role: admin } }
          - { id: gold, mode: enforce, when: { custom_fields.tier: gold }, set: { portal_role: member } }
          - { id: quiet, when: { email.domain: acme.com }, set: { name: X } }
          - { id: off, mode: off, when: { email.domain: acme.com }, set: { name: X } }
        fields: { tier: { type: text } }
        tests:
        """

    static func run(_ test: String) throws -> RuleTestOutcome {
        let ruleset = try ruleset("\(rules)\n  - { name: t, \(test) }")
        return ruleset.run(try #require(ruleset.tests.first))
    }

    @Test(arguments: [
        "given: { email: a@acme.com }, expect: { set: { portal_role: admin } }",
        "given: { email: a@acme.com, portal_role: admin }, expect: { set: {}, matched: [staff] }",
        "given: { email: a@b.com }, expect: { set: {}, not_matched: [staff, quiet, off] }",
        "given: { email: a@acme.com, custom_fields: { tier: gold } }, expect: { beaten: [gold] }",
        "given: { email: a@acme.com, custom_fields.tier: gold }, expect: { beaten: [gold] }",
        "given: { email: a@acme.com }, expect: { matched: [quiet] }",
        "given: { email: \"a@b@acme.com\" }, expect: { email.status: malformed }",
        "given: { email: ~ }, expect: { email.status: empty, set: {} }",
        "given: { custom_fields: { tier: [gold, silver] } }, expect: { set: {} }",
    ])
    func whatIsSoPasses(_ test: String) throws {
        let outcome = try Self.run(test)
        #expect(outcome.isPassed, "\(outcome)")
    }

    @Test(arguments: [
        (
            "given: { email: a@acme.com }, expect: { set: {} }",
            "portal_role: expected nothing, but admin would be sent"
        ),
        (
            "given: { email: a@acme.com }, expect: { set: { portal_role: member } }",
            "portal_role: expected member, got admin"
        ),
        (
            "given: { email: a@b.com }, expect: { set: { portal_role: admin } }",
            "portal_role: expected admin, but nothing would be sent"
        ),
        ("given: { email: a@b.com }, expect: { matched: [staff] }", "`staff` did not match"),
        (
            "given: { email: a@acme.com }, expect: { matched: [off] }",
            "`off` did not match: it is off"
        ),
        ("given: { email: a@acme.com }, expect: { not_matched: [staff] }", "`staff` matched"),
        (
            "given: { email: a@acme.com }, expect: { not_matched: [quiet] }",
            "`quiet` matched, in shadow"
        ),
        ("given: { email: a@acme.com }, expect: { beaten: [gold] }", "`gold` was not beaten"),
        (
            "given: { email: a@acme.com }, expect: { email.status: idn }",
            "email.status: expected idn, is ok"
        ),
    ])
    func whatIsNotSoIsSaid(_ test: String, _ difference: String) throws {
        let outcome = try Self.run(test)
        #expect(outcome.differences == [difference])
        #expect(outcome.description.hasPrefix("FAIL a.yaml:9: t\n     \(difference)"))
    }

    @Test func nothingIsHeldWhereATestSaysSo() throws {
        let rules = """
            version: 1
            rules:
              - { id: r, mode: enforce, approval: required, when: { email.domain: acme.com }, set: { portal_role: admin } }
              - { id: s, mode: enforce, when: { email.domain: globex.com }, set: { name: Bea } }
            tests:
              - { name: waits, given: { email: a@acme.com }, expect: { held: [] } }
              - { name: goes, given: { email: a@globex.com }, expect: { held: [] } }
              - { name: agreed to before, given: { email: a@acme.com, portal_role: member }, granted: { portal_role: { value: member, rule: r } }, expect: { held: [], set: { portal_role: admin } } }
              - { name: is there, given: { email: a@acme.com, portal_role: admin }, expect: { held: [] } }
            """
        let ruleset = try ruleset(rules)
        #expect(
            ruleset.tests.map { ruleset.run($0).differences }
                == [["expected nothing to be held, but `r` would be"], [], [], []])
    }

    @Test func theTestsOfAFileMayRunAsIfAllWereEnforced() throws {
        let tests = """
            version: 1
            as: enforced
            tests:
              - { name: e, given: { email: a@acme.com, name: Y }, expect: { set: { name: X, portal_role: admin }, not_matched: [off] } }
            """
        let own =
            "\(Self.rules)\n  - { name: t, given: { email: a@acme.com, name: Y }, expect: { set: { portal_role: admin } } }"
        let ruleset = try ruleset(own, tests)
        let outcomes = ruleset.tests.map { ruleset.run($0) }
        #expect(outcomes.map(\.differences) == [[], []])
        #expect(outcomes[0].notes == ["`quiet` matches in shadow, so name: X is not sent"])
        #expect(outcomes[1].notes == ["`quiet` is in shadow, and taken as enforced here"])
    }

    private static let granting = """
        version: 1
        rules:
          - id: gold
            mode: enforce
            on_unmatch: revert
            when: { custom_fields.tier: gold }
            set: { portal_role: member }
          - { id: staff, mode: enforce, when: { email.domain: acme.com }, set: { portal_role: admin } }
        fields: { tier: { type: text } }
        tests:
        """

    @Test(arguments: [
        // What a rule had set is given back, where it is still there.
        (
            "given: { portal_role: member, custom_fields.tier: tin }, "
                + "granted: { portal_role: { value: member, rule: gold, from: no_access } }, "
                + "expect: { set: { portal_role: no_access }, not_matched: [gold] }", []
        ),
        (
            "given: { portal_role: admin, custom_fields.tier: tin }, "
                + "granted: { portal_role: { value: member, rule: gold } }, expect: { set: {} }", []
        ),
        // What would raise access waits for a person.
        (
            "given: { portal_role: member, custom_fields.tier: tin }, "
                + "granted: { portal_role: { value: member, rule: gold, from: admin } }, "
                + "expect: { set: {}, held: [gold] }", []
        ),
        // What somebody changed since is left alone.
        (
            "given: { email: a@acme.com, portal_role: member }, "
                + "granted: { portal_role: { value: admin, rule: staff } }, expect: { set: {} }",
            [
                "portal_role was admin by staff and has been changed since, so it is left alone"
            ]
        ),
        (
            "given: { email: a@acme.com, portal_role: member }, "
                + "granted: { portal_role: { value: admin, rule: [gold, staff] } }, "
                + "expect: { set: {} }",
            [
                "portal_role was admin by staff and has been changed since, so it is left alone"
            ]
        ),
        (
            "given: { email: a@acme.com, portal_role: member }, "
                + "granted: { portal_role: { value: admin, rule: gold } }, "
                + "expect: { set: { portal_role: admin } }", []
        ),
    ])
    func aTestMaySayWhatUsherHadSet(test: String, notes: [String]) throws {
        let ruleset = try ruleset("\(Self.granting)\n  - { name: t, \(test) }")
        let outcome = ruleset.run(ruleset.tests[0])
        #expect(outcome.differences == [])
        #expect(outcome.notes == notes)
    }

    /// A mutant that no longer gives back is noticed by a test of what had been set.
    @Test func whatIsGivenBackIsMutatedToo() throws {
        func survivors(_ granted: String) throws -> [String] {
            let ruleset = try ruleset(
                """
                \(Self.granting)
                  - { name: t, given: { portal_role: member, custom_fields.tier: tin }, \(granted) }
                """)
            return ruleset.mutate().survivors.filter { $0.rule == "gold" }.map(\.change)
        }
        let granted =
            "granted: { portal_role: { value: member, rule: gold, from: no_access } }, "
            + "expect: { set: { portal_role: no_access } }"
        #expect(try survivors("expect: { set: {} }").contains("always true"))
        #expect(try !survivors(granted).contains("always true"))
        #expect(try !survivors(granted).contains("shadow"))
    }

    @Test(
        arguments: [
            (nil, nil, []),
            (nil, "2026-01-15T00:00:00Z", []),
            (nil, "2026-02-01T00:00:00Z", ["rule `pilot` ended at 2026-02-01T00:00:00Z"]),
            ("2026-01-31T12:00:00Z", "2026-03-01T00:00:00Z", []),
            (
                "2026-02-02", "2026-01-01T00:00:00Z",
                [
                    "rule `pilot` ended at 2026-02-01T00:00:00Z",
                    "the exception `ex-jo` to `staff` ended at 2026-02-02T00:00:00Z",
                ]
            ),
            (
                "2026-04-01", nil,
                [
                    "rule `pilot` ended at 2026-02-01T00:00:00Z",
                    "`acme.com`, in a list that `staff` names, expired at 2026-03-01T00:00:00Z",
                ]
            ),
        ] as [(String?, String?, [String])])
    func whatHasEndedIsTold(now: String?, today: String?, notes: [String]) throws {
        let ruleset = try ruleset(
            """
            version: 1
            lists:
              acme: [ { value: acme.com, evidence: DNS TXT, expires: 2026-02-28 } ]
            rules:
              - { id: staff, mode: enforce, when: { email.domain: { in_list: acme } }, set: { name: x } }
              - { id: pilot, mode: enforce, from: 2025-11-01, until: 2026-01-31, when: { email: jo@acme.com }, set: { avatar_url: x } }
            exceptions:
              - { id: ex-jo, rules: [staff], contact: jo@acme.com, until: 2026-02-01, reason: on leave }
            tests:
              - { name: t, \(now.map { "now: \($0), " } ?? "")given: { email: jo@acme.com }, expect: { email.status: ok } }
            """)
        let runner = RuleTestRunner(
            ruleset, today: try today.map { try Date($0, strategy: .iso8601) })
        #expect(runner.run(ruleset.tests[0]).notes == notes)
    }

    @Test func aMatchInShadowSaysSo() throws {
        let outcome = try Self.run("given: { email: a@acme.com }, expect: { matched: [quiet] }")
        #expect(outcome.notes == ["`quiet` matches in shadow, so name: X is not sent"])
    }

    @Test func aContactIsWrittenInTheWordsOfTheAPI() throws {
        let ruleset = try ruleset(
            """
            \(Self.rules)
              - name: everything
                given:
                  id: c7
                  name: Ana
                  email: Ana@ACME.com
                  emails: [a@b.com, c@d.com]
                  account: { id: a1, external_ids: { crm: "0015e00002" } }
                  account.external_ids.erp: 0x1F
                  avatar_url: https://x.example/a.png
                  custom_fields: { tier: gold, products: [portal, api], left: ~ }
                  custom_fields.note: no
                  external_ids: { crm: 1.10 }
                  integration_user_ids: [slack:U1]
                  phone_numbers: ["+1"]
                  primary_phone_number: "+1"
                  portal_role: member
                  portal_role_id: r1
                expect: { matched: [staff] }
            """)
        let expected = Contact(
            id: "c7", name: "Ana", email: "Ana@ACME.com", emails: ["a@b.com", "c@d.com"],
            account: .init(id: "a1", externalIDs: ["crm": "0015e00002", "erp": "0x1F"]),
            avatarURL: "https://x.example/a.png",
            customFields: [
                "tier": .single("gold"), "products": .multiple(["portal", "api"]),
                "note": .single("no"),
            ],
            externalIDs: ["crm": "1.10"], integrationUserIDs: ["slack:U1"], phoneNumbers: ["+1"],
            primaryPhoneNumber: "+1", portalRole: "member", portalRoleID: "r1")
        #expect(ruleset.tests.first?.given == expected)
    }
}
