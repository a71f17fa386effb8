import Contacts
import Foundation
import Rules
import Testing

/// Files that were made to exhaust whoever reads them.
struct Monsters {
    @Test(arguments: [
        String(repeating: "[", count: 100_000),
        String(repeating: "{a: ", count: 100_000),
        String(repeating: "- ", count: 100_000),
        "version: 1\nrules:\n  - when: " + String(repeating: "{ not: ", count: 900),
        "version: 1\nrules:\n  - id: r\n    set: { portal_role: x }\n    when: "
            + String(repeating: "{ not: ", count: 60) + "{ name: a }"
            + String(repeating: " }", count: 60),
        String(repeating: "a", count: 1_000_000),
        "\u{FEFF}", "\0", "\u{1}", "%TAG ! x\n", "? ? ? ?", ": : :", "\"\\ud800\"",
    ])
    func aMonsterIsRefused(_ text: String) {
        #expect(throws: RuleProblems.self) { try ruleset(text) }
    }

    @Test func aliasesCannotBeMultipliedIntoMillions() {
        var bomb = "version: 1\na0: &a0 [x, x, x, x, x, x, x, x, x]\n"
        for level in 1...9 {
            let aliases = Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ")
            bomb += "a\(level): &a\(level) [\(aliases)]\n"
        }
        bomb += "? *a9\n: x\n? *a9\n: y\n"
        let problems = #expect(throws: RuleProblems.self) { try ruleset(bomb) }
        #expect(problems?.description.contains("anchors and aliases") == true)
    }

    @Test func aMillionAliasesAreRefusedAtOnce() {
        let start = ContinuousClock.now
        let aliases = String(repeating: "*a,", count: 1_000_000)
        let problems = #expect(throws: RuleProblems.self) {
            try ruleset("version: 1\nrules: [\(aliases)]")
        }
        #expect(problems?.diagnostics.count == RuleLimits.diagnostics)
        #expect(ContinuousClock.now - start < .seconds(120))
    }

    @Test func emphasisInADescriptionIsNoAlias() throws {
        let words = Array(repeating: "*never* & *ever*", count: 30).joined(separator: " ")
        let ruleset = try ruleset(
            """
            version: 1
            rules:
              - id: r
                description: |
                  \(words)
                when: { id: c1 }
                set: { portal_role: member }
            """)
        #expect(ruleset.rules.count == 1)
    }

    @Test func theFileThatIsTooLargeIsRefused() {
        let text = "version: 1\n" + String(repeating: "# more\n", count: 700_000)
        let problems = #expect(throws: RuleProblems.self) { try ruleset(text) }
        #expect(problems?.description == "a.yaml:1:1: error: the file is larger than 4194304 bytes")
    }
}
