package import Contacts
internal import Foundation
package import Rules

extension Alert {
    /// A held change of one contact.
    package static func held(_ hold: ContactHold) -> Alert {
        let (code, cause): (Code, String) =
            switch hold.reason {
            case .revert: (.revert, "the revert would raise access")
            case .reasserted: (.ownChanges, "Usher reasserted the value three times within a day")
            case .ownChanges: (.ownChanges, "Usher changed the field three times within an hour")
            }
        return Alert(
            code: code,
            message: "a change of \(hold.field) of contact \(hold.contactID) is held: \(cause); "
                + "to decide: usher approvals, then usher approve or usher reject",
            contactID: hold.contactID)
    }

    /// Rules whose changes are held.
    package static func held(_ holds: [RuleHold]) -> Alert {
        let rules = holds.map { "\($0.ruleID) (\($0.detail))" }.sorted().joined(separator: ", ")
        return Alert(
            code: .held,
            message: "rules are held, and their changes are not made: \(rules); see: usher "
                + "approvals, then usher approve or usher reject")
    }

    /// Drift that left a contact more access than the rules want.
    package static func drift(of contactID: String, field: String, rules: [String]) -> Alert {
        let id = ApprovalID.drift(contact: contactID, slot: field)
        return Alert(
            code: .drift,
            message: "drift: a person or another program raised \(field) of contact \(contactID) "
                + "above the value set by \(rules.joined(separator: ", ")); it is left alone; to "
                + "enforce the rules again: usher approve \(id) --reason …; to keep the value: "
                + "usher reject \(id) --reason …; all drift: usher drift",
            contactID: contactID)
    }

    /// Holds that expire within a day, or have expired.
    package static func expiry(of names: [String], isOver: Bool) -> Alert {
        let holds = names.sorted().joined(separator: ", ")
        return Alert(
            code: .holdExpiry,
            message: isOver
                ? "holds expired after seven days without a decision: \(holds); the changes held "
                    + "until now are not made; to try them again: usher approve RULE; holds of "
                    + "contacts: usher approvals, then usher approve ID"
                : "holds expire within a day: \(holds); see: usher approvals, then usher approve "
                    + "or usher reject")
    }
}

extension Alert {
    /// Sweeps that do not complete in time; nil where they do.
    package init?(lateSweep health: WorkspaceHealth) {
        guard health.isSweepLate else { return nil }
        let last = health.lastCompleteSweep.map {
            "the last complete sweep ended \($0.finishedAt.formatted(.iso8601))"
        }
        self.init(
            code: .lateSweep,
            message:
                "\(last ?? "no sweep has completed yet"), so changes may go unseen; see: usher "
                + "status")
    }

    /// Contacts that are missing all at once.
    package static func massDelete(missing: Int, of total: Int) -> Alert {
        Alert(
            code: .massDelete,
            message: "\(missing) of \(total) contacts are missing; nothing is deleted until an "
                + "operator runs: usher approve mass-delete --reason …; to keep them: usher reject "
                + "mass-delete --reason …")
    }

    /// The same text for every contact that a guardrail does not let through as it is.
    package init(guardrail id: String) {
        self.init(
            code: .guardrail, subject: id,
            message: "contacts already have a value that the guardrail \(id) denies; it is not "
                + "lowered; docs/audit-queries.md shows how to list them")
    }

    /// Rules that cannot agree; the same text for every contact that meets them.
    package init(_ conflict: Conflict) {
        let rules = Set(conflict.contenders.map(\.rule)).sorted().joined(separator: ", ")
        switch conflict.kind {
        case .tie:
            self.init(
                code: .conflict, subject: "\(conflict.slot): \(rules)",
                message: "rules \(rules) want different values for \(conflict.slot) with the same "
                    + "priority, so nothing is done to it; give one of them a higher priority")
        case .unsettled:
            self.init(
                code: .unsettledRules, subject: rules,
                message: "rules \(rules) undo each other, so the contact is left alone; "
                    + "see: usher rules explain")
        }
    }
}

extension Alert {
    /// Contacts that were set aside.
    package static func unreadable(_ contact: UnreadableContact) -> Alert {
        Alert(
            code: .unreadable,
            message:
                "contact \(contact.contactID ?? "without a usable id") cannot be read or stored "
                + "and is set aside: \(contact.reason); nothing is decided or sent for it until "
                + "its data change; all that are set aside: usher status",
            contactID: contact.contactID)
    }

    /// An endpoint that is left alone because it fails.
    package static func failing(_ breaker: Breaker) -> Alert {
        Alert(
            code: .apiFailing, subject: breaker.endpoint,
            message: "the API's endpoint \(breaker.endpoint) has been failing since "
                + "\(breaker.since.formatted(.iso8601)), most recently: \(breaker.cause); Usher "
                + "retries with single requests, and other requests to it wait; see: usher status")
    }

    /// A request limit that another party uses too.
    package static func sharedBudget(of endpoint: String, _ limit: RequestLimit) -> Alert {
        Alert(
            code: .sharedBudget, subject: endpoint,
            message:
                "another program uses the request limit of \(endpoint), too, or it is lower than "
                + "\(limit.permits): Usher sends less; set USHER_LIMITS to its share")
    }

    /// An action that is not tried again by itself.
    package static func blocked(_ action: Action, because reason: String) -> Alert {
        Alert(
            code: .blocked,
            message: "the action for contact \(action.contactID) is blocked: \(reason); see: "
                + "usher why \(action.contactID); to try it again: usher approve "
                + "\(ApprovalID.action(action.actionID)) --reason …; all that are blocked: usher "
                + "approvals",
            contactID: action.contactID)
    }

    /// - Parameter faults: What workers found, in words.
    package static func clock(_ faults: [String]) -> Alert {
        Alert(
            code: .clock,
            message: faults.joined(separator: "; ") + "; set the clock of whichever is wrong (NTP)")
    }

    /// The subject of the alert about times that were corrected.
    package static let storedTimes = "stored times"

    /// - Parameter corrected: Things → how many of them were corrected.
    package static func clock(corrected: [String: Int]) -> Alert {
        let counts = corrected.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
        return Alert(
            code: .clock, subject: storedTimes,
            message: "times that the database's clock has yet to reach were corrected, since they "
                + "would have been waited for: \(counts.joined(separator: ", ")); the clock was "
                + "ahead when they were stored")
    }

    /// A sweep that was given up.
    package static func sweepAborted(_ sweepID: Int, because reason: String) -> Alert {
        Alert(
            code: .sweepAborted,
            message: "sweep \(sweepID) was given up, so changes may go unseen until one "
                + "completes: \(reason)")
    }
}
