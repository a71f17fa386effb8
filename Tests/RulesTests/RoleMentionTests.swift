import Contacts
import Rules
import Testing

/// Roles in conditions that no contact can have.
struct RoleMentions {
    private static func diagnostics(_ rules: String) -> [String] {
        do throws(RuleProblems) {
            return try ruleset("version: 1\n" + rules).warnings.map(\.description)
        } catch { return error.diagnostics.map(\.description) }
    }

    private static func diagnostics(when condition: String) -> [String] {
        diagnostics("rules: [ { id: r, when: { \(condition) }, set: { name: x } } ]")
    }

    @Test(arguments: [
        ("portal_role: Admin", "Admin", "admin"),
        ("portal_role: { is: mmber }", "mmber", "member"),
        ("portal_role: { is_not: ADMIN }", "ADMIN", "admin"),
        ("portal_role: [no-access, member]", "no-access", "no_access"),
        ("portal_role: { not_in: [admin, members] }", "members", "member"),
        ("not: { portal_role: noaccess }", "noaccess", "no_access"),
        ("none: [ { portal_role: amdin } ]", "amdin", "admin"),
        ("any: [ { name: x }, { portal_role: { is_ci: admn } } ]", "admn", "admin"),
    ])
    func oneThatIsAlmostARoleIsAnError(condition: String, role: String, meant: String) {
        let told = Self.diagnostics(when: condition)
        #expect(told.count == 1)
        #expect(
            told[0].hasSuffix(
                ": error: no contact can have the role `\(role)` – did you mean `\(meant)`?"),
            "\(told)")
    }

    @Test(arguments: [
        "portal_role: admin", "portal_role: [no_access, member, admin]",
        "portal_role: { is_ci: Admin }", "portal_role: { starts_with: Adm }",
        "portal_role_id: Admin", "name: Admin", "custom_fields.x: Admin",
    ])
    func whatAContactCanHoldIsNot(condition: String) {
        let told = Self.diagnostics(when: condition)
        #expect(told.allSatisfy { $0.contains("is not declared in `fields`") }, "\(told)")
    }

    @Test func aListOfRolesIsCheckedWhereItIsTestedAsSuch() {
        let head = "lists: { names: [Ana, Admin] }\nrules:\n"
        let name = "  - { id: a, when: { name: { in_list: names } }, set: { avatar_url: x } }\n"
        #expect(Self.diagnostics(head + name) == [])
        for test in ["in_list", "not_in_list"] {
            let role =
                "  - { id: b, when: { portal_role: { \(test): names } }, set: { name: x } }\n"
            #expect(
                Self.diagnostics(head + name + role) == [
                    "a.yaml:2:23: error: no contact can have the role `Admin` – did you mean `admin`?"
                ])
        }
    }

    @Test func aGuardrailIsCheckedAsWell() {
        let told = Self.diagnostics(
            """
            rules: [ { id: r, when: { id: c }, set: { portal_role: member } } ]
            guardrails:
              - { id: g, deny: { portal_role: admin }, when: { portal_role: Member }, reason: x }
              - { id: h, deny: { portal_role: [Admin, owner] }, when: { name: x }, reason: x }
            """)
        #expect(
            told == [
                "a.yaml:4:65: error: no contact can have the role `Member` – did you mean `member`?",
                "a.yaml:5:36: error: no contact can have the role `Admin` – did you mean `admin`?",
            ])
    }

    private static let lead = "when: { id: c, portal_role: support-lead }, set: { name: x }"

    @Test func oneThatNothingElseSpeaksForIsAWarning() {
        #expect(
            Self.diagnostics("rules: [ { id: r, \(Self.lead) } ]") == [
                "a.yaml:2:47: warning: no rule sets the role `support-lead` and no other condition asks "
                    + "for it: if it is not the slug of a custom role, no contact has it"
            ])
    }

    @Test(arguments: [
        "rules: [ { id: r, \(lead) }, { id: s, when: { id: d }, set: { portal_role: support-lead } } ]",
        "rules: [ { id: r, \(lead) }, { id: s, \(lead) } ]",
        "rules: [ { id: r, \(lead) } ]\nguardrails: [ { id: g, deny: { portal_role: support-lead }, "
            + "when: { name: x }, reason: y } ]",
    ])
    func oneThatStandsElsewhereIsACustomRole(rules: String) {
        #expect(Self.diagnostics(rules) == [])
    }

    @Test func theRoleThatWasMeantIsNamed() {
        let told = Self.diagnostics(
            """
            rules:
              - { id: r, when: { id: c, portal_role: [suport-lead, Support Lead] }, set: { name: x } }
              - { id: s, when: { id: d }, set: { portal_role: support-lead } }
            """)
        #expect(told.count == 2)
        #expect(told.allSatisfy { $0.hasSuffix("– did you mean `support-lead`?") }, "\(told)")
        #expect(told[0].hasPrefix("a.yaml:3:43: warning: no rule sets the role `suport-lead`"))
    }
}
