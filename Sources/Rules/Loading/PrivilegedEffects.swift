internal import Contacts

/// Where the condition of a rule stands, for what can only be said once all rules are read.
struct RuleOrigin {
    let file: String
    let when: Place
    /// Custom fields that it tests and that nobody declared.
    let undeclared: [RuleDiagnostic]
}

extension RulesetReader {
    /// Refuses rules that give or take access without knowing whose it is.
    mutating func refuseUnknownPeople() {
        let identification = Identification(
            rules, fields: fields.paths, declarations: declarations)
        var refused: [String: [(rule: Int, effect: Effect, privilege: Privilege)]] = [:]
        for (position, rule) in rules.enumerated() {
            let privileges = rule.privileges
            if privileges.isEmpty { continue }
            diagnostics += origins[position].undeclared
            // One of them is enough to tell what is wrong; the gravest is refused first.
            let worst = privileges.first { $0.privilege == .grants } ?? privileges[0]
            if !identification.knows(rule.condition, for: worst.privilege) {
                refused[rule.base, default: []].append((position, worst.effect, worst.privilege))
            }
        }
        let rows = Dictionary(grouping: rules, by: \.base).mapValues(\.count)
        for (base, problems) in refused {
            let first = rules[problems[0].rule]
            diagnostics.append(
                diagnostic(
                    .error, of: problems[0].rule,
                    // What is wrong with every row is wrong with the rule.
                    inRow: first.id != base && problems.count < rows[base] ?? 0,
                    Self.refusal(
                        problems[0].effect, problems[0].privilege,
                        identification.unreliableFields(in: first.condition))))
        }
    }

    /// Warns of rules that make administrators of whoever says to write from some domain.
    mutating func warnOfClaims() {
        let identification = Identification(
            rules, fields: fields.paths, declarations: declarations)
        var told: Set<String> = []
        for (position, rule) in rules.enumerated()
        where rule.effects.contains(where: \.givesAdmin)
            && !identification.knows(rule.condition, for: .grants, ignoring: .emailDomain)
            && told.insert(rule.base).inserted
        {
            diagnostics.append(
                diagnostic(
                    .warning, of: position, inRow: rule.id != rule.base,
                    "`admin` for an e-mail domain alone: the address is the contact's own claim; "
                        + "test `account_id` or `account.external_ids.<label>` as well"))
        }
    }

    /// What is to be said of a rule, at its condition or at its row.
    func diagnostic(
        _ severity: RuleDiagnostic.Severity, of position: Int, inRow: Bool, _ message: String
    ) -> RuleDiagnostic {
        let (rule, origin) = (rules[position], origins[position])
        return RuleDiagnostic(
            severity, file: inRow ? rule.file : origin.file,
            at: inRow ? rule.place : origin.when, message,
            offending: inRow ? rule.id : "when")
    }

    private static func refusal(
        _ effect: Effect, _ privilege: Privilege, _ unreliable: [(field: FieldPath, rule: String)]
    ) -> String {
        let bound =
            switch effect.kind {
            case .atLeast: "{ at_least: \(effect.value) }"
            case .atMost: "{ at_most: \(effect.value) }"
            case .exact, .template: effect.value
            }
        var (deed, operators, fix) = ("is only", "", "")
        if privilege != .grants {
            (deed, operators) = ("can take access away, which is only", " (or `under`)")
            fix =
                privilege == .lowers
                ? "; `email.class` counts as well, by any class but `corporate`"
                : "; or write `{ at_least: \(effect.value) }`, which never lowers"
        }
        let reasons = unreliable.map { "; `\($0.field)` does not count, since `\($0.rule)` sets it" }
        return "`\(effect.field): \(bound)` \(deed) for people who are known: whatever makes "
            + "`when` true must hold `email.domain`, `email`, `id`, `account_id`, "
            + "`account.external_ids.<label>` or a declared custom field by `is`, `in`, `in_list` "
            + "or `in_table`\(operators), and not below `not` or `none`\(fix)"
            + reasons.joined()
            + (reasons.isEmpty ? "" : " for people who are not known")
    }
}
