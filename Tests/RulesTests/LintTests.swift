import RuleLint
import Rules
import Testing

/// What `rules check` tells of rules that are valid.
struct Lint {
    private func warnings(_ lines: String...) throws -> [String] {
        let rules = lines.map { "  - { id: \($0) }" }
        return try ruleset(
            "version: 1\nfields: { tier: { type: text }, seats: { type: integer } }\nrules:\n"
                + rules.joined(separator: "\n")
        ).lint().map { "\($0.line): \($0.message)" }
    }

    @Test(arguments: [
        ("all: [ { email.domain: acme.com }, { email.domain: globex.com } ]", "email.domain"),
        (
            "all: [ { email.domain: { under: acme.com } }, { email.domain: evilacme.com } ]",
            "email.domain"
        ),
        (
            "all: [ { custom_fields.seats: { gt: 10 } }, { custom_fields.seats: { lt: 5 } } ]",
            "custom_fields.seats"
        ),
        (
            "all: [ { custom_fields.tier: { absent: true } }, { custom_fields.tier: gold } ]",
            "custom_fields.tier"
        ),
        ("all: [ { name: Ana }, { not: { name: { starts_with: A } } } ]", "name"),
        (
            "all: [ { any: [ { name: Ana }, { name: Bea } ] }, { none: [ { name: { in: [Ana, Bea, Eva] } } ] } ]",
            "name"
        ),
    ])
    func aConditionThatNobodyMeetsIsReported(when: String, field: String) throws {
        #expect(
            try warnings("r, when: { \(when) }, set: { avatar_url: x }") == [
                "4: `when` can never be true: no value of `\(field)` passes all its tests"
            ])
    }

    @Test(arguments: [
        "all: [ { email.domain: { under: acme.com } }, { email.domain: eu.acme.com } ]",
        "all: [ { custom_fields.seats: { gte: 10 } }, { custom_fields.seats: { lte: 10 } } ]",
        "all: [ { name: { in: [Ana, Bea] } }, { not: { name: Ana } } ]",
        "any: [ { all: [ { name: Ana }, { not: { name: Ana } } ] }, { name: Bea } ]",
    ])
    func aConditionThatSomebodyMeetsIsNot(when: String) throws {
        #expect(try warnings("r, when: { \(when) }, set: { avatar_url: x }").isEmpty)
    }

    @Test func aRuleThatTestsWhatItSetsIsReported() throws {
        let told = try warnings(
            "a, when: { id: c, portal_role: { is_not: admin } }, set: { portal_role: admin }",
            "b, when: { name: { absent: true } }, set: { name: x }",
            "c, when: { not: { name: x } }, set: { name: x }",
            "d, when: { custom_fields.tier: [Gold, GOLD] }, set: { custom_fields.tier: gold }")
        #expect(
            told == [
                "4: the rule tests `portal_role`, which it sets: Usher never sends what is already "
                    + "so, and contacts without `portal_role` are skipped; leave the test out, or "
                    + "write `{ at_least: … }` or `{ at_most: … }`",
                "6: the rule tests `name`, which it sets: Usher never sends what is already so, and "
                    + "contacts without `name` are skipped; leave the test out",
            ])
    }

    private static let address = "the address"
    private static let tier = "`custom_fields.tier`"

    @Test(
        arguments: [
            ("id: c, email.domain: { is_not: acme.com }", [address]),
            ("id: c, email.domain: { not_in: [acme.com] }", [address]),
            ("all: [ { id: c }, { not: { email.domain: acme.com } } ]", [address]),
            ("id: c, custom_fields.tier: { is_not: gold }", [tier]),
            ("id: c, custom_fields.tier: { not_in: [gold] }", [tier]),
            ("all: [ { id: c }, { not: { custom_fields.tier: gold } } ]", [tier]),
            ("all: [ { id: c }, { none: [ { custom_fields.tier: { in: [gold] } } ] } ]", [tier]),
            (
                "all: [ { id: c }, { not: { custom_fields.seats: { gte: 10 } } } ]",
                ["`custom_fields.seats`"]
            ),
            ("all: [ { id: c }, { not: { phone_numbers: { has: x } } } ]", ["`phone_numbers`"]),
            ("id: c, account.external_ids.crm: { is_not: \"7\" }", ["`account.external_ids.crm`"]),
            (
                "id: c, custom_fields.tier: { is_not: gold }, email.local: { is_not: x }",
                [tier, address]
            ),
            // Somebody without a tier is passed over wherever the name is another one.
            (
                "any: [ { id: c, custom_fields.tier: { is_not: gold } }, { id: c, name: A } ]",
                [tier]
            ),
            (
                "any: [ { id: c, email.domain: { is_not: acme.com } }, "
                    + "{ id: c, email.status: malformed } ]", [address]
            ),
        ] as [(String, [String])])
    func whatLowersByANegationPassesOverWhoHasNoValue(when: String, values: [String]) throws {
        for role in ["no_access", "{ at_most: member }"] {
            let told = try warnings("r, when: { \(when) }, set: { portal_role: \(role) }")
            #expect(
                told.map { String($0.prefix { $0 != "," }) }
                    == values.map { "4: the rule lowers access by a negative test of \($0)" })
        }
        // What never lowers passes over nobody.
        #expect(
            try warnings("r, when: { \(when) }, set: { portal_role: { at_least: member } }").isEmpty
        )
    }

    @Test(arguments: [
        // What they must have is asked for, or those who lack it are reached.
        "id: c, custom_fields.tier: gold",
        "all: [ { id: c }, { not: { email.domain: { is_not: acme.com } } } ]",
        "email.domain: { under: acme.com }, email.local: { is_not: x }",
        "all: [ { id: c, custom_fields.tier: { is_not: gold } }, { custom_fields.tier: { present: true } } ]",
        "all: [ { id: c, email.domain: { is_not: acme.com } }, { email.status: ok } ]",
        "any: [ { id: c, custom_fields.tier: { is_not: gold } }, { id: c, custom_fields.tier: { absent: true } } ]",
        "all: [ { id: c }, { any: [ { custom_fields.tier: { is_not: gold } }, { custom_fields.tier: { absent: true } } ] } ]",
        "any: [ { id: c, email.domain: { is_not: acme.com } }, { id: c, email.status: { is_not: ok } } ]",
        "id: { is: c }, custom_fields.tier: { absent: true }",
    ])
    func aRuleThatSaysWhatBecomesOfThemIsSound(when: String) throws {
        #expect(
            try warnings("r, when: { \(when) }, set: { portal_role: { at_most: no_access } }")
                .isEmpty
        )
    }

    @Test func theWayToReachThemIsInTheMessage() throws {
        let told = try warnings(
            "r, when: { id: c, custom_fields.tier: { is_not: gold }, email.domain: { is_not: a.com } }, "
                + "set: { portal_role: no_access }")
        #expect(
            told == [
                "4: the rule lowers access by a negative test of `custom_fields.tier`, so it skips "
                    + "contacts without a value there; `usher plan` counts them; to include them, put "
                    + "`custom_fields.tier: { absent: true }` beside it in an `any`",
                "4: the rule lowers access by a negative test of the address, so it skips contacts "
                    + "whose address cannot be read; `usher plan` counts them; to include them, put "
                    + "`email.status: { is_not: ok }` beside it in an `any`",
            ])
    }

    @Test func aHiddenRuleIsReported() throws {
        let told = try warnings(
            "all, mode: enforce, priority: 200, when: { email.domain: { under: acme.com } }, set: { portal_role: no_access }",
            "some, mode: enforce, when: { email.domain: eu.acme.com, name: Ana }, set: { portal_role: admin }",
            // Beside it for some contacts only.
            "more, mode: enforce, when: { email.domain: { in: [globex.com, acme.com] } }, set: { portal_role: member }"
        )
        #expect(
            told == [
                "5: `some` never has its way: wherever it is true, `all` with priority 200 is true as "
                    + "well and wins; for example { email: ana@eu.acme.com, name: Ana }"
            ])
    }

    @Test func aRuleThatSomethingLetsThroughIsNotBehindAnother() throws {
        let head = """
            version: 1
            rules:
              - { id: all, mode: enforce, priority: 200, when: { email.domain: acme.com }, set: { portal_role: admin } }
              - { id: some, mode: enforce, when: { email.domain: acme.com, name: Ana }, set: { portal_role: { at_least: member } } }
              - { id: exact, mode: enforce, when: { email.domain: acme.com, name: Ana }, set: { portal_role: member } }

            """
        let isTold = { (more: String) in
            try ruleset(head + more).lint().contains { $0.message.contains("`exact` never has") }
        }
        #expect(try isTold(""))
        #expect(
            try !isTold(
                "guardrails: [ { id: g, deny: { portal_role: admin }, when: { name: Ana }, reason: r } ]"
            ))
        #expect(
            try !isTold(
                "exceptions: [ { id: e, rules: [all], contact: c, until: 2090-01-01, reason: r } ]")
        )
    }

    @Test func rulesThatCanTieAreReported() throws {
        let told = try warnings(
            "staff, mode: enforce, when: { email.domain: acme.com }, set: { portal_role: admin }",
            "gold, mode: enforce, when: { custom_fields.tier: gold }, set: { portal_role: member }",
            // Never true together.
            "other, mode: enforce, when: { email.domain: globex.com, custom_fields.tier: tin }, set: { portal_role: no_access }",
            // Only watching.
            "watch, when: { email.domain: acme.com }, set: { portal_role: member }")
        #expect(
            told == [
                "5: `gold`, `staff` want different values for `portal_role` with the same priority, "
                    + "so nothing is done to it; give one of them a higher priority; for example "
                    + "{ custom_fields.tier: gold, email: ana@acme.com }"
            ])
    }

    @Test func rulesThatUndoEachOtherInACycleAreReported() throws {
        let told = try warnings(
            "up, mode: enforce, when: { email.domain: acme.com, name: Ana }, set: { name: Bea }",
            "down, mode: enforce, when: { custom_fields.tier: gold, name: Bea }, set: { name: Ana }"
        )
        #expect(told.contains { $0.contains("`down`, `up` undo what they set") }, "\(told)")
        #expect(
            told.contains {
                $0.hasSuffix(
                    "for example { custom_fields.tier: gold, email: ana@acme.com, name: Bea }")
            }, "\(told)")
    }

    @Test(arguments: 0..<40)
    func whatIsReportedOfRandomRulesHoldsForRandomContacts(_ seed: Int) throws {
        var generator = Generator(random: Seeded(UInt64(seed)))
        let plain = (0..<12).map { generator.rule($0) }
        let ruleset = try ruleset(Generator.head + plain.map(\.yaml).joined(separator: "\n"))
        let doubts = ruleset.lint()
        func told(_ words: String) -> Set<String> {
            Set(doubts.filter { $0.message.contains(words) }.map(\.offending))
        }
        let (never, hidden) = (told("no contact can make"), told("never has its way"))
        for _ in 0..<200 {
            let decision = ruleset.decide(generator.contact().0)
            #expect(never.isDisjoint(with: decision.matched.map(\.rule)))
            #expect(hidden.isDisjoint(with: decision.wishes.flatMap(\.rules)))
        }
    }

    @Test func theRowsOfATableAreOneRule() throws {
        let ruleset = try Ruleset(sources: [
            RuleSource(
                path: "a.yaml",
                text: """
                    version: 1
                    tables: { t: { file: t.csv } }
                    rules:
                      - { id: r, when: { in_table: t, name: { is_not: A } }, set: { name: "${t.label}" } }
                    """),
            RuleSource(path: "t.csv", text: "domain,label\na.example,A\nb.example,B\n"),
        ])
        #expect(ruleset.lint().map(\.line) == [2])
    }

    @Test func noMoreAreReportedThanAnybodyReads() throws {
        let rules = (0..<60).map {
            "  - { id: r\($0), mode: enforce, when: { id: c }, set: { name: \"\($0)\" } }"
        }
        let told = try ruleset("version: 1\nrules:\n" + rules.joined(separator: "\n")).lint()
        #expect(!told.isEmpty && told.count <= 20)
    }
}
