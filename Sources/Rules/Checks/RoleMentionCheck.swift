internal import Contacts

/// A role in a condition that is none of those of every workspace.
struct RoleMention {
    let role: String
    let place: Place
    /// Where the rule or the guardrail begins.
    let owner: Place
}

/// Roles that no contact can have: a condition that asks for one is never true, and one that asks
/// for another is true of everybody.
extension CompilerStage {
    /// Notes a role that a condition compares with; of patterns, another warning tells.
    func noteRole(_ text: String, _ node: YAMLNode, by owner: Place) {
        guard !Vocabulary.roles.contains(text), PatternShape(text) == nil,
            !refuseSlip(text, at: node)
        else { return }
        mentions.roles.append(RoleMention(role: text, place: node.place, owner: owner))
    }

    /// Refuses what is almost the name of a role that every workspace has.
    func refuseSlip(_ text: String, at node: YAMLNode) -> Bool {
        guard !Vocabulary.roles.contains(text),
            let role = Vocabulary.roles.first(where: { Suggestion.isSlip(text, of: $0) })
        else { return false }
        error(
            "no contact can have the role `\(text)`", at: node.place, offending: text,
            suggestion: role)
        return true
    }
}

/// Warns of roles that stand in one condition and nowhere else.
struct RoleMentionCheck: CompilerStage {
    let compilation: Compilation

    func warn(rules: [Rule], guardrails: [Guardrail]) {
        let values =
            rules.flatMap(\.effects).map { ($0.field, $0.value) }
            + guardrails.flatMap(\.denies).map { ($0.field, $0.value) }
        let owners = mentions.roles.reduce(into: [String: Set<Place>]()) { owners, mention in
            owners[mention.role, default: []].insert(mention.owner)
        }
        let known = Set(
            Vocabulary.roles + values.filter { $0.0 == .portalRole }.map(\.1)
                + owners.filter { $0.value.count > 1 }.keys
        ).filter(\.isIdentifier)
        for mention in mentions.roles where !known.contains(mention.role) {
            diagnostics.report(
                RuleDiagnostic(
                    .warning, at: mention.place,
                    "no rule sets the role `\(mention.role)` and no other condition asks for it: "
                        + "if it is not the slug of a custom role, no contact has it",
                    offending: mention.role,
                    suggestion: Suggestion.name(to: mention.role, among: known.sorted())))
        }
    }
}
