internal import Contacts
internal import Foundation
internal import Postgres
internal import Reconciler

/// A condition that needs an operator's attention.
package struct Alert: Sendable, Equatable {
    /// A stable name for routing alerts; docs/operations.md explains each.
    package enum Code: String, Sendable, CaseIterable, Codable {
        case unauthorized
        case otherOrganisation = "other_organisation"
        case massDelete = "mass_delete"
        case conflict
        case unsettledRules = "unsettled_rules"
        case ownChanges = "own_changes"
        case blocked
        case rulesetRefused = "ruleset_refused"
        case sweepAborted = "sweep_aborted"
        case sharedBudget = "shared_budget"
        case held
        case revert
        case otherRules = "other_rules"
        case unusableRules = "unusable_rules"
        case guardrail
        case stuck
        case holdExpiry = "hold_expiry"
        case drift

        /// Whether many contacts may raise it at once, so that one alert an hour covers them all.
        var isPerContact: Bool { [.blocked, .ownChanges, .revert, .drift].contains(self) }
    }

    package let code: Code
    /// The event, its object and the remedy; never a contact's data.
    package let message: String
    package var contactID: String? = nil

    package init(code: Code, message: String, contactID: String? = nil) {
        self.code = code
        self.message = message
        self.contactID = contactID
    }

    /// A held change of one contact.
    static func held(_ hold: ContactHold) -> Alert {
        let (code, cause): (Code, String) =
            switch hold.reason {
            case .revert: (.revert, "the revert would raise access")
            case .reasserted: (.ownChanges, "Usher reasserted the value three times within a day")
            case .ownChanges: (.ownChanges, "Usher changed the field three times within an hour")
            }
        return Alert(
            code: code,
            message: "a change of \(hold.field) of contact \(hold.contactID) is held: \(cause); "
                + "to make it: usher release \(hold.contactID) --reason …; all held changes: usher "
                + "holds",
            contactID: hold.contactID)
    }

    /// Rules whose changes are held.
    static func held(_ holds: [RuleHold]) -> Alert {
        let rules = holds.map { "\($0.ruleID) (\($0.detail))" }.sorted().joined(separator: ", ")
        return Alert(
            code: .held,
            message: "rules are held, and their changes are not made: \(rules); see: usher holds, "
                + "then usher approve or usher reject")
    }

    /// Drift that left a contact more access than the rules want.
    static func drift(of contactID: String, field: String, rules: [String]) -> Alert {
        Alert(
            code: .drift,
            message: "drift: a person or another program raised \(field) of contact \(contactID) "
                + "above the value set by \(rules.joined(separator: ", ")); it is left alone; to "
                + "enforce the rules again: usher release \(contactID) --reason …; all drift: usher "
                + "drift",
            contactID: contactID)
    }

    /// Holds that expire within a day, or have expired.
    static func expiry(of names: [String], isOver: Bool) -> Alert {
        let holds = names.sorted().joined(separator: ", ")
        return Alert(
            code: .holdExpiry,
            message: isOver
                ? "holds expired after seven days without a decision: \(holds); the changes held "
                    + "until now are not made; to try them again: usher approve RULE, or usher release "
                    + "CONTACT"
                : "holds expire within a day: \(holds); see: usher holds, then usher approve or "
                    + "usher reject")
    }

    func event() throws -> NewEvent {
        NewEvent(
            kind: .alertRaised, contactID: contactID,
            body: try JSON(encoding: Body(code: code.rawValue, message: message)))
    }

    private struct Body: Encodable {
        let code: String
        let message: String
    }
}

extension Store {
    /// Records the organisation of the token as the workspace's own at the first start.
    ///
    /// - Returns: Whether the token's organisation is the workspace's own.
    package func recognise(organisation id: String) async throws -> Bool {
        try await database.transaction { [workspace] db in
            let known: String? = try db.row(
                """
                UPDATE usher.workspace SET organisation_id = coalesce(organisation_id, \(id))
                WHERE workspace = \(workspace)
                RETURNING organisation_id
                """
            ) { try $0.get("organisation_id") }
            return known == id
        }
    }
}

extension Transaction {
    /// The distinct alerts that were not raised within the last hour.
    func newAlerts(
        _ alerts: [Alert], at now: Date, in workspace: WorkspaceName
    ) throws -> [Alert] {
        var new: [Alert] = []
        for alert in alerts where !new.contains(where: alert.isToldBy) {
            if try !hasAlert(alert, since: now - .seconds(3600), in: workspace) {
                new.append(alert)
            }
        }
        return new
    }

    /// Whether the same alert, or one that covers it, was raised since a moment.
    func hasAlert(_ alert: Alert, since moment: Date, in workspace: WorkspaceName) throws -> Bool {
        try row(
            """
            SELECT EXISTS (
                SELECT FROM (
                    SELECT recorded_at, body FROM usher.event
                    WHERE workspace = \(workspace) AND kind = 'alert.raised'
                    ORDER BY seq DESC
                    LIMIT \(Alert.rememberedAlerts)) recent
                WHERE recorded_at > \(moment) AND body ->> 'code' = \(alert.code.rawValue)
                  AND (\(alert.code.isPerContact) OR body ->> 'message' = \(alert.message))) AS found
            """
        ) { try $0.get("found") } ?? false
    }
}

extension Alert {
    func isToldBy(_ other: Alert) -> Bool {
        code == other.code && (code.isPerContact || message == other.message)
    }

    /// How many of the newest alerts are searched for the same one.
    static let rememberedAlerts = 1000
}

extension Store {
    /// Records an alert that belongs to no other transaction.
    ///
    /// - Returns: Whether it is new; false when it was raised within the last hour.
    package func raise(_ alert: Alert) async throws -> Bool {
        try await database.transaction { [workspace] db in
            let new = try db.newAlerts([alert], at: try db.now(), in: workspace)
            try db.append(try new.map { try $0.event() }, in: workspace)
            return !new.isEmpty
        }
    }
}
