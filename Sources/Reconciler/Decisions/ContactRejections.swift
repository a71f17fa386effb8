internal import Contacts
internal import Foundation

/// A rejection of drift: the value that another party set stays, and is not reported any more.
///
/// The rules keep their drift, so they leave the field alone, whatever is written there later.
package struct DriftRejection: Sendable {
    package let event: NewEvent
    package let words: String
    private let slot: String
    private let drifts: [String: [String: Drift]]
    private let rejected: [String: String]
    private let who: String

    /// - Parameters:
    ///   - slot: The slot of the drifted field.
    ///   - meaning: What a rule means in the ruleset in force; nil where there is none.
    /// - Returns: nil where no drift of it waits for a decision.
    package init?(
        of known: KnownContact, slot: String, meaning: (String) -> String?, by act: OperatorAct
    ) throws {
        let open = (known.record.drifts[slot] ?? [:]).filter { $0.value.rejection == nil }
        guard !open.isEmpty else { return nil }
        self.slot = slot
        drifts = known.record.drifts
        who = act.who
        var meanings: [String: String] = [:]
        for rule in open.keys { meanings[rule] = meaning(rule) ?? "" }
        rejected = meanings
        words = "the drift of \(slot)"
        event = try act.event(
            "rejected \(words)", contactID: known.contactID,
            changes: ApprovableChange.all(of: open, meanings, contactID: known.contactID))
    }

    /// The contact's drifts then.
    ///
    /// - Parameter seq: The number of the rejection's event.
    package func drifts(recordedAt seq: Int) -> [String: [String: Drift]] {
        var drifts = drifts
        for (rule, hash) in rejected {
            drifts[slot]?[rule]?.rejection = Drift.Rejection(
                who: who, seq: seq, ruleHash: hash)
        }
        return drifts
    }
}

extension BoundChange<PlannedTarget> {
    /// The changes by which drifted rules would set their values again, rules of one value
    /// together.
    fileprivate static func all(
        of drifts: [String: Drift], _ meanings: [String: String], contactID: String
    ) -> [ApprovableChange] {
        Dictionary(grouping: drifts.sorted { $0.key < $1.key }) { ByteText($0.value.value) }
            .sorted { $0.key < $1.key }
            .map { _, byRule in
                let drift = byRule[0].value
                return ApprovableChange(
                    FieldChange(field: drift.field, from: drift.found, to: drift.value),
                    rules: meanings.filter { rule, _ in byRule.contains { $0.key == rule } },
                    PlannedTarget(contactID: contactID))
            }
    }
}

/// A rejection of a blocked action: it ends, and none of its values is sent until the field or the
/// rules change.
package struct BlockedActionRejection: Sendable {
    package let events: [NewEvent]
    package private(set) var record: ContactRecord
    /// What a request without a known outcome may still set.
    package let late: [String: LateValue]
    package let rejection: RejectionResult

    /// - Parameter meaning: What a rule means in the ruleset in force; nil where there is none.
    /// - Returns: nil where the action is not blocked.
    package init?(
        of action: Action, on known: KnownContact, meaning: (String) -> String?,
        by act: OperatorAct
    ) throws {
        guard action.state == .blocked else { return nil }
        let changes = action.openChanges(of: known.contact, meaning)
        let reason = "an operator rejected it"
        var events = [NewEvent]()
        if let next = action.next {
            events.append(try .superseded(next: next, of: action, reason: reason))
        }
        events.append(try .superseded(action, reason: reason))
        let words = "the blocked action \(action.actionID)"
        events.append(
            try act.event("rejected \(words)", contactID: known.contactID, changes: changes))
        self.events = events
        var rejection = RejectionResult(rejected: [words])
        rejection.contacts = 1
        rejection.superseded = action.next == nil ? 1 : 2
        self.rejection = rejection
        late = action.isInFlight ? known.awaiting(action).late : known.late
        record = known.record
        record.declined = known.declined(adding: changes, .rejected)
        // An earlier approval of the same change would let it go on.
        record.approved.removeAll { approved in
            changes.contains { $0.change.hasSameTarget(as: approved.change) }
        }
    }
}

extension Action {
    /// What the action would still change of a contact.
    fileprivate func openChanges(
        of contact: Contact, _ meaning: (String) -> String?
    ) -> [ApprovableChange] {
        desired.notYet(in: contact).values.sorted { $0.key < $1.key }.map { field, value in
            let ids = rules[field.slot] ?? []
            return ApprovableChange(
                FieldChange(of: contact, field, to: value),
                rules: Dictionary(ids.map { ($0, meaning($0) ?? "") }) { first, _ in first },
                PlannedTarget(contactID: contactID))
        }
    }
}
