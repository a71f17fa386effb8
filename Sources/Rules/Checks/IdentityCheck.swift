internal import Contacts

/// Which rules give or take access without knowing whose it is.
struct IdentityCheck: CompilerStage {
    let compilation: Compilation
    private let rules: [CompiledRule]
    private let identification: Identification

    init(_ compilation: Compilation, _ rules: [CompiledRule]) {
        (self.compilation, self.rules) = (compilation, rules)
        identification = Identification(
            rules.map(\.rule), fields: compilation.numbering.fields,
            declarations: compilation.declarations.fields)
    }

    private struct Refused {
        let compiled: CompiledRule
        let effect: Effect
        let privilege: Privilege
    }

    /// Refuses privileged rules whose condition does not say who the contacts are.
    func refuseUnknownPeople() {
        var refused: [String: [Refused]] = [:]
        for compiled in rules {
            let privileges = compiled.rule.privileges
            if privileges.isEmpty { continue }
            diagnostics.report(compiled.undeclared)
            // One of them is enough to tell what is wrong; the gravest is refused first.
            let worst = privileges.first { $0.privilege == .grants } ?? privileges[0]
            if identification.knows(compiled.rule.condition, for: worst.privilege) { continue }
            refused[compiled.rule.base, default: []].append(
                Refused(compiled: compiled, effect: worst.effect, privilege: worst.privilege))
        }
        let rows = Dictionary(grouping: rules, by: \.rule.base).mapValues(\.count)
        for (base, problems) in refused {
            let (first, isOfRows) = (problems[0], problems.count < rows[base] ?? 0)
            // What is wrong with every row is wrong with the rule.
            report(.error, first.compiled, inRow: isOfRows, refusal(first))
        }
    }

    /// Warns of rules that make administrators of whoever says to write from some domain.
    func warnOfClaims() {
        var reported: Set<String> = []
        for compiled in rules
        where compiled.rule.effects.contains(where: \.givesAdmin)
            && !identification.knows(
                compiled.rule.condition, for: .grants, ignoring: .emailDomain)
            && reported.insert(compiled.rule.base).inserted
        {
            report(
                .warning, compiled, inRow: true,
                "`admin` for an e-mail domain alone: the address is the contact's own claim; "
                    + "test `account_id` or `account.external_ids.<label>` as well")
        }
    }

    /// Reports at the rule's condition, or at its row if it is one of a table.
    private func report(
        _ severity: RuleDiagnostic.Severity, _ compiled: CompiledRule, inRow: Bool,
        _ message: String
    ) {
        let rule = compiled.rule
        let isRow = inRow && rule.id != rule.base
        diagnostics.report(
            RuleDiagnostic(
                severity, at: isRow ? rule.place : compiled.when, message,
                offending: isRow ? rule.id : "when"))
    }

    private func refusal(_ refused: Refused) -> String {
        let (effect, privilege) = (refused.effect, refused.privilege)
        let value = effect.bound.map { "{ \($0): \(effect.value) }" } ?? effect.value
        var (need, operators, fix) = ("needs", "", "")
        if privilege != .grants {
            (need, operators) = ("can lower access, so it needs", " (or `under`)")
            fix =
                privilege == .lowers
                ? "; `email.class` counts as well, by any class but `corporate`"
                : "; or write `{ at_least: \(effect.value) }`, which never lowers"
        }
        let unreliable = identification.unreliableFields(in: refused.compiled.rule.condition)
            .map {
                "; `\($0.field)` does not count, since `\($0.rule)` sets it without identifying its "
                    + "contacts"
            }
        return
            "`\(effect.field): \(value)` \(need) a condition that identifies the contacts: every "
            + "way to satisfy `when` must test `email.domain`, `email`, `id`, `account_id`, "
            + "`account.external_ids.<label>` or a declared custom field with `is`, `in`, `in_list` "
            + "or `in_table`\(operators), and not below `not` or `none`\(fix)"
            + unreliable.joined()
    }
}
