/// How much rule files may hold; each bound is far above what people write by hand.
package enum RuleLimits {
    /// Files of one workspace.
    package static let files = 1_000
    /// Bytes of one file; ten thousand rules take about 1.5 MB.
    package static let fileBytes = 4 * 1024 * 1024
    /// Rules of one workspace.
    package static let rules = 20_000
    /// Rows of one table; each is a rule.
    package static let tableRows = 100_000
    /// Guardrails of one workspace.
    package static let guardrails = 1_000
    /// Exceptions of one workspace.
    package static let exceptions = 10_000
    /// Rules of one workspace that are gone and whose values are reverted.
    package static let retirements = 1_000
    /// Rules of one workspace that have another id now.
    package static let renames = 1_000
    /// Tests of one workspace.
    package static let tests = 20_000
    /// Values of one list, or of one `in`.
    package static let listValues = 100_000
    /// Mappings and lists inside each other, in a file.
    package static let yamlDepth = 64
    /// Combinators inside each other, in a condition.
    package static let conditionDepth = 24
    /// Bytes of an id and of the name of a list.
    package static let idBytes = 100
    /// Bytes of a custom field's slug and of an external id's label.
    package static let labelBytes = 200
    /// Bytes of an operand and of a value that is set.
    package static let valueBytes = 1_000
    /// Bytes of a description and of a test's name.
    package static let proseBytes = 4_000
    /// The range of `priority`, and what it is when absent.
    package static let priorities = 0...1_000_000
    package static let defaultPriority = 100
    /// The highest count in `limits`.
    package static let changes = 10_000_000
    /// Evaluations of one contact before its rules count as a cycle.
    /// Source: docs/rules.md, “Rules see what rules set”.
    package static let rounds = 16
    /// Changes to the rules that are tried on their tests.
    package static let mutants = 20_000
    /// Values of one operand that are left out in turn.
    package static let mutatedValues = 100
    /// Problems shown for one ruleset.
    package static let diagnostics = 1_000
}
