internal import Contacts

/// An error or a warning at a place in a rule file.
package struct RuleDiagnostic: Error, Sendable, Equatable, Codable, Located {
    package enum Severity: String, Sendable, Codable {
        /// The ruleset is refused.
        case error
        /// The ruleset works; it may not mean what its author thinks.
        case warning
    }

    package let severity: Severity
    /// Relative to the rules folder, until it is `located`.
    package var file: String
    /// Both count from 1; columns count Unicode scalars.
    package let line: Int
    package let column: Int
    package let message: String
    /// The text in the file that the message is about.
    package let offending: String
    /// What was probably meant.
    package let suggestion: String?
    /// How many are left out for which this one stands.
    package let more: Int?

    package var place: Place { Place(file: file, line: line, column: column) }

    package init(
        _ severity: Severity = .error, at place: Place, _ message: String, offending: String = "",
        suggestion: String? = nil, more: Int? = nil
    ) {
        self.severity = severity
        file = place.file
        line = place.line
        column = place.column
        self.message = message
        self.offending = offending
        self.suggestion = suggestion
        self.more = more
    }
}

extension RuleDiagnostic: TextLines {
    /// One line, whatever the file's name and the message quote.
    package var lines: [String] {
        let hint = suggestion.map { " – did you mean `\($0)`?" } ?? ""
        return ["\(file):\(line):\(column): \(severity.rawValue): \(message)\(hint)"]
    }
}

/// Why a ruleset is refused: every error of every file.
package struct RuleProblems: Error, Sendable, Equatable {
    /// By file, line and column; at most `RuleLimits.diagnostics`, and then how many more there
    /// are.
    package internal(set) var diagnostics: [RuleDiagnostic]

    package init(_ diagnostics: [RuleDiagnostic]) {
        self.diagnostics = diagnostics.inOrder().cut(to: RuleLimits.diagnostics)
    }
}

extension RuleProblems: TextLines {
    /// One problem a line.
    package var lines: [String] { diagnostics.folded().flatMap(\.lines) }
}

extension [RuleDiagnostic] {
    /// By file, line, column and message, each once.
    package func inOrder() -> [RuleDiagnostic] {
        let sorted = sorted {
            ($0.file, $0.line, $0.column, $0.message) < ($1.file, $1.line, $1.column, $1.message)
        }
        return sorted.enumerated().filter { $0.offset == 0 || $0.element != sorted[$0.offset - 1] }
            .map(\.element)
    }
}

/// A place in a file; lines and columns count from 1.
package struct Place: Sendable, Hashable {
    /// Relative to the rules folder.
    package let file: String
    package let line: Int
    package let column: Int

    package init(file: String, line: Int = 1, column: Int = 1) {
        (self.file, self.line, self.column) = (file, line, column)
    }
}
