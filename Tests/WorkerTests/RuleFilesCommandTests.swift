import Foundation
import TestSupport
import Testing

/// `usher rules` on folders as people have them; none needs a database.
@Suite struct RuleFilesCommandTests {
    private static let rules = """
        version: 1
        rules:
          - { id: staff, mode: enforce, when: { email.domain: acme.com }, set: { portal_role: { at_least: member } } }
        """
    private static let test = """

        tests:
          - { name: staff are members, given: { email: ana@acme.com }, expect: { set: {} } }
        """

    /// Runs `usher` where these files are.
    private func usher(
        _ arguments: String..., files: [String: String], settings: [String: String] = [:]
    ) async throws -> CommandProcess.Ended {
        let folder = try makeTemporaryDirectory()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for (name, text) in files {
            let file = URL(filePath: folder).appending(path: name)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
        }
        return try await CommandProcess(arguments, environment: settings, in: folder)
            .end(within: .seconds(60))
    }

    @Test func filesThatAreNotReadAreNamedAndAreNoErrors() async throws {
        let files = [
            "rules/a.yaml": Self.rules, "rules/b.YAML": Self.rules, "rules/c.yaml.txt": Self.rules,
            "rules/d.yaml~": Self.rules, "rules/f.json": "{}", "rules/h.csv": "domain\nx.com\n",
            "rules/sub/e.yaml": Self.rules,
        ]
        let checked = try await usher("rules", "check", files: files)
        #expect(checked.status == 0)
        let named = checked.output.split(separator: "\n").filter { $0.contains(": not read: ") }
            .map { String($0.prefix { $0 != ":" }) }
        let expected = ["b.YAML", "c.yaml.txt", "d.yaml~", "f.json", "h.csv", "sub"]
        #expect(named == expected.map { "rules/" + $0 })
        let json = try await usher("rules", "check", "--format", "json", files: files)
        let passedOver = try #require(try json.summary["passed_over"] as? [[String: String]])
        #expect(passedOver.map { $0["file"] } == named)
        #expect(passedOver.allSatisfy { $0["reason"] != nil && $0["advice"] != nil })
    }

    @Test func strangersThatEveryRowOfATableTakesInAreToldOnce() async throws {
        let rules = """
            version: 1
            tables: { customers: { file: customers.csv } }
            rules:
              - { id: customers, when: { all: [{ in_table: customers }, { email.domain: { ends_with: acme.com } }] }, set: { name: "${customers.name}" } }
            """
        let files = [
            "rules/a.yaml": rules, "rules/customers.csv": "domain,name\nacme.com,A\nb.acme.com,B\n",
        ]
        let stranger =
            #"the look-alike address "ana@xneighbouracme.com" of acme.com matches the rule "#
        let folded = try await usher("rules", "check", files: files)
        #expect(folded.status == 2)
        #expect(folded.output.contains(stranger + "customers: 2 of 2 rows\n"), "\(folded.output)")
        let unfolded = try await usher("rules", "check", "--rows", files: files)
        for key in ["acme.com", "b.acme.com"] {
            #expect(unfolded.output.contains(stranger + "customers[\(key)]\n"))
        }
    }

    @Test func aFolderWithoutRuleFilesNamesWhatWasPassedOver() async throws {
        let checked = try await usher("rules", "check", files: ["rules/b.YAML": Self.rules])
        #expect(checked.status == 2)
        #expect(checked.output.contains("rules:1:1: error: there are no rule files"))
        #expect(checked.output.contains("rules/b.YAML: not read: "))
    }

    @Test(arguments: [["check"], ["test"], ["explain", "--email", "ana@acme.com"]])
    func aProblemNamesItsFileFromTheCurrentDirectory(arguments: [String]) async throws {
        let folder = try makeTemporaryDirectory()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(
            atPath: folder + "/rules", withIntermediateDirectories: false)
        try Data("version: 2\n".utf8).write(to: URL(filePath: folder + "/rules/a.yaml"))
        for (path, place) in [
            ("rules", "rules/a.yaml:1:10: error: "),
            (folder + "/rules", "rules/a.yaml:1:10: error: "),
            ("rules/a.yaml", "rules/a.yaml:1:10: error: "),
        ] {
            let ended = try await CommandProcess(
                ["rules"] + arguments + [path], environment: [:], in: folder
            ).end(within: .seconds(60))
            #expect(ended.status == 2)
            #expect(
                (ended.output + ended.errors).hasPrefix(place), "\(ended.output)\(ended.errors)")
        }
    }

    @Test func aFailedTestNamesItsFileFromTheCurrentDirectory() async throws {
        let ended = try await usher(
            "rules", "test", files: ["rules/a.yaml": Self.rules + Self.test])
        #expect(ended.status == 2)
        #expect(ended.output.hasPrefix("FAIL rules/a.yaml:5: staff are members"))
        let gaps = try await usher(
            "rules", "test", "--coverage", files: ["rules/a.yaml": Self.rules])
        #expect(gaps.output.hasPrefix("rules/a.yaml:3: rule staff has no positive test"))
    }

    @Test(arguments: [[], ["--coverage"], ["--mutate"]])
    func aRunWithoutTestsIsNoSuccess(flags: [String]) async throws {
        // A rule that is off needs no test, so that neither question finds anything to list.
        let off = Self.rules.replacing("enforce", with: "off")
        let folder = try makeTemporaryDirectory()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try Data(off.utf8).write(to: URL(filePath: folder + "/a.yaml"))
        let ended = try await CommandProcess(
            ["rules", "test", "a.yaml"] + flags, environment: [:], in: folder
        ).end(within: .seconds(60))
        #expect(ended.status == 2)
        #expect(ended.errors == "a.yaml: no rule file has any `tests`, so nothing was tested\n")
    }

    @Test func anEmptyUSHERRULESCountsAsUnset() async throws {
        let ended = try await usher(
            "rules", "check", files: ["rules/a.yaml": Self.rules], settings: ["USHER_RULES": ""])
        #expect(ended.status == 0, "\(ended.output)")
    }

    private static let workspaces = """
        workspaces:
          - { name: acme, token_env: NONE, rules: acme }
          - { name: globex, token_env: NONE, rules: globex }
        """

    @Test(arguments: ["check", "test"])
    func theRulesOfAWorkspaceAreThoseThatUsherYAMLNames(command: String) async throws {
        let files = [
            "usher.yaml": Self.workspaces, "acme/a.yaml": Self.rules + Self.test,
            "globex/a.yaml": "version: 2",
        ]
        let good = try await usher("rules", command, "--workspace", "acme", files: files)
        #expect(
            good.status == (command == "check" ? 0 : 2) && good.errors.isEmpty, "\(good.errors)")
        let bad = try await usher("rules", command, "--workspace", "globex", files: files)
        #expect((bad.output + bad.errors).hasPrefix("globex/a.yaml:1:10: error: "))
        let unknown = try await usher("rules", command, "--workspace", "initech", files: files)
        #expect(unknown.status == 64 && unknown.errors.contains("initech"))
        let both = try await usher("rules", command, "acme", "--workspace", "acme", files: files)
        #expect(both.status == 64)
    }

    @Test func anAddressIsExplainedByTheRulesOfAWorkspace() async throws {
        let explained = try await usher(
            "rules", "explain", "--workspace", "acme", "--email", "ana@acme.com",
            files: ["usher.yaml": Self.workspaces, "acme/a.yaml": Self.rules])
        #expect(explained.output.hasPrefix("staff: true"), "\(explained.errors)")
    }

    @Test func withoutUsherYAMLTheEnvironmentNamesTheRulesOfTheDefaultWorkspace() async throws {
        let ended = try await usher(
            "rules", "check", "--workspace", "default", files: ["own/a.yaml": Self.rules],
            settings: ["USHER_RULES": "own"])
        #expect(ended.status == 0, "\(ended.errors)")
    }
}
