internal import Contacts
internal import Rules

/// What became of a test.
package struct RuleTestOutcome: Sendable, Codable, Equatable, Located {
    package let name: String
    package var file: String
    package let line: Int
    /// What was not as expected, a line each; none when the test passed.
    package let differences: [String]
    /// What else is worth knowing, such as matches in shadow.
    package let notes: [String]

    package var isPassed: Bool { differences.isEmpty }
}

extension RuleTestOutcome: TextLines {
    package var lines: [String] {
        let head = "\(isPassed ? "ok  " : "FAIL") \(file):\(line): \(name)"
        return [head] + differences.map { "     \($0)" } + notes.map { "     note: \($0)" }
    }
}
