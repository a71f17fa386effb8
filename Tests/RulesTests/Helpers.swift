import Contacts
import Foundation
import RuleLint
import Rules

/// The repository's root, above `Tests/RulesTests`.
let repository = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

func fixture(_ name: String) throws -> String {
    let file = repository.appending(path: "Tests/RulesTests/Fixtures").appending(path: name)
    return try String(contentsOf: file, encoding: .utf8)
}

/// A folder of rule files that were refused, or read, for the wrong reason once.
func caseFolder(_ name: String) -> URL {
    repository.appending(path: "Tests/RulesTests/Fixtures/cases").appending(path: name)
}

/// Compiles files a.yaml, b.yaml, …
func ruleset(_ files: String...) throws(RuleProblems) -> Ruleset {
    try Ruleset(
        sources: zip(["a.yaml", "b.yaml", "c.yaml"], files).map(RuleSource.init(path:text:)))
}

/// A ruleset of one enforced rule that sets `avatar_url: hit` when `condition` is true.
func ruleset(when condition: String, lists: String = "") throws(RuleProblems) -> Ruleset {
    try ruleset(
        """
        version: 1
        \(lists)
        rules:
          - { id: r, mode: enforce, when: \(condition), set: { avatar_url: hit } }
        """)
}

/// Rules in the short form `id priority: condition -> set`, all enforced.
func rules(_ lines: String...) throws(RuleProblems) -> Ruleset {
    let rules = lines.map { line in
        let parts = line.components(separatedBy: " | ")
        return "  - { id: \(parts[0]), priority: \(parts[1]), mode: enforce, "
            + "when: { \(parts[2]) }, set: { \(parts[3]) } }"
    }
    return try ruleset("version: 1\nrules:\n" + rules.joined(separator: "\n"))
}

extension Ruleset {
    func run(_ test: RuleTest) -> RuleTestOutcome { RuleTestRunner(self).run(test) }
}

extension RuleDiagnostic {
    func text(in sources: [RuleSource], at location: RulesLocation? = nil) -> String {
        [self].texts(in: sources, at: location)[0].description
    }
}

extension Contact {
    static func sample(
        _ email: String? = nil, role: String? = nil, _ fields: [String: String] = [:]
    )
        -> Contact
    {
        Contact(
            id: "c1", email: email,
            customFields: Dictionary(
                uniqueKeysWithValues: fields.map { (ByteText($0), .single($1)) }),
            portalRole: role)
    }
}

/// A small generator of random numbers: the same seed gives the same numbers.
struct Seeded: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[Int(next() % UInt64(elements.count))]
    }

    mutating func happens(_ percent: UInt64) -> Bool { next() % 100 < percent }
}
