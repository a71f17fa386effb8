extension Ruleset {
    /// The same ruleset with rules in shadow enforced: what they would do together.
    ///
    /// It keeps its name, its files and its tests.
    ///
    /// - Parameter bases: The ids of rules as written; nil is every rule in shadow.
    package func enforcing(_ bases: Set<String>? = nil) -> Ruleset {
        Ruleset(
            self,
            rules: rules.map { rule in
                let isMeant = rule.mode == .shadow && bases?.contains(rule.base) ?? true
                return isMeant ? rule.with(mode: .enforce) : rule
            })
    }
}
