internal import Contacts

/// Which predicates say who a contact is.
///
/// A field says so unless some rule sets it for contacts of whom it does not know who they are: a
/// name that anybody can choose must not become a custom field that opens the portal.
struct Identification {
    private let fields: [FieldPath]
    /// By slug; what is not in it was refused where it is tested.
    private let declarations: [String: DeclaredField]
    /// The fields that do not count, each with a rule that sets it.
    private var unreliable: [FieldPath: String] = [:]

    init(_ rules: [Rule], fields: [FieldPath], declarations: [String: DeclaredField]) {
        self.fields = fields
        self.declarations = declarations
        // Nothing that rules set counts until each of those rules does, so a circle never does.
        var waiting = rules.flatMap { rule in
            rule.effects.filter { Self.isSettable($0.field.path) }.map { (rule, $0) }
        }
        distrust(waiting)
        while true {
            let left = waiting.filter { rule, effect in
                !(knows(rule.condition, for: .grants) && isKnown(effect)
                    // That is set for those of whom the rule is not true any more.
                    && rule.terms.revertTo[effect.field] == nil)
            }
            if left.count == waiting.count { return }
            waiting = left
            distrust(waiting)
        }
    }

    private mutating func distrust(_ waiting: [(rule: Rule, effect: Effect)]) {
        unreliable = [:]
        for (rule, effect) in waiting where unreliable[effect.field.path] == nil {
            unreliable[effect.field.path] = rule.base
        }
    }

    /// Whether every way for the condition to be true says who the contact is.
    ///
    /// - Parameter ignored: Fields that are not enough this time.
    func knows(
        _ condition: Condition, for privilege: Privilege, ignoring ignored: FieldPath? = nil
    ) -> Bool {
        switch condition {
        case .all(let parts):
            parts.contains { knows($0, for: privilege, ignoring: ignored) }
        case .any(let parts):
            parts.allSatisfy { knows($0, for: privilege, ignoring: ignored) }
        case .none, .not: false
        case .predicate(let predicate):
            fields[predicate.field] != ignored
                && (isPositive(predicate, for: privilege) && isIdentity(fields[predicate.field])
                    || privilege == .lowers && namesNoCompany(predicate))
                && ruleSetting(fields[predicate.field]) == nil
        }
    }

    /// The fields of a condition that would count, did not some rule set them.
    func unreliableFields(in condition: Condition) -> [(field: FieldPath, rule: String)] {
        Set(condition.predicates.map { fields[$0.field] }).filter(isIdentity).compactMap { field in
            ruleSetting(field).map { (field, $0) }
        }.sorted { $0.field.description < $1.field.description }
    }

    private func isPositive(_ predicate: Predicate, for privilege: Privilege) -> Bool {
        switch predicate.name {
        case .is, .in, .inList: true
        case .under: privilege != .grants && fields[predicate.field] == .emailDomain
        default: false
        }
    }

    /// Whether it takes contacts in by classes of domains that are no company's.
    private func namesNoCompany(_ predicate: Predicate) -> Bool {
        fields[predicate.field] == .emailClass && (predicate.name == .is || predicate.name == .in)
            && !predicate.operand.contains(DomainClass.corporate.rawValue)
    }

    private func isIdentity(_ field: FieldPath) -> Bool {
        switch field {
        case .emailDomain, .email, .id, .accountID, .accountExternalID: true
        case .customField(let slug): declarations[slug]?.kind != .list
        default: false
        }
    }

    /// The rule that makes a field worth nothing; an account brings its ids with it.
    private func ruleSetting(_ field: FieldPath) -> String? {
        if case .accountExternalID = field { return unreliable[.accountID] }
        return unreliable[field]
    }

    /// Whether the value comes from the rule, or from fields that count.
    private func isKnown(_ effect: Effect) -> Bool {
        guard case .template(let segments) = effect.kind else { return true }
        return segments.allSatisfy { segment in
            guard case .field(let position) = segment else { return true }
            return isIdentity(fields[position]) && ruleSetting(fields[position]) == nil
        }
    }

    private static func isSettable(_ field: FieldPath) -> Bool {
        switch field {
        case .accountID, .customField: true
        default: false
        }
    }
}
