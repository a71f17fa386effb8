import Contacts
import RuleLint
import Rules
import Testing

/// A table of three rows beside a plain rule.
struct TableFoldings {
    private static func compiled(mode: String = "enforce") throws -> Ruleset {
        try Ruleset(sources: [
            RuleSource(
                path: "rules.yaml",
                text: """
                    version: 1
                    tables: { customers: { file: customers.csv } }
                    rules:
                      - { id: customers, priority: 200, mode: \(mode), when: { in_table: customers }, set: { portal_role: { at_least: "${customers.role}" } } }
                      - { id: zoo, mode: \(mode), when: { email.domain: globex.com }, set: { portal_role: { at_least: member } } }
                    """),
            RuleSource(
                path: "customers.csv",
                text: "domain,role\nacme.com,member\ninitech.com,member\numbrella.com,member\n"),
        ])
    }

    @Test(arguments: [
        (["customers[acme.com]"], ["customers: 1 of 3 rows"]),
        (
            ["zoo", "customers[acme.com]", "customers[umbrella.com]"],
            ["zoo", "customers: 2 of 3 rows"]
        ),
        // A row that the table no longer has is none of its rows.
        (["customers[gone.com]"], ["customers: 1 row"]),
        (["customers[acme.com]", "customers[gone.com]"], ["customers: 2 rows"]),
        (["former[a.com]", "former[b.com]", "former"], ["former: 3 rows"]),
        (["customers[acme.com]", "customers[acme.com]"], ["customers: 1 of 3 rows"]),
    ])
    func rowsOfOneTableAreOneEntry(ids: [String], labels: [String]) throws {
        let ruleset = try Self.compiled()
        #expect(TableFolding(ruleset).fold(ids, by: \.self).map(\.label) == labels)
    }

    @Test func whatIsOfAnotherKindStaysApart() throws {
        let entries = [("customers[acme.com]", "off"), ("customers[initech.com]", "gone")]
        let folded = try TableFolding(Self.compiled()).fold(entries, by: \.0, kind: \.1)
        #expect(folded.map(\.label) == ["customers: 1 of 3 rows", "customers: 1 of 3 rows"])
    }

    @Test func withoutFoldingEachRowIsAnEntry() {
        let ids = ["customers[acme.com]", "customers[initech.com]", "zoo"]
        #expect(TableFolding.none.fold(ids, by: \.self).map(\.label) == ids)
    }

    @Test func aTableIsExplainedInOneLineThatNamesTheRowsThatAreTrue() throws {
        let ruleset = try Self.compiled()
        let explanation = ruleset.explain(.sample("ana@initech.com"))
        #expect(
            explanation.folded(TableFolding(ruleset)).description == """
                customers: 1 of 3 rows true (priority 200): customers[initech.com]
                zoo: false (priority 100)
                  ✗ email.domain is globex.com – `initech.com`

                set portal_role: nothing → member (customers[initech.com])
                """)
        #expect(explanation.folded(.none) == explanation)
    }

    @Test func aTableOfWhichNothingIsKnownSaysSo() throws {
        let ruleset = try Self.compiled(mode: "shadow")
        let folded = ruleset.explain(.sample()).folded(TableFolding(ruleset))
        #expect(
            folded.description.hasPrefix(
                "customers: 0 of 3 rows true, 3 unknown (priority 200, in shadow)\nzoo"))
    }

    @Test func rulesInShadowAreNamedByTable() throws {
        let ruleset = try Self.compiled(mode: "shadow")
        #expect(
            ruleset.summary(TableFolding(ruleset)).joined(separator: "\n").hasSuffix(
                "4 rules in shadow send nothing: customers: 3 of 3 rows, zoo"))
        #expect(
            ruleset.summary(.none).joined(separator: "\n").hasSuffix(
                "nothing: customers[acme.com], customers[initech.com], customers[umbrella.com], zoo"
            ))
    }

    @Test func asManyRowsAsAreAskedForAreShownOfOneRule() throws {
        let ruleset = try Self.compiled()
        func rows(_ maxRows: Int) -> Int? {
            ruleset.explain(rule: "customers", on: .sample(), maxRows: maxRows)?.rules.count
        }
        #expect(rows(2) == 2)
        #expect(rows(.max) == 3)
    }

    @Test(arguments: [
        ("custmers", "no rule custmers; did you mean customers?"),
        ("customers[acm.com]", "no rule customers[acm.com]; did you mean customers[acme.com]?"),
        ("nowhere-near\n", #"no rule nowhere-near\n"#),
    ])
    func aMisspeltRuleIsToldWithTheNearestOne(id: String, words: String) throws {
        #expect(try Self.compiled().missing(id) == words)
    }
}
