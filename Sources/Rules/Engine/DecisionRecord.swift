internal import Contacts

/// Writes down what an evaluation came to, and why.
extension Decision {
    init(_ evaluation: Evaluation) {
        let (contact, fixpoint) = (evaluation.contact, evaluation.fixpoint)
        let (ruleset, hasConverged) = (fixpoint.ruleset, fixpoint.hasConverged)
        let resolutions = hasConverged ? fixpoint.resolutions : []
        self.init(
            matched: evaluation.matched.sorted { $0.rule < $1.rule },
            changes: evaluation.wanted.patch,
            wishes: resolutions.map { Wish($0, contact) }.sorted { $0.field.slot < $1.field.slot },
            beaten: resolutions.flatMap(\.losers).map(Beaten.init).inOrder(),
            conflicts: evaluation.conflicts,
            shadow: ruleset.shadowWishes(for: contact, fixpoint),
            denied: fixpoint.denied.map(Denied.init).inOrder().nonEmpty,
            unordered: evaluation.unordered.nonEmpty,
            violated: ruleset.violated(by: evaluation.outcome, at: fixpoint.now).nonEmpty,
            excepted: fixpoint.excepted.map { rule, exception in
                Excepted(rule: rule.id, exception: exception.id)
            }.sorted { $0.rule < $1.rule }.nonEmpty,
            reverted: evaluation.reverted.inOrder().nonEmpty)
    }
}

extension Evaluation {
    /// The rules that were true, among all rules or without the held ones.
    fileprivate var matched: [Match] {
        let matched = fixpoint.matched(on: contact)
        let known = Set(matched.map(\.rule))
        return matched + (rest?.matched(on: contact) ?? []).filter { !known.contains($0.rule) }
    }

    /// The values that are reverted, by all rules or without the held ones.
    fileprivate var reverted: [Reverted] {
        let reverted = fixpoint.reverted(on: contact)
        let more = (rest?.reverted(on: contact) ?? []).filter { new in
            new.needsPerson == nil
                && !reverted.contains { $0.rule == new.rule && $0.field == new.field }
        }
        return reverted + more
    }

    package var conflicts: [Conflict] {
        if let cycle = fixpoint.cycle { return [Conflict(.unsettled, cycle)] }
        return fixpoint.ties.map { Conflict(.tie, $0) }.sorted { $0.slot < $1.slot }
    }
}

extension Fixpoint {
    fileprivate func matched(on contact: Contact) -> [Match] {
        matches.map { rule, round in
            let seen = contact.applying(given(in: round))
            return Match(
                rule: rule.id, round: round, evidence: ruleset.evidence(for: rule, in: seen))
        }
    }

    fileprivate func reverted(on contact: Contact) -> [Reverted] {
        (hasConverged ? reverts : []).map { revert in
            let evidence = ruleset.evidence(for: revert.proposal.rule, in: contact)
            return Reverted(revert, evidence: evidence)
        }
    }
}

extension Ruleset {
    /// The guardrails that the contact already violates: reported, but nothing is lowered for that.
    fileprivate func violated(by contact: Contact, at now: Instant?) -> [String] {
        guard !guardrails.isEmpty else { return [] }
        let context = EvaluationContext(contact, fields: fields, now: now)
        return guardrails.filter { guardrail in
            guardrail.denies.contains { contact.holds($0.value, in: $0.field) }
                && guardrail.condition.truth(of: context) != .false
        }.map(\.id)
    }

    /// The values that the rule's condition read.
    fileprivate func evidence(for rule: Rule, in contact: Contact) -> [String: FieldValue?] {
        let paths = rule.condition.fields.map { fields[$0] }
        return Dictionary(uniqueKeysWithValues: paths.map { ($0.description, contact[$0]) })
    }

    fileprivate func shadowWishes(for contact: Contact, _ fixpoint: Fixpoint) -> [ShadowWish] {
        let context = fixpoint.hasConverged ? fixpoint.copy : fixpoint.original
        let matching = shadowed.filter { rule in
            rule.isActive(at: fixpoint.now) && rule.condition.truth(of: context) == .true
                && !fixpoint.exceptions.contains { $0.covers(rule) }
        }
        return matching.flatMap { rule in
            rule.effects.compactMap { effect in
                effect.text(for: context).map { text in
                    ShadowWish(
                        rule: rule.id, field: effect.field,
                        value: String(decoding: text, as: UTF8.self), bound: effect.bound,
                        from: contact[effect.field.path])
                }
            }
        }
    }
}

extension Wish {
    fileprivate init(_ resolution: Fixpoint.Resolution, _ contact: Contact) {
        let proposal = resolution.proposal
        let isSo =
            contact.holds(proposal.value, in: proposal.effect.field)
            // To a bound, nobody without a role has more than `no_access`.
            || resolution.isBound && proposal.standing == .noAccess
                && contact.roleStanding == .noAccess
        self.init(
            field: proposal.effect.field, value: proposal.value,
            from: contact[proposal.effect.field.path],
            rules: resolution.rules.map(\.id).sorted(),
            priority: resolution.rules.map(\.priority).max() ?? RuleLimits.defaultPriority,
            state: resolution.isDrift ? .drift : isSo ? .alreadySo : .change,
            cappedBy: resolution.cappedBy.map(\.rule.id).sorted().nonEmpty)
    }
}

extension Beaten {
    fileprivate init(_ loser: Fixpoint.Loser) {
        let proposal = loser.proposal
        self.init(
            rule: proposal.rule.id, field: proposal.effect.field, value: proposal.value,
            by: loser.by.map(\.rule.id).sorted())
    }
}

extension Denied {
    fileprivate init(_ proposal: Fixpoint.Proposal, by guardrail: Guardrail) {
        self.init(
            rule: proposal.rule.id, field: proposal.effect.field, value: proposal.value,
            guardrail: guardrail.id)
    }
}

extension Reverted {
    fileprivate init(_ revert: Fixpoint.Revert, evidence: [String: FieldValue?]) {
        let proposal = revert.proposal
        self.init(
            rule: proposal.rule.id, field: proposal.effect.field, value: proposal.value,
            evidence: evidence, needsPerson: revert.needsPerson ? true : nil)
    }
}

extension Conflict {
    fileprivate init(_ kind: Kind, _ proposals: [Fixpoint.Proposal]) {
        var contenders: [Contender] = []
        for proposal in proposals.sorted(by: {
            ($0.rule.id, $0.effect.choice) < ($1.rule.id, $1.effect.choice)
        }) {
            let contender = Contender(
                rule: proposal.rule.id, field: proposal.effect.field, value: proposal.value)
            if contenders.last != contender { contenders.append(contender) }
        }
        self.init(
            kind: kind,
            slot: Set(proposals.map(\.effect.field.slot)).sorted().joined(separator: ", "),
            contenders: contenders)
    }
}

/// What became of one rule's wish for one field.
private protocol FieldOfRule {
    var rule: String { get }
    var field: SettableField { get }
}

extension Beaten: FieldOfRule {}
extension Denied: FieldOfRule {}
extension Reverted: FieldOfRule {}

extension Array where Element: FieldOfRule {
    fileprivate func inOrder() -> Self {
        sorted { ($0.rule, $0.field.description) < ($1.rule, $1.field.description) }
    }
}

extension Array {
    /// nil where it is empty: what there is none of is left out of a record.
    fileprivate var nonEmpty: Self? { isEmpty ? nil : self }
}
