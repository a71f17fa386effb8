import Contacts
import Testing

@testable import RuleLint
@testable import Rules

/// Who may be given or lose access: only people of whom the rule knows who they are.
struct Privileges {
    private static let head = """
        version: 1
        fields: { status: { type: text }, seats: { type: integer }, areas: { type: texts } }
        lists: { staff: [acme.com], ids: [c1] }
        rules:

        """

    /// What is said of one rule: its errors and warnings without their places.
    private static func problems(_ condition: String, _ set: String) -> [RuleDiagnostic] {
        diagnostics("\(head)  - { id: r, when: \(condition), set: { \(set) } }")
            .filter { !$0.message.contains("no rule names") && !$0.message.hasPrefix("this ") }
    }

    private static func diagnostics(_ text: String, data: [RuleSource] = []) -> [RuleDiagnostic] {
        do throws(RuleProblems) {
            return try Ruleset(sources: [RuleSource(path: "a.yaml", text: text)] + data).warnings
        } catch {
            return error.diagnostics
        }
    }

    private static func isRefused(_ condition: String, _ set: String) -> Bool {
        problems(condition, set).contains { $0.severity == .error }
    }

    @Test(arguments: [
        "{ email: ana@acme.com }", "{ email.domain: acme.com }", "{ id: [c1, c2] }",
        "{ account_id: a1 }", "{ account.external_ids.crm: \"7\" }",
        "{ email.domain: { in_list: staff } }", "{ custom_fields.status: active }",
        "{ custom_fields.seats: 10 }", "{ custom_fields.status: [active, left] }",
        "{ id: c1, name: Ana }", "{ all: [ { name: Ana }, { all: [ { id: c1 } ] } ] }",
        "{ any: [ { id: c1 }, { account_id: a1, name: Ana } ] }",
        "{ all: [ { id: c1 }, { not: { name: Ana } } ] }",
    ])
    func whoIsKnownMayBeGivenAccess(condition: String) {
        #expect(!Self.isRefused(condition, "portal_role: admin"))
        #expect(!Self.isRefused(condition, "portal_role_id: r1"))
        #expect(!Self.isRefused(condition, "portal_role: no_access"))
    }

    @Test func whoIsKnownMayBeMovedToAnotherAccount() {
        #expect(!Self.isRefused("{ email.domain: acme.com }", "account_id: a9"))
    }

    @Test(arguments: [
        "{ name: Ana }", "{ email.local: ana }", "{ email.site: acme.com }",
        "{ email.class: corporate }", "{ email.status: ok }", "{ external_ids.erp: \"7\" }",
        "{ primary_phone_number: \"1\" }", "{ emails: { has: ana@acme.com } }",
        "{ custom_fields.areas: { has: north } }", "{ portal_role: member }",
        "{ email.domain: { is_not: acme.com } }", "{ email: { present: true } }",
        "{ id: { not_in: [c1] } }", "{ id: { not_in_list: ids } }", "{ id: { absent: true } }",
        "{ email.domain: { ends_with: .acme.com } }", "{ email: { contains: \"@acme.com\" } }",
        "{ account_id: { is_ci: A1 } }", "{ custom_fields.seats: { gte: 10 } }",
        "{ custom_fields.seats: { between: [1, 2] } }", "{ not: { id: c1 } }",
        "{ none: [ { id: c1 } ] }", "{ not: { not: { id: c1 } } }",
        "{ any: [ { id: c1 }, { name: Ana } ] }",
        "{ all: [ { any: [ { id: c1 }, { name: Ana } ] }, { name: Bob } ] }",
    ])
    func whoIsNotKnownMayNot(condition: String) {
        for set in [
            "portal_role: admin", "portal_role: lead", "portal_role_id: r1", "account_id: a9",
            "portal_role: { at_least: admin }", "portal_role: { at_most: no_access }",
            "portal_role: no_access",
        ] {
            #expect(Self.isRefused(condition, set), "\(set)")
        }
        for set in [
            "portal_role: { at_least: member }", "portal_role: { at_least: no_access }",
            "custom_fields.status: left", "name: Ana", "avatar_url: a",
        ] {
            #expect(!Self.isRefused(condition, set), "\(set)")
        }
    }

    @Test func aDomainWithItsSubdomainsIsEnoughToTakeAccessAndNotToGiveIt() {
        let under = "{ email.domain: { under: acme.com } }"
        #expect(!Self.isRefused(under, "portal_role: member"))
        #expect(!Self.isRefused(under, "portal_role: { at_most: member }"))
        for set in ["portal_role: admin", "portal_role: lead", "account_id: a9"] {
            #expect(Self.isRefused(under, set))
        }
        #expect(Self.isRefused("{ email.site: acme.com }", "portal_role: member"))
    }

    /// Nobody there is known, and nobody there need be known to lose access.
    @Test(arguments: [
        "{ email.class: public }", "{ email.class: [public, disposable, public_suffix, reserved] }",
        "{ any: [ { email.class: public }, { id: c1 } ] }",
        "{ email.class: disposable, name: Ana }",
    ])
    func aClassOfDomainsIsEnoughToTakeAccessAndNeverToGiveIt(condition: String) {
        for set in ["no_access", "{ at_most: no_access }", "{ at_most: member }"] {
            #expect(!Self.isRefused(condition, "portal_role: \(set)"), "\(set)")
        }
        for set in [
            "portal_role: member", "portal_role: admin", "portal_role: { at_least: admin }",
            "portal_role: lead", "portal_role_id: r1", "account_id: a9",
        ] {
            #expect(Self.isRefused(condition, set), "\(set)")
        }
    }

    @Test(arguments: [
        "{ email.class: [public, corporate] }", "{ email.class: { is_not: corporate } }",
        "{ email.class: { not_in: [corporate] } }", "{ email.class: { present: true } }",
        "{ not: { email.class: corporate } }", "{ none: [ { email.class: public } ] }",
    ])
    func noOtherTestOfAClassIs(condition: String) {
        #expect(Self.isRefused(condition, "portal_role: { at_most: member }"))
    }

    /// What one rule sets for a whole class, another may not take for proof.
    @Test func aClassOfDomainsVouchesForNothing() {
        let text = """
            version: 1
            fields: { tier: { type: text } }
            rules:
              - { id: a, when: { email.class: public }, set: { custom_fields.tier: free } }
              - { id: b, when: { custom_fields.tier: free }, set: { portal_role: admin } }
            """
        #expect(Self.diagnostics(text).contains { $0.severity == .error })
    }

    /// Another rule may lower the role first, and a custom role may be known by its id alone.
    @Test(arguments: ["{ portal_role: no_access }", "{ portal_role: { absent: true } }"])
    func whatTheRoleIsSaysNothingOfWhoItIs(condition: String) {
        for set in ["member", "no_access", "{ at_most: member }", "admin"] {
            #expect(Self.isRefused(condition, "portal_role: \(set)"))
        }
        #expect(!Self.isRefused(condition, "portal_role: { at_least: member }"))
    }

    @Test(arguments: ["enforce", "shadow", "off"])
    func theModeExcusesNothing(mode: String) {
        let rule = "{ id: r, mode: \(mode), when: { name: Ana }, set: { portal_role: admin } }"
        #expect(
            Self.diagnostics("version: 1\nrules: [\(rule)]").map(\.description) == [
                "a.yaml:2:\(32 + mode.count): error: `portal_role: admin` needs a condition that "
                    + "identifies the contacts: every way to satisfy `when` must test "
                    + "`email.domain`, `email`, `id`, `account_id`, `account.external_ids.<label>` "
                    + "or a declared custom field with `is`, `in`, `in_list` or `in_table`, and not "
                    + "below `not` or `none`"
            ])
    }

    @Test func theFixIsInTheMessage() {
        #expect(
            Self.problems("{ name: Ana }", "portal_role: member").first?.message.hasSuffix(
                "(or `under`), and not below `not` or `none`; or write `{ at_least: member }`, which "
                    + "never lowers") == true)
    }

    @Test func aCustomFieldMustBeDeclaredForAPrivilege() {
        let text = """
            version: 1
            fields: { status: { type: text } }
            rules:
              - { id: a, when: { custom_fields.staus: left }, set: { name: A } }
              - { id: b, when: { id: c1, custom_fields.staus: left }, set: { portal_role: admin } }
            """
        let message = "`staus` is not declared in `fields`, "
        let suggestion = " – did you mean `custom_fields.status`?"
        #expect(
            Self.diagnostics(text).map(\.description) == [
                "a.yaml:4:22: warning: \(message)so nothing about it can be checked\(suggestion)",
                "a.yaml:5:30: error: \(message)as it must be for a rule that can give or take "
                    + "access\(suggestion)",
            ])
        // What is an error is no warning besides.
        let alone = text.split(separator: "\n").filter { !$0.contains("id: a,") }
        #expect(Self.diagnostics(alone.joined(separator: "\n")).map(\.severity) == [.error])
    }
}

/// Fields that rules set count only if those rules know whom they set them for.
struct Laundering {
    private static func doubts(_ rules: String...) -> [String] {
        let text =
            "version: 1\nfields: { a: { type: text }, b: { type: text }, c: { type: text } }\nrules:\n"
            + rules.map { "  - { \($0) }" }.joined(separator: "\n")
        do throws(RuleProblems) {
            _ = try Ruleset(sources: [RuleSource(path: "a.yaml", text: text)])
            return []
        } catch {
            return error.diagnostics.filter { $0.severity == .error }.map {
                "\($0.line): " + $0.message.drop { $0 != ";" }
            }
        }
    }

    private static let admin = "id: r, when: { custom_fields.a: x }, set: { portal_role: admin }"

    @Test func aFieldThatNobodySetsCounts() { #expect(Self.doubts(Self.admin) == []) }

    @Test(arguments: ["enforce", "shadow", "off"])
    func aFieldThatAnybodyCanGetDoesNot(mode: String) {
        #expect(
            Self.doubts(
                Self.admin,
                "id: s, mode: \(mode), when: { name: Ana }, set: { custom_fields.a: x }") == [
                    "4: ; `custom_fields.a` does not count, since `s` sets it without identifying "
                        + "its contacts"
                ])
    }

    @Test func everyRuleThatSetsItMustKnow() {
        let known = "id: s, when: { id: c1 }, set: { custom_fields.a: x }"
        #expect(Self.doubts(Self.admin, known) == [])
        #expect(
            Self.doubts(Self.admin, known, "id: t, when: { name: A }, set: { custom_fields.a: y }")
                .count == 1)
        #expect(
            Self.doubts(
                Self.admin,
                "id: t, when: { email.domain: { under: acme.com } }, set: { custom_fields.a: y }"
            )
            .count == 1)
    }

    @Test func itGoesOnThroughOtherFields() {
        let step = "id: s, when: { custom_fields.b: x }, set: { custom_fields.a: x }"
        #expect(
            Self.doubts(Self.admin, step, "id: t, when: { id: c1 }, set: { custom_fields.b: x }")
                == [])
        let doubts = Self.doubts(
            Self.admin, step, "id: t, when: { name: Ana }, set: { custom_fields.b: x }")
        #expect(doubts.count == 1 && doubts[0].contains("since `s` sets it"), "\(doubts)")
    }

    @Test func aCircleDoesNotVouchForItself() {
        let there = "id: s, when: { custom_fields.b: x }, set: { custom_fields.a: x }"
        let back = "id: t, when: { custom_fields.a: x }, set: { custom_fields.b: x }"
        #expect(Self.doubts(Self.admin, there, back).count == 1)
        #expect(
            Self.doubts(
                Self.admin, "id: s, when: { custom_fields.a: y }, set: { custom_fields.a: x }"
            )
            .count == 1)
    }

    @Test func whatAContactSaysOfItselfDoesNotVouch() {
        #expect(
            Self.doubts(
                Self.admin, #"id: s, when: { id: c1 }, set: { custom_fields.a: "${name}" }"#
            )
            .count == 1)
        #expect(
            Self.doubts(
                Self.admin,
                #"id: s, when: { id: c1 }, set: { custom_fields.a: "x ${account_id}" }"#) == [])
    }

    /// What a rule sets then, it sets for those of whom it is not true any more.
    @Test func whatARuleGoesBackToDoesNotVouch() {
        let rule = "id: s, when: { id: c1 }, on_unmatch: revert, set: { custom_fields.a: y }"
        #expect(Self.doubts(Self.admin, rule) == [])
        #expect(Self.doubts(Self.admin, rule + ", revert_to: { custom_fields.a: x }").count == 1)
    }

    @Test func anAccountThatARuleSetsBringsItsIDsWithIt() {
        // Setting the account is privileged itself; a circle is what is left.
        let doubts = Self.doubts(
            "id: r, when: { account.external_ids.crm: x }, set: { portal_role: admin }",
            "id: s, when: { account_id: a1 }, set: { account_id: a2 }")
        #expect(doubts.count == 2, "\(doubts)")
        #expect(doubts.allSatisfy { $0.contains("does not count, since `s` sets it") })
        #expect(doubts[0].contains("`account.external_ids.crm`"))
    }

    @Test func whatDoesNotCountMayBeTestedBesideWhatDoes() {
        #expect(
            Self.doubts(
                "id: r, when: { id: c1, custom_fields.a: x }, set: { portal_role: admin }",
                "id: s, when: { name: Ana }, set: { custom_fields.a: x }") == [])
    }
}

/// Privileged values that stand in a table.
struct PrivilegedRows {
    private static func diagnostics(
        _ csv: String, set: String = "portal_role: \"${t.role}\"", more: String = ""
    ) -> [String] {
        let text = """
            version: 1
            fields: { plan: { type: text } }
            tables: { t: { file: t.csv } }
            rules:
              - { id: r, when: { in_table: t }, set: { \(set) } }
            \(more)
            """
        do throws(RuleProblems) {
            return try Ruleset(sources: [
                RuleSource(path: "a.yaml", text: text), RuleSource(path: "t.csv", text: csv),
            ]).warnings.map(\.description)
        } catch {
            return error.diagnostics.map(\.description)
        }
    }

    private static let claim =
        "warning: `admin` for an e-mail domain alone: the address is the contact's own claim; test "
        + "`account_id` or `account.external_ids.<label>` as well"

    @Test func aKeyIsATestOfTheContact() {
        #expect(Self.diagnostics("account_id,role\na1,admin\n") == [])
        #expect(Self.diagnostics("custom_fields.plan,role\ngold,admin\n") == [])
        #expect(Self.diagnostics("domain,account_id,role\na.com,a1,admin\n") == [])
    }

    @Test func theRowThatGivesAdminForADomainIsNamed() {
        #expect(
            Self.diagnostics("domain,role\na.com,member\nb.com,admin\nc.com,admin\n") == [
                "t.csv:3:1: \(Self.claim)"
            ])
    }

    @Test func aKeyThatIsNotDeclaredIsNamedInTheHeader() {
        #expect(
            Self.diagnostics("custom_fields.plam,role\ngold,admin\n") == [
                "t.csv:1:1: error: `plam` is not declared in `fields`, as it must be for a rule that "
                    + "can give or take access – did you mean `custom_fields.plan`?"
            ])
        let raise = "portal_role: { at_least: \"${t.role}\" }"
        #expect(Self.diagnostics("custom_fields.plam,role\ngold,member\n", set: raise) == [])
    }

    @Test func aRowWhoseKeyDoesNotCountIsNamed() {
        let launderer = "  - { id: s, when: { name: Ana }, set: { custom_fields.plan: gold } }"
        func places(_ csv: String, set: String) -> [String] {
            Self.diagnostics(csv, set: set, more: launderer).map { String($0.prefix { $0 != "e" }) }
        }
        let raise = "portal_role: { at_least: \"${t.role}\" }"
        #expect(
            places("custom_fields.plan,role\ntin,member\ngold,admin\n", set: raise) == [
                "t.csv:3:1: "
            ]
        )
        // What is wrong with every row is wrong with the rule.
        #expect(
            places("custom_fields.plan,role\ntin,admin\ngold,admin\n", set: "portal_role: admin")
                == ["a.yaml:5:20: "])
    }
}

/// Rules that believe an address.
struct Claims {
    @Test(arguments: [
        ("{ email.domain: acme.com }", "portal_role: admin", true),
        ("{ email.domain: acme.com, email.local: { starts_with: a } }", "portal_role: admin", true),
        ("{ email.domain: acme.com }", "portal_role: { at_least: admin }", true),
        ("{ any: [ { id: c1 }, { email.domain: acme.com } ] }", "portal_role: admin", true),
        ("{ email.domain: acme.com, account_id: a1 }", "portal_role: admin", false),
        ("{ email: ana@acme.com }", "portal_role: admin", false),
        ("{ email.domain: acme.com, custom_fields.status: active }", "portal_role: admin", false),
        ("{ email.domain: acme.com }", "portal_role: lead", false),
        ("{ email.domain: acme.com }", "portal_role: member", false),
        ("{ email.domain: acme.com }", "portal_role: { at_most: admin }", false),
    ])
    func adminForADomainAloneIsWarnedOf(
        condition: String, set: String, isWarned: Bool
    ) throws {
        let warnings = try ruleset(
            """
            version: 1
            fields: { status: { type: text } }
            rules:
              - { id: r, when: \(condition), set: { \(set) } }
            """
        ).warnings.filter { $0.message.hasPrefix("`admin` for an e-mail domain alone") }
        #expect(warnings.map { [$0.line, $0.column] } == (isWarned ? [[4, 20]] : []))
    }
}
