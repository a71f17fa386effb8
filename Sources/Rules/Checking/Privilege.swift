internal import Contacts

/// What a rule may only do to contacts of whom it is known who they are.
enum Privilege {
    /// Takes access away: what is done to the wrong ones is noticed and mended.
    case lowers
    /// Gives access, or moves a contact to another account: what is done to the wrong ones leaks.
    case grants
}

extension Rule {
    /// The effects that are privileged, each with its reason.
    func privileges(in fields: [FieldPath]) -> [(effect: Effect, privilege: Privilege)] {
        effects.compactMap { effect in
            effect.privilege(when: condition, in: fields).map { (effect, $0) }
        }
    }
}

extension Effect {
    fileprivate func privilege(when condition: Condition, in fields: [FieldPath]) -> Privilege? {
        if field == .accountID { return .grants }
        guard field.slot == FieldPath.portalRole.description else { return nil }
        // A custom role has no order: nobody knows what it opens.
        guard field == .portalRole, let rank = Vocabulary.roles.firstIndex(of: value)
        else { return .grants }
        if case .atMost = kind { return canLower(to: rank, condition, fields) ? .lowers : nil }
        if rank == Vocabulary.roles.count - 1 { return .grants }
        return isExact && canLower(to: rank, condition, fields) ? .lowers : nil
    }

    /// Whether the condition may be true of somebody who has more than this role.
    private func canLower(to rank: Int, _ condition: Condition, _ fields: [FieldPath]) -> Bool {
        guard let roles = condition.rolesNeeded(in: fields) else { return true }
        return !roles.allSatisfy { role in
            Vocabulary.roles.firstIndex(of: role).map { $0 <= rank } ?? false
        }
    }

    /// Whether it may make somebody an administrator.
    var givesAdmin: Bool {
        if case .atMost = kind { return false }
        return field == .portalRole && value == Vocabulary.roles.last
    }
}
