internal import Contacts
package import Foundation
internal import Rules

/// The result of an approval.
package struct ApprovalResult: Encodable, Sendable, Equatable {
    /// In words; empty when nothing waited.
    package var approved: [String] = []
    /// Contacts whose change continues.
    package var contacts = 0
    /// Contacts that have changed since: theirs is decided anew.
    package var changedSince: [String] = []

    package init(_ approved: [String] = []) { self.approved = approved }

    enum CodingKeys: String, CodingKey {
        case approved, contacts
        case changedSince = "changed_since"
    }

    package mutating func add(_ other: ApprovalResult) {
        approved += other.approved
        contacts += other.contacts
        changedSince += other.changedSince
    }
}

/// Something that waits is not what it was when the effect of its approval was announced.
package struct AnnouncementOutdated: Error, Equatable, CustomStringConvertible {
    let id: ApprovalID
    let announced: [PendingApproval]
    let found: [PendingApproval]

    /// - Returns: nil where an approval does what was announced.
    package init?(of id: ApprovalID, announced: [PendingApproval], found: [PendingApproval]) {
        guard announced != found else { return nil }
        (self.id, self.announced, self.found) = (id, announced, found)
    }

    package var description: String {
        "\(id) has changed since its approval was announced, and nothing of it was approved: "
            + "announced was that it \(Self.effect(of: announced)); now it "
            + "\(Self.effect(of: found)); look again: usher approvals"
            + (found.isEmpty ? "" : " \(id)")
    }

    private static func effect(of items: [PendingApproval]) -> String {
        items.isEmpty ? "releases nothing" : items.map(\.approve).joined(separator: "; ")
    }
}

/// An approval of everything that a hold on a rule keeps back: each contact's change as it was
/// held, and no other.
package struct RuleHoldApproval: Sendable {
    package private(set) var approval = ApprovalResult()
    /// The first one is the operator's act.
    package let events: [NewEvent]
    private let changes: [(known: KnownContact, new: [ApprovedChange])]

    /// - Parameter contacts: Those of which it keeps something back.
    package init(
        of hold: RuleHold, on contacts: [KnownContact], by act: OperatorAct, at now: Date
    ) throws {
        let until = now + RuleHold.timeToLive
        var changes: [(known: KnownContact, new: [ApprovedChange])] = []
        for known in contacts {
            let held = known.record.held.filter { $0.by.contains(hold.key) }
            let current = held.filter { known.contact[$0.field.path] == $0.from }
            if current.count < held.count { approval.changedSince.append(known.contactID) }
            changes.append(
                (
                    known,
                    current.map {
                        $0.with(ApprovalTerms(until: until, who: act.who, seq: nil, plan: nil))
                    }
                ))
        }
        self.changes = changes
        approval.contacts = changes.count
        approval.approved = ["the hold on rule \(hold.ruleID), \(changes.count) contacts"]
        // Each contact is evaluated again, and its own record names who approved it.
        let released = try ([nil] + changes.map { $0.known.contactID as String? }).map {
            try act.released(.rule(hold.ruleID), contactID: $0, causeSeq: hold.placedSeq)
        }
        events =
            [
                try act.event(
                    "approved the hold on rule \(hold.ruleID)", hold: hold.placedSeq,
                    rule: hold.ruleID)
            ] + released
    }

    /// Everything that is approved of each contact then.
    ///
    /// - Parameter seq: The number of the act's event.
    package func approved(recordedAt seq: Int) -> [ContactChanges<ApprovedChange>] {
        changes.map { known, new in
            ContactChanges(
                id: known.contactID,
                changes: known.record.approved
                    + new.map { change in
                        var change = change
                        change.seq = seq
                        return change
                    })
        }
    }
}

/// The changes of one kind that are kept with a contact.
package struct ContactChanges<Change: Sendable>: Sendable {
    package let id: String
    package let changes: [Change]

    package init(id: String, changes: [Change]) {
        self.id = id
        self.changes = changes
    }
}

/// A lasting approval of rules: of all that they will ever want within the limits.
package struct RuleApprovals: Sendable {
    /// The rules that were not approved before, each with its hash, in order.
    package let rules: [(id: String, hash: String)]
    package let name: String
    package let event: NewEvent

    /// Whether an approval of these holds approves their rules too: those of limits keep back only
    /// what was held.
    package static func follow(from holds: [RuleHold]) -> Bool {
        holds.isEmpty || holds.contains { $0.reason == .approval || $0.rejectedAt != nil }
    }

    /// - Parameter meanings: The rules, each with its hash.
    /// - Returns: nil where all of them are approved.
    package init?(
        of meanings: [String: String], known: [String: RuleApproval], by act: OperatorAct
    ) throws {
        rules = meanings.filter { known[$0.value] == nil }.sorted { $0.key < $1.key }
            .map { ($0.key, $0.value) }
        guard let first = rules.first else { return nil }
        let bases = Set(rules.map { Rule.base(of: $0.id) }).sorted()
        name =
            rules.count == 1
            ? "rule \(first.id)" : "\(rules.count) rows of \(bases.joined(separator: ", "))"
        event = try act.event("approved \(name)", rule: rules.count == 1 ? first.id : bases[0])
    }
}

/// An approval by which a rule tries again what was declined.
package struct DeclinedChangesApproval: Sendable {
    package private(set) var approval = ApprovalResult()
    package let events: [NewEvent]
    /// What stays declined.
    package let declined: [ContactChanges<DeclinedChange>]

    /// - Parameter contacts: Those of which something is declined.
    /// - Returns: nil where nothing is declined of the rule.
    package init?(of rule: String, on contacts: [KnownContact], by act: OperatorAct) throws {
        declined = contacts.compactMap { known in
            let changes = known.record.declined.filter {
                !$0.rules.keys.contains { $0.isRule(rule) }
            }
            return changes.count < known.record.declined.count
                ? ContactChanges(id: known.contactID, changes: changes) : nil
        }
        guard !declined.isEmpty else { return nil }
        let words = "declined changes of \(declined.count) contacts by rule \(rule)"
        events =
            [try act.event("approved \(words)", rule: rule)]
            + (try declined.map {
                try act.released(.rule(rule), contactID: $0.id, causeSeq: nil)
            })
        approval.approved = [words]
        approval.contacts = declined.count
    }
}

extension KnownContact {
    /// Everything that is declined of it with these changes; each is kept once.
    func declined(
        adding changes: [BoundChange<some Any>], _ why: Decline.Reason
    ) -> [DeclinedChange] {
        let new = changes.map { $0.with(Decline(why)) }
        return record.declined.filter { !new.contains($0) } + new
    }
}
