import Contacts
import RuleLint
import Rules
import Testing

struct Warnings {
    @Test(arguments: [
        (
            "{ email.domain: { ends_with: acme.com } }",
            "a.yaml:4:64: warning: this matches every domain with that ending, including `evilacme.com`; "
                + "`under: acme.com` takes the domain and its subdomains"
        ),
        (
            "{ email.domain: { starts_with: acme. } }",
            "a.yaml:4:66: warning: this matches every domain that begins so, whoever owns it; "
                + "name domains by `is`, `in` or `under`"
        ),
        (
            "{ email.domain: { contains: acme } }",
            "a.yaml:4:63: warning: this matches every domain that holds it anywhere, whoever owns "
                + "it; name domains by `is`, `in` or `under`"
        ),
        (
            "{ email: { contains: \"@acme.com\" } }",
            "a.yaml:4:56: warning: this matches anywhere in the address; test `email.domain` or "
                + "`email.local` instead"
        ),
        (
            "{ email: { ends_with: acme.com } }",
            "a.yaml:4:57: warning: this also matches the ends of longer domains; test "
                + "`email.domain` instead"
        ),
    ])
    func aConditionThatMatchesMoreThanItSeemsIsTold(_ condition: String, _ warning: String) throws {
        #expect(try ruleset(when: condition).warnings.map(\.description) == [warning])
    }

    @Test(arguments: [
        (
            "{ custom_fields.team: \"Sales*\" }", "Sales*", "wildcards",
            "; write `starts_with: Sales`"
        ),
        (
            "{ custom_fields.team: [a, \"*EMEA\"] }", "*EMEA", "wildcards",
            "; write `ends_with: EMEA`"
        ),
        ("{ id: { is: \"*x*\" } }", "*x*", "wildcards", "; write `contains: x`"),
        ("{ custom_fields.team: \"*\" }", "*", "wildcards", "; write `present: true`"),
        (
            "{ portal_role: { is_not: \"adm*\" } }", "adm*", "wildcards",
            "; write `starts_with: adm` within a `not`"
        ),
        ("{ external_ids.crm: \"00*5\" }", "00*5", "wildcards", ""),
        ("{ phone_numbers: { has: \"+49*\" } }", "+49*", "wildcards", ""),
        (
            "{ name: { starts_with: ^Ana } }", "^Ana", "regular expressions",
            "; write `starts_with: Ana`"
        ),
        (
            "{ name: '^Acme\\.Inc$' }", "^Acme\\.Inc$", "regular expressions",
            "; write `is: Acme.Inc`"
        ),
        ("{ name: /^Ana .*/i }", "/^Ana .*/i", "regular expressions", ""),
        ("{ custom_fields.team: 'Sales .*' }", "Sales .*", "regular expressions", ""),
        ("{ custom_fields.team: '[A-Z]+' }", "[A-Z]+", "regular expressions", ""),
    ])
    func aPatternIsToldToBeComparedAsItStands(
        condition: String, text: String, what: String, fix: String
    ) throws {
        let ruleset = try ruleset(when: condition, lists: "fields: { team: { type: text } }")
        #expect(
            ruleset.warnings.map(\.message)
                == ["`\(text)` is compared as it stands: rules have no \(what)\(fix)"])
        #expect(ruleset.warnings.first?.offending == text)
    }

    @Test func aPatternInAListOrATableIsToldWhereItStands() throws {
        let ruleset = try Ruleset(sources: [
            RuleSource(
                path: "a.yaml",
                text: """
                    version: 1
                    fields: { team: { type: text } }
                    lists: { teams: { file: teams.txt } }
                    tables: { t: { file: t.csv } }
                    rules:
                      - { id: a, when: { name: { in_list: teams } }, set: { avatar_url: x } }
                      - { id: b, when: { custom_fields.team: { not_in_list: teams } }, set: { avatar_url: x } }
                      - { id: c, when: { in_table: t }, set: { avatar_url: x } }
                    """),
            RuleSource(path: "teams.txt", text: "Sales\nSales*\n"),
            RuleSource(path: "t.csv", text: "custom_fields.team\n*EMEA\n"),
        ])
        #expect(
            ruleset.warnings.map(\.description) == [
                "t.csv:2:1: warning: `*EMEA` is compared as it stands: rules have no wildcards; "
                    + "write `ends_with: EMEA`",
                "teams.txt:2:1: warning: `Sales*` is compared as it stands: rules have no "
                    + "wildcards; write `starts_with: Sales` within a `not`",
            ])
    }

    @Test(arguments: [
        "{ name: \"M*A*S*H\" }", "{ name: \"*NSYNC\" }", "{ name: \"Toys/Games [EU]\" }",
        "{ name: \"Ana (A. +1) $100\" }", "{ avatar_url: { contains: \"/*\" } }",
        "{ custom_fields.star: \"5*\" }", "{ custom_fields.team: \"R&D/EMEA\" }",
        "{ phone_numbers: { has: \"+49.30\" } }", "{ portal_role: support-lead }",
        "{ name: Ana, why: \"any *.acme.com, ^as agreed\" }",
    ])
    func textThatMayHoldSuchCharactersIsNotWarnedOf(condition: String) throws {
        let ruleset = try ruleset(
            when: condition,
            lists: """
                fields: { team: { type: text }, star: { type: text, values: [4*, 5*] } }
                guardrails:
                  - { id: g, deny: { portal_role: support-lead }, when: { name: Bob }, reason: x }
                """)
        #expect(ruleset.warnings == [])
    }

    @Test(arguments: [
        "{ email.domain: { ends_with: .acme.com } }", "{ email.domain: { under: acme.com } }",
        "{ email: { ends_with: \"@acme.com\" } }", "{ email.local: { starts_with: ext- } }",
        "{ name: { contains: acme.com } }",
    ])
    func whatIsSoundIsNotWarnedOf(_ condition: String) throws {
        #expect(try ruleset(when: condition).warnings.isEmpty)
    }

    @Test func aListThatNoRuleNamesAndARoleThatIsAlmostOneAreTold() throws {
        let ruleset = try ruleset(
            """
            version: 1
            lists: { unused: [a] }
            rules:
              - { id: r, when: { id: c1 }, set: { portal_role: admn } }
              - { id: s, when: { id: c2 }, set: { portal_role: support-lead } }
            """)
        #expect(
            ruleset.warnings.map(\.description) == [
                "a.yaml:2:10: warning: no rule names the list `unused`",
                "a.yaml:4:52: warning: `admn` is no role that every workspace has; if it is a "
                    + "custom role, all is well – did you mean `admin`?",
            ])
    }

    @Test func rulesInShadowAreCounted() throws {
        let ruleset = try ruleset(
            """
            version: 1
            rules:
              - { id: b, when: { id: c1 }, set: { portal_role: admin } }
              - { id: a, when: { id: c1 }, set: { portal_role: admin } }
              - { id: c, mode: enforce, when: { id: c1 }, set: { portal_role: admin } }
            """)
        #expect(
            ruleset.summary(.none).joined(separator: "\n") == """
                1 file, 3 rules, 0 guardrails, 1 enforced, 2 in shadow, 0 off, 0 tests
                2 rules in shadow send nothing: a, b
                """)
    }
}
