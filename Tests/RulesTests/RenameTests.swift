import Foundation
import RuleLint
import Rules
import Testing

/// Rules that have another id now.
struct RuleRenames {
    private static let gold =
        "when: { custom_fields.tier: gold }, set: { portal_role: { at_least: member } }"

    private static func rules(_ lines: String..., more: String = "") throws -> Ruleset {
        try ruleset(
            "version: 1\nfields: { tier: { type: text } }\nrules:\n"
                + lines.map { "  - { id: \($0) }\n" }.joined() + more)
    }

    private static func recognised(_ old: Ruleset, _ new: Ruleset) -> [String] {
        new.renames(from: old).map { "\($0.from) → \($0.to)" }
    }

    @Test func whatFilesSayIsKept() throws {
        let ruleset = try Self.rules(
            "golden, \(Self.gold)", more: "renamed: [ { from: gold, to: golden } ]")
        #expect(ruleset.renames == ["gold": "golden"])
        #expect(ruleset.enforcing().renames == ["gold": "golden"])
    }

    @Test func aRuleOfTheSameMeaningIsRecognised() throws {
        let old = try Self.rules("gold, \(Self.gold)", "other, when: { name: A }, set: { name: B }")
        let new = try Self.rules(
            "golden, description: x, mode: enforce, \(Self.gold)",
            "other, when: { name: A }, set: { name: B }")
        #expect(Self.recognised(old, new) == ["gold → golden"])
        #expect(Self.recognised(new, old) == ["golden → gold"])
        #expect(Self.recognised(old, old) == [])
    }

    @Test(arguments: [
        // Another meaning.
        ["golden, priority: 7, \(gold)"],
        ["golden, when: { custom_fields.tier: Gold }, set: { portal_role: { at_least: member } }"],
        // The old one is still there.
        ["gold, \(gold)", "golden, \(gold)"],
        // Which of them it is, nobody can tell.
        ["golden, \(gold)", "goldest, \(gold)"],
    ])
    func anythingElseIsNot(lines: [String]) throws {
        let old = try Self.rules("gold, \(Self.gold)")
        let new = try ruleset(
            "version: 1\nfields: { tier: { type: text } }\nrules:\n"
                + lines.map { "  - { id: \($0) }\n" }.joined())
        #expect(Self.recognised(old, new) == [])
    }

    @Test func twoThatMeanTheSameAreNotTakenForEachOther() throws {
        let old = try Self.rules("a, \(Self.gold)", "b, \(Self.gold)")
        #expect(Self.recognised(old, try Self.rules("c, \(Self.gold)")) == [])
        #expect(Self.recognised(old, try Self.rules("c, \(Self.gold)", "d, \(Self.gold)")) == [])
    }

    @Test func aTableIsRecognisedByAllItsRows() throws {
        func table(_ id: String, _ csv: String) throws -> Ruleset {
            try Ruleset(sources: [
                RuleSource(
                    path: "a.yaml",
                    text: """
                        version: 1
                        tables: { t: { file: t.csv } }
                        rules: [ { id: \(id), when: { in_table: t }, set: { name: "${t.label}" } } ]
                        """),
                RuleSource(path: "t.csv", text: csv),
            ])
        }
        let rows = "domain,label\na.example,A\nb.example,B\n"
        let old = try table("old", rows)
        #expect(Self.recognised(old, try table("new", rows)) == ["old → new"])
        #expect(Self.recognised(old, try table("new", rows + "c.example,C\n")) == [])
    }
}
