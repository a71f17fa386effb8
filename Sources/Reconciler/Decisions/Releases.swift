internal import Contacts
package import Foundation

/// The release of what waits for a person of one contact, or of one of its fields: holds, drift,
/// declined changes and a blocked action.
package struct ContactRelease: Sendable {
    /// In words; empty when nothing waited.
    package private(set) var released: [String] = []
    package private(set) var events: [NewEvent] = []
    package private(set) var holds: [ContactHold] = []
    package private(set) var record: ContactRecord
    /// The action that is tried again.
    package private(set) var unblocked: Action?

    /// - Parameters:
    ///   - field: The slot; nil is the whole contact.
    ///   - holds: Those on the contact.
    package init(
        of known: KnownContact, field: String?, holds: [ContactHold], action: Action?,
        by act: OperatorAct, at now: Date
    ) throws {
        func isMeant(_ slot: String) -> Bool { field == nil || field == slot }
        record = known.record
        self.holds = holds.filter { isMeant($0.field) }
        for hold in self.holds {
            released.append("the hold on \(hold.field)")
            record.grants[hold.field]?.times = []
            record.grants[hold.field]?.reasserted = nil
            record.grants[hold.field]?.mayRaise = hold.reason == .revert ? true : nil
            events.append(
                try act.released(
                    ("field", hold.field), contactID: known.contactID, causeSeq: hold.placedSeq))
        }
        for slot in known.record.drifts.keys.sorted() where isMeant(slot) {
            released.append("the drift of \(slot)")
            (record.grants[slot], record.drifts[slot]) = (nil, nil)
        }
        record.declined.removeAll { SettableField($0.field).map { isMeant($0.slot) } ?? false }
        let declined = known.record.declined.count - record.declined.count
        if declined > 0 { released.append("\(declined) declined changes") }
        if var action, action.state == .blocked, field == nil {
            released.append("the blocked action \(action.actionID)")
            action.unblock(at: now)
            unblocked = action
        }
        guard !released.isEmpty else { return }
        events.append(
            try act.event(
                "released " + released.joined(separator: ", "), contactID: known.contactID,
                hold: self.holds.count == 1 ? self.holds[0].placedSeq : nil))
    }
}

/// Holds whose time is over.
package struct ExpiredHolds: Sendable {
    package let rules: [RuleHold]
    package let contacts: [ContactHold]

    package init(rules: [RuleHold], contacts: [ContactHold]) {
        self.rules = rules.sorted { $0.placedSeq < $1.placedSeq }
        self.contacts = contacts.sorted { $0.placedSeq < $1.placedSeq }
    }

    /// The moment before which a hold was placed that expires now.
    package static func deadline(at now: Date) -> Date { now - RuleHold.timeToLive }

    /// The moment before which a hold was placed whose expiry is announced now.
    package static func noticeDeadline(at now: Date) -> Date { deadline(at: now) + notice }

    /// How long before its end the expiry of a hold is announced.
    private static let notice: Duration = .seconds(86_400)

    package func events() throws -> [NewEvent] {
        let body = try EventBody(encoding: ["reason": "nobody decided within seven days"])
        return rules.map { NewEvent(.holdExpired, causeSeq: $0.placedSeq, body: body) }
            + contacts.map {
                NewEvent(
                    .holdExpired, contactID: $0.contactID, causeSeq: $0.placedSeq, body: body)
            }
    }

    /// In words.
    package var names: [String] {
        rules.map { "rule \($0.ruleID)" }
            + contacts.map { "\($0.field) of contact \($0.contactID)" }
    }

    /// The alerts that follow.
    ///
    /// - Parameter soon: Names of holds that expire within a day.
    package func alerts(soon: [String]) -> [Alert] {
        (names.isEmpty ? [] : [.expiry(of: names, isOver: true)])
            + (soon.isEmpty ? [] : [.expiry(of: soon, isOver: false)])
    }
}

extension RuleHold {
    /// What is declined of contacts once the hold has expired.
    package func declined(of contacts: [KnownContact]) -> [ContactChanges<DeclinedChange>] {
        contacts.sorted { $0.contactID < $1.contactID }.map { known in
            let expired = known.record.held.filter { $0.by.contains(key) }
            return ContactChanges(
                id: known.contactID, changes: known.declined(adding: expired, .expired))
        }
    }
}
