import Contacts
import Foundation
import Rules
import Testing

/// What authors are told of mistakes that many make.
@Suite struct AdviceTests {
    private static let table = """
        version: 1
        fields: { vip: { type: text, values: ["yes", "no"] }, since: { type: date } }
        tables: { champions: { file: champions.csv } }
        rules:
          - { id: champions, mode: enforce, when: { in_table: champions }, set: { portal_role: "${champions.portal_role}" } }

        """
    private static let csv = "domain,portal_role\nacme.com,member\n"

    /// - Parameter data: The CSV file, nil for none.
    private static func told(_ text: String, data: String? = csv) -> [String] {
        let data = data.map { [RuleSource(path: "champions.csv", text: $0)] } ?? []
        do {
            return try Ruleset(sources: [RuleSource(path: "a.yaml", text: text)] + data).warnings
                .map(\.description)
        } catch { return error.diagnostics.map(\.description) }
    }

    @Test func aMisspeltTableIsTakenForNoField() {
        let text = Self.table.replacing("${champions.portal_role}", with: "${champion.portal_role}")
        #expect(
            Self.told(text) == [
                "a.yaml:5:88: error: there is no table `champion` – did you mean "
                    + "`${champions.portal_role}`?"
            ])
    }

    @Test func aTableThatIsMissingIsToldOnce() {
        let test = """
            tests:
              - { name: t, given: { email: ana@acme.com }, expect: { matched: ["champions[acme.com]"] } }
            """
        #expect(Self.told(Self.table + test) == [])
        #expect(
            Self.told(Self.table + test, data: nil) == [
                "a.yaml:3:30: error: there is no file `champions.csv` beside the rules"
            ])
    }

    @Test(arguments: [
        (
            "until: 2026-02-30, when: { name: x }",
            "a.yaml:6:36: error: `until`: the calendar has no day `2026-02-30`"
        ),
        (
            "when: { custom_fields.since: 2026-13-01 }",
            "a.yaml:6:58: error: the calendar has no day `2026-13-01`"
        ),
    ])
    func aDayThatTheCalendarDoesNotHaveIsToldAsSuch(part: String, message: String) {
        let rule = "  - { id: r, mode: enforce, \(part), set: { name: x } }"
        #expect(Self.told(Self.table + rule) == [message])
    }

    @Test func aFileThatIsNestedTooDeeplyIsToldInWordsOfOurs() {
        // "Maximum nesting level reached, set with yaml_set_max_nest_level())" in the parser's.
        let told = Self.told("version: 1\nrules: " + String(repeating: "[", count: 2000))
        #expect(told.map { $0.hasSuffix("error: nested more than 64 deep") } == [true], "\(told)")
    }

    @Test func declaredValuesAreListedWhereNoneIsNear() {
        let rule =
            "  - { id: r, mode: enforce, when: { custom_fields.vip: { is_not: true } }, set: { name: x } }"
        #expect(
            Self.told(Self.table + rule) == [
                "a.yaml:6:66: error: `true` is none of the declared values of `vip`: `yes`, `no`"
            ])
    }

    @Test func quotesOfAWordProcessorAreWarnedOf() {
        let rule =
            "  - { id: r, mode: enforce, when: { account.external_ids.crm: “0015e00001” }, set: { name: x } }"
        #expect(
            Self.told(Self.table + rule) == [
                "a.yaml:6:63: warning: the quotes of `“0015e00001”` are part of the value; YAML's own "
                    + "quotes are \" and '"
            ])
    }

    @Test func anotherFileOfYAMLIsToldOfInTheSameWords() {
        struct Unknown: Error {}
        let problem = YAMLProblem(Unknown(), in: "", of: "usher.yaml")
        #expect("\(problem)" == "line 1, column 1: not YAML")
    }
}
