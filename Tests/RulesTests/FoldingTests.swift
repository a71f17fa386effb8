import Contacts
import Foundation
import Testing

@testable import RuleLint
@testable import Rules

/// Thousands of problems of one kind are told by a few of them and a number.
struct Folding {
    private static let rows = 20_000

    private static func problems(_ rules: String, _ table: String = "") -> [RuleDiagnostic] {
        let sources = [
            RuleSource(path: "a.yaml", text: "version: 1\n\(rules)"),
            RuleSource(path: "c.csv", text: table),
            RuleSource(path: "z.yaml", text: "version: 1\nrules: [ { id: z } ]"),
        ]
        return (#expect(throws: RuleProblems.self) { try Ruleset(sources: sources) })?
            .diagnostics ?? []
    }

    private static func lines(_ line: (Int) -> String) -> String {
        (0..<rows).map(line).joined(separator: "\n")
    }

    private static let table = """
        tables: { c: { file: c.csv } }
        rules:
          - { id: c, mode: enforce, when: { in_table: c }, set: { portal_role: { at_least: "${c.role}" } } }
        """

    /// Takes a second where nothing else runs; a suggestion for each would take minutes.
    @Test func twentyThousandWrongRowsAreToldAtOnceAndCounted() {
        let start = ContinuousClock.now
        let problems = Self.problems(
            Self.table, "domain,role\n" + Self.lines { "d\($0).example,membr" })
        #expect(problems.count == RuleLimits.diagnostics + 1)
        #expect(problems[0].suggestion == "member")
        // The only problems of their kind are among those that are listed.
        #expect(problems.filter { $0.file == "z.yaml" }.count == 2)
        #expect(
            problems.last?.description
                == "c.csv:1000:14: error: 19002 more problems, the first of them here")
        #expect(problems.last?.more == 19_002)
        #expect(problems.texts(in: []).count == problems.count)
        #expect(ContinuousClock.now - start < .seconds(30))
    }

    @Test func twentyThousandWrongValuesAreToldAtOnceAndCounted() {
        let start = ContinuousClock.now
        let values = (0..<300).map { "tier\($0)" }.joined(separator: ", ")
        let problems = Self.problems(
            """
            fields: { tier: { type: text, values: [\(values)] } }
            lists:
              l:
            \(Self.lines { "    - teir\($0)" })
            rules:
              - { id: r, when: { custom_fields.tier: { in_list: l } }, set: { name: x } }
            """)
        #expect(problems.last?.more == Self.rows + 2 - RuleLimits.diagnostics)
        #expect(ContinuousClock.now - start < .seconds(60))
    }

    private static func warnings(_ count: Int) throws -> [RuleDiagnostic] {
        let tests = (0..<count).map { "{ custom_fields.f\($0): x }" }.joined(separator: ", ")
        let ruleset = try ruleset(
            """
            version: 1
            rules:
              - id: r
                when: { any: [ \(tests), { email.domain: { ends_with: acme.com } } ] }
                set: { name: x }
            """)
        #expect(ruleset.warnings.count == count + 1)
        return ruleset.warnings.folded()
    }

    @Test func warningsOfOneKindFoldToThreeAndANumber() throws {
        let warnings = try Self.warnings(300)
        #expect(warnings.map(\.more) == [nil, nil, nil, 297, nil])
        #expect(
            warnings[3].description
                == "a.yaml:4:97: warning: 297 more of this kind, the first of them here: `f3` is not "
                + "declared in `fields`, so nothing about it can be checked")
        #expect(warnings[4].message.hasPrefix("this matches every domain with that ending"))
        #expect(warnings.folded() == warnings)
        #expect(try Self.warnings(3).map(\.more) == [nil, nil, nil, nil])
    }

    @Test func theNumberIsAFieldOfItsOwn() throws {
        let json = try JSONEncoder().encode(try Self.warnings(5))
        let objects = try #require(try JSONSerialization.jsonObject(with: json) as? [[String: Any]])
        #expect(objects.map { $0["more"] as? Int } == [nil, nil, nil, 2, nil])
    }

    @Test func errorsAreAllListedUpToTheLimit() {
        let rules =
            "rules:\n"
            + (1...500).map { "- { id: r\($0), set: { name: x } }" }
            .joined(separator: "\n")
        #expect(Self.problems(rules).count == 502)
    }
}
