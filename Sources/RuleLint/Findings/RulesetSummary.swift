internal import Contacts
package import Rules

extension Ruleset {
    /// How many rules there are, and which of them send nothing.
    package func summary(_ folding: TableFolding) -> [String] {
        let off = rules.count - enforcing.count - shadowed.count
        let counts = [
            sources.count.count(of: "file"), rules.count.count(of: "rule"),
            guardrails.count.count(of: "guardrail"),
            "\(enforcing.count) enforced", "\(shadowed.count) in shadow", "\(off) off",
            tests.count.count(of: "test"),
        ].joined(separator: ", ")
        guard !shadowed.isEmpty else { return [counts] }
        let names = inShadow(folding).map(\.label).joined(separator: ", ")
        return [
            counts,
            "\(shadowed.count.count(of: "rule")) in shadow "
                + "\(shadowed.count == 1 ? "sends" : "send") nothing: \(names)",
        ]
    }

    /// The rules in shadow, by id.
    package func inShadow(_ folding: TableFolding) -> [TableFolding.Group<Rule>] {
        folding.fold(shadowed, by: \.id)
    }
}
