import Contacts
import Foundation
import RuleLint
import Rules
import Testing

struct Mutation {
    /// What survives in a rule of this condition without any test, as `part → change`.
    static func changes(when condition: String, fields: String = "") throws -> [String] {
        try ruleset(
            """
            version: 1
            \(fields)
            rules:
              - { id: r, when: \(condition), set: { name: X } }
            """
        ).mutate().survivors.map { "\($0.part) → \($0.change)" }
    }

    @Test(arguments: [
        ("name: A", ["is_not A", "another value"]),
        ("name: { is_not: A }", ["is A", "another value"]),
        ("name: [A, B]", ["not_in [A, B]", "without A", "without B"]),
        ("name: { not_in: [A, B] }", ["in [A, B]", "without A", "without B"]),
        ("name: [A]", ["not_in [A]", "another value"]),
        ("name: { starts_with: A }", ["ends_with A", "contains A", "another value"]),
        ("name: { ends_with: A }", ["starts_with A", "contains A", "another value"]),
        ("name: { contains: A }", ["starts_with A", "ends_with A", "another value"]),
        ("name: { is_ci: A }", ["is A", "another value"]),
        ("name: { in_list: names }", ["not_in_list names", "without A", "without B"]),
        ("email.domain: { under: acme.com }", ["is acme.com", "another value"]),
        ("name: { present: true }", ["absent"]),
        ("name: { absent: true }", ["present"]),
        ("custom_fields.many: { has: A }", ["another value"]),
        ("custom_fields.many: { has_any: [A, B] }", ["has_all [A, B]", "without A", "without B"]),
        ("custom_fields.many: { has_all: [A, B] }", ["has_any [A, B]", "without A", "without B"]),
        ("custom_fields.seats: { lt: 10 }", ["lte 10", "1 more"]),
        ("custom_fields.seats: { lte: 10 }", ["lt 10", "1 more"]),
        ("custom_fields.seats: { gt: 10 }", ["gte 10", "1 more"]),
        ("custom_fields.seats: { gte: 10 }", ["gt 10", "1 more"]),
        ("custom_fields.seats: { between: [1, 9] }", ["gte 1", "lte 9"]),
        ("custom_fields.seats: [1, 9]", ["not_in [1, 9]", "without 1", "without 9"]),
        ("custom_fields.day: 2027-01-01", ["is_not 2027-01-01", "a day later"]),
    ])
    func aTestOfAFieldIsChanged(_ condition: String, _ expected: [String]) throws {
        let changes = try Self.changes(
            when: "{ \(condition) }",
            fields: """
                fields:
                  many: { type: texts }
                  seats: { type: integer }
                  day: { type: date }
                lists: { names: [A, B] }
                """)
        let part = try #require(changes.first?.components(separatedBy: " → ").first)
        #expect(changes == (["always true", "always false"] + expected).map { "\(part) → \($0)" })
    }

    @Test(arguments: [
        ("all: [ { name: A }, { name: B } ]", "`all` of name is A, … → any"),
        ("any: [ { name: A }, { name: B } ]", "`any` of name is A, … → all"),
        ("none: [ { name: A }, { name: B } ]", "`none` of name is A, … → any"),
        ("not: { name: A }", "`not` of name is A, … → without `not`"),
    ])
    func aCombinatorIsChanged(_ condition: String, _ change: String) throws {
        let changes = try Self.changes(when: "{ \(condition) }")
        #expect(changes.first == change)
        #expect(changes.count { $0.hasPrefix("`") } == 1)
    }

    @Test func oneConditionByItselfIsNoMatterOfAllOrAny() throws {
        let changes = try Self.changes(when: "{ all: [ { any: [ { name: A } ] } ] }")
        #expect(changes.allSatisfy { $0.hasPrefix("name is A → ") })
    }

    @Test(arguments: [
        ("portal_role: admin", ["no_access", "member", "dropped"]),
        ("portal_role: lead", ["no_access", "member", "admin", "dropped"]),
        (
            "portal_role: { at_least: member }",
            ["at_least no_access", "at_least admin", "at_most member", "dropped"]
        ),
        (
            "portal_role: { at_most: member }",
            ["at_most no_access", "at_most admin", "at_least member", "dropped"]
        ),
        ("custom_fields.tier: gold", ["goldx", "dropped"]),
        ("custom_fields.tier: \"${name}\"", ["${name}x", "dropped"]),
    ])
    func whatARuleSetsIsChanged(_ set: String, _ expected: [String]) throws {
        let ruleset = try rules("r | 1 | id: a | \(set)")
        let changes = ruleset.mutate().survivors.filter { $0.part.hasPrefix("set ") }
        #expect(changes.map(\.change) == expected)
    }

    @Test func aRuleInShadowIsChangedInItsConditionAndOneThatIsOffNotAtAll() throws {
        let report = try ruleset(
            """
            version: 1
            rules:
              - { id: quiet, when: { id: a }, set: { portal_role: admin } }
              - { id: unused, mode: off, when: { id: a }, set: { portal_role: admin } }
            """
        ).mutate()
        #expect(report.survivors.allSatisfy { $0.rule == "quiet" && $0.part == "id is a" })
        #expect(report.tried == 4)
    }

    @Test(arguments: [
        // Different values for one field, and nothing keeps both from being true.
        ("id: a", "portal_role: admin", "email.domain: b.com", ["above", "below"]),
        // Never true together.
        ("id: a", "portal_role: admin", "id: [b, c]", []),
        ("email.domain: a.com", "portal_role: admin", "email.domain: { under: b.com }", []),
        (
            "email.domain: { under: a.com }", "portal_role: no_access",
            "email.domain: { under: b.com }", []
        ),
        // Both of these can be true.
        (
            "email.domain: { under: a.com }", "portal_role: no_access", "email.domain: x.a.com",
            ["above", "below"]
        ),
        // The same value, and another field.
        ("id: a", "portal_role: member", "email.domain: b.com", []),
        ("id: a", "account_id: a1", "email.domain: b.com", []),
        // Bounds have no priority.
        ("id: a", "portal_role: { at_least: admin }", "email.domain: b.com", []),
    ])
    func prioritiesAreChangedWhereTheyMatter(
        _ condition: String, _ set: String, _ other: String, _ expected: [String]
    ) throws {
        let ruleset = try rules(
            "r | 5 | \(condition) | \(set)", "s | 5 | \(other) | portal_role: member")
        let changes = ruleset.mutate().survivors.filter {
            $0.part == "priority 5" && $0.rule == "r"
        }
        #expect(changes.map(\.change) == expected.map { "\($0) all others" })
    }

    static let staff = """
        version: 1
        rules:
          - id: staff
            priority: 200
            mode: enforce
            when: { email.domain: acme.com, email.local: { not_in: [ext] } }
            set: { portal_role: admin }
          - { id: gold, mode: enforce, when: { custom_fields.tier: gold }, set: { portal_role: member } }
        fields: { tier: { type: text } }
        tests:
          - { name: a, given: { email: a@acme.com, custom_fields: { tier: gold } }, expect: { set: { portal_role: admin } } }
          - { name: b, given: { email: a@b.com, custom_fields: { tier: tin } }, expect: { set: {} } }
          - { name: c, given: { custom_fields: { tier: gold } }, expect: { set: { portal_role: member } } }
        """
    static let contractor =
        "\n  - { name: d, given: { email: ext@acme.com }, expect: { set: {} } }"

    @Test func testsCanNoticeEverything() throws {
        let report = try ruleset(Self.staff + Self.contractor).mutate()
        #expect(report.survivors.isEmpty, "\(report)")
        #expect(report.description == "23 of 23 changes noticed")
    }

    @Test func whatNoTestNoticesIsNamed() throws {
        let report = try ruleset(Self.staff).mutate()
        #expect(
            report.description == """
                a.yaml:3: rule staff: email.local not_in [ext] → always true – no test notices
                a.yaml:3: rule staff: email.local not_in [ext] → another value – no test notices
                21 of 23 changes noticed
                """)
        #expect(report.noticed == 21 && report.tried == 23 && !report.isCut)
    }

    @Test func aTestThatFailsNoticesNothing() throws {
        let failing =
            "\n  - { name: d, given: { email: ext@acme.com }, expect: { matched: [staff] } }"
        #expect(
            try ruleset(Self.staff + failing).mutate() == ruleset(Self.staff).mutate())
    }

    @Test func aRuleThatIsFoundByItsValueIsChangedLikeOthers() throws {
        // Were the mutant looked up by the old value, nobody would see that it is true.
        let ruleset = try ruleset(
            """
            version: 1
            rules:
              - { id: r, mode: enforce, when: { name: A }, set: { avatar_url: a } }
            tests:
              - { name: t, given: { name: B }, expect: { set: {} } }
            """)
        let changes = ruleset.mutate().survivors.map(\.change)
        #expect(!changes.contains("always true") && !changes.contains("is_not A"))
        #expect(changes.contains("always false"))
    }

    @Test func aRuleIsTriedOnWhatOtherRulesSet() throws {
        let report = try ruleset(
            """
            version: 1
            rules:
              - { id: first, mode: enforce, when: { email.domain: acme.com }, set: { name: Staff } }
              - { id: second, mode: enforce, when: { name: Staff }, set: { portal_role: { at_least: member } } }
            tests:
              - { name: s, given: { email: a@acme.com }, expect: { set: { name: Staff, portal_role: member } } }
              - { name: t, given: { email: a@b.com, name: B }, expect: { set: {} } }
            """
        ).mutate()
        #expect(report.survivors.isEmpty, "\(report)")
    }

    @Test func aTableIsChangedInItsFirstRow() throws {
        let report = try Ruleset(sources: [
            RuleSource(
                path: "a.yaml",
                text: """
                    version: 1
                    tables: { customers: { file: customers.csv } }
                    rules:
                      - { id: customers, mode: enforce, when: { in_table: customers }, set: { portal_role: member } }
                    """),
            RuleSource(path: "customers.csv", text: "domain\nzeta.com\nacme.com\n"),
        ]).mutate()
        #expect(Set(report.survivors.map(\.rule)) == ["customers[zeta.com]"])
        #expect(report.survivors.allSatisfy { $0.file == "customers.csv" && $0.line == 2 })
    }

    @Test func thereIsALimit() throws {
        let report = try ruleset(Self.staff).mutate(atMost: 3)
        #expect(report.tried == 3 && report.isCut)
        #expect(report.description.contains("stopped after 3 changes: there are more\n"))
        #expect(try !ruleset(Self.staff).mutate(atMost: 23).isCut)
    }

    @Test func aConditionOfManyPartsIsChangedOneByOne() throws {
        let names = (1...2_000).map { "{ name: N\($0) }" }.joined(separator: ", ")
        let report = try ruleset(when: "{ any: [\(names)] }").mutate(atMost: 100)
        #expect(report.tried == 100 && report.isCut)
    }
}
