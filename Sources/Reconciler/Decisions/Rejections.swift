internal import Contacts
internal import Foundation

/// The result of a rejection.
package struct RejectionResult: Encodable, Sendable, Equatable {
    /// In words; empty when there was nothing to reject.
    package var rejected: [String] = []
    /// Contacts of a plan.
    package var contacts = 0
    /// Actions that were not sent yet and never will be.
    package var superseded = 0
    /// Contacts whose request was under way: it is settled, and not sent again.
    package var underWay: [String] = []

    package init(rejected: [String] = []) { self.rejected = rejected }

    enum CodingKeys: String, CodingKey {
        case rejected, contacts, superseded
        case underWay = "under_way"
    }

    package mutating func add(_ other: RejectionResult) {
        rejected += other.rejected
        contacts += other.contacts
        superseded += other.superseded
        underWay += other.underWay
    }
}

/// The end of actions that would make rejected changes.
///
/// An action that was not sent is superseded, and what else it wanted is decided afresh. A request
/// that is under way is not sent again.
package struct StoppedActions: Sendable {
    package private(set) var changes = ActionChanges()
    package private(set) var events: [NewEvent] = []
    package private(set) var rejection = RejectionResult()

    /// - Parameter slots: Those of an action that are not to be changed.
    package init(among actions: [Action], _ slots: (Action) -> Set<String>) throws {
        let reason = "its rules were rejected"
        for var action in actions.sorted(by: { $0.actionID < $1.actionID }) {
            if let next = action.next, !slots(action.queued(next)).isEmpty {
                events.append(try .superseded(next: next, of: action, reason: reason))
                action.next = nil
                // What else was queued is decided afresh once the request is settled.
                action.rulesetHash = ""
                rejection.superseded += 1
                changes.save(action)
            }
            guard !slots(action).isEmpty else { continue }
            if action.isInFlight {
                action.rulesetHash = ""
                changes.save(action)
                rejection.underWay.append(action.contactID)
            } else {
                changes.finish(action.actionID)
                events.append(try .superseded(action, reason: reason))
                rejection.superseded += 1
            }
        }
    }
}

extension Action {
    /// The change that is queued behind it, as the action that it would become.
    fileprivate func queued(_ next: NextChange) -> Action {
        Action(next, contactID: contactID, dueAt: dueAt)
    }
}

/// A rejection of rules by the holds on them.
package struct RuleRejection: Sendable {
    package let holds: [RuleHold]
    private let rules: Set<String>

    package init(_ holds: [RuleHold]) {
        self.holds = holds
        rules = Set(holds.map(\.ruleID))
    }

    /// Whether a rule, or a row of its table, is rejected by it.
    package func includes(_ id: String) -> Bool { rules.contains { id.isRule($0) } }

    /// The actions that only the rejected rules want.
    package func stopped(among actions: [Action]) throws -> StoppedActions {
        try StoppedActions(among: actions) { $0.slots(ownedOnlyBy: includes) }
    }

    /// The approvals that each contact keeps: those that another rule shares.
    package func kept(of contacts: [KnownContact]) -> [ContactChanges<ApprovedChange>] {
        contacts.map { known in
            ContactChanges(
                id: known.contactID,
                changes: known.record.approved.filter { !$0.rules.keys.allSatisfy(includes) })
        }
    }

    package func events(by act: OperatorAct) throws -> [NewEvent] {
        try holds.flatMap { hold in
            [
                try act.refused(hold: hold.placedSeq),
                try act.event(
                    "rejected rule \(hold.ruleID)", hold: hold.placedSeq, rule: hold.ruleID),
            ]
        }
    }

    /// The rejected rules, in words.
    package var names: [String] { rules.sorted().map { "rule \($0)" } }
}

extension RuleHold {
    /// The hold of a rejected rule that nothing holds as a whole so far.
    package static func rejection(of rule: String, meaning: String) -> RuleHold {
        RuleHold(
            ruleID: rule, reason: .rejected, ruleHash: meaning, detail: "rejected by an operator")
    }
}

extension ContactHold {
    package func rejected(by act: OperatorAct) throws -> [NewEvent] {
        [
            try act.refused(hold: placedSeq, contactID: contactID),
            try act.event(
                "rejected the hold on \(field)", contactID: contactID, hold: placedSeq),
        ]
    }
}
