import Contacts
import RuleLint
import Rules
import Testing

/// What looking at all contacts tells about the rules: names that none of them has.
@Suite struct DanglingReferencesTests {
    private static let people = [
        contact("1", "ana@acme.com", account: "a1", crm: "42", role: "support-lead"),
        contact("2", "bob@eu.globex.com", account: "a2", crm: "43", role: "member"),
    ]

    @Test(arguments: [
        // What contacts have is not told.
        (
            "when: { email.domain: acme.com, account.external_ids.crm: '42', id: '1' }, set: { portal_role: support-lead }",
            []
        ),
        ("when: { email.domain: { under: globex.com } }, set: { portal_role: no_access }", []),
        ("when: { account_id: a1 }, set: { portal_role: admin }", []),
        // A domain, in a condition and by itself.
        (
            "when: { email.domain: globex.com }, set: { name: X }",
            ["the rule r names the domain globex.com, which no contact has"]
        ),
        (
            "when: { email.domain: { under: initech.com } }, set: { name: X }",
            ["the rule r names the domain initech.com, which no contact has"]
        ),
        (
            "when: { not: { email.site: { in: [b.com, a.com, acme.com] } } }, set: { name: X }",
            ["the rule r names the domains a.com, b.com, which no contact has"]
        ),
        (
            "when: { email.domain: { in: [d.com, c.com, b.com, a.com] } }, set: { name: X }",
            ["the rule r names 4 domains that no contact has: a.com, b.com, c.com …"]
        ),
        (
            "when: { email: jo@acme.com }, set: { name: X }",
            ["the rule r names the address jo@acme.com, which no contact has"]
        ),
        // Labels and values of external ids.
        (
            "when: { account.external_ids.crm: '44' }, set: { name: X }",
            ["the rule r names the account.external_ids.crm 44, which no contact has"]
        ),
        (
            "when: { account.external_ids.cmr: '44' }, set: { name: X }",
            [
                "rules test account.external_ids.cmr, which no contact has; contacts have "
                    + "account.external_ids.crm"
            ]
        ),
        (
            "when: { external_ids.github: x }, set: { name: X }",
            ["rules test external_ids.github, which no contact has"]
        ),
        // Roles, in conditions and in what is set; those that every workspace has are known.
        (
            "when: { email.domain: acme.com }, set: { portal_role: supprt-lead }",
            [
                "the rule r sets the role supprt-lead, which no contact has; contacts have "
                    + "support-lead"
            ]
        ),
        (
            "when: { portal_role: { in: [admin, suport-lead] } }, set: { name: X }",
            [
                "the rule r names the role suport-lead, which no contact has; contacts have "
                    + "support-lead"
            ]
        ),
        (
            "when: { portal_role_id: r9 }, set: { name: X }",
            ["the rule r names the role id r9, which no contact has"]
        ),
        (
            "when: { email.domain: acme.com }, set: { account_id: a9 }",
            ["the rule r sets the account a9, which no contact has"]
        ),
    ])
    func namesThatNoContactHasAreTold(rule: String, warnings: [String]) throws {
        let ruleset = try ruleset(
            "version: 1\nrules:\n  - { id: r, mode: shadow, \(rule) }")
        #expect(Self.census(of: ruleset, Self.people).warnings.map(\.text) == warnings)
    }

    @Test func whatAGuardrailNamesIsToldAndWhatARuleThatIsOffNamesIsNot() throws {
        let ruleset = try ruleset(
            """
            version: 1
            rules:
              - { id: r, mode: off, when: { email.domain: nobody.com }, set: { name: X } }
            guardrails:
              - { id: g, deny: { portal_role: admin }, when: { email.domain: nobody.com }, reason: r }
            """)
        #expect(
            Self.census(of: ruleset, Self.people).warnings.map(\.text) == [
                "the guardrail g names the domain nobody.com, which no contact has"
            ])
    }

    /// A list is told once, however many rules name it, and a table as one.
    @Test func listsAndTablesAreFolded() throws {
        let rules = (1...5).map {
            "  - { id: r\($0), mode: enforce, when: { email.domain: { in_list: l } }, set: { name: X } }"
        }.joined(separator: "\n")
        let domains = (1...300).map { "d\($0).com,X" }.joined(separator: "\n")
        let ruleset = try Ruleset(sources: [
            RuleSource(
                path: "a.yaml",
                text: """
                    version: 1
                    lists: { l: [acme.com, x.com] }
                    tables: { customers: { file: customers.csv } }
                    rules:
                    \(rules)
                      - { id: t, mode: enforce, when: { in_table: customers }, set: { name: "${name}" } }
                    """), RuleSource(path: "customers.csv", text: "domain,title\n\(domains)\n"),
        ])
        #expect(
            Self.census(of: ruleset, Self.people).warnings.map(\.text) == [
                "the rule r1, the rule r2, the rule r3 and 2 more name the domain x.com, which no "
                    + "contact has",
                "the rule t names 300 domains that no contact has: d1.com, d10.com, d100.com …",
            ])
    }

    /// Contacts can have any number of fields; those that rules test are found among them all the
    /// same.
    @Test func hostileContactsHideNoFieldAndNoRole() throws {
        let ruleset = try ruleset(
            """
            version: 1
            fields: { zone: { type: text } }
            rules:
              - { id: r, mode: enforce, when: { custom_fields.zone: x, portal_role: zoo }, set: { name: X } }
            """)
        var people = (0..<300).map { number in
            var contact = Contact(id: "\(number)", portalRole: "role-\(number)")
            for field in 0..<50 { contact.customFields["f\(number)-\(field)"] = "x" }
            return contact
        }
        people.append(Contact(id: "last", customFields: ["zone": "y"], portalRole: "zoo"))
        #expect(Self.census(of: ruleset, people).warnings.map(\.text) == [])
    }

    /// As a plan does: each page for itself, then merged.
    private static func census(of ruleset: Ruleset, _ people: [Contact]) -> DanglingReferences {
        var whole = DanglingReferences(ruleset)
        for contact in people {
            var page = whole.empty
            page.add(contact)
            whole.merge(page)
        }
        return whole
    }

    private static func contact(
        _ id: String, _ email: String, account: String, crm: String, role: String
    ) -> Contact {
        var contact = Contact(id: id, email: email, portalRole: role)
        contact.account = Contact.Account(
            id: account, externalIDs: ["crm": .multiple([crm, "x" + crm])])
        return contact
    }
}
