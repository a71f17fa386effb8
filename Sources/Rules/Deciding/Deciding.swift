package import Contacts
package import Foundation

/// What the rules want for a contact, not yet written down.
package struct Evaluation: Sendable {
    package let contact: Contact
    private(set) var rounds: Rounds
    /// The rounds without the rules that are held; nil where none is passed over.
    private(set) var rest: Rounds?

    /// - Parameter exceptions: What leaves the contact out of rules; nil is what the ruleset says.
    package init(
        of ruleset: Ruleset, on contact: Contact, memory: ContactMemory = ContactMemory(),
        exceptions: [Exception]? = nil, now: Instant? = nil
    ) {
        self.contact = contact
        let known = exceptions ?? ruleset.exceptions(for: contact, at: now)
        rounds = Self.rounds(ruleset, contact, memory, known, now)
        // Who is moved to another account is left out of what that one is left out of.
        guard exceptions == nil, outcome.account?.id != contact.account?.id else { return }
        let more = ruleset.exceptions(for: outcome, at: now).filter { new in
            !known.contains { $0.id == new.id }
        }
        if !more.isEmpty { rounds = Self.rounds(ruleset, contact, memory, known + more, now) }
    }

    /// The rounds in which nothing that is given back leads to more access, by whatever rule.
    private static func rounds(
        _ ruleset: Ruleset, _ contact: Contact, _ memory: ContactMemory,
        _ exceptions: [Exception], _ now: Instant?, passingOver held: PassedOver = [:]
    ) -> Rounds {
        func rounds(holdsReverts: Bool) -> Rounds {
            Rounds(
                ruleset, contact, memory: memory, exceptions: exceptions, passingOver: held,
                holdsReverts: holdsReverts, now: now)
        }
        let all = rounds(holdsReverts: false)
        guard all.reverts.contains(where: { !$0.needsPerson }) else { return all }
        let without = rounds(holdsReverts: true)
        let raises = all.outcome(of: contact)
            .mayHaveMoreAccess(than: without.outcome(of: contact))
        return raises ? without : all
    }

    /// The same with the rest decided as if held rules were not there.
    package func passingOver(_ held: PassedOver) -> Evaluation {
        var evaluation = self
        evaluation.rest =
            held.isEmpty
            ? nil
            : Self.rounds(
                rounds.ruleset, contact,
                ContactMemory(grants: rounds.grants, drifts: rounds.drifts), rounds.exceptions,
                rounds.now, passingOver: held)
        return evaluation
    }

    /// All values that the contact does not hold yet, whatever is held.
    package var wanted: [ResolvedChange] { rounds.resolvedChanges(of: contact) }

    /// The values that the contact does not hold yet and that no held rule accounts for: one PATCH.
    ///
    /// What is held makes no room: nobody gets more access than with it, or than they have.
    package var changes: [ResolvedChange] {
        guard let rest else { return wanted }
        return rest.resolvedChanges(of: contact).compactMap {
            $0.bounded(by: outcome, of: contact)
        }
    }

    /// The same as one PATCH.
    package var patch: ContactPatch { changes.patch }

    /// What would be given back and waits for a person, since it might raise access.
    package var heldReverts: [ResolvedChange] {
        guard rounds.isSettled else { return [] }
        return rounds.reverts.filter(\.needsPerson).map { revert in
            ResolvedChange(
                change: FieldChange(of: contact, revert.wish.effect.field, to: revert.wish.value),
                rules: [revert.wish.rule.id], isRevert: true)
        }
    }

    /// The same as all rules want it, with every reason.
    package var decision: Decision { rounds.ruleset.decision(of: self) }
    /// The slots whose grant or drift made a difference: without the others, the same is decided.
    package var grantsThatCounted: Set<String> {
        rounds.grantsThatCounted.union(rest?.grantsThatCounted ?? [])
    }

    package var ruleset: Ruleset { rounds.ruleset }

    /// The enforced rules that were true, each with the first round in which it was.
    package var matches: [(rule: Rule, round: Int)] { rounds.matches }

    /// The rules that are true and do nothing for the contact.
    package var excepted: [(rule: Rule, exception: Exception)] { rounds.excepted }

    /// How many rounds there were.
    package var roundCount: Int { rounds.round }

    /// The contact as rules saw it in a round.
    package func seen(in round: Int) -> Contact { contact.applying(rounds.given(in: round)) }

    /// The contact as the rules leave it; as it is, where they chase each other.
    package var outcome: Contact { rounds.outcome(of: contact) }
}

/// A change that rules want, and on whose account.
package struct ResolvedChange: Sendable, Equatable {
    package let change: FieldChange
    /// The ids of the rules, in order.
    package let rules: [String]
    /// It gives back a value that these rules had set.
    package let isRevert: Bool

    package var field: SettableField { change.field }
    package var value: String { change.to }

    /// The change as far as it gives no more access than all rules together would, or than the
    /// contact has; nil where nothing is left.
    fileprivate func bounded(by outcome: Contact, of contact: Contact) -> ResolvedChange? {
        switch field {
        case .name, .avatarURL, .customField: return self
        case .accountID: return outcome.holds(value, in: field.path) ? self : nil
        case .portalRole, .portalRoleID:
            let after = contact.applying(ContactPatch([field: value])).roleStanding
            let (now, most) = (contact.roleStanding, outcome.roleStanding)
            if after.isWithin(now) || after.isWithin(most) { return self }
            guard case .ranked(let after) = after, case .ranked(let now) = now,
                case .ranked(let most) = most, now < most, most < after
            else { return nil }
            return ResolvedChange(
                change: FieldChange(of: contact, .portalRole, to: PortalRole.names[most]),
                rules: rules, isRevert: isRevert)
        }
    }
}

extension [ResolvedChange] {
    /// All of them as one PATCH.
    package var patch: ContactPatch {
        ContactPatch(Dictionary(map { ($0.field, $0.value) }) { first, _ in first })
    }

    /// Slot → the rules on whose account it is set.
    package var rulesBySlot: [String: [String]] {
        Dictionary(map { ($0.field.slot, $0.rules) }) { first, _ in first }
    }
}

extension Rounds {
    fileprivate func outcome(of contact: Contact) -> Contact {
        isSettled ? contact.applying(given(in: .max)) : contact
    }

    /// By field.
    fileprivate func resolvedChanges(of contact: Contact) -> [ResolvedChange] {
        pending.map { wish in
            let winner = winners.first { $0.wish.effect.slot == wish.effect.slot }
            let isRevert = winner?.rules.allSatisfy { $0.priority == Self.revertPriority } ?? false
            return ResolvedChange(
                change: FieldChange(of: contact, wish.effect.field, to: wish.value),
                rules: (winner?.rules ?? []).map(\.id).sorted(), isRevert: isRevert)
        }.sorted { $0.field < $1.field }
    }
}

extension Ruleset {
    /// What the rules want for a contact; pure, and cannot fail.
    ///
    /// - Parameter now: Without it, time decides nothing: all has begun, and nothing has ended.
    package func decide(
        _ contact: Contact, memory: ContactMemory = ContactMemory(), now: Date? = nil
    ) -> Decision {
        evaluate(contact, memory: memory, now: now).decision
    }

    /// Decides without writing down why, which costs more than deciding.
    package func evaluate(
        _ contact: Contact, memory: ContactMemory = ContactMemory(), now: Date? = nil
    ) -> Evaluation {
        Evaluation(
            of: self, on: contact, memory: memory, now: now?.timeIntervalSinceReferenceDate)
    }

    /// Whether time alone can change a decision.
    package var dependsOnTime: Bool { !instants.isEmpty }

    /// The ages of contacts at which rules change their mind.
    package var ages: [Duration] { ageLimits.map { .seconds($0) } }

    /// The next moment at which time alone can change a decision.
    package func nextInstant(after moment: Date) -> Date? {
        instants.first { $0 > moment.timeIntervalSinceReferenceDate }
            .map(Date.init(timeIntervalSinceReferenceDate:))
    }

    func decision(of evaluation: Evaluation) -> Decision {
        let (contact, rounds) = (evaluation.contact, evaluation.rounds)
        let winners = rounds.isSettled ? rounds.winners : []
        return Decision(
            matched: rounds.matches.map { match in
                Match(
                    rule: match.rule.id, round: match.round,
                    evidence: evidence(for: match.rule, in: evaluation.seen(in: match.round)))
            }.sorted { $0.rule < $1.rule },
            changes: evaluation.wanted.patch,
            wishes: winners.map { wish($0, contact) }
                .sorted { $0.field.slot < $1.field.slot },
            beaten: winners.flatMap(beaten).sorted {
                ($0.rule, $0.field.description) < ($1.rule, $1.field.description)
            },
            conflicts: conflicts(in: rounds),
            shadow: shadowWishes(for: contact, rounds),
            denied: rounds.denied.map { wish, guardrail in
                Denied(
                    rule: wish.rule.id, field: wish.effect.field, value: wish.value,
                    guardrail: guardrail.id)
            }.sorted { ($0.rule, $0.field.description) < ($1.rule, $1.field.description) }.nonEmpty,
            unordered: Set(rounds.unordered.map(\.rule.id)).sorted().nonEmpty,
            violated: violated(by: evaluation.outcome, rounds.now).nonEmpty,
            excepted: rounds.excepted.map { rule, exception in
                Excepted(rule: rule.id, exception: exception.id)
            }.sorted { $0.rule < $1.rule }.nonEmpty,
            reverted: rounds.isSettled
                ? rounds.reverts.map { revert in
                    Reverted(revert, evidence: evidence(for: revert.wish.rule, in: contact))
                }.sorted {
                    ($0.rule, $0.field.description) < ($1.rule, $1.field.description)
                }.nonEmpty : nil)
    }

    /// The guardrails that the contact does not keep: nothing is lowered for that, but it is told.
    private func violated(by contact: Contact, _ now: Instant?) -> [String] {
        guard !guardrails.isEmpty else { return [] }
        let reading = Reading(contact, fields: fields, now: now)
        return guardrails.filter { guardrail in
            guardrail.denies.contains { contact.holds($0.value, in: $0.field.path) }
                && guardrail.condition.truth(of: reading) != .false
        }.map(\.id)
    }

    /// The values that the rule's condition read.
    func evidence(for rule: Rule, in contact: Contact) -> [String: FieldValue?] {
        var evidence: [String: FieldValue?] = [:]
        for field in rule.condition.fields {
            evidence.updateValue(contact[fields[field]], forKey: fields[field].description)
        }
        return evidence
    }

    private func wish(_ winner: Rounds.Winner, _ contact: Contact) -> Wish {
        let field = winner.wish.effect.field
        let from = contact[field.path]
        let isSo =
            contact.holds(winner.wish.value, in: field.path)
            // To a bound, nobody without a role has more than `no_access`.
            || winner.isBound && winner.wish.standing == .noAccess
                && contact.roleStanding == .noAccess
        return Wish(
            field: field, value: winner.wish.value, from: from,
            rules: winner.rules.map(\.id).sorted(),
            priority: winner.rules.map(\.priority).max() ?? RuleLimits.defaultPriority,
            state: winner.isDrift ? .drift : isSo ? .alreadySo : .change,
            cappedBy: winner.cappedBy.map(\.rule.id).sorted().nonEmpty)
    }

    private func beaten(by winner: Rounds.Winner) -> [Beaten] {
        winner.beaten.map { loser in
            Beaten(
                rule: loser.wish.rule.id, field: loser.wish.effect.field, value: loser.wish.value,
                by: loser.by.map(\.rule.id).sorted())
        }
    }

    func conflicts(in rounds: Rounds) -> [Conflict] {
        if let chase = rounds.chase { return [conflict(.unsettled, chase)] }
        return rounds.ties.map { conflict(.tie, $0) }.sorted { $0.slot < $1.slot }
    }

    private func conflict(
        _ kind: Conflict.Kind, _ wishes: [Rounds.Wish]
    ) -> Conflict {
        var contenders: [Conflict.Contender] = []
        for wish in wishes.sorted(by: {
            ($0.rule.id, $0.effect.choice) < ($1.rule.id, $1.effect.choice)
        }) {
            let contender = Conflict.Contender(
                rule: wish.rule.id, field: wish.effect.field, value: wish.value)
            if contenders.last != contender { contenders.append(contender) }
        }
        return Conflict(
            kind: kind,
            slot: Set(wishes.map(\.effect.field.slot)).sorted().joined(separator: ", "),
            contenders: contenders)
    }

    func shadowWishes(for contact: Contact, _ rounds: Rounds) -> [ShadowWish] {
        let reading = rounds.isSettled ? rounds.reading : rounds.original
        let matching = shadowed.filter { rule in
            rule.isActive(at: rounds.now) && rule.condition.truth(of: reading) == .true
                && !rounds.exceptions.contains { $0.covers(rule) }
        }
        return matching.flatMap { rule in
            rule.effects.compactMap { effect in
                effect.text(for: reading).map { text in
                    ShadowWish(
                        rule: rule.id, field: effect.field,
                        value: String(decoding: text, as: UTF8.self),
                        bound: effect.isExact ? nil : effect.isFloor ? "at_least" : "at_most",
                        from: contact[effect.field.path])
                }
            }
        }
    }
}

extension Array {
    /// nil where it is empty: what there is none of is left out of a record.
    fileprivate var nonEmpty: Self? { isEmpty ? nil : self }
}
