import Contacts
import Foundation
import Testing

@testable import Rules

/// A value that nobody can hold would be denied to nobody.
struct DenialTests {
    private static func diagnostics(_ deny: String, _ rule: String = "") -> [String] {
        let text = """
            version: 1
            fields: { tier: { type: text, values: [gold, silver] }, seats: { type: integer } }
            rules:
              - { id: r, mode: enforce, when: { id: c1 }, set: { portal_role: admin, custom_fields.tier: gold }\(rule) }
            guardrails:
              - { id: g, deny: \(deny), when: { email.status: { is_not: ok } }, reason: x }
            """
        do throws(RuleProblems) {
            return try ruleset(text).warnings.map(\.description)
        } catch { return error.diagnostics.map(\.description) }
    }

    @Test(arguments: [
        ("{ portal_role: admin, custom_fields.tier: [gold, silver] }", []),
        (
            "{ portal_role: Admin }",
            [
                "a.yaml:6:35: error: no contact can have the role `Admin` – did you mean `admin`?"
            ]
        ),
        (
            "{ custom_fields.tier: [gold, silvr] }",
            [
                "a.yaml:6:49: error: `silvr` is none of the declared values of `tier` – did you mean "
                    + "`silver`?"
            ]
        ),
        (
            "{ custom_fields.seats: ten }",
            [
                "a.yaml:6:43: error: `ten` is no whole number, such as 10 (at most 15 digits)"
            ]
        ),
    ])
    func whatAGuardrailDeniesIsChecked(deny: String, expected: [String]) {
        #expect(Self.diagnostics(deny) == expected)
    }

    @Test(arguments: [
        (
            "{ custom_fields.tier: glod }",
            "error: `glod` is none of the declared values of `tier` – did you mean `gold`?"
        ),
        (
            "{ portal_role: membr }",
            "warning: `membr` is no role that every workspace has; if it is a custom role, all is well "
                + "– did you mean `member`?"
        ),
    ])
    func whatARuleGoesBackToIsChecked(value: String, expected: String) {
        let found = Self.diagnostics(
            "{ portal_role: owner }", ", on_unmatch: revert, revert_to: \(value)")
        #expect(found.count == 1 && found[0].hasSuffix(expected), "\(found)")
    }
}

/// Bounds, templates and guardrails.
struct Bounds {
    /// It has no order, so nothing could be said of whether it keeps the cap; but it is above no
    /// access.
    @Test(
        arguments: [
            ("no_access", "member", "no_access", nil), ("no_access", "no_access", nil, nil),
            ("no_access", "support-lead", "no_access", nil),
            ("member", "member", nil, ["left"]), ("member", "admin", "member", ["left"]),
            ("member", "support-lead", nil, ["left"]),
        ] as [(String, String, String?, [String]?)])
    func aCustomRoleIsNotGivenUnderACap(
        most: String, role: String, sent: String?, unordered: [String]?
    ) throws {
        let ruleset = try ruleset(
            """
            version: 1
            fields: { status: { type: text } }
            rules:
              - { id: leads, mode: enforce, when: { email.domain: acme.com }, set: { portal_role: support-lead } }
              - { id: flag, mode: enforce, when: { email.domain: acme.com }, set: { custom_fields.status: left } }
              - { id: left, mode: enforce, when: { email.domain: acme.com, custom_fields.status: left }, set: { portal_role: { at_most: \(most) } } }
            """)
        let decision = ruleset.decide(.sample("ana@acme.com", role: role))
        #expect(decision.changes[.portalRole] == sent)
        #expect(decision.conflicts.isEmpty && decision.unordered == unordered)
    }

    /// Final value = min(at_most, max(at_least, exact winner)), whatever the priorities and the
    /// order.
    @Test(arguments: [nil, "no_access", "member", "admin"] as [String?])
    func aBoundNeverDoesWhatItIsNotFor(role: String?) throws {
        let roles = ["no_access", "member", "admin"]
        let now = role.flatMap { roles.firstIndex(of: $0) } ?? 0
        for exact in [nil, 0, 1, 2] as [Int?] {
            for floor in [nil, 0, 1, 2] as [Int?] {
                for ceiling in [nil, 0, 1, 2] as [Int?] {
                    var lines: [String] = []
                    if let exact {
                        lines.append("exact | 500 | id: c | portal_role: \(roles[exact])")
                    }
                    if let floor {
                        lines.append(
                            "floor | 900 | id: c | portal_role: { at_least: \(roles[floor]) }")
                    }
                    if let ceiling {
                        lines.append(
                            "ceiling | 1 | id: c | portal_role: { at_most: \(roles[ceiling]) }")
                    }
                    guard !lines.isEmpty else { continue }
                    let end = min(ceiling ?? 2, max(floor ?? 0, exact ?? now))
                    let contact = Contact(id: "c", name: "Ana", portalRole: role)
                    let changes = try Self.compiled(lines).decide(contact).changes
                    // Without a role nobody has any: a bound has nothing to do there.
                    let isSo = roles[end] == role || role == nil && end == 0 && exact != 0
                    #expect(
                        changes[.portalRole] == (isSo ? nil : roles[end]),
                        "\(role ?? "none"): \(lines)")
                }
            }
        }
    }

    private static func compiled(_ lines: [String]) throws -> Ruleset {
        let rules = lines.map { line in
            let parts = line.components(separatedBy: " | ")
            return "  - { id: \(parts[0]), priority: \(parts[1]), mode: enforce, "
                + "when: { \(parts[2]) }, set: { \(parts[3]) } }"
        }
        return try Rules.Ruleset(sources: [
            RuleSource(path: "a.yaml", text: "version: 1\nrules:\n" + rules.joined(separator: "\n"))
        ])
    }

    @Test func aCustomRoleHasNoOrder() throws {
        let ruleset = try rules("floor | 100 | id: c | portal_role: { at_least: admin }")
        for contact in [
            Contact(id: "c", name: "Ana", portalRole: "support-lead"),
            Contact(id: "c", name: "Ana", portalRoleID: "5b0c7a52"),
        ] {
            let decision = ruleset.decide(contact)
            #expect(decision.changes.isEmpty)
            #expect(decision.unordered == ["floor"])
        }
        // A custom role that a rule wants has no order either.
        let both = try rules(
            "floor | 100 | id: c | portal_role: { at_least: admin }",
            "exact | 100 | id: c | portal_role: support-lead")
        let decision = both.decide(Contact(id: "c", name: "Ana", portalRole: "member"))
        #expect(decision.changes[.portalRole] == "support-lead")
        #expect(decision.unordered == ["floor"])
    }

    @Test func whoWasOutdoneByABoundIsOnRecord() throws {
        let ruleset = try rules(
            "staff | 900 | id: c | portal_role: admin",
            "leavers | 1 | id: c | portal_role: { at_most: no_access }",
            "gold | 100 | name: Ana | portal_role: { at_least: member }")
        let decision = ruleset.decide(Contact(id: "c", name: "Ana", portalRole: "member"))
        #expect(decision.wishes.map(\.rules) == [["leavers"]])
        #expect(decision.beaten.map(\.rule) == ["gold", "staff"])
        #expect(decision.beaten.allSatisfy { $0.by == ["leavers"] })
    }

    @Test func aBoundThatSomebodyUndidIsDrift() throws {
        let ruleset = try rules("gold | 100 | name: Ana | portal_role: { at_least: member }")
        let grant = Grant(field: .portalRole, value: "member", rules: ["gold"])
        let decision = ruleset.decide(
            Contact(id: "c", name: "Ana", portalRole: "no_access"),
            memory: ContactMemory(grants: ["portal_role": grant]))
        #expect(decision.changes.isEmpty)
        #expect(decision.wishes.map(\.state) == [.drift])
    }

    @Test(
        arguments: [
            ("${email.local}@work", "ana.ruiz@work"),
            ("$${name}", "${name}"),
            ("a $$${name}", "a $${name}"),
            ("${custom_fields.tier}", nil),
            ("${email.domain} ${portal_role}", nil),
        ] as [(String, String?)])
    func aTemplateWithSomethingUnknownIsUnset(template: String, value: String?) throws {
        let ruleset = try Rules.Ruleset(sources: [
            RuleSource(
                path: "a.yaml",
                text: """
                    version: 1
                    rules:
                      - id: r
                        mode: enforce
                        when: { email.domain: acme.com }
                        set: { custom_fields.label: "\(template)", avatar_url: "https://x" }
                    """)
        ])
        let changes = ruleset.decide(.sample("Ana.Ruiz@acme.com")).changes
        #expect(changes[.customField(slug: "label")] == value)
        // That one value only.
        #expect(changes[.avatarURL] == "https://x")
    }

    @Test func aTemplateAndATextMayAgree() throws {
        let ruleset = try rules(
            #"one | 100 | portal_role: member | name: "${email.local}""#,
            "two | 100 | portal_role: member | name: ana",
            "three | 1 | portal_role: member | name: bob")
        let decision = ruleset.decide(.sample("ana@acme.com", role: "member"))
        #expect(decision.changes[.name] == "ana")
        #expect(decision.wishes.map(\.rules) == [["one", "two"]])
        #expect(decision.beaten.map(\.rule) == ["three"])
    }

    private static let guarded = """
        version: 1
        rules:
          - { id: staff, priority: 200, mode: enforce, when: { id: c1 }, set: { portal_role: admin } }
          - { id: gold, mode: enforce, when: { name: Ana }, set: { portal_role: { at_least: member } } }
        guardrails:
          - id: no-admin-elsewhere
            deny: { portal_role: [admin, support-lead] }
            when: { email.domain: { is_not: acme.com } }
            reason: Only Acme's own.
        """

    @Test(
        arguments: [
            ("ana@acme.com", "admin", false),
            ("ana@globex.com", "member", true),
            // Unknown counts as true.
            ("not an address", "member", true),
            (nil, "member", true),
        ] as [(String?, String, Bool)])
    func aGuardrailDeniesAndTheNextWishIsTried(
        email: String?, role: String, isDenied: Bool
    ) throws {
        let ruleset = try ruleset(Self.guarded)
        var contact = Contact.sample(email, role: "no_access")
        contact.name = "Ana"
        let decision = ruleset.decide(contact)
        #expect(decision.changes[.portalRole] == role)
        #expect(
            decision.denied
                == (isDenied
                    ? [
                        Denied(
                            rule: "staff", field: .portalRole, value: "admin",
                            guardrail: "no-admin-elsewhere")
                    ] : nil))
    }

    @Test func aGuardrailLooksAtTheContactAsItWouldBeToo() throws {
        let ruleset = try ruleset(
            """
            version: 1
            rules:
              - { id: r, mode: enforce, when: { id: c }, set: { portal_role: admin } }
            guardrails:
              - { id: g, deny: { portal_role: admin }, when: { portal_role: admin }, reason: never }
            """)
        #expect(
            ruleset.decide(Contact(id: "c", name: "Ana", portalRole: "member")).changes.isEmpty)
    }

    @Test func aGuardrailLowersNothingAndTells() throws {
        let ruleset = try ruleset(Self.guarded)
        let decision = ruleset.decide(.sample("eve@globex.com", role: "admin"))
        #expect(decision.changes.isEmpty)
        #expect(decision.violated == ["no-admin-elsewhere"])
        #expect(!decision.isEmpty)
    }

    @Test func aGuardrailTakesBackWhatAnEarlierRoundWanted() throws {
        let ruleset = try ruleset(
            """
            version: 1
            rules:
              - { id: staff, mode: enforce, when: { id: c1 }, set: { portal_role: admin } }
              - { id: left, mode: enforce, when: { custom_fields.tier: bronze }, set: { custom_fields.state: left } }
            guardrails:
              - { id: g, deny: { portal_role: admin }, when: { custom_fields.state: left }, reason: gone }
            """)
        let contact = Contact.sample(role: "member", ["tier": "bronze", "state": "new"])
        let decision = ruleset.decide(contact)
        // Denied once the other rule has had its way, although it was won before.
        #expect(decision.changes == ContactPatch([.customField(slug: "state"): "left"]))
        #expect(decision.denied?.map(\.rule) == ["staff"])
        #expect(decision.wishes.map(\.field) == [.customField(slug: "state")])
    }

    @Test func anUpperBoundCountsWhereTheWinnerHasDrifted() throws {
        let ruleset = try rules(
            "staff | 900 | id: c | portal_role: member",
            "leavers | 1 | id: c | portal_role: { at_most: no_access }")
        let grant = Grant(field: .portalRole, value: "member", rules: ["staff"])
        let decision = ruleset.decide(
            Contact(id: "c", name: "Ana", portalRole: "admin"),
            memory: ContactMemory(grants: ["portal_role": grant]))
        #expect(decision.changes[.portalRole] == "no_access")
    }

    @Test func aTemplateThatFeedsItselfIsACycle() throws {
        let ruleset = try rules(#"r | 100 | portal_role: member | name: "${name}${name}""#)
        var contact = Contact.sample(role: "member")
        contact.name = "Ana"
        let decision = ruleset.decide(contact)
        #expect(decision.changes.isEmpty)
        #expect(decision.conflicts.map(\.kind) == [.unsettled])
    }
}
