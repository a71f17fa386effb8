package import Contacts

/// What the rules want for a contact, not yet written down.
package struct Evaluation: Sendable {
    let rounds: Rounds

    /// The values that the contact does not hold yet: one PATCH.
    package var changes: ContactPatch { rounds.changes }
    /// The same with every reason.
    package var decision: Decision { rounds.ruleset.decision(of: rounds) }
}

extension Ruleset {
    /// What the rules want for a contact; pure, and cannot fail.
    ///
    /// - Parameter grants: By slot, what Usher itself last set.
    package func decide(_ contact: Contact, grants: [String: Grant] = [:]) -> Decision {
        evaluate(contact, grants: grants).decision
    }

    /// Decides without writing down why, which costs more than deciding.
    package func evaluate(_ contact: Contact, grants: [String: Grant] = [:]) -> Evaluation {
        Evaluation(rounds: Rounds(self, contact, grants: grants))
    }

    func decision(of rounds: Rounds) -> Decision {
        let contact = rounds.contact
        let isSettled = rounds.chase == nil
        let winners = isSettled ? rounds.winners : []
        return Decision(
            matched: rounds.matches.map { match in
                Match(
                    rule: match.rule.id, round: match.round,
                    evidence: evidence(for: match.rule, in: rounds.seen(in: match.round)))
            }.sorted { $0.rule < $1.rule },
            changes: rounds.changes,
            wishes: winners.map { wish($0, contact) }
                .sorted { $0.field.slot < $1.field.slot },
            beaten: winners.flatMap(beaten).sorted {
                ($0.rule, $0.field.description) < ($1.rule, $1.field.description)
            },
            conflicts: conflicts(in: rounds),
            shadow: shadowWishes(isSettled ? rounds.copy : contact, contact))
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
        let from = contact[winner.effect.field.path]
        let isSo = from == .text(winner.effect.value)
        return Wish(
            field: winner.effect.field, value: winner.effect.value, from: from,
            rules: winner.rules.map(\.id).sorted(),
            priority: winner.rules.map(\.priority).max() ?? RuleLimits.defaultPriority,
            state: winner.isDrift ? .drift : isSo ? .alreadySo : .change)
    }

    private func beaten(by winner: Rounds.Winner) -> [Beaten] {
        winner.beaten.map { loser in
            Beaten(
                rule: loser.rule.id, field: loser.effect.field, value: loser.effect.value,
                by: winner.rules.map(\.id).sorted())
        }
    }

    private func conflicts(in rounds: Rounds) -> [Conflict] {
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
                rule: wish.rule.id, field: wish.effect.field, value: wish.effect.value)
            if contenders.last != contender { contenders.append(contender) }
        }
        return Conflict(
            kind: kind,
            slot: Set(wishes.map(\.effect.field.slot)).sorted().joined(separator: ", "),
            contenders: contenders)
    }

    private func shadowWishes(_ copy: Contact, _ contact: Contact) -> [ShadowWish] {
        guard !shadowed.isEmpty else { return [] }
        let reading = Reading(copy, fields: fields)
        return shadowed.filter { $0.condition.truth(of: reading) == .true }.flatMap { rule in
            rule.effects.map { effect in
                ShadowWish(
                    rule: rule.id, field: effect.field, value: effect.value,
                    from: contact[effect.field.path])
            }
        }
    }
}
