package import Contacts

/// A test of a rule file: a contact, and what the rules must do with it.
package struct RuleTest: Sendable {
    package let name: String
    package let file: String
    package let line: Int
    package let given: Contact
    /// By slot, what Usher itself had set.
    let grants: [String: Grant]
    /// The time; without it, time decides nothing.
    let now: Instant?
    /// Whether it runs as if rules in shadow were enforced.
    let isEnforced: Bool

    let expectation: Expectation

    struct Expectation: Sendable {
        /// Exactly what would be sent.
        var set: [(field: SettableField, value: String)]?
        /// What fields hold in the end.
        var after: [(field: SettableField, value: String)] = []
        var matched: [String] = []
        var notMatched: [String] = []
        var beaten: [String] = []
        /// Rules whose change would wait for a person: at least these, or none at all; nil is any.
        var held: [String]?
        var status: EmailAddress.Status?
    }
}

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

extension Conflict: CustomStringConvertible {
    package var description: String {
        let names = contenders.map { "`\($0.rule)` (\($0.field): \($0.value.escaped))" }
            .joined(separator: ", ")
        return switch kind {
        case .tie: "conflict over \(slot), nothing is done to it: \(names)"
        case .unsettled: "rules that chase each other, nothing is done: \(names)"
        }
    }
}
