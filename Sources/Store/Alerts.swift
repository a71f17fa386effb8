internal import Foundation
internal import Postgres
internal import Reconciler

/// Something that a person has to look at.
package struct Alert: Sendable, Equatable {
    /// Stable names, for whoever sorts alerts; docs/operations.md explains each.
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

        /// Many contacts may have it at once: one alert an hour stands for all.
        var isPerContact: Bool { [.blocked, .ownChanges, .revert, .drift].contains(self) }
    }

    package let code: Code
    /// What happened, on what, and what to do; never a contact's data.
    package let message: String
    package var contactID: String? = nil

    package init(code: Code, message: String, contactID: String? = nil) {
        self.code = code
        self.message = message
        self.contactID = contactID
    }

    /// A change of one contact that waits for a person.
    static func held(_ hold: ContactHold) -> Alert {
        let (code, what): (Code, String) =
            switch hold.reason {
            case .revert:
                (.revert, "\(hold.field) was to be given back, which would raise access")
            case .reasserted:
                (.ownChanges, "\(hold.field) was set again three times within a day")
            case .ownChanges:
                (.ownChanges, "\(hold.field) was set three times within an hour")
            }
        return Alert(
            code: code,
            message: "\(what); the change of contact \(hold.contactID) waits for: usher release "
                + "\(hold.contactID) --reason …; more within the hour: usher holds",
            contactID: hold.contactID)
    }

    /// Rules whose changes wait for a person.
    static func held(_ holds: [RuleHold]) -> Alert {
        let rules = holds.map { "\($0.ruleID) (\($0.detail))" }.sorted().joined(separator: ", ")
        return Alert(
            code: .held,
            message: "changes wait for a person: \(rules); see: usher holds, then usher approve or "
                + "usher reject")
    }

    /// A drift by which a contact got back access that rules had taken away.
    static func drift(of contactID: String, field: String, rules: [String]) -> Alert {
        Alert(
            code: .drift,
            message: "\(field) of contact \(contactID) was raised by somebody after "
                + "\(rules.joined(separator: ", ")) had lowered it, and is left alone; to enforce the "
                + "rules again: usher release \(contactID) --reason …; all such changes: usher drift",
            contactID: contactID)
    }

    /// Holds whose time is nearly over, or is over.
    static func expiry(of names: [String], isOver: Bool) -> Alert {
        let holds = names.sorted().joined(separator: ", ")
        return Alert(
            code: .holdExpiry,
            message: isOver
                ? "nobody decided within seven days, so the changes held until now are not made: "
                    + "\(holds); usher approve makes them after all; see: usher holds"
                : "these holds expire within a day: \(holds); see: usher holds, then usher approve or "
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
    /// Takes the organisation behind the token for this workspace's own at the first start.
    ///
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
    /// The alerts that were not raised within the last hour, each once.
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

    /// Whether an alert was raised not long ago that tells people enough.
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

    /// The newest alerts among which the same one is looked for.
    static let rememberedAlerts = 1000
}

extension Store {
    /// Puts an alert on record that no other work brings about.
    ///
    /// - Returns: Whether it is news; not when it was raised within the last hour.
    package func raise(_ alert: Alert) async throws -> Bool {
        try await database.transaction { [workspace] db in
            let new = try db.newAlerts([alert], at: try db.now(), in: workspace)
            try db.append(try new.map { try $0.event() }, in: workspace)
            return !new.isEmpty
        }
    }
}
