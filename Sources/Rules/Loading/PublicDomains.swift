internal import Contacts

/// A domain of nobody in particular, or a class of such, by which a rule takes contacts in.
struct PublicOperand {
    let text: String
    let domainClass: DomainClass
    let isClass: Bool
    let file: String
    let node: YAMLNode
}

extension RulesetReader {
    /// Notes an operand by which the rule being read takes contacts in, if it is anybody's domain.
    mutating func notePublic(_ text: String, _ node: YAMLNode, in file: String? = nil) {
        // One address at a public service is somebody in particular; its domain is not.
        let domainClass: DomainClass? =
            switch takesIn {
            case .emailDomain, .emailSite: EmailDomain(text.asciiLowercased)?.domainClass
            case .emailClass: DomainClass(rawValue: text)
            default: nil
            }
        switch domainClass {
        case .public, .disposable, .publicSuffix:
            guard let domainClass else { return }
            publicOperands.append(
                PublicOperand(
                    text: text, domainClass: domainClass, isClass: takesIn == .emailClass,
                    file: file ?? self.file, node: node))
        case .corporate, .reserved, nil: break
        }
    }

    /// Whether the rule says `allow_public: true`, with a reason.
    mutating func allowance(_ values: [String: YAMLNode]) -> Bool {
        let reason = values["reason"].flatMap {
            prose($0, what: "`reason`")
        }
        guard let node = values["allow_public"] else {
            if let node = values["reason"] {
                error("`reason` says why there is `allow_public`, which is missing", at: node)
            }
            return false
        }
        guard case .text("true", isPlain: true) = node.content else {
            error("`allow_public` takes only `true`", at: node)
            return false
        }
        if reason == nil { error("`allow_public` needs a `reason`", at: node) }
        return true
    }

    /// Refuses a rule that raises a role for whoever has a mailbox at some public service.
    mutating func refusePublicOperands(
        _ effects: [Effect], _ condition: Condition, _ isAllowed: Bool
    ) {
        guard !publicOperands.isEmpty,
            let raised = effects.compactMap({ raise($0, condition) }).max()
        else { return }
        // Members may be allowed; administrators are not.
        if isAllowed, raised == .member { return }
        let user = file
        defer { file = user }
        for operand in publicOperands {
            file = operand.file
            let fix =
                raised == .member
                ? "name their addresses, or say `allow_public: true` with a `reason`"
                : "name their addresses or their account"
            let place =
                operand.isClass
                ? "of the class `\(operand.text)`"
                : "at `\(operand.text)` (\(operand.domainClass.rawValue))"
            error(
                "anybody can have an address \(place), so it raises nobody's role; \(fix)",
                at: operand.node)
        }
    }

    private enum Raise: Comparable { case member, more }

    /// How much an effect can raise; nil where it raises nobody.
    private func raise(_ effect: Effect, _ condition: Condition) -> Raise? {
        guard effect.field.slot == FieldPath.portalRole.description else { return nil }
        if case .atMost = effect.kind { return nil }
        guard effect.field == .portalRole,
            let target = Vocabulary.roles.firstIndex(of: effect.value)
        else { return .more }
        let least = condition.rolesNeeded(in: fields.paths)?
            .map { Vocabulary.roles.firstIndex(of: $0) ?? 0 }.min()
        if target <= least ?? 0 { return nil }
        return target == 1 ? .member : .more
    }
}

extension Condition {
    /// The roles of which the contact must have one already; nil where it may have any or none.
    func rolesNeeded(in fields: [FieldPath]) -> [String]? {
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
