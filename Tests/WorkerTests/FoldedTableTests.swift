import Foundation
import Sandbox
import Testing

/// A table of three hundred rows is one line of what commands print.
@Suite struct FoldedTableTests {
    private static let rules = """
        version: 1
        tables: { customers: { file: customers.csv } }
        rules:
          - { id: customers, mode: enforce, when: { in_table: customers }, set: { portal_role: { at_least: "${customers.role}" } } }
        """

    private static func withTable(_ body: @Sendable (World) async throws -> Void) async throws {
        let people = (0..<3).map { person("ana@c\($0).example.com", role: "no_access") }
        try await withWorld(rules: rules, contacts: people) { world in
            try write(role: "member", in: world)
            try await body(world)
        }
    }

    private static func write(
        role: String, for domains: [String] = (0..<300).map { "c\($0).example.com" },
        in world: World
    ) throws {
        let rows = domains.map { "\($0),\(role)\n" }.joined()
        try Data("domain,role\n\(rows)".utf8)
            .write(to: URL(filePath: world.rulesFolder + "/customers.csv"))
    }

    private static func lines(_ output: String) -> [String] {
        output.split(separator: "\n").map(String.init).filter { $0.contains("customers") }
    }

    @Test func explainingAContactNamesTheTableAndItsTrueRow() async throws {
        try await Self.withTable { world in
            let email = "ana@c7.example.com"
            let folded = try await world.usher("rules", "explain", "--email", email)
            #expect(
                Self.lines(folded.output) == [
                    "customers: 1 of 300 rows true (priority 100): customers[c7.example.com]",
                    "set portal_role: nothing → member (customers[c7.example.com])",
                ])
            let unfolded = try await world.usher("rules", "explain", "--rows", "--email", email)
            #expect(Self.lines(unfolded.output).count == 301)
            let json = try await world.usher(
                "rules", "explain", "--format", "json", "--email", email)
            let tables = try #require(try json.summary["tables"] as? [[String: Any]])
            #expect(tables[0]["rows"] as? [String: Int] == ["count": 1, "total": 300])
            #expect(try #require(try json.summary["rules"] as? [Any]).isEmpty)
        }
    }

    @Test func oneRuleIsExplainedAloneAndAMisspeltOneIsSuggested() async throws {
        try await Self.withTable { world in
            let email = "ana@c7.example.com"
            let one = try await world.usher(
                "rules", "explain", "--rule", "customers", "--email", email)
            #expect(one.output.hasPrefix("customers[c7.example.com]: true"))
            #expect(one.output.contains("- 1 of its 300 rows is true"))
            let misspelt = try await world.usher(
                "rules", "explain", "--rule", "custmers", "--email", email)
            #expect(misspelt.status == 1 && misspelt.output.isEmpty)
            #expect(misspelt.errors.contains("no rule custmers; did you mean customers?"))
        }
    }

    @Test func aPlanCountsTheRowsOfATable() async throws {
        try await Self.withTable { world in
            try await world.runOnce()
            try world.write(rules: Self.rules.replacing("at_least: ", with: "at_most: "))
            try Self.write(role: "no_access", in: world)
            let plan = try await world.usher("plan")
            let counted = Self.lines(plan.output).filter {
                !$0.contains("by customers[") && !$0.hasPrefix("warning: ")
            }
            #expect(
                counted.count == 1 && counted[0].hasPrefix("customers: 3 of 300 rows"),
                "\(plan.output)")
            let json = try await world.usher("plan", "--format", "json")
            let rules = try #require(try json.summary["rules"] as? [[String: Any]])
            #expect(rules.map { $0["rule"] as? String } == ["customers"])
            #expect(rules[0]["rows"] as? [String: Int] == ["count": 3, "total": 300])
            #expect(rules[0]["contacts"] as? Int == 3 && rules[0]["lowering"] as? Int == 3)
            let unfolded = try await world.usher("plan", "--rows", "--format", "json")
            #expect(try #require(try unfolded.summary["rules"] as? [Any]).count == 3)
        }
    }

    @Test func aPlanCountsTheRowsOfATableInShadow() async throws {
        try await Self.withTable { world in
            try await world.runOnce()
            try world.write(
                rules: Self.rules.replacing("at_least: ", with: "at_most: ")
                    .replacing("mode: enforce", with: "mode: shadow"))
            try Self.write(role: "no_access", in: world)
            func shadow(_ options: String...) async throws -> [[String: Any]] {
                let plan = try await world.usher(["plan", "--format", "json"] + options)
                let shadow = try #require(try plan.summary["shadow"] as? [String: Any])
                return try #require(shadow["rules"] as? [[String: Any]])
            }
            let rules = try await shadow()
            #expect(rules.map { $0["rule"] as? String } == ["customers"])
            #expect(rules[0]["rows"] as? [String: Int] == ["count": 3, "total": 300])
            #expect(rules[0]["contacts"] as? Int == 3)
            #expect(try await shadow("--rows").count == 3)
        }
    }

    @Test func aPlanNamesTheTableWhoseRowsLeaveAnAccountWithoutAnAdmin() async throws {
        let people = ["acme.com", "globex.com"].map { person("ana@\($0)", role: "admin") }
        try await withWorld(rules: noRules, contacts: people) { world in
            let account = try #require(world.sandbox.organisation.accounts.first).id
            for one in people { world.sandbox.editContact(id: one.id) { $0.accountID = account } }
            try await world.runOnce()
            try world.write(rules: Self.rules.replacing("at_least: ", with: "at_most: "))
            try Self.write(role: "member", for: ["acme.com", "globex.com"], in: world)
            let plan = try await world.usher("plan", "--format", "json")
            let loss = try #require(try plan.summary["admin_loss"] as? [String: Any])
            let accounts = try #require(loss["examples"] as? [[String: Any]])
            #expect(accounts.map { $0["account"] as? String } == [account])
            #expect(accounts[0]["domain"] as? String == "acme.com")
            #expect(accounts[0]["rules"] as? [String] == ["customers"])
            let shown = try await world.usher("plan").output
            #expect(shown.contains(#/\(acme\.com\) +2 +customers/#), "\(shown)")
        }
    }

    @Test func aPlanCountsTheRowsOfATableThatLeaveCustomRolesAlone() async throws {
        let people = (0..<3).map { person("ana@c\($0).example.com", role: "support-lead") }
        try await withWorld(rules: noRules, contacts: people) { world in
            try await world.runOnce()
            try world.write(rules: Self.rules)
            try Self.write(role: "member", in: world)
            let plan = try await world.usher("plan")
            let alone = "no effect on 3 contacts with a custom role: rule customers: 3 of 300 rows"
            #expect(plan.output.contains(alone), "\(plan.output)")
            let unfolded = try await world.usher("plan", "--rows")
            let lines = Self.lines(unfolded.output)
            let one = "no effect on 1 contact with a custom role: rule customers["
            #expect(lines.count { $0.contains(one) } == 3)
        }
    }

    @Test func aPlanTellsOnceOfARuleThatTiesWithRowsOfATable() async throws {
        try await Self.withTable { world in
            try await world.runOnce()
            let other = """

                  - { id: free, mode: enforce, when: { email.domain: { under: example.com } }, set: { portal_role: no_access } }
                """
            try world.write(
                rules: Self.rules.replacing(
                    "{ at_least: \"${customers.role}\" }", with: "\"${customers.role}\"") + other)
            let plan = try await world.usher("plan")
            let conflicts = Self.lines(plan.output).filter { $0.hasPrefix("conflict: ") }
            #expect(
                conflicts == [
                    "conflict: customers, free want different values for portal_role with the same "
                        + "priority; 3 contacts unchanged"
                ], "\(plan.errors)")
            let unfolded = try await world.usher("plan", "--rows")
            #expect(Self.lines(unfolded.output).count { $0.hasPrefix("conflict: ") } == 3)
        }
    }

    @Test func orphansCountTheRowsOfATable() async throws {
        try await Self.withTable { world in
            try await world.runOnce()
            try world.write(rules: Self.rules.replacing("mode: enforce", with: "mode: off"))
            let orphans = try await world.usher("rules", "orphans")
            #expect(Self.lines(orphans.output).count == 1)
            #expect(orphans.output.contains(#/customers: 3 of 300 rows +off +portal_role +3 /#))
            let unfolded = try await world.usher("rules", "orphans", "--rows")
            #expect(Self.lines(unfolded.output).count == 3)
            let retired = try await world.usher("rules", "retire", "nobody", "--reason", "x")
            #expect(retired.errors.contains("rules with leftover values: customers\n"))
        }
    }
}
