/// Many problems of one kind say no more than a few of them and a number.
extension [RuleDiagnostic] {
    /// With at most three warnings of one kind; a fourth stands for the others.
    package func folded() -> [RuleDiagnostic] {
        var counts: [String: Int] = [:]
        for warning in self where warning.severity == .warning {
            counts[warning.kind, default: 0] += 1
        }
        var seen: [String: Int] = [:]
        return compactMap { diagnostic in
            guard diagnostic.severity == .warning, let count = counts[diagnostic.kind]
            else { return diagnostic }
            let before = seen[diagnostic.kind, default: 0]
            seen[diagnostic.kind] = before + 1
            if before < Self.shownOfOneKind { return diagnostic }
            guard before == Self.shownOfOneKind else { return nil }
            return diagnostic.standing(for: count - before)
        }
    }

    private static var shownOfOneKind: Int { 3 }

    /// At most so many, and how many more there are.
    ///
    /// There is as much room for each kind, so that thousands of wrong rows hide nothing else.
    func cut(to limit: Int) -> [RuleDiagnostic] {
        guard count > limit else { return self }
        var seen: [String: Int] = [:]
        let ranks = map { diagnostic in
            let rank = seen[diagnostic.kind, default: 0]
            seen[diagnostic.kind] = rank + 1
            return rank
        }
        let kept = Set(indices.sorted { (ranks[$0], $0) < (ranks[$1], $1) }.prefix(limit))
        guard let leftOut = indices.first(where: { !kept.contains($0) }) else { return self }
        let rest = RuleDiagnostic(
            at: self[leftOut].place, "\(count - limit) more problems, the first of them here",
            more: count - limit)
        return kept.sorted().map { self[$0] } + [rest]
    }
}

extension RuleDiagnostic {
    /// The message without what it says of this place: texts in backticks, and numbers.
    fileprivate var kind: String {
        var isQuoted = false
        return String(
            message.filter { character in
                if character == "`" { isQuoted.toggle() }
                return !isQuoted && !character.isNumber
            })
    }

    /// The first of so many of its kind, in place of all of them.
    fileprivate func standing(for count: Int) -> RuleDiagnostic {
        RuleDiagnostic(
            severity, at: place, "\(count) more of this kind, the first of them here: \(message)",
            offending: offending,
            suggestion: suggestion, more: count)
    }
}
