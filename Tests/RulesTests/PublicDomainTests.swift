import Contacts
import Testing

@testable import Rules

/// What the lists of domains mean for rules.
struct PublicDomains {
    @Test(
        arguments: [
            ("ana@eu.acme.co.uk", "acme.co.uk", "corporate"),
            ("ana@GMAIL.com", "gmail.com", "public"),
            ("ana@x.mailinator.com", "mailinator.com", "disposable"),
            ("ana@co.uk", nil, "public_suffix"),
            ("ana@acme.example", "acme.example", "reserved"),
            ("ana@acme.com@gmail.com", nil, nil),
            (nil, nil, nil),
        ] as [(String?, String?, String?)])
    func aDomainHasASiteAndAClass(email: String?, site: String?, domainClass: String?) throws {
        let ruleset = try ruleset(
            """
            version: 1
            rules:
              - id: r
                mode: enforce
                when: { email.status: [ok, empty, malformed] }
                set: { custom_fields.site: "${email.site}", custom_fields.class: "${email.class}" }
            """)
        let changes = ruleset.decide(.sample(email)).changes
        #expect(changes[.customField(slug: "site")] == site)
        #expect(changes[.customField(slug: "class")] == domainClass)
    }

    @Test func aClassIsOneOfAFew() {
        let problems = #expect(throws: RuleProblems.self) {
            try ruleset(when: "{ email.class: free }")
        }
        #expect(
            problems?.description.contains(
                "`email.class` is one of corporate, public, disposable, public_suffix, reserved")
                == true)
    }

    private static func errors(
        _ rule: String, lists: String = "", data: RuleSource? = nil
    ) -> [String] {
        let text = "version: 1\n\(lists)\nrules: [{ id: r, mode: enforce, \(rule) }]"
        do throws(RuleProblems) {
            _ = try Ruleset(
                sources: [RuleSource(path: "a.yaml", text: text)] + (data.map { [$0] } ?? []))
            return []
        } catch {
            return error.diagnostics.filter { $0.severity == .error }.map(\.description)
        }
    }

    private static let member =
        "so it may not raise a role; name their addresses, or say `allow_public: true` with a `reason`"
    private static let admin =
        "so it may not raise a role; name their addresses or their account"

    @Test(arguments: [
        ("when: { email.domain: gmail.com }, set: { portal_role: member }", member),
        ("when: { email.domain: { under: Gmail.com } }, set: { portal_role: member }", member),
        (
            "when: { email.site: [acme.com, gmail.com] }, set: { portal_role: { at_least: member } }",
            member
        ),
        ("when: { email.domain: mailinator.com }, set: { portal_role: admin }", admin),
        (
            "when: { any: [ { id: a }, { email.domain: co.uk } ] }, set: { portal_role: support-lead }",
            admin
        ),
        ("when: { email.domain: gmail.com }, set: { portal_role_id: x1 }", admin),
        (
            "when: { email.domain: gmail.com }, set: { portal_role: admin }, allow_public: true, reason: r",
            admin
        ),
        (
            "when: { email.domain: gmail.com, portal_role: [admin, no_access] }, set: { portal_role: member }",
            member
        ),
    ])
    func nobodyIsRaisedForAPublicMailbox(rule: String, expected: String) {
        let errors = Self.errors(rule)
        #expect(errors.count == 1 && errors[0].hasSuffix(expected), "\(errors)")
        #expect(errors.first?.contains("anyone can have an address at `") == true)
    }

    @Test(arguments: [
        // Lowering, setting something else, naming single addresses, leaving such domains out.
        "when: { email.domain: gmail.com }, set: { portal_role: no_access }",
        "when: { email.domain: gmail.com }, set: { portal_role: { at_most: member } }",
        "when: { email.domain: gmail.com, portal_role: admin }, set: { portal_role: member }",
        "when: { any: [ { portal_role: admin, email.domain: gmail.com } ] }, set: { portal_role: member }",
        "when: { email.domain: gmail.com }, set: { name: Somebody }",
        "when: { email: ana@gmail.com }, set: { portal_role: admin }",
        "when: { all: [ { email.domain: acme.com }, { none: [ { email.site: gmail.com } ] } ] }, set: { portal_role: admin }",
        "when: { id: c1, email.domain: { is_not: gmail.com } }, set: { portal_role: admin }",
        "when: { email.domain: acme.example }, set: { portal_role: admin }",
        "when: { email.domain: gmail.com }, set: { portal_role: member }, allow_public: true, reason: They are teachers.",
    ])
    func whatRaisesNobodyMayNameThem(rule: String) {
        #expect(Self.errors(rule) == [])
    }

    @Test func aListIsLookedAtForEachRuleThatNamesIt() {
        let rules = """
            when: { email.domain: { in_list: l } }, set: { portal_role: no_access } }, \
            { id: s, when: { email.domain: { in_list: l } }, set: { portal_role: member }
            """
        #expect(
            Self.errors(rules, lists: "lists: { l: [acme.com, gmail.com] }") == [
                "a.yaml:2:24: error: anyone can have an address at `gmail.com` (public), "
                    + Self.member
            ])
    }

    @Test func aTableIsLookedAtRowByRow() {
        let errors = Self.errors(
            "when: { in_table: t }, set: { portal_role: \"${t.role}\" }",
            lists: "tables: { t: { file: t.csv } }",
            data: RuleSource(
                path: "t.csv",
                text: "domain,role\nacme.com,admin\ngmail.com,no_access\ngmx.de,member\n"))
        #expect(
            errors == [
                "t.csv:4:1: error: anyone can have an address at `gmx.de` (public), " + Self.member
            ])
    }

    @Test(arguments: [
        ("allow_public: false, reason: r", "`allow_public` takes only `true`"),
        ("allow_public: true", "`allow_public` needs a `reason`"),
        ("reason: r", "`reason` says why there is `allow_public`, which is missing"),
    ])
    func anAllowanceHasAReason(keys: String, expected: String) {
        let errors = Self.errors("when: { name: A }, set: { name: B }, \(keys)")
        #expect(errors.count == 1 && errors[0].hasSuffix(expected), "\(errors)")
    }
}
