internal import Contacts
package import Foundation
internal import Rules

/// The release of what waits for a person of one contact: holds, drift, declined changes and a
/// blocked action.
package struct ContactRelease: Sendable {
    /// The part of a contact that is released.
    package enum Part: Sendable, Equatable {
        /// Everything of the contact, or of one of its slots.
        case everything(slot: String?)
        /// The hold that this event placed.
        case hold(Int)
        case drift(slot: String)
        case action
    }

    /// In words; empty when nothing waited.
    package private(set) var released: [String] = []
    package private(set) var events: [NewEvent] = []
    package private(set) var holds: [ContactHold] = []
    package private(set) var record: ContactRecord
    /// The action that is tried again.
    package private(set) var unblocked: Action?

    /// - Parameter holds: Those on the contact.
    package init(
        _ part: Part, of known: KnownContact, holds: [ContactHold], action: Action?,
        by act: OperatorAct, at now: Date
    ) throws {
        record = known.record
        self.holds = holds.filter(part.includes)
        for hold in self.holds { try release(hold, by: act) }
        for slot in known.record.drifts.keys.sorted() where part.includesDrift(of: slot) {
            released.append("the drift of \(slot)")
            (record.grants[slot], record.drifts[slot]) = (nil, nil)
        }
        let slots = Set(self.holds.map(\.field))
        record.declined.removeAll { declined in
            let slot = declined.field.slot
            return part.includesDrift(of: slot) || slots.contains(slot)
        }
        let declined = known.record.declined.count - record.declined.count
        if declined > 0 { released.append(declined.count(of: "declined change")) }
        if var action, action.state == .blocked, part.includesAction {
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

    private mutating func release(_ hold: ContactHold, by act: OperatorAct) throws {
        released.append("the hold on \(hold.field)")
        record.grants[hold.field]?.times = nil
        record.grants[hold.field]?.reasserted = nil
        record.grants[hold.field]?.mayRaise = hold.reason == .revert ? true : nil
        events.append(
            try act.released(
                .field(hold.field), contactID: hold.contactID, causeSeq: hold.placedSeq))
    }
}

extension ContactRelease.Part {
    fileprivate func includes(_ hold: ContactHold) -> Bool {
        switch self {
        case .everything(let slot): slot == nil || slot == hold.field
        case .hold(let seq): hold.placedSeq == seq
        case .drift, .action: false
        }
    }

    fileprivate func includesDrift(of slot: String) -> Bool {
        switch self {
        case .everything(let meant): meant == nil || meant == slot
        case .drift(let meant): meant == slot
        case .hold, .action: false
        }
    }

    fileprivate var includesAction: Bool {
        switch self {
        case .everything(let slot): slot == nil
        case .action: true
        case .hold, .drift: false
        }
    }
}
