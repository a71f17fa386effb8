internal import Contacts
package import Foundation

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

    /// The events of their end. What a hold on a rule kept back is also on record with each contact,
    /// which is evaluated again.
    ///
    /// - Parameter declined: The contacts of each hold on a rule, by its key.
    package func events(declining declined: [String: [String]]) throws -> [NewEvent] {
        try rules.flatMap { hold in
            try ([nil] + (declined[hold.key] ?? [])).map {
                try NewEvent(
                    .holdExpired, contactID: $0, causeSeq: hold.placedSeq,
                    HoldExpiryBody(rule: hold.ruleID))
            }
        }
            + contacts.map {
                try NewEvent(
                    .holdExpired, contactID: $0.contactID, causeSeq: $0.placedSeq,
                    HoldExpiryBody(rule: nil))
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

    /// What other holds keep back of contacts once the hold has expired.
    package func stillHeld(of contacts: [KnownContact]) -> [ContactChanges<HeldChange>] {
        contacts.map { known in
            ContactChanges(
                id: known.contactID,
                changes: known.record.held.filter { !$0.by.contains(key) })
        }
    }
}
