internal import Contacts

/// What a rule may only do to contacts of whom it is known who they are.
enum Privilege {
    /// Takes access away and gives none: what is done to the wrong ones is noticed and mended.
    case lowers
    /// Sets the role whatever it was: takes access away from some and gives others what any rule
    /// may give.
    case replaces
    /// Gives access, or moves a contact to another account: what is done to the wrong ones leaks.
    case grants
}

extension Rule {
    /// Whether some contact may lose access by it.
    package var canLower: Bool { privileges.contains { $0.privilege != .grants } }

    /// The effects that are privileged, each with its reason.
    var privileges: [(effect: Effect, privilege: Privilege)] {
        effects.compactMap { effect in effect.privilege.map { (effect, $0) } }
    }
}

extension Effect {
    fileprivate var privilege: Privilege? {
        if field == .accountID { return .grants }
        guard field.slot == FieldPath.portalRole.description else { return nil }
        // A custom role has no order: nobody knows what it opens.
        guard field == .portalRole, let rank = Vocabulary.roles.firstIndex(of: value)
        else { return .grants }
        if case .atMost = kind { return .lowers }
        if rank == Vocabulary.roles.count - 1 { return .grants }
        guard isExact else { return nil }
        return rank == 0 ? .lowers : .replaces
    }

    /// Whether it may make somebody an administrator.
    var givesAdmin: Bool {
        if case .atMost = kind { return false }
        return field == .portalRole && value == Vocabulary.roles.last
    }
}
