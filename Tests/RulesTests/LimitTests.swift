import Contacts
import Foundation
import Testing

@testable import RuleLint
@testable import Rules

/// How many contacts rules may change, and which rules a person has to agree to.
struct Limits {
    @Test func whatTheWorkspaceDoesNotSayIsAsUsual() throws {
        let ruleset = try ruleset(
            """
            version: 1
            limits: { per_hour: 7, privileged: { percent_of_contacts: 2 } }
            rules:
              - { id: r, when: { name: Ana }, set: { name: Bea }, limits: { lowering: { per_day: 3 } } }
            """,
            """
            version: 1
            rules:
              - { id: s, when: { name: Ana }, set: { name: Bea } }
            """)
        var own = ChangeLimits.standard
        own.all.perHour = 7
        own.privileged.percentOfContacts = 2
        #expect(ruleset.limits == own)
        #expect(try rules("s | 1 | name: Ana | name: Bea").limits == .standard)
        // A rule says only what is its own.
        #expect(
            ruleset.rule("r")?.terms.limits
                == ChangeLimits(lowering: ChangeLimit(perDay: 3)))
        #expect(ruleset.rule("s")?.terms.limits == nil)
    }

    /// A ruleset on record stays readable; where each file had limits, the most generous hold.
    @Test func limitsOfTwoFilesAreReadOnlyFromTheRecord() throws {
        let sources = ["{ per_hour: 7, per_day: 90 }", "{ per_hour: 9, per_day: 80 }"].enumerated()
            .map { number, limits in
                RuleSource(
                    path: "\(number).yaml",
                    text: "version: 1\nlimits: \(limits)\nrules:\n"
                        + "  - { id: r\(number), when: { name: Ana }, set: { name: Bea } }\n")
            }
        let problems = #expect(throws: RuleProblems.self) { try Ruleset(sources: sources) }
        #expect(
            problems?.description
                == "1.yaml:2:1: error: the limits of the workspace are at 0.yaml:2 already; write "
                + "them once")
        let recorded = try Ruleset(sources: sources, repeatedLimits: .mostGenerous)
        #expect((recorded.limits.all.perHour, recorded.limits.all.perDay) == (9, 90))
        #expect(recorded.limits.lowering == ChangeLimits.standard.lowering)
    }

    @Test(
        arguments: [
            (ChangeLimit(perHour: 5), 5, 5, nil),
            (ChangeLimit(perHour: 5), 6, 6, "per_hour: 5"),
            (ChangeLimit(perDay: 5), 0, 6, "per_day: 5"),
            // Never fewer than ten contacts.
            (ChangeLimit(percentOfContacts: 1), 10, 10, nil),
            (
                ChangeLimit(percentOfContacts: 1), 0, 11,
                "percent_of_contacts: 1, at most 10 of 200 within a day"
            ),
            (ChangeLimit(percentOfContacts: 20), 40, 40, nil),
            (
                ChangeLimit(percentOfContacts: 20), 0, 41,
                "percent_of_contacts: 20, at most 40 of 200 within a day"
            ),
            (ChangeLimit(perHour: 0), 1, 1, "per_hour: 0"),
        ] as [(ChangeLimit, Int, Int, String?)])
    func aLimitIsExceededByTheFirstOneTooMany(
        limit: ChangeLimit, hour: Int, day: Int, exceeded: String?
    ) {
        #expect(limit.exceeded(hour: hour, day: day, contacts: 200) == exceeded)
    }

    @Test(
        arguments: [
            ("no_access", nil, .portalRole, "member", [.all]),
            ("no_access", nil, .portalRole, "admin", [.all, .privileged]),
            (nil, nil, .portalRole, "member", [.all]),
            ("member", nil, .portalRole, "support-lead", [.all, .privileged]),
            ("member", nil, .portalRoleID, "id-7", [.all, .privileged]),
            ("admin", nil, .portalRole, "member", [.lowering]),
            ("member", nil, .portalRole, "no_access", [.lowering]),
            // Nobody knows what a custom role allows: only that it is more than no access.
            ("support-lead", nil, .portalRole, "member", [.all, .privileged]),
            (nil, "id-7", .portalRole, "no_access", [.lowering]),
            ("support-lead", nil, .portalRole, "admin", [.all, .privileged]),
            ("member", nil, .accountID, "a2", [.all, .privileged]),
            ("member", nil, .name, "Bea", [.all]),
        ] as [(String?, String?, SettableField, String, Set<ChangeClass>)])
    func aChangeIsCountedByWhatItDoes(
        role: String?, id: String?, field: SettableField, value: String,
        classes: Set<ChangeClass>
    ) {
        let contact = Contact(id: "c", portalRole: role, portalRoleID: id)
        #expect(contact.classes(of: field, value) == classes)
    }

    @Test func aRuleKeepsItsHashWhateverSurroundsIt() throws {
        func hash(_ rule: String, lists: String = "{ l: [a.com, b.com] }") throws -> String {
            let ruleset = try ruleset("version: 1\nlists: \(lists)\nrules:\n\(rule)")
            return ruleset.hash(of: try #require(ruleset.rule("r")))
        }
        let plain = try hash(
            "  - { id: r, when: { email.domain: { in_list: l } }, set: { portal_role: member } }")
        let same = try hash(
            """
              # Who they are.
              - id: r
                description: members
                mode: enforce
                approval: required
                limits: { per_hour: 3 }
                when:
                  email.domain: { in_list: l }
                set: { portal_role: member }
            """, lists: "{ l: [b.com, a.com] }")
        #expect(plain == same)
        let rule =
            "  - { id: r, when: { email.domain: { in_list: l } }, set: { portal_role: member } }"
        let others = try [
            hash(rule, lists: "{ l: [a.com] }"),
            hash(rule, lists: "{ l: [a.com, { value: b.com, expires: 2027-01-01 }] }"),
            hash(rule.replacing("member", with: "{ at_least: member }")),
            hash(rule.replacing("id: r", with: "id: r, priority: 7")),
            hash(rule.replacing("id: r", with: "id: r, until: 2027-01-01")),
            hash(rule.replacing("in_list: l", with: "is: c.com")),
        ]
        #expect(Set(others + [plain]).count == 7)
    }

    @Test func aTestMayAskForTheEndAndForWhatWaits() throws {
        func outcome(_ expectation: String) throws -> [String] {
            let ruleset = try ruleset(
                """
                version: 1
                rules:
                  - { id: r, mode: enforce, approval: required, when: { name: Ana }, set: { portal_role: { at_least: member } } }
                  - { id: s, mode: enforce, when: { name: Ana }, set: { name: Bea } }
                tests:
                  - { name: t, given: { name: Ana, avatar_url: u }, expect: \(expectation) }
                """)
            return ruleset.run(ruleset.tests[0]).differences
        }
        #expect(
            try outcome("{ held: [r], after: { name: Bea, portal_role: member, avatar_url: u } }")
                .isEmpty)
        #expect(try outcome("{ held: [s] }") == ["expected `s` to be held"])
        #expect(
            try outcome("{ after: { name: Ana, account_id: a } }").sorted() == [
                "account_id: expected a in the end, would hold nothing",
                "name: expected Ana in the end, would hold Bea",
            ])
    }
}
