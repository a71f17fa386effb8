internal import Contacts
package import Rules

/// A diagnostic as people read it.
package struct DiagnosticText: TextLines {
    /// What is wrong, and the line that it is about with a caret below the place.
    package let lines: [String]
}

extension [RuleDiagnostic] {
    /// The text of each; the lines of a file are parted once.
    ///
    /// - Parameter location: Where the sources are; without it files have the name that they have.
    package func texts(in sources: [RuleSource], at location: RulesLocation? = nil)
        -> [DiagnosticText]
    {
        var lines: [String: [Substring]] = [:]
        return map { diagnostic in
            let known =
                lines[diagnostic.file]
                ?? sources.first { $0.path == diagnostic.file }?.content
                .split(omittingEmptySubsequences: false) { $0.isNewline } ?? []
            lines[diagnostic.file] = known
            let located = location.map { diagnostic.located(at: $0) } ?? diagnostic
            return DiagnosticText(lines: located.lines + diagnostic.excerpt(of: known))
        }
    }
}

extension RuleDiagnostic {
    /// Of a long line, only so much is shown on each side of the place, in scalars.
    private static let reach = 60

    fileprivate func excerpt(of lines: [Substring]) -> [String] {
        guard lines.indices.contains(line - 1) else { return [] }
        let scalars = Array(lines[line - 1].unicodeScalars)
        let place = min(column - 1, scalars.count)
        let start = max(0, place - Self.reach)
        let end = min(scalars.count, place + Self.reach)
        var shown = String.UnicodeScalarView()
        // What a terminal would obey, and what has no width, would put the caret elsewhere.
        for scalar in scalars[start..<end] {
            shown.append(scalar.isSeen && !scalar.isZeroWidth ? scalar : " ")
        }
        let gutter = "\(line) | "
        let cut = start > 0 ? "…" : ""
        let indent = String(repeating: " ", count: gutter.count + cut.count + place - start)
        return [
            "\(gutter)\(cut)\(String(shown))\(end < scalars.count ? "…" : "")", "\(indent)^",
        ]
    }
}

extension Unicode.Scalar {
    /// Whether it stands above the letter before it.
    fileprivate var isZeroWidth: Bool {
        [.nonspacingMark, .enclosingMark].contains(properties.generalCategory)
    }
}
