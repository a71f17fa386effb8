import Contacts
import Testing

@testable import RuleLint
@testable import Rules

/// Conditions on fields that hold numbers, times or several values.
struct TypedFields {
    private static let declarations = """
        fields:
          tier: { type: text, values: [gold, silver] }
          seats: { type: integer }
          score: { type: number }
          since: { type: date }
          seen: { type: time }
          products: { type: texts }
        """

    private static func truth(_ condition: String, _ contact: Contact) throws -> Truth {
        let ruleset = try ruleset(when: condition, lists: declarations)
        return try #require(ruleset.explain(contact).rules.first).truth
    }

    private static func contact(_ fields: [String: String]) -> Contact {
        Contact.sample("ana@acme.com", fields)
    }

    @Test(arguments: [
        ("{ custom_fields.seats: { lt: 10 } }", "9", Truth.true),
        ("{ custom_fields.seats: { lt: 10 } }", "10", .false),
        ("{ custom_fields.seats: { lte: 10 } }", "10", .true),
        ("{ custom_fields.seats: { gt: 10 } }", "10", .false),
        ("{ custom_fields.seats: { gt: 10 } }", "100", .true),
        ("{ custom_fields.seats: { gte: 10 } }", "10", .true),
        ("{ custom_fields.seats: { between: [-5, 5] } }", "-5", .true),
        ("{ custom_fields.seats: { between: [-5, 5] } }", "6", .false),
        ("{ custom_fields.seats: 10 }", "10", .true),
        ("{ custom_fields.seats: 10 }", "010", .true),
        ("{ custom_fields.seats: [9, 10] }", "11", .false),
        ("{ custom_fields.seats: { is_not: 10 } }", "11", .true),
        ("{ custom_fields.seats: { not_in: [10, 11] } }", "11", .false),
        // What does not parse is unknown, however it is asked for.
        ("{ custom_fields.seats: { lt: 10 } }", "nine", .unknown),
        ("{ custom_fields.seats: { is_not: 10 } }", "ten", .unknown),
        ("{ not: { custom_fields.seats: { gte: 10 } } }", "1e3", .unknown),
        ("{ custom_fields.seats: { gte: 10 } }", " 12", .unknown),
        ("{ custom_fields.seats: { gte: 10 } }", "+12", .unknown),
        ("{ custom_fields.seats: { gte: 10 } }", "12.0", .unknown),
        ("{ custom_fields.seats: { gte: 10 } }", "1234567890123456", .unknown),
        ("{ custom_fields.seats: { gte: 10 } }", "١٢", .unknown),
        ("{ custom_fields.seats: { present: true } }", "nine", .true),
    ])
    func wholeNumbersAreComparedAsNumbers(
        condition: String, value: String, truth: Truth
    ) throws {
        #expect(try Self.truth(condition, Self.contact(["seats": value])) == truth)
    }

    @Test(arguments: [
        ("{ custom_fields.score: { gte: 9.5 } }", "score", "9.50", Truth.true),
        ("{ custom_fields.score: { lt: 9.5 } }", "score", "9.49", .true),
        ("{ custom_fields.score: { lt: 9.5 } }", "score", "9,4", .unknown),
        ("{ custom_fields.score: { lt: 9.5 } }", "score", "9.", .unknown),
        ("{ custom_fields.score: { lt: 9.5 } }", "score", "nan", .unknown),
        ("{ custom_fields.since: { lt: 2026-11-23 } }", "since", "2026-11-22", .true),
        ("{ custom_fields.since: { gte: 2026-11-23 } }", "since", "2026-11-23", .true),
        ("{ custom_fields.since: { gte: 2026-11-23 } }", "since", "23.11.2026", .unknown),
        ("{ custom_fields.since: { gte: 2026-02-28 } }", "since", "2026-02-30", .unknown),
        (
            "{ custom_fields.seen: { gt: 2026-01-01T10:00:00Z } }", "seen", "2026-02-30T10:00:00Z",
            .unknown
        ),
        (
            "{ custom_fields.seen: { gt: 2026-01-01T10:00:00Z } }", "seen", "2026-11-23T25:00:00Z",
            .unknown
        ),
        (
            "{ custom_fields.seen: { gt: 2026-01-01T10:00:00Z } }", "seen", "2026-11-23T10:75:00Z",
            .unknown
        ),
        (
            "{ custom_fields.seen: { gt: 2026-11-23T10:00:00Z } }", "seen",
            "2026-11-23T10:00:00.5Z", .true
        ),
        (
            "{ custom_fields.seen: { gt: 2026-11-23T10:00:00Z } }", "seen",
            "2026-11-23T11:30:00+02:00", .false
        ),
        ("{ custom_fields.seen: { gt: 2026-11-23T10:00:00Z } }", "seen", "2026-11-23", .unknown),
        (
            "{ custom_fields.seen: { gt: 2026-01-01T10:00:00Z } }", "seen",
            "2026-11-23T10:00:00Z or later", .unknown
        ),
        (
            "{ custom_fields.seen: { gt: 2026-01-01T10:00:00Z } }", "seen",
            "2026-11-23T10:00:00.5+01:00Z", .unknown
        ),
    ])
    func numbersAndTimesAreReadStrictly(
        condition: String, slug: String, value: String, truth: Truth
    ) throws {
        #expect(try Self.truth(condition, Self.contact([slug: value])) == truth)
    }

    @Test(arguments: [
        ("{ emails: { has: ANA@acme.com } }", Truth.true),
        ("{ emails: { has: bob@acme.com } }", .unknown),
        ("{ emails: { has_any: [bob@acme.com, ana.ruiz@globex.com] } }", .true),
        ("{ emails: { has_all: [ana@acme.com, ana.ruiz@globex.com] } }", .true),
        ("{ not: { emails: { has: bob@acme.com } } }", .unknown),
        ("{ phone_numbers: { has: +1 555 } }", .true),
        ("{ phone_numbers: { has: 1 555 } }", .false),
        ("{ not: { phone_numbers: { has_all: [+1 555, +2] } } }", .true),
        ("{ custom_fields.products: { has: api } }", .true),
        ("{ custom_fields.products: { has_all: [api, portal] } }", .true),
        ("{ custom_fields.products: { has_any: [sso] } }", .false),
        ("{ integration_user_ids: { has: slack:U1 } }", .unknown),
    ])
    func severalValuesAreSearched(condition: String, truth: Truth) throws {
        var contact = Contact.sample("ana@acme.com")
        // One of the addresses cannot be read: it may be any.
        contact.emails = ["Ana@ACME.com", "ana.ruiz@globex.com", "two@at@acme.com"]
        contact.phoneNumbers = ["+1 555"]
        contact.customFields["products"] = .multiple(["portal", "api"])
        #expect(try Self.truth(condition, contact) == truth)
    }

    @Test func aSingleValueIsOneOfSeveral() throws {
        #expect(
            try Self.truth(
                "{ custom_fields.products: { has: api } }", Self.contact(["products": "api"]))
                == .true)
    }

    @Test(arguments: [
        ("GOLD", Truth.true), ("gold", .true), ("golden", .false), ("gol\u{212A}", .false),
    ])
    func lettersMayBeOfEitherCase(name: String, truth: Truth) throws {
        var contact = Contact.sample()
        contact.name = name
        #expect(try Self.truth("{ name: { is_ci: Gold } }", contact) == truth)
    }

    @Test func aReasonIsShownWithItsTest() throws {
        let ruleset = try ruleset(when: "{ name: Ana, why: she asked for it }")
        let explanation = ruleset.explain(Contact(id: "c", name: "Ana")).description
        #expect(explanation.contains("✓ name is Ana (she asked for it) – `Ana`"))
    }

    @Test func whatIsNotDeclaredIsWarnedOfOnce() throws {
        let ruleset = try Rules.Ruleset(sources: [
            RuleSource(
                path: "a.yaml",
                text: """
                    version: 1
                    fields: { tier: { type: text } }
                    rules:
                      - { id: a, when: { custom_fields.teir: x }, set: { custom_fields.teir: y } }
                      - { id: b, when: { custom_fields.tier: x }, set: { name: y } }
                    """)
        ])
        #expect(
            ruleset.warnings.map(\.description) == [
                "a.yaml:4:22: warning: `teir` is not declared in `fields`, so nothing about it can "
                    + "be checked – did you mean `custom_fields.tier`?"
            ])
    }
}
