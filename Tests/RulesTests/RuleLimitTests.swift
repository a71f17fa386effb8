import Contacts
import Testing

@testable import Rules

/// What is more than anybody writes by hand is refused where it begins to be too much.
struct TooMuch {
    private static let rule = "rules:\n  - { id: r, when: { name: Ana }, set: { name: X } }\n"

    private static func lines(_ count: Int, _ line: (Int) -> String) -> String {
        (1...count).map(line).joined(separator: "\n")
    }

    private static func problems(_ text: String, data: String = "", in name: String = "l.txt")
        -> String?
    {
        let sources = [
            RuleSource(path: "a.yaml", text: "version: 1\n\(text)\n"),
            RuleSource(path: name, text: data),
        ]
        return #expect(throws: RuleProblems.self) { try Ruleset(sources: sources) }?.description
    }

    @Test func twentyThousandRulesAreTheMost() {
        let rules = Self.lines(20_001) {
            "- { id: r\($0), when: { name: Ana }, set: { name: X } }"
        }
        #expect(Self.problems("rules:\n\(rules)") == "a.yaml:20003:3: error: more than 20000 rules")
    }

    @Test func twentyThousandTestsAreTheMost() {
        let tests = Self.lines(20_001) { "- { name: t\($0), given: {}, expect: { set: {} } }" }
        #expect(
            Self.problems("\(Self.rule)tests:\n\(tests)")
                == "a.yaml:20005:3: error: more than 20000 tests")
    }

    @Test func aThousandGuardrailsAreTheMost() {
        let guardrails = Self.lines(1_001) {
            "- { id: g\($0), deny: { portal_role: admin }, when: { name: Ana }, reason: x }"
        }
        #expect(
            Self.problems("\(Self.rule)guardrails:\n\(guardrails)")
                == "a.yaml:1005:3: error: more than 1000 guardrails")
    }

    @Test func tenThousandExceptionsAreTheMost() {
        let exceptions = Self.lines(10_001) {
            "- { id: e\($0), rules: [r], contact: jo@acme.com, until: 2027-01-01, reason: x }"
        }
        #expect(
            Self.problems("\(Self.rule)exceptions:\n\(exceptions)")
                == "a.yaml:10005:3: error: more than 10000 exceptions")
    }

    @Test func aThousandRenamedRulesAreTheMost() throws {
        let renamed = Self.lines(1_001) { "- { from: old\($0), to: r }" }
        let problems = try #require(Self.problems("\(Self.rule)renamed:\n\(renamed)"))
        #expect(problems.hasSuffix("a.yaml:1005:3: error: more than 1000 renamed rules"))
    }

    @Test func aThousandRetiredRulesAreTheMost() {
        let retired = Self.lines(1_001) { "- { rule: gone\($0), fields: [name], reason: x }" }
        #expect(
            Self.problems("\(Self.rule)retired:\n\(retired)")
                == "a.yaml:1005:3: error: more than 1000 retired rules")
    }

    @Test func aHundredThousandValuesAreTheMost() {
        let values = Self.lines(100_001) { "- v\($0)" }
        let rules = "rules:\n  - { id: r, when: { name: { in_list: l } }, set: { name: X } }"
        #expect(
            Self.problems("lists:\n  l:\n\(values.replacing("- ", with: "    - "))\n\(rules)")
                == "a.yaml:4:5: error: list `l` has more than 100000 values")
        #expect(
            Self.problems("lists: { l: { file: l.txt } }\n\(rules)", data: values)
                == "l.txt:100001:1: error: list `l` has more than 100000 values")
        let condition = "rules:\n- id: r\n  set: { name: X }\n  when:\n    name:\n"
        #expect(
            Self.problems(condition + values.replacing("- ", with: "    - "))
                == "a.yaml:7:5: error: the operand of `in` has more than 100000 values")
    }

    @Test func aHundredThousandRowsAreTheMost() {
        let table = "tables: { t: { file: t.csv } }\n"
        let rules = "rules:\n  - { id: r, when: { in_table: t }, set: { name: X } }"
        let rows = "domain,note\n" + Self.lines(100_001) { "d\($0).example,x" }
        #expect(
            Self.problems(table + rules, data: rows, in: "t.csv")
                == "t.csv:100002:1: error: more than 100000 rows")
    }

    @Test func fourMegabytesOfValuesAreTheMost() {
        let list = "lists: { l: { file: l.txt } }\n"
        let rules = "rules:\n  - { id: r, when: { name: { in_list: l } }, set: { name: X } }"
        let text = String(repeating: "# more\n", count: 700_000)
        #expect(
            Self.problems(list + rules, data: text)
                == "a.yaml:2:21: error: `l.txt` is larger than 4194304 bytes")
    }
}
