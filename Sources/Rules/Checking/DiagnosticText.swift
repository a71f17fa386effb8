extension RuleDiagnostic {
    /// What is wrong, with the line that it is about and a caret below the place.
    ///
    /// - Parameter location: Where the sources are; nil names the file as they do.
    package func text(in sources: [RuleSource], at location: RulesLocation? = nil) -> String {
        [self].texts(in: sources, at: location)[0]
    }
}

extension [RuleDiagnostic] {
    /// The text of each; the lines of a file are parted once.
    ///
    /// - Parameter location: Where the sources are; without it files have the name that they have.
    package func texts(in sources: [RuleSource], at location: RulesLocation? = nil) -> [String] {
        var lines: [String: [Substring]] = [:]
        return map { diagnostic in
            let known =
                lines[diagnostic.file]
                ?? sources.first { $0.path == diagnostic.file }?.content
                .split(omittingEmptySubsequences: false) { $0.isNewline } ?? []
            lines[diagnostic.file] = known
            let description = (location.map { diagnostic.located(at: $0) } ?? diagnostic)
                .description
            return [description, diagnostic.excerpt(of: known)].compactMap(\.self)
                .joined(separator: "\n")
        }
    }
}

extension RuleDiagnostic {
    /// Of a long line, only so much is shown on each side of the place, in scalars.
    private static let reach = 60

    fileprivate func excerpt(of lines: [Substring]) -> String? {
        guard lines.indices.contains(line - 1) else { return nil }
        let scalars = Array(lines[line - 1].unicodeScalars)
        let place = min(column - 1, scalars.count)
        let start = max(0, place - Self.reach)
        let end = min(scalars.count, place + Self.reach)
        var shown = String.UnicodeScalarView()
        // What a terminal would obey, and what has no width, would put the caret elsewhere.
        for scalar in scalars[start..<end] {
            shown.append(scalar.properties.generalCategory.isVisible ? scalar : " ")
        }
        let gutter = "\(line) | "
        let cut = start > 0 ? "…" : ""
        let indent = String(repeating: " ", count: gutter.count + cut.count + place - start)
        return "\(gutter)\(cut)\(String(shown))\(end < scalars.count ? "…" : "")\n\(indent)^"
    }
}

extension Unicode.GeneralCategory {
    fileprivate var isVisible: Bool {
        switch self {
        case .control, .format, .surrogate, .unassigned, .privateUse, .lineSeparator,
            .paragraphSeparator, .nonspacingMark, .enclosingMark:
            false
        default: true
        }
    }
}
