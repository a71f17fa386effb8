internal import Contacts
package import Rules

extension Ruleset {
    /// Warnings about valid rules, for their authors: by file, line and column.
    ///
    /// Interactions of rules are reported only where deciding on a witness shows them, and at most
    /// `RuleInteractions.maxReported` of each kind.
    package func lint() -> [RuleDiagnostic] {
        var reported: Set<String> = []
        let ofRules = rules.filter { $0.mode != .off }.flatMap { rule in
            // What every row of a table has in common is reported once.
            lint(of: rule).filter { reported.insert("\(rule.base): \($0)").inserted }
                .map { RuleDiagnostic(.warning, of: rule, $0) }
        }
        var interactions = RuleInteractions(self)
        return (ofRules + interactions.warnings()).inOrder()
    }

    private func lint(of rule: Rule) -> [String] {
        [impossibility(of: rule), selfTest(in: rule)].compactMap(\.self)
            + rule.passedOver(in: fields).map(Self.passesOver)
    }

    private func impossibility(of rule: Rule) -> String? {
        guard let paths = rule.condition.paths else { return nil }
        let contradictions = paths.compactMap(\.contradiction)
        guard let first = contradictions.first, contradictions.count == paths.count else {
            return nil
        }
        return "`when` can never be true: no value of `\(fields[first])` passes all its tests"
    }

    private func selfTest(in rule: Rule) -> String? {
        // To put one value of a custom field in the place of others is what such predicates are
        // good for.
        let tested = Set(
            rule.condition.negations
                .filter {
                    !$0.predicate.isPresence && ($0.isNegative || fields[$0.predicate.field].isRole)
                }
                .map(\.predicate.field))
        guard let effect = rule.effects.first(where: { tested.contains($0.position) }) else {
            return nil
        }
        let bounds =
            effect.field == .portalRole ? ", or write `{ at_least: … }` or `{ at_most: … }`" : ""
        return
            "the rule tests `\(effect.field)`, which it sets: Usher never sends what is already "
            + "so, and contacts without `\(effect.field)` are skipped; leave the test out" + bounds
    }

    private static func passesOver(_ value: MissingValue) -> String {
        let (what, contacts, fix) =
            switch value {
            case .address:
                ("the address", "whose address cannot be read", "email.status: { is_not: ok }")
            case .field(let name):
                ("`\(name)`", "without a value there", "\(name): { absent: true }")
            }
        return "the rule lowers access by a negative test of \(what), so it skips contacts "
            + "\(contacts); `usher plan` counts them; to include them, put `\(fix)` beside it in an "
            + "`any`"
    }
}

extension RuleDiagnostic {
    init(_ severity: Severity, of rule: Rule, _ message: String) {
        self.init(severity, at: rule.place, message, offending: rule.id)
    }
}

extension Condition {
    /// Its predicates, and whether each asks for what a field is not.
    var negations: [(predicate: Predicate, isNegative: Bool)] {
        switch self {
        case .all(let parts), .any(let parts): parts.flatMap(\.negations)
        case .none(let parts): parts.flatMap(\.negations).map { ($0.predicate, !$0.isNegative) }
        case .not(let part): part.negations.map { ($0.predicate, !$0.isNegative) }
        case .predicate(let predicate): [(predicate, predicate.isNegated)]
        }
    }
}

extension FieldPath {
    fileprivate var isRole: Bool { self == .portalRole || self == .portalRoleID }

    /// Whether it is unknown where the address cannot be read.
    var isPartOfAddress: Bool {
        switch self {
        case .email, .emailLocal, .emailDomain, .emailSite, .emailClass: true
        default: false
        }
    }
}
