@testable import Rules

/// The reference of the rule language, made from `Vocabulary` like the checks and the schema.
enum RuleReference {
    /// Markdown, as it stands in docs/rules-reference.md.
    static func markdown() -> String {
        let parts = [
            """
            # Reference of the rule language

            Made from the same tables as the checks and the JSON Schema, by
            `scripts/write-reference`; do not edit. How to use all of it is told in [rules.md](rules.md).
            """,
            section("A file", keys(Vocabulary.fileKeys)),
            section("A rule", keys(Vocabulary.ruleKeys)),
            section("A declared field, in `fields`", keys(Vocabulary.declarationKeys)),
            section("A list or a table in a file", keys(Vocabulary.dataFileKeys)),
            section("A value of a list", keys(Vocabulary.listValueKeys)),
            section("A guardrail", keys(Vocabulary.guardrailKeys)),
            section("An exception", keys(Vocabulary.exceptionKeys)),
            section("A retired rule", keys(Vocabulary.retirementKeys)),
            section("A renamed rule", keys(Vocabulary.renameKeys)),
            section("A bound, for `portal_role` in `set`", keys(Vocabulary.bounds)),
            section("A test", keys(Vocabulary.testKeys)),
            section("What Usher had set, a field of `granted`", keys(Vocabulary.grantKeys)),
            section("`expect`", keys(Vocabulary.expectKeys)),
            section("`given`", keys(Vocabulary.givenKeys)),
            section("Combinators", combinators),
            section("Fields", fields),
            section("Operators", operators),
            section("Limits", limits),
        ]
        return parts.joined(separator: "\n\n") + "\n"
    }

    private static func section(_ title: String, _ table: String) -> String {
        "## \(title)\n\n\(table)"
    }

    private static func table(_ head: [String], _ rows: [[String]]) -> String {
        let lines = [head, head.map { _ in "---" }] + rows
        return lines.map { "| \($0.joined(separator: " | ")) |" }.joined(separator: "\n")
    }

    private static func keys(_ rows: [KeyRow]) -> String {
        table(
            ["key", "", "what it is"],
            rows.compactMap { row in
                switch row.presence {
                case .mandatory: ["`\(row.name)`", "mandatory", row.summary]
                case .optional: ["`\(row.name)`", "", row.summary]
                case .later: nil
                }
            })
    }

    private static var combinators: String {
        table(
            ["combinator", "true when"],
            Vocabulary.combinators.map { ["`\($0.name.rawValue)`", $0.summary] }
                + [["`\(Vocabulary.inTable)`", "the contact has a row in this table"]])
    }

    private static var fields: String {
        table(
            ["field", "holds", "`set`", "what it is"],
            Vocabulary.fields.map { row in
                ["`\(row.name)`", name(of: row.kind), row.access == .set ? "yes" : "", row.summary]
            })
    }

    private static var operators: String {
        table(
            ["operator", "takes", "on", "true when the field"],
            Vocabulary.operators.map { row in
                let kinds = FieldKind.allCases.filter(row.kinds.contains).map(name)
                return [
                    "`\(row.name.rawValue)`", name(of: row.operand),
                    kinds.count == FieldKind.allCases.count
                        ? "every field" : kinds.joined(separator: ", "),
                    row.summary,
                ]
            })
    }

    private static var limits: String {
        table(
            ["what", "at most"],
            [
                ["files of a workspace", "\(RuleLimits.files)"],
                ["bytes of a file", "\(RuleLimits.fileBytes)"],
                ["rules", "\(RuleLimits.rules)"], ["rows of a table", "\(RuleLimits.tableRows)"],
                ["values of a list", "\(RuleLimits.listValues)"],
                ["guardrails", "\(RuleLimits.guardrails)"],
                ["exceptions", "\(RuleLimits.exceptions)"],
                ["retired rules", "\(RuleLimits.retirements)"],
                ["renamed rules", "\(RuleLimits.renames)"], ["tests", "\(RuleLimits.tests)"],
                ["combinators inside each other", "\(RuleLimits.conditionDepth)"],
                ["bytes of an id", "\(RuleLimits.idBytes)"],
                ["bytes of a value", "\(RuleLimits.valueBytes)"],
                ["bytes of a description", "\(RuleLimits.proseBytes)"],
                ["rounds before rules count as a cycle", "\(RuleLimits.rounds)"],
            ])
    }

    private static func name(of kind: FieldKind) -> String {
        switch kind {
        case .text: "text"
        case .address: "address"
        case .localPart: "local part"
        case .domain: "domain"
        case .domainClass, .status: "one of a few"
        case .list: "several texts"
        case .addresses: "several addresses"
        case .integer: "whole number"
        case .number: "number"
        case .date: "date"
        case .time: "time"
        case .age: "how long ago"
        }
    }

    private static func name(of operand: OperatorRow.OperandKind) -> String {
        switch operand {
        case .text: "a value"
        case .texts: "values"
        case .bounds: "two values"
        case .listName: "the name of a list"
        case .duration: "minutes, hours or days: `30m`, `24h`, `7d`"
        case .yes: "`true`"
        }
    }
}
