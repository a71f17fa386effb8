internal import Contacts

/// A role in a condition that is none of those of every workspace.
struct RoleMention {
    let role: String
    let file: String
    let node: YAMLNode
    /// Where the rule or the guardrail begins.
    let owner: RulesetReader.Origin
}

/// Roles that no contact can have: a condition that asks for one is never true, and one that asks
/// for another is true of everybody.
extension RulesetReader {
    /// Notes a role that a condition compares with; of patterns, another warning tells.
    mutating func noteRole(_ text: String, _ node: YAMLNode, in file: String? = nil) {
        let file = file ?? self.file
        guard !Vocabulary.roles.contains(text), PatternShape(text) == nil,
            !refuseSlip(text, node, in: file)
        else { return }
        roleMentions.append(RoleMention(role: text, file: file, node: node, owner: owner))
    }

    /// Refuses what is almost the name of a role that every workspace has.
    mutating func refuseSlip(_ text: String, _ node: YAMLNode, in file: String) -> Bool {
        guard !Vocabulary.roles.contains(text),
            let role = Vocabulary.roles.first(where: { Suggestion.isSlip(text, of: $0) })
        else { return false }
        diagnostics.append(
            RuleDiagnostic(
                file: file, at: node.place, "no contact can have the role `\(text)`",
                offending: text, suggestion: role))
        return true
    }

    /// Warns of roles that stand in one condition and nowhere else.
    mutating func warnOfUnknownRoles() {
        let values =
            rules.flatMap(\.effects).map { ($0.field, $0.value) }
            + guardrails.flatMap(\.denies).map { ($0.field, $0.value) }
        let owners = roleMentions.reduce(into: [String: Set<Origin>]()) { owners, mention in
            owners[mention.role, default: []].insert(mention.owner)
        }
        let known = Set(
            Vocabulary.roles + values.filter { $0.0 == .portalRole }.map(\.1)
                + owners.filter { $0.value.count > 1 }.keys
        ).filter(Self.isIdentifier)
        for mention in roleMentions where !known.contains(mention.role) {
            diagnostics.append(
                RuleDiagnostic(
                    .warning, file: mention.file, at: mention.node.place,
                    "no rule sets the role `\(mention.role)` and no other condition asks for it: if "
                        + "it is not the slug of a custom role, no contact has it",
                    offending: mention.role,
                    suggestion: Suggestion.name(to: mention.role, among: known.sorted())))
        }
    }
}
