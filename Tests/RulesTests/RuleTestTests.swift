import Contacts
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
            "portal_role: expected member, would be admin"
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
