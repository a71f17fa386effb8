import Contacts
import Foundation
import RuleLint
import RuleSources
import Rules
import Testing

/// The names of rule files from where a command runs.
struct RulesLocations {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try folder.write("", to: "rules/a.yaml")
    }

    private func path(of file: String, at path: String, from directory: String) -> String {
        RulesLocation(path, from: directory).path(of: file)
    }

    @Test func whatIsBelowTheCurrentDirectoryIsRelativeToIt() {
        let root = folder.url.path
        #expect(path(of: "a.yaml", at: root + "/rules", from: root) == "rules/a.yaml")
        #expect(path(of: "a.yaml", at: root + "/rules/", from: root) == "rules/a.yaml")
        #expect(path(of: "t.csv", at: root + "/rules/a.yaml", from: root) == "rules/t.csv")
        #expect(path(of: "a.yaml", at: root + "/rules", from: root + "/rules") == "a.yaml")
    }

    @Test func whatIsElsewhereIsNamedAsItWasGiven() {
        let root = folder.url.path
        #expect(path(of: "a.yaml", at: root + "/rules", from: "/nowhere") == root + "/rules/a.yaml")
        #expect(path(of: "a.yaml", at: root + "/rules", from: "/") == root + "/rules/a.yaml")
        // A folder whose name only begins like the current directory's.
        #expect(
            path(of: "a.yaml", at: root + "/rules", from: root + "/rul") == root + "/rules/a.yaml")
    }

    @Test(arguments: [
        ("rules/a.yaml", "rules/a.yaml"), ("./rules/a.yaml", "rules/a.yaml"),
        ("../rules/a.yaml", "../rules/a.yaml"), ("a.yaml", "a.yaml"), ("./a.yaml", "a.yaml"),
        // A file of this name is there or not: its folder is the current one.
        ("a", "a.yaml"),
    ])
    func aRelativePathStaysOne(given: String, named: String) {
        #expect(path(of: "a.yaml", at: given, from: "/work") == named)
    }

    @Test func aFolderThatCannotBeReadIsNamedAsItWasGiven() {
        let problems = #expect(throws: RuleProblems.self) { try RuleFiles.read("no/such/folder") }
        #expect(
            problems?.located(at: RulesLocation("no/such/folder")).description
                == "no/such/folder:1:1: error: there is no such file or folder")
    }

    @Test func theExcerptOfALocatedProblemIsFromItsSource() throws {
        let source = RuleSource(path: "a.yaml", text: "version: 2")
        let problems = #expect(throws: RuleProblems.self) { try Ruleset(sources: [source]) }
        let location = RulesLocation("rules/a.yaml", from: "/work")
        #expect(
            problems?.diagnostics.first?.text(in: [source], at: location) == """
                rules/a.yaml:1:10: error: `version` must be 1
                1 | version: 2
                             ^
                """)
    }
}
