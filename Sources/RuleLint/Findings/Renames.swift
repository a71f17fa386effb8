package import Rules

extension Ruleset {
    /// Rules that are gone since `old`, each with the one new rule that means the same, by their
    /// ids as written.
    ///
    /// Where several rules mean the same, none of them is taken for another.
    package func renames(from old: Ruleset) -> [(from: String, to: String)] {
        let (before, after) = (Set(old.rules.map(\.base)), Set(rules.map(\.base)))
        let gone = old.basesByMeaning(before.subtracting(after))
        let new = basesByMeaning(after.subtracting(before))
        return gone.compactMap { meaning, olds in
            guard olds.count == 1, let news = new[meaning], news.count == 1 else { return nil }
            return (from: olds[0], to: news[0])
        }.sorted { $0.from < $1.from }
    }

    private func basesByMeaning(_ bases: Set<String>) -> [[String]: [String]] {
        let rows = Dictionary(grouping: rules.filter { bases.contains($0.base) }, by: \.base)
        return Dictionary(grouping: rows.keys) { base in
            (rows[base] ?? []).map(meaning).sorted()
        }
    }
}
