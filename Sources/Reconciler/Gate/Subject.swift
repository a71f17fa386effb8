package import Contacts
internal import Foundation
package import Rules

/// A contact as rules are evaluated on it, with what stands for or against its changes.
package struct Subject: Sendable {
    /// While a request is under way, as it is about to be.
    package let contact: Contact
    /// What Usher itself set on it, by slot.
    package let grants: [String: Grant]
    /// What people changed of it, by slot and rule.
    package let drifts: [String: [String: Drift]]
    package let approved: [ApprovedChange]
    package let declined: [DeclinedChange]
    package let action: Action?
    /// By slot.
    package let holds: [String: ContactHold]

    /// - Parameter contact: As it is stored.
    package init(
        _ contact: Contact, grants: [String: Grant] = [:],
        drifts: [String: [String: Drift]] = [:], approved: [ApprovedChange] = [],
        declined: [DeclinedChange] = [], action: Action? = nil,
        holds: [String: ContactHold] = [:]
    ) {
        let sent = action?.isInFlight == true ? action?.sent : nil
        self.contact = sent.map(contact.applying) ?? contact
        self.grants = grants
        self.drifts = drifts
        self.approved = approved
        self.declined = declined
        self.action = action
        self.holds = holds
    }

    /// What the request under way sets; nil where there is none.
    package var sent: ContactPatch? { action?.isInFlight == true ? action?.sent : nil }

    /// The slots that the request under way sets.
    var sentSlots: Set<String> { Set(sent?.fields.map(\.slot) ?? []) }

    /// What rules are told of Usher's own changes. What the request under way replaces is no drift.
    package var memory: ContactMemory {
        guard !grants.isEmpty || !drifts.isEmpty else { return ContactMemory() }
        let replaced = sentSlots
        return ContactMemory(
            grants: grants.filter { !replaced.contains($0.key) },
            drifts: drifts.mapValues { $0.mapValues(\.wish) })
    }

    /// Whether nobody but Usher has changed a field since it held a value.
    func holdsStill(_ value: FieldValue?, in field: SettableField) -> Bool {
        if contact[field.path] == value { return true }
        guard let grant = grants[field.slot] else { return false }
        return grant.from == value && contact.holds(grant.value, in: grant.field)
    }

    /// What people agreed to, whose time is not over and whose field nobody else has changed since.
    func approvalsInForce(at now: Date) -> [ApprovedChange] {
        approved.filter {
            // Nothing is made on the word of a clock that was ahead.
            $0.until > now && !$0.until.isBeyond(RuleHold.timeToLive, at: now)
                && holdsStill($0.from, in: $0.field)
        }
    }

    /// Why a change waits for a person for this contact alone; nil where it does not.
    func reason(toHold change: ResolvedChange, at now: Date) -> ContactHold.Reason? {
        let slot = change.field.slot
        if let hold = holds[slot], hold.wish.isFor(change.field, change.value) {
            return hold.reason
        }
        return grants[slot]?.reason(
            toHold: change, contact.accessEffect(of: change.field, change.value), at: now)
    }
}
