import Contacts
import Testing

@testable import RuleLint
@testable import Rules

/// Over 100,000 addresses of strangers, decided as contacts are: nobody is taken for somebody else.
struct LookalikeDecisions {
    private static let tops = ["com", "co.uk", "example", "io", "com.ar", "xn--p1ai"]
    private static let words = [
        "acme", "globex", "kilo", "oil-mole", "a1", "xn--bcher-kva", "lima", "mikado", "e-ok",
    ]

    /// How a domain stands in the rules.
    enum Way: Int, CaseIterable { case `is`, list, table, under }

    /// Domains of many kinds, among them that of the e-mail cases.
    private static let domains: [String] = {
        let generated = words.flatMap { word in
            tops.flatMap { top in (0..<80).map { "\(word)\($0).\(top)" } }
        }
        return EmailDomainCases.all.prefix(1).map(\.domain) + generated
    }()

    /// The first domain stands there in some way, the next in the next one, and so on.
    private static func way(of index: Int, from first: Way) -> Way? {
        Way(rawValue: (index + first.rawValue) % Way.allCases.count)
    }

    private static func ruleset(from first: Way) throws -> Ruleset {
        func all(_ way: Way) -> [String] {
            domains.indices.filter { self.way(of: $0, from: first) == way }.map { domains[$0] }
        }
        let rules = all(.is).enumerated().map { number, domain in
            "  - { id: is-\(number), mode: enforce, when: { email.domain: \(domain) }, set: { name: X } }"
        }
        let under = all(.under).enumerated().map { number, domain in
            "  - { id: under-\(number), mode: enforce, when: { email.domain: { under: \(domain) } }, set: { name: X } }"
        }
        let text = """
            version: 1
            lists: { l: { file: l.txt } }
            tables: { t: { file: t.csv } }
            rules:
              - { id: list, mode: enforce, when: { email.domain: { in_list: l } }, set: { name: X } }
              - { id: table, mode: enforce, when: { in_table: t }, set: { name: X } }
            \((rules + under).joined(separator: "\n"))
            """
        return try Ruleset(sources: [
            RuleSource(path: "a.yaml", text: text),
            RuleSource(path: "l.txt", text: all(.list).joined(separator: "\n")),
            RuleSource(path: "t.csv", text: "domain\n" + all(.table).joined(separator: "\n")),
        ])
    }

    @Test func nobodyOf100000IsTakenForSomebodyElse() throws {
        let ruleset = try Self.ruleset(from: .is)
        let known = Set(Self.domains)
        var (strangers, matched) = (0, [String]())
        for (index, domain) in Self.domains.enumerated() {
            let own = Contact(id: "c", email: "Ana@\(domain.uppercased())")
            #expect(ruleset.decide(own).matched.count == 1, "\(domain)")
            let takesSubdomains = Self.way(of: index, from: .is) == .under
            for address in LookalikeDomains.addresses(of: domain, takesSubdomains: takesSubdomains)
            {
                let contact = Contact(id: "c", email: address)
                // A look-alike may be another of the domains, whose people are no strangers.
                if known.contains(contact.emailAddress.domain ?? "") { continue }
                strangers += 1
                if !ruleset.evaluate(contact).changes.isEmpty { matched.append(address) }
            }
        }
        #expect(matched == [])
        #expect(strangers > 100_000, "\(strangers)")
    }

    /// The e-mail cases, with their domain in each way among thousands of others.
    @Test(arguments: Way.allCases)
    func theCasesMatchAsTheySay(_ way: Way) throws {
        let ruleset = try Self.ruleset(from: way)
        for address in EmailDomainCases.all {
            let isBelow = way == .under && address.email == "ana@sub.\(address.domain)"
            let matched = ruleset.decide(Contact(id: "c", email: address.email)).matched
            #expect(
                matched.count == (address.match || isBelow ? 1 : 0), "\(address.testDescription)")
        }
    }
}
