import Rules
import Testing

struct Warnings {
    @Test(arguments: [
        (
            "{ email.domain: { ends_with: acme.com } }",
            "a.yaml:4:64: warning: this matches every domain that ends so, also `evilacme.com`; "
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
              - { id: r, when: { id: c1 }, set: { portal_role: Admin } }
              - { id: s, when: { id: c2 }, set: { portal_role: support-lead } }
            """)
        #expect(
            ruleset.warnings.map(\.description) == [
                "a.yaml:2:10: warning: no rule names the list `unused`",
                "a.yaml:4:52: warning: `Admin` is no role that every workspace has; if it is a "
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
            ruleset.summary(.none) == """
                1 file, 3 rules, 0 guardrails, 1 enforced, 2 in shadow, 0 off, 0 tests
                2 rules in shadow send nothing: a, b
                """)
    }
}
