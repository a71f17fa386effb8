extension Ruleset {
    /// How many rules there are, and which of them send nothing.
    package func summary(_ folding: TableFolding) -> [String] {
        func count(_ number: Int, _ noun: String) -> String {
            "\(number) \(noun)\(number == 1 ? "" : "s")"
        }
        let off = rules.count - enforcing.count - shadowed.count
        let counts = [
            count(sources.count, "file"), count(rules.count, "rule"),
            count(guardrails.count, "guardrail"),
            "\(enforcing.count) enforced", "\(shadowed.count) in shadow", "\(off) off",
            count(tests.count, "test"),
        ].joined(separator: ", ")
        guard !shadowed.isEmpty else { return [counts] }
        let names = inShadow(folding).map(\.label).joined(separator: ", ")
        return [
            counts,
            "\(count(shadowed.count, "rule")) in shadow "
                + "\(shadowed.count == 1 ? "sends" : "send") nothing: \(names)",
        ]
    }

    /// The rules in shadow, by id.
    package func inShadow(_ folding: TableFolding) -> [TableFolding.Group<Rule>] {
        folding.fold(shadowed, by: \.id)
    }
}
