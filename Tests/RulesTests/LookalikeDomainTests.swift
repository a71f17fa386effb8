import Contacts
import Testing

@testable import RuleLint
@testable import Rules

struct LookalikesOfDomains {
    /// Over 100,000 addresses of strangers, and not one of them is taken for somebody else.
    @Test func noLookalikeIsTakenIn() throws {
        let words = ["acme", "globex", "kilo", "oil-mole", "a1", "xn--bcher-kva", "lima", "mikado"]
        let tops = ["com", "co.uk", "example", "io", "com.ar", "xn--p1ai"]
        var domains: [String] = []
        for word in words {
            for top in tops {
                for number in 0..<60 { domains.append("\(word)\(number).\(top)") }
            }
        }
        let ruleset = try ruleset(
            """
            version: 1
            lists: { l: [\(domains.map { "\"\($0)\"" }.joined(separator: ", "))] }
            rules:
              - { id: in, mode: enforce, when: { email.domain: { in_list: l } }, set: { portal_role: member } }
              - { id: under, mode: enforce, when: { any: [\(domains.prefix(900).map { "{ email.domain: { under: \($0) } }" }.joined(separator: ", "))] }, set: { portal_role: member } }
            """)
        let report = ruleset.tryLookalikes()
        #expect(report.matches == [])
        #expect(report.domains == domains.count + 900)
        #expect(report.addresses > 100_000)
        // And the rules do take their own people in.
        for domain in domains.prefix(100) {
            let people = Contact(id: "c", email: "Ana@\(domain.uppercased())")
            #expect(ruleset.decide(people).matched.map(\.rule) == ["in", "under"])
        }
    }

    @Test(arguments: [
        ("{ ends_with: acme.com }", "ana@xneighbouracme.com"),
        ("{ contains: acme.com }", "ana@xneighbouracme.com"),
        ("{ starts_with: acme.com }", "ana@acme.comxneighbour"),
    ])
    func aRuleThatTakesLookalikesInIsNamed(test: String, stranger: String) throws {
        let ruleset = try ruleset(when: "{ email.domain: \(test) }")
        #expect(
            ruleset.tryLookalikes().matches == [
                LookalikeMatch(rule: "r", domain: "acme.com", address: stranger)
            ])
    }

    @Test func subdomainsAreNoLookalikesToUnder() throws {
        #expect(
            try ruleset(when: "{ email.domain: { under: acme.com } }").tryLookalikes().matches
                .isEmpty)
        #expect(
            try ruleset(when: "{ email.domain: { ends_with: .acme.com } }").tryLookalikes().matches
                .isEmpty)
        #expect(try ruleset(when: "{ name: Ana }").tryLookalikes() == LookalikeReport())
    }
}

struct DiagnosticTexts {
    @Test func theLineAndThePlaceAreShown() throws {
        let source = RuleSource(
            path: "a.yaml",
            text: "version: 1\nrules:\n  - { id: r, when: { nmae: Ana }, set: { name: A } }\n")
        let problems = #expect(throws: RuleProblems.self) { try Ruleset(sources: [source]) }
        #expect(
            problems?.diagnostics.map { $0.text(in: [source]) } == [
                """
                a.yaml:3:22: error: there is no field `nmae` – did you mean `name`?
                3 |   - { id: r, when: { nmae: Ana }, set: { name: A } }
                                         ^
                """
            ])
    }

    @Test func aLongLineIsCutAndObeysNobody() {
        let text =
            String(repeating: "x", count: 100) + "\u{1B}[2J!" + String(repeating: "y", count: 100)
        let diagnostic = RuleDiagnostic(at: Place(file: "a.yaml", column: 101), "here")
        let shown = diagnostic.text(in: [RuleSource(path: "a.yaml", text: text)])
        let lines = shown.split(separator: "\n")
        #expect(lines.count == 3 && !shown.contains("\u{1B}"))
        #expect(lines[1].count < 140 && lines[1].hasSuffix("…"))
        #expect(lines[2].count - 1 == lines[1].count { $0 != "\n" } - 61)
    }

    @Test func aProblemWithoutAPlaceIsSaidPlainly() {
        let diagnostic = RuleDiagnostic(at: Place(file: "rules"), "the folder cannot be read")
        #expect(diagnostic.text(in: []) == diagnostic.description)
    }
}
