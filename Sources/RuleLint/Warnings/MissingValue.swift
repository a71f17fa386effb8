internal import Contacts
internal import Rules

/// What a contact may lack, so that predicates of it are unknown.
enum MissingValue: Hashable, Comparable {
    /// An address that can be read: every part of it.
    case address
    case field(String)

    /// nil for what is never missing, and for the role: without one there is nothing to lose.
    init?(_ field: FieldPath) {
        switch field {
        case .id, .emailStatus, .firstSeen, .portalRole, .portalRoleID: return nil
        case let field where field.isPartOfAddress: self = .address
        case let field: self = .field(field.description)
        }
    }

    /// Of an address, every reason why it cannot be read.
    private var reasons: [EmailAddress.Status] {
        self == .address ? EmailAddress.Status.allCases.filter { $0 != .ok } : [.empty]
    }

    /// What a field holds while this is missing; nil where it may hold anything.
    private func context(of field: FieldPath, _ reason: EmailAddress.Status) -> EvaluationContext
        .FieldContent?
    {
        if self == .address, field == .emailStatus { return .text(Bytes(of: reason.rawValue)) }
        guard MissingValue(field) == self else { return nil }
        if reason == .empty { return .absent }
        return field == .email ? .unreadable : .unreadablePart
    }

    /// Whether a condition is unknown of some contact only for want of this, which it wants not to
    /// be something, and is true of it in no other way.
    fileprivate func isPassedOver(by paths: [Path], _ fields: [FieldPath]) -> Bool {
        reasons.contains { reason in
            let ways = paths.map { path in
                Way(path) { context(of: fields[$0.predicate.field], reason) }
            }
            return ways.contains { way in
                way.truth == .unknown
                    && !ways.contains { $0.truth == .true && way.implies($0) }
            }
        }
    }
}

/// One way for a condition to be true, as far as it is about a value that is missing.
private struct Way {
    /// Unknown where it wants the value only not to be something; false where it wants it there.
    private(set) var truth = Truth.true
    /// What it wants of other fields.
    private var rest: Path = []

    /// - Parameter reading: What a literal sees while the value is missing; nil where that is open.
    init(_ path: Path, context: (Literal) -> EvaluationContext.FieldContent?) {
        var truths: [Truth] = []
        for literal in path {
            guard let value = context(literal) else {
                rest.append(literal)
                continue
            }
            let isSpared =
                literal.predicate.truth(of: value, at: nil) == .unknown && !literal.isPositive
            truths.append(isSpared ? .unknown : Truth(literal.holds(for: value)))
        }
        truth = .all(truths) { $0 }
    }

    /// Whether everything that the other way wants of other fields is so where this one is open.
    func implies(_ other: Way) -> Bool {
        other.rest.allSatisfy { wanted in rest.contains { $0.implies(wanted) } }
    }
}

extension Rule {
    /// What contacts lack whom it passes over although it lowers by what that is not.
    func passedOver(in fields: [FieldPath]) -> [MissingValue] {
        guard canLower else { return [] }
        let negated = condition.negations.filter { $0.isNegative && !$0.predicate.isPresence }
        let values = Set(negated.compactMap { MissingValue(fields[$0.predicate.field]) }).sorted()
        guard !values.isEmpty, let paths = condition.paths else { return values }
        return values.filter { $0.isPassedOver(by: paths, fields) }
    }
}

extension Condition {
    /// What is unknown of a contact and must not be something, where the condition would be true if
    /// all of that were so.
    func passedOver(_ context: EvaluationContext, _ fields: [FieldPath]) -> Set<MissingValue> {
        guard truth(of: context) == .unknown, truth(of: context, fields, below: false) == .true
        else { return [] }
        return Set(
            negations.filter { $0.isNegative && $0.predicate.truth(of: context) == .unknown }
                .compactMap { MissingValue(fields[$0.predicate.field]) })
    }

    /// Its truth if whatever must not be, and is unknown, were so.
    private func truth(
        of context: EvaluationContext, _ fields: [FieldPath], below isNegated: Bool
    ) -> Truth {
        func truth(_ part: Condition, _ isNegated: Bool) -> Truth {
            part.truth(of: context, fields, below: isNegated)
        }
        switch self {
        case .all(let parts): return .all(parts) { truth($0, isNegated) }
        case .any(let parts): return .any(parts) { truth($0, isNegated) }
        case .none(let parts): return !.any(parts) { truth($0, !isNegated) }
        case .not(let part): return !truth(part, !isNegated)
        case .predicate(let predicate):
            let known = predicate.truth(of: context)
            let isSpared =
                known == .unknown && predicate.isNegated != isNegated
                && MissingValue(fields[predicate.field]) != nil
            return isSpared ? Truth(!isNegated) : known
        }
    }
}
