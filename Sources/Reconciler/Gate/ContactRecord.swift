internal import Contacts
package import Foundation
package import Rules

/// What is kept with a contact after its evaluation.
package struct ContactRecord: Sendable, Equatable {
    package var grants: [String: Grant] = [:]
    package var drifts: [String: [String: Drift]] = [:]
    package var held: [HeldChange] = []
    package var approved: [ApprovedChange] = []
    package var declined: [DeclinedChange] = []

    package init() {}

    package init(_ subject: Subject, held: [HeldChange]) {
        grants = subject.grants
        drifts = subject.drifts
        self.held = held
        approved = subject.approved
        declined = subject.declined
    }

    /// Whether any drift waits for a decision.
    package var hasOpenDrift: Bool {
        drifts.values.contains { $0.values.contains { $0.rejection == nil } }
    }

    /// The drifts that another record does not hold, by slot, rules of one value together.
    package func newDrifts(since other: ContactRecord) -> [NewDrift] {
        drifts.sorted { $0.key < $1.key }.flatMap { slot, byRule in
            let new = byRule.filter { other.drifts[slot]?[$0.key] != $0.value }
            return Dictionary(grouping: new, by: \.value.value).values.map { records in
                NewDrift(
                    slot: slot, record: records[0].value, rules: records.map(\.key).sorted(),
                    before: other.grants[slot]?.from)
            }
        }
    }
}

/// A change by a person of what rules had set, seen for the first time.
package struct NewDrift: Sendable {
    package let slot: String
    package let record: Drift
    package let rules: [String]
    /// What the contact held before the rules changed it.
    fileprivate let before: FieldValue?

    /// Whether the person gave back access that the rules had taken away.
    package var undoesLowering: Bool {
        guard record.field == .portalRole, case .text(let before)? = before,
            case .text(let found)? = record.found
        else { return false }
        let wanted = PortalRole.Standing(ofRole: record.value)
        return PortalRole.Standing(ofRole: before).effect(ofChangeTo: wanted) == .lowers
            && wanted.effect(ofChangeTo: .init(ofRole: found)).isLimitedAsGrant
    }
}

extension ChangeGate {
    /// What is kept with a contact once this follows for it.
    package mutating func record(after result: Reconciliation, at now: Date) -> ContactRecord {
        let subject = result.subject
        var record = ContactRecord()
        record.held = result.held
        let ownChanges = OwnChangeRecord(after: result, at: now)
        (record.grants, record.drifts) = (ownChanges.grants, ownChanges.drifts)
        for (slot, byRule) in record.drifts {
            for (rule, drift) in byRule {
                guard let rejection = drift.rejection, rejection.ruleHash != meaning(of: rule)
                else { continue }
                record.drifts[slot]?[rule]?.rejection = nil
            }
        }
        let sent = subject.sentSlots
        record.approved = subject.approved.compactMap { approved in
            guard approved.until > now else { return nil }
            // What is under way may turn out not to be made.
            if sent.contains(approved.field.slot) { return approved }
            guard subject.isOpen(approved.change) else { return nil }
            var change = approved.rebased(on: subject)
            if result.approvals[approved.field.slot] == ApprovalReference(approved) {
                change.begun = true
            }
            // Before anything was begun, it may wait for a ruleset in which its rules mean that.
            let isWanted = approved.rules.contains { meaning(of: $0.key) == $0.value }
            return isWanted || change.begun != true ? change : nil
        }
        record.declined = subject.declined.compactMap { declined in
            let isWanted = declined.rules.contains { meaning(of: $0.key) == $0.value }
            guard isWanted, subject.isOpen(declined.change) else { return nil }
            return declined.rebased(on: subject)
        }
        return record
    }
}

extension Subject {
    /// Whether a change has neither been made nor lost its footing by somebody else's doing.
    fileprivate func isOpen(_ change: FieldChange) -> Bool {
        !contact.holds(change.to, in: change.field) && holdsStill(change.from, in: change.field)
    }
}

extension BoundChange {
    /// The same after Usher's own changes of the field.
    fileprivate func rebased(on subject: Subject) -> Self {
        var rebased = self
        rebased.change.from = subject.contact[change.field.path]
        return rebased
    }
}

/// Usher's own changes of a contact and what people made of them.
private struct OwnChangeRecord {
    private(set) var grants: [String: Grant]
    private(set) var drifts: [String: [String: Drift]]
    private let contact: Contact
    /// Slots that a request under way is setting.
    private let sent: Set<String>
    private var wishes: [WishKey: RuleWish] = [:]

    init(after result: Reconciliation, at now: Date) {
        let (subject, evaluation) = (result.subject, result.evaluation)
        (grants, drifts) = (subject.grants, subject.drifts)
        (contact, sent) = (subject.contact, subject.sentSlots)
        guard evaluation.hasConverged, !grants.isEmpty || !drifts.isEmpty else { return }
        wishes = Dictionary(
            evaluation.ruleWishes.map { (WishKey($0.rule.id, $0.field.slot), $0) }
        ) { first, _ in first }
        updateDrifts()
        findDrifts(at: now)
    }

    /// A drift is kept by field and rule until the value is restored or the rule stops wanting it.
    private mutating func updateDrifts() {
        for (slot, byRule) in drifts {
            let wanted = byRule.filter { rule, drift in
                wishes[WishKey(rule, slot)].map(drift.isFor) ?? false
            }
            drifts[slot] = wanted.isEmpty ? nil : wanted
            let isInPlace = grants[slot].map { contact.holds($0.value, in: $0.field) } ?? false
            // While the value that Usher set for other rules is in place, the drift stays as it is.
            if sent.contains(slot) || isInPlace && grants[slot]?.rules.isEmpty == false { continue }
            let restored = wanted.keys.filter { wishes[WishKey($0, slot)]?.isMet ?? false }
            let left = wanted.filter { !restored.contains($0.key) }
            drifts[slot] = left.isEmpty ? nil : left.mapValues { $0.found(on: contact) }
            // The rules own a restored value again, so the next change of it is drift.
            if isInPlace { grants[slot]?.rules = restored.sorted() }
        }
    }

    private mutating func findDrifts(at now: Date) {
        for (slot, grant) in grants where !contact.holds(grant.value, in: grant.field) {
            if sent.contains(slot) { continue }
            // Only when it set the field stays known, for the bound on its own changes.
            grants[slot]?.rules = grant.rules.filter { rule in
                guard let wish = wishes[WishKey(rule, slot)], wish.field == grant.field
                else { return false }
                // Who has more than a floor wants, or less than a ceiling, has what the rule wants.
                if wish.rule.terms.reasserts || wish.isMet { return true }
                drifts[slot, default: [:]][rule] = Drift(
                    field: grant.field, value: wish.value, found: contact[grant.field.path],
                    since: now)
                return false
            }
        }
    }
}

private struct WishKey: Hashable {
    let rule: String
    let slot: String

    init(_ rule: String, _ slot: String) { (self.rule, self.slot) = (rule, slot) }
}

extension Drift {
    /// The same with what the contact holds now, which is news where it is another value.
    fileprivate func found(on contact: Contact) -> Drift {
        guard contact[field.path] != found else { return self }
        return Drift(field: field, value: value, found: contact[field.path], since: since)
    }

    fileprivate func isFor(_ wish: RuleWish) -> Bool {
        field == wish.field && value.hasSameBytes(as: wish.value)
    }
}
