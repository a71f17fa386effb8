import Contacts
import Foundation
import Sandbox
import Testing

/// What `--format json` prints, of every command.
@Suite struct JSONOutputTests {
    private static let rules = """
        version: 1
        tables: { customers: { file: customers.csv } }
        rules:
          - { id: staff, mode: enforce, when: { email.domain: acme.com }, set: { portal_role: admin, custom_fields.department: staff } }
          - { id: former, mode: enforce, on_unmatch: revert, when: { email.domain: initech.com }, set: { portal_role: no_access } }
          - { id: customers, when: { in_table: customers }, set: { portal_role: { at_least: member } } }
          - { id: agreed, mode: enforce, approval: required, when: { email.domain: umbrella.com }, set: { portal_role: admin } }
        tests:
          - { name: staff, given: { email: ana@acme.com }, expect: { matched: [staff] } }
        """

    /// Objects whose keys are data: fields, or what changes do.
    private static let ofData: Set<String> = [
        "fields", "changes", "evidence", "values", "before", "after", "transitions", "rules",
        "external_ids",
    ]

    private static func wrongKeys(in value: Any, below parent: String = "") -> [String] {
        switch value {
        case let list as [Any]: list.flatMap { wrongKeys(in: $0, below: "") }
        case let object as [String: Any]:
            object.flatMap { key, value in
                let isRight =
                    ofData.contains(parent) || key.wholeMatch(of: /[a-z][a-z0-9_]*/) != nil
                return (isRight ? [] : [key]) + wrongKeys(in: value, below: key)
            }
        default: []
        }
    }

    private static func withRecord(_ body: @Sendable (World) async throws -> Void) async throws {
        let people = [
            person("ana@acme.com"), person("bob@initech.com"), person("cy@umbrella.com"),
            person("di@globex.com", role: "no_access"),
        ]
        try await withWorld(rules: rules, contacts: people) { world in
            try Data("domain\nglobex.com\n".utf8)
                .write(to: URL(filePath: world.rulesFolder + "/customers.csv"))
            try Data().write(to: URL(filePath: world.rulesFolder + "/other.YAML"))
            try await world.runOnce()
            try await body(world)
        }
    }

    @Test func everyCommandPrintsOneDocumentWithKeysInSnakeCase() async throws {
        try await Self.withRecord { world in
            let json = try #require(
                try JSONSerialization.jsonObject(
                    with: Data(try await world.usher("holds", "--format", "json").output.utf8))
                    as? [[String: Any]])
            let hold = try #require(json.first?["hold"] as? Int)
            try world.write(
                rules: Self.rules
                    + "\n  - { name: b, given: { email: b@acme.com }, expect: { set: {} } }")
            let folder = world.rulesFolder
            for command in [
                ["rules", "check", folder], ["rules", "test"], ["rules", "replay"],
                ["rules", "explain", "--contact", "ana@acme.com"],
                ["rules", "explain", "--rule", "customers", "--email", "di@globex.com"],
                ["plan"], ["status"], ["approvals"], ["approvals", "\(hold)"], ["holds"],
                ["holds", "\(hold)"], ["why", "ana@acme.com"],
                ["why", "ana@acme.com", "--rule", "staff"], ["migrate"],
                ["approve", "\(hold)", "--dry-run"], ["approve", "\(hold)", "--reason", "x"],
                ["reject", "agreed", "--dry-run"], ["reject", "agreed", "--reason", "x"],
                ["release", "ana@acme.com", "--reason", "x"], ["resume"], ["run", "--once"],
            ] {
                try await Self.expectSnakeCase(command, in: world)
            }
            try world.write(rules: Self.rules)
            for command in [["--coverage"], ["--mutate"]] {
                try await Self.expectSnakeCase(["rules", "test"] + command, in: world)
            }
            try world.write(
                rules: Self.rules.replacing(
                    "{ id: staff, mode: enforce", with: "{ id: staff, mode: off"))
            for command in [["orphans"], ["retire", "staff", "--reason", "x"]] {
                try await Self.expectSnakeCase(["rules"] + command, in: world)
            }
        }
    }

    private static func expectSnakeCase(_ command: [String], in world: World) async throws {
        let ended = try await CommandProcess(
            command + ["--format", "json"], environment: world.settings(), in: world.rulesFolder
        ).end()
        let document = try? JSONSerialization.jsonObject(with: Data(ended.output.utf8))
        let value = try #require(document, "\(command): \(ended.output)\(ended.errors)")
        #expect((value as? [Any])?.isEmpty != true, "\(command) shows nothing")
        #expect(wrongKeys(in: value) == [], "\(command)")
    }

    @Test func everyCommandThatReadsRulesPrintsWhatIsWrongWithThem() async throws {
        try await Self.withRecord { world in
            try world.write(rules: "version: 2\nrules: []\n")
            for command in [
                ["rules", "check"], ["rules", "test"],
                ["rules", "explain", "--email", "a@acme.com"],
                ["rules", "orphans"], ["rules", "retire", "staff", "--reason", "x"], ["plan"],
            ] {
                let ended = try await CommandProcess(
                    command + ["--format", "json"], environment: world.settings(),
                    in: world.rulesFolder
                ).end()
                #expect(ended.status == 2, "\(command)")
                try Self.expectProblem(try ended.summary)
            }
        }
    }

    @Test func aWorkerThatCannotStartPrintsWhatIsWrongWithItsRules() async throws {
        try await withWorld(rules: "version: 2\nrules: []\n", contacts: []) { world in
            let ended = try await world.usher("run", "--once", "--format", "json")
            #expect(ended.status == 1)
            try Self.expectProblem(try ended.summary)
        }
    }

    private static func expectProblem(_ report: [String: Any]) throws {
        let problem = try #require((report["problems"] as? [[String: Any]])?.first)
        #expect(problem["severity"] as? String == "error")
        #expect(problem["file"] as? String == "rules.yaml")
        #expect(problem["line"] as? Int == 1 && problem["column"] as? Int == 10)
        #expect(problem["message"] as? String == "`version` must be 1")
    }
}
