/// What a text looks like that was meant as a pattern: rules compare texts as they stand.
enum PatternShape: Equatable {
    /// With `*` for any text.
    case wildcard
    /// A regular expression.
    case expression

    init?(_ text: String) {
        guard text.utf8.contains(where: Self.signs.contains) else { return nil }
        let holdsMetacharacters = text.contains(
            /\.[*+]|\\[.dwsbDWSB]|\[[a-z0-9]-[a-z0-9]/.ignoresCase())
        if text.hasPrefix("^") || holdsMetacharacters
            || text.wholeMatch(of: /\/.+\/[gimsuxy]*/) != nil
        {
            self = .expression
        } else if text.contains("*") {
            self = .wildcard
        } else {
            return nil
        }
    }

    /// The operator and its operand that say the same; nil where one operator is not enough.
    func plain(_ text: String) -> String? {
        switch self {
        case .wildcard:
            let core = String(text.drop { $0 == "*" }.reversed().drop { $0 == "*" }.reversed())
            if core.isEmpty { return "present: true" }
            return Self.test(
                core, atStart: !text.hasPrefix("*"), atEnd: !text.hasSuffix("*"))
        case .expression:
            guard let parts = text.wholeMatch(of: /(\^)?((?:[^\\^$.*+?()\[\]{}|\/]|\\\.)+)(\$)?/)
            else { return nil }
            return Self.test(
                String(parts.2).replacing("\\.", with: "."), atStart: parts.1 != nil,
                atEnd: parts.3 != nil)
        }
    }

    private static func test(_ core: String, atStart: Bool, atEnd: Bool) -> String? {
        guard !core.contains("*") else { return nil }
        let name: OperatorName =
            switch (atStart, atEnd) {
            case (true, true): .is
            case (true, false): .startsWith
            case (false, true): .endsWith
            case (false, false): .contains
            }
        return "\(name.rawValue): \(core)"
    }

    private static let signs = Set("*^\\/[+".utf8)
}
