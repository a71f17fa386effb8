import Contacts
import RuleLint
import Rules
import Testing

struct Coverage {
    static let rules = """
        version: 1
        rules:
          - { id: staff, priority: 200, mode: enforce, when: { email.domain: acme.com }, set: { portal_role: admin } }
          - { id: quiet, when: { custom_fields.tier: gold }, set: { name: X } }
          - { id: unused, mode: off, when: { email.domain: acme.com }, set: { name: X } }
        tests:
        """
    static let all = ["staff positive", "staff negative", "quiet positive", "quiet negative"]

    static func gaps(_ ruleset: Ruleset) -> [String] {
        ruleset.coverage().gaps.map { "\($0.rule) \($0.missing.rawValue)" }
    }

    @Test(arguments: [
        ("given: { email: a@acme.com }, expect: { email.status: ok }", ["staff positive"]),
        (
            "given: { custom_fields: { tier: gold } }, expect: { matched: [quiet] }",
            ["quiet positive"]
        ),
        ("given: { email: a@b.com }, expect: { not_matched: [staff] }", ["staff negative"]),
        ("given: { email: a@b.com }, expect: { not_matched: [quiet] }", ["quiet negative"]),
        // It would be made an admin, if the rule were true.
        ("given: { email: a@b.com }, expect: { set: {} }", ["staff negative"]),
        // It is one already, so nobody would see the difference.
        ("given: { email: a@b.com, portal_role: admin }, expect: { set: {} }", []),
        // Nothing is said about what is sent.
        ("given: { email: a@b.com }, expect: { email.status: ok }", []),
    ])
    func aTestCovers(_ test: String, _ covered: [String]) throws {
        let ruleset = try ruleset("\(Self.rules)\n  - { name: t, \(test) }")
        #expect(Self.gaps(ruleset) == Self.all.filter { !covered.contains($0) })
    }

    @Test func whatIsNotCoveredIsListedWithItsPlace() throws {
        let coverage = try ruleset(
            """
            \(Self.rules)
              - { name: a, given: { email: a@acme.com }, expect: { set: { portal_role: admin } } }
              - { name: b, given: { email: a@b.com }, expect: { set: {}, not_matched: [quiet] } }
            """
        ).coverage()
        #expect(
            coverage.description == """
                a.yaml:4: rule quiet has no positive test
                1 of 2 rules have a positive and a negative test
                """)
        let gap = try #require(coverage.gaps.first)
        #expect((gap.file, gap.line, gap.rule, gap.missing) == ("a.yaml", 4, "quiet", .positive))
    }

    @Test func aRuleThatBecomesTrueByAnotherIsNotKeptOut() throws {
        let ruleset = try ruleset(
            """
            version: 1
            rules:
              - { id: first, mode: enforce, when: { email.domain: acme.com }, set: { name: Staff } }
              - { id: second, mode: enforce, when: { name: Staff }, set: { portal_role: { at_least: member } } }
            tests:
              - { name: t, given: { email: a@acme.com }, expect: { set: { name: Staff, portal_role: member } } }
            """)
        #expect(Self.gaps(ruleset) == ["first negative", "second negative"])
    }

    @Test func aTableIsOneRule() throws {
        let rules = """
            version: 1
            tables: { customers: { file: customers.csv } }
            rules:
              - { id: customers, mode: enforce, when: { in_table: customers }, set: { portal_role: "${customers.portal_role}" } }
            tests:
              - { name: t, given: { email: a@globex.com }, expect: { set: { portal_role: member } } }
            """
        let table = "domain,portal_role\nacme.com,admin\nglobex.com,member\n"
        func coverage(_ more: String) throws -> RuleCoverage {
            try Ruleset(sources: [
                RuleSource(path: "a.yaml", text: rules + more),
                RuleSource(path: "customers.csv", text: table),
            ]).coverage()
        }
        let none = try coverage("")
        #expect(
            none.description == """
                customers.csv:2: rule customers has no negative test
                0 of 1 rules have a positive and a negative test
                """)
        let one = "\n  - { name: u, given: { email: a@b.com }, expect: { set: {} } }"
        #expect(try coverage(one).gaps.isEmpty)
    }
}
