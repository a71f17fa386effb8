package import Contacts
package import Foundation

/// What the rules want for a contact, not yet written down.
package struct Evaluation: Sendable {
    package let contact: Contact
    private(set) var fixpoint: Fixpoint
    /// The fixpoint without the rules that are held; nil where none is passed over.
    private(set) var rest: Fixpoint?

    /// - Parameter exceptions: What leaves the contact out of rules; nil is what the ruleset says.
    package init(
        of ruleset: Ruleset, on contact: Contact, memory: ContactMemory = ContactMemory(),
        exceptions: [Exception]? = nil, now: Instant? = nil
    ) {
        self.contact = contact
        let known = exceptions ?? ruleset.exceptions(for: contact, at: now)
        fixpoint = Self.fixpoint(ruleset, contact, memory, known, now)
        // A contact moved to another account is left out of what that account is left out of.
        guard exceptions == nil, outcome.account?.id != contact.account?.id else { return }
        let more = ruleset.exceptions(for: outcome, at: now).filter { new in
            !known.contains { $0.id == new.id }
        }
        if !more.isEmpty { fixpoint = Self.fixpoint(ruleset, contact, memory, known + more, now) }
    }

    /// The fixpoint in which no revert leads to more access, by whatever rule.
    private static func fixpoint(
        _ ruleset: Ruleset, _ contact: Contact, _ memory: ContactMemory,
        _ exceptions: [Exception], _ now: Instant?, passingOver held: PassedOver = [:]
    ) -> Fixpoint {
        func fixpoint(holdsReverts: Bool) -> Fixpoint {
            Fixpoint(
                ruleset, contact, memory: memory, exceptions: exceptions, passingOver: held,
                holdsReverts: holdsReverts, now: now)
        }
        let all = fixpoint(holdsReverts: false)
        guard all.reverts.contains(where: { !$0.needsPerson }) else { return all }
        let without = fixpoint(holdsReverts: true)
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
            : Self.fixpoint(
                ruleset, contact, fixpoint.memory, fixpoint.exceptions, fixpoint.now,
                passingOver: held)
        return evaluation
    }

    /// All values that the contact does not hold yet, whatever is held.
    package var wanted: [ResolvedChange] { fixpoint.resolvedChanges(of: contact) }

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

    /// Reverts that wait for a person, since they might raise access.
    package var heldReverts: [ResolvedChange] {
        guard fixpoint.hasConverged else { return [] }
        return fixpoint.reverts.filter(\.needsPerson).map { revert in
            ResolvedChange(revert.proposal, of: contact, by: [revert.proposal.rule], isRevert: true)
        }
    }

    /// The same as all rules want it, with every reason. Rules that act only while others are held
    /// are among those that were true.
    package var decision: Decision { Decision(self) }

    /// The slots whose grant or drift made a difference: without the others, the same is decided.
    package var grantsThatCounted: Set<String> {
        fixpoint.grantsThatCounted.union(rest?.grantsThatCounted ?? [])
    }

    package var ruleset: Ruleset { fixpoint.ruleset }

    /// Whether the rules came to want nothing new.
    package var hasConverged: Bool { fixpoint.hasConverged }

    /// The enforced rules that were true, each with the first round in which it was.
    package var matches: [(rule: Rule, round: Int)] { fixpoint.matches }

    /// The rules that are true and do nothing for the contact.
    package var excepted: [(rule: Rule, exception: Exception)] { fixpoint.excepted }

    /// The slots for which rules want a value.
    package var resolvedSlots: Set<String> { slots { _ in true } }

    /// The slots in which rules want again what somebody else has changed.
    package var driftedSlots: Set<String> { slots(\.isDrift) }

    private func slots(_ isIncluded: (Fixpoint.Resolution) -> Bool) -> Set<String> {
        guard hasConverged else { return [] }
        return Set(
            fixpoint.resolutions.filter(isIncluded).map(\.proposal.effect.field.slot))
    }

    /// Rules whose bounds meet a custom role, which has no order, in order.
    package var unordered: [String] { Set(fixpoint.unordered.map(\.rule.id)).sorted() }

    /// How many rounds there were.
    package var roundCount: Int { fixpoint.round }

    /// The contact as rules saw it in a round.
    package func seen(in round: Int) -> Contact { contact.applying(fixpoint.given(in: round)) }

    /// The contact as the rules leave it; as it is, where they undo each other in a cycle.
    package var outcome: Contact { fixpoint.outcome(of: contact) }
}

/// A change that rules want, and on whose account.
package struct ResolvedChange: Sendable, Equatable {
    package let change: FieldChange
    /// The ids of the rules, in order.
    package let rules: [String]
    /// It reverts a value that these rules had set.
    package let isRevert: Bool

    package var field: SettableField { change.field }
    package var value: String { change.to }

    private init(change: FieldChange, rules: [String], isRevert: Bool) {
        (self.change, self.rules, self.isRevert) = (change, rules, isRevert)
    }

    fileprivate init(
        _ proposal: Fixpoint.Proposal, of contact: Contact, by rules: [Rule], isRevert: Bool
    ) {
        self.init(
            change: FieldChange(of: contact, proposal.effect.field, to: proposal.value),
            rules: rules.map(\.id).sorted(), isRevert: isRevert)
    }

    /// The change as far as it gives no more access than all rules together would, or than the
    /// contact has; nil where nothing is left.
    fileprivate func bounded(by outcome: Contact, of contact: Contact) -> ResolvedChange? {
        switch field {
        case .name, .avatarURL, .customField: return self
        case .accountID: return outcome.holds(value, in: field) ? self : nil
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

extension Fixpoint {
    fileprivate func outcome(of contact: Contact) -> Contact {
        hasConverged ? contact.applying(given(in: .max)) : contact
    }

    /// By field.
    fileprivate func resolvedChanges(of contact: Contact) -> [ResolvedChange] {
        pending.map { proposal in
            let rules =
                resolutions.first { $0.proposal.effect.slot == proposal.effect.slot }?.rules
            return ResolvedChange(
                proposal, of: contact, by: rules ?? [],
                isRevert: rules?.allSatisfy { $0.priority == Self.revertPriority } ?? false)
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
}
