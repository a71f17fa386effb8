internal import Contacts
internal import Crypto
package import Foundation
internal import Rules

/// A condition that needs an operator's attention.
package struct Alert: Sendable, Equatable {
    /// A stable name for routing alerts; docs/operations.md explains each, and what ends it.
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
        case database
        case lateSweep = "late_sweep"
        case clock
        case unreadable
        case apiFailing = "api_failing"
        case log

        /// How soon it is news again while it is open: after an hour where many contacts may raise
        /// it, at once where each raising is about something else, never where one condition stays.
        package var noticeInterval: Duration? {
            switch self {
            case .blocked, .ownChanges, .revert, .drift, .unreadable: .seconds(3600)
            case .held, .holdExpiry, .rulesetRefused: .zero
            default: nil
            }
        }

        /// How long it stays open without being raised again; nil where something else ends it.
        package var lifetime: Duration? {
            switch self {
            case .sharedBudget: .seconds(900)
            case .holdExpiry: .seconds(86_400)
            // A process that watches such a condition raises it again every minute.
            case .rulesetRefused, .otherRules, .unusableRules, .stuck, .database, .clock, .log:
                .seconds(300)
            default: nil
            }
        }
    }

    /// What tells alerts of one workspace apart.
    package struct Key: Sendable, Hashable {
        package let code: Code
        /// What it is about. Empty where there is one at a time.
        package let subject: String

        package init(_ code: Code, subject: String = "") {
            (self.code, self.subject) = (code, Self.bounded(subject))
        }

        /// As contacts name it.
        package var text: String { "\(code.rawValue) \(subject)" }

        /// Longest subject, in bytes: it is part of a database key, and rules may have long names.
        static let maxSubject = 256

        /// The subject, or its beginning and a digest of all of it.
        private static func bounded(_ subject: String) -> String {
            guard subject.utf8.count > maxSubject else { return subject }
            let digest = SHA256.hash(data: Data(subject.utf8)).prefix(8).hexadecimal
            return subject.prefix(maxSubject / 8) + "… " + digest
        }
    }

    package let key: Key
    /// The event, its object and the remedy; never a contact's data.
    package let message: String
    package var contactID: String? = nil

    package init(code: Code, subject: String = "", message: String, contactID: String? = nil) {
        key = Key(code, subject: subject)
        self.message = message
        self.contactID = contactID
    }

    package var code: Code { key.code }
    package var subject: String { key.subject }
}

/// An alert that is on record and not over.
package struct OpenAlert: Sendable, Equatable {
    package let alert: Alert
    package let raisedAt: Date
    /// The event that told of it last.
    package let raisedSeq: Int
    /// When people were told of it last.
    package let toldAt: Date
    package let seenAt: Date

    package init(alert: Alert, raisedAt: Date, raisedSeq: Int, toldAt: Date, seenAt: Date) {
        self.alert = alert
        self.raisedAt = raisedAt
        self.raisedSeq = raisedSeq
        self.toldAt = toldAt
        self.seenAt = seenAt
    }

    /// Between two writes of `seen_at`: what is raised in every pass costs no more than that.
    private static let seenInterval: Duration = .seconds(30)

    /// Whether people are told again when it is raised at a moment.
    package func isNews(at now: Date) -> Bool {
        alert.code.noticeInterval.map { toldAt + $0 <= now } ?? false
    }

    package func isSeenLately(at now: Date) -> Bool { now < seenAt + Self.seenInterval }
}

/// An alert that is over.
package struct ResolvedAlert: Sendable, Equatable {
    package let alert: Alert
    package let raisedAt: Date

    package init(alert: Alert, raisedAt: Date) {
        (self.alert, self.raisedAt) = (alert, raisedAt)
    }
}

extension Sequence<Alert> {
    /// The alerts that are news: not open, or told of long ago. The first of each key counts.
    ///
    /// - Parameter open: Those of them that are open.
    package func news(among open: [Alert.Key: OpenAlert], at now: Date) -> [Alert] {
        var keys: Set<Alert.Key> = []
        return filter { keys.insert($0.key).inserted && open[$0.key]?.isNews(at: now) ?? true }
    }
}

extension Alert {
    /// - Parameter began: When its condition began, where that could not be put on record at once.
    package func raised(began: Date?) throws -> NewEvent {
        try NewEvent(.alertRaised, contactID: contactID, AlertBody(self, raisedAt: began))
    }
}

extension OpenAlert {
    /// - Parameter ended: When its condition ended, where that could not be put on record at once.
    package func resolved(ended: Date?) throws -> NewEvent {
        try NewEvent(
            .alertResolved, contactID: alert.contactID, causeSeq: raisedSeq,
            AlertBody(alert, raisedAt: raisedAt, resolvedAt: ended))
    }
}

/// The body of `alert.raised` and `alert.resolved`.
struct AlertBody: EventContent, Encodable {
    let code: String
    let subject: String?
    let message: String
    /// nil where the event's own time says it.
    let raisedAt: Date?
    var resolvedAt: Date?

    init(_ alert: Alert, raisedAt: Date?, resolvedAt: Date? = nil) {
        code = alert.code.rawValue
        subject = alert.subject.isEmpty ? nil : alert.subject
        message = alert.message
        self.raisedAt = raisedAt
        self.resolvedAt = resolvedAt
    }

    enum CodingKeys: String, CodingKey {
        case code, subject, message
        case raisedAt = "raised_at"
        case resolvedAt = "resolved_at"
    }
}
