package import Contacts
package import Foundation

/// What the rules want for a contact, not yet written down.
package struct Evaluation: Sendable {
    let contact: Contact
    private(set) var rounds: Rounds

    /// - Parameter exceptions: What leaves the contact out of rules; nil is what the ruleset says.
    init(
        of ruleset: Ruleset, on contact: Contact, grants: [String: Grant] = [:],
        exceptions: [Exception]? = nil, now: Instant? = nil
    ) {
        self.contact = contact
        let known = exceptions ?? ruleset.exceptions(for: contact, at: now)
        rounds = Self.rounds(ruleset, contact, grants, known, now)
        // Who is moved to another account is left out of what that one is left out of.
        guard exceptions == nil, outcome.account?.id != contact.account?.id else { return }
        let more = ruleset.exceptions(for: outcome, at: now).filter { new in
            !known.contains { $0.id == new.id }
        }
        if !more.isEmpty { rounds = Self.rounds(ruleset, contact, grants, known + more, now) }
    }

    /// The rounds in which nothing that is given back leads to more access, by whatever rule.
    private static func rounds(
        _ ruleset: Ruleset, _ contact: Contact, _ grants: [String: Grant],
        _ exceptions: [Exception], _ now: Instant?
    ) -> Rounds {
        let rounds = Rounds(ruleset, contact, grants: grants, exceptions: exceptions, now: now)
        guard rounds.reverts.contains(where: { !$0.needsPerson }) else { return rounds }
        let without = Rounds(
            ruleset, contact, grants: grants, exceptions: exceptions, holdsReverts: true, now: now)
        let raises = rounds.outcome(of: contact).hasMoreAccess(than: without.outcome(of: contact))
        return raises ? without : rounds
    }

    /// The values that the contact does not hold yet: one PATCH.
    package var changes: ContactPatch { rounds.changes }
    /// The same with every reason.
    package var decision: Decision { rounds.ruleset.decision(of: self) }
    /// The slots whose grant made a difference: without the others, the same is decided.
    package var grantsThatCounted: Set<String> { rounds.grantsThatCounted }

    /// The contact as rules saw it in a round.
    func seen(in round: Int) -> Contact { contact.applying(rounds.given(in: round)) }

    /// The contact as the rules leave it; as it is, where they chase each other.
    var outcome: Contact { rounds.outcome(of: contact) }
}

extension Rounds {
    fileprivate func outcome(of contact: Contact) -> Contact {
        isSettled ? contact.applying(given(in: .max)) : contact
    }
}

extension Ruleset {
    /// What the rules want for a contact; pure, and cannot fail.
    ///
    /// - Parameters:
    ///   - grants: By slot, what Usher itself last set.
    ///   - now: Without it, time decides nothing: all has begun, and nothing has ended.
    package func decide(
        _ contact: Contact, grants: [String: Grant] = [:], now: Date? = nil
    ) -> Decision {
        evaluate(contact, grants: grants, now: now).decision
    }

    /// Decides without writing down why, which costs more than deciding.
    package func evaluate(
        _ contact: Contact, grants: [String: Grant] = [:], now: Date? = nil
    ) -> Evaluation {
        Evaluation(
            of: self, on: contact, grants: grants, now: now?.timeIntervalSinceReferenceDate)
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
            changes: rounds.changes,
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
            unordered: rounds.unordered.map(\.rule.id).sorted().nonEmpty,
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
        let isSo = contact.holds(winner.wish.value, in: field.path)
        return Wish(
            field: field, value: winner.wish.value, from: from,
            rules: winner.rules.map(\.id).sorted(),
            priority: winner.rules.map(\.priority).max() ?? RuleLimits.defaultPriority,
            state: winner.isDrift ? .drift : isSo ? .alreadySo : .change)
    }

    private func beaten(by winner: Rounds.Winner) -> [Beaten] {
        winner.beaten.map { loser in
            Beaten(
                rule: loser.rule.id, field: loser.effect.field, value: loser.value,
                by: winner.rules.map(\.id).sorted())
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
