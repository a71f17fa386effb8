internal import Contacts

/// A domain of nobody in particular, or a class of such, by which a rule takes contacts in.
struct PublicOperand {
    let text: String
    let domainClass: DomainClass
    let isClass: Bool
    let node: YAMLNode

    /// nil where the operand is somebody's: one address at a public service is somebody in
    /// particular; its domain is not.
    init?(_ text: String, _ node: YAMLNode, of field: FieldPath) {
        let known: DomainClass? =
            switch field {
            case .emailDomain, .emailSite: EmailDomain(text.asciiLowercased)?.domainClass
            case .emailClass: DomainClass(rawValue: text)
            default: nil
            }
        guard let known, known != .corporate, known != .reserved else { return nil }
        (self.text, self.node, domainClass) = (text, node, known)
        isClass = field == .emailClass
    }
}

/// Refuses a rule that raises a role for whoever has a mailbox at some public service.
struct PublicDomainCheck: CompilerStage {
    let compilation: Compilation
    /// Whether the rule says `allow_public: true`, with a reason.
    let isAllowed: Bool

    private enum Raise: Comparable { case member, more }

    func refuse(_ operands: [PublicOperand], effects: [Effect], condition: Condition) {
        guard !operands.isEmpty, let raised = effects.compactMap({ raise($0, condition) }).max()
        else { return }
        // Members may be allowed; administrators are not.
        if isAllowed, raised == .member { return }
        let fix =
            raised == .member
            ? "name their addresses, or say `allow_public: true` with a `reason`"
            : "name their addresses or their account"
        for operand in operands {
            let place =
                operand.isClass
                ? "of the class `\(operand.text)`"
                : "at `\(operand.text)` (\(operand.domainClass.rawValue))"
            error(
                "anyone can have an address \(place), so it may not raise a role; \(fix)",
                at: operand.node)
        }
    }

    /// How much an effect can raise; nil where it raises nobody.
    private func raise(_ effect: Effect, _ condition: Condition) -> Raise? {
        guard effect.field.slot == FieldPath.portalRole.description else { return nil }
        if case .atMost = effect.kind { return nil }
        guard effect.field == .portalRole,
            let target = Vocabulary.roles.firstIndex(of: effect.value)
        else { return .more }
        let least = condition.rolesNeeded(in: numbering.fields)?
            .map { Vocabulary.roles.firstIndex(of: $0) ?? 0 }.min()
        if target <= least ?? 0 { return nil }
        return target == 1 ? .member : .more
    }
}

extension Condition {
    /// The roles of which the contact must have one already; nil where it may have any or none.
    fileprivate func rolesNeeded(in fields: [FieldPath]) -> [String]? {
        switch self {
        case .all(let parts): parts.compactMap { $0.rolesNeeded(in: fields) }.first
        case .any(let parts):
            parts.reduce([String]?([])) { known, part in
                known.flatMap { known in part.rolesNeeded(in: fields).map { known + $0 } }
            }
        case .none, .not: nil
        case .predicate(let predicate):
            fields[predicate.field] == .portalRole && [.is, .in].contains(predicate.name)
                ? predicate.operand : nil
        }
    }
}
