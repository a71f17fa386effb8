package import Contacts
package import Foundation

/// The changes of one contact that a plan shows.
package struct PlannedContactChanges: Sendable {
    package let id: String
    let changes: [ApprovableChange]

    /// In the order of the ids.
    package static func all(of plan: [ApprovableChange]) -> [PlannedContactChanges] {
        Dictionary(grouping: plan) { ByteText($0.contactID) }
            .sorted { $0.key < $1.key }
            .map { PlannedContactChanges(id: $0.key.text, changes: $0.value) }
    }
}

/// An approval of planned changes of contacts that are as they were.
package struct PlanApproval: Sendable {
    package private(set) var approval = ApprovalResult()
    package let events: [NewEvent]
    private let approved: [(known: KnownContact, changes: [ApprovableChange])]
    private let plan: String
    private let act: OperatorAct
    private let until: Date

    /// - Parameter id: The plan's, for the record.
    package init(
        of plan: [PlannedContactChanges], id: String, known: [ByteText: KnownContact],
        by act: OperatorAct, at now: Date
    ) throws {
        var approved: [(known: KnownContact, changes: [ApprovableChange])] = []
        for contact in plan {
            guard let known = known[contact.id], !known.isDeleted,
                contact.changes.allSatisfy({ known.contact[$0.field.path] == $0.from })
            else {
                approval.changedSince.append(contact.id)
                continue
            }
            approved.append((known, contact.changes))
        }
        approval.contacts = approved.count
        events = try approved.map { known, changes in
            try act.event(
                "approved " + changes.words, contactID: known.contactID, plan: id,
                changes: changes)
        }
        self.approved = approved
        self.act = act
        self.plan = id
        until = now + RuleHold.timeToLive
    }

    /// Everything that is approved of each contact then.
    ///
    /// - Parameter first: The number of the first event.
    package func approvedChanges(from first: Int) -> [ContactChanges<ApprovedChange>] {
        approved.enumerated().map { index, contact in
            let kept = contact.known.record.approved.filter { known in
                !contact.changes.contains { $0.field == known.field }
            }
            let new = contact.changes.map {
                $0.with(
                    ApprovalTerms(
                        until: until, who: act.who, seq: first + index, plan: plan))
            }
            return ContactChanges(id: contact.known.contactID, changes: kept + new)
        }
    }

    /// What stays held of each contact.
    package var heldChanges: [ContactChanges<HeldChange>] {
        approved.map { known, changes in
            ContactChanges(
                id: known.contactID,
                changes: known.record.held.filter { held in
                    !changes.contains { $0.change.hasSameTarget(as: held.change) }
                })
        }
    }

    /// The keys of the holds that kept any of it back.
    package var holds: Set<String> {
        Set(
            approved.flatMap { known, changes in
                known.record.held.filter { held in
                    changes.contains { $0.change.hasSameTarget(as: held.change) }
                }
                .flatMap(\.by)
            })
    }

    /// The end of holds on rules that the approval of a plan has emptied.
    package static func released(
        _ holds: [RuleHold], afterPlan id: String, by act: OperatorAct
    ) throws -> [NewEvent] {
        try holds.map {
            try act.released(.rule($0.ruleID), causeSeq: $0.placedSeq, plan: id)
        }
    }
}

/// A rejection of planned changes: none of them is made until the contact or its rules change.
package struct PlanRejection: Sendable {
    package let events: [NewEvent]
    private let known: [(known: KnownContact, changes: [ApprovableChange])]

    package init(
        of plan: [PlannedContactChanges], id: String, known: [ByteText: KnownContact],
        by act: OperatorAct
    ) throws {
        self.known = plan.compactMap { contact in
            known[contact.id].map { ($0, contact.changes) }
        }
        events = try self.known.map { known, changes in
            try act.event(
                "rejected " + changes.words, contactID: known.contactID, plan: id,
                changes: changes)
        }
    }

    package var contacts: Int { known.count }

    /// The approvals that each contact keeps.
    package var approvedChanges: [ContactChanges<ApprovedChange>] {
        known.map { known, changes in
            ContactChanges(
                id: known.contactID,
                changes: known.record.approved.filter { approved in
                    !changes.contains { $0.change.hasSameTarget(as: approved.change) }
                })
        }
    }

    package var declinedChanges: [ContactChanges<DeclinedChange>] {
        known.map { known, changes in
            ContactChanges(
                id: known.contactID, changes: known.declined(adding: changes, .rejected))
        }
    }

    /// The actions that would make rejected changes of a plan.
    package static func stopped(
        _ actions: [Action], by plan: [PlannedContactChanges]
    ) throws -> StoppedActions {
        let changes = Dictionary(
            plan.map { (ByteText($0.id), $0.changes) }, uniquingKeysWith: +)
        return try StoppedActions(among: actions) { action in
            Set(
                (changes[action.contactID] ?? []).filter { change in
                    action.desired[change.field]?.hasSameBytes(as: change.to) ?? false
                }.map(\.field.slot))
        }
    }
}

extension [ApprovableChange] {
    fileprivate var words: String {
        map { "\($0.field): \($0.to)" }.sorted().joined(separator: ", ")
    }
}
